"""An inquiry as a table that spreadsheets open."""

from servicekit.delimited import row

from catalog.entrypoints.api.schemas.inquiries import InquiryView

COLUMNS = ("kind", "at", "organisation", "text")


def to_csv(view: InquiryView) -> bytes:
    """Return rows `kind;at;organisation;text` in UTF-8 with a byte order mark; nothing in a cell is a formula."""
    brief = view.inquiry
    asked, name = brief.created_at.isoformat(), brief.asking.organisation_name
    rows: list[tuple[str, str, str, str]] = [
        ("solution", asked, brief.provider.organisation_name, brief.solution_name),
        ("state", brief.updated_at.isoformat(), "", brief.state.value),
    ]
    if view.wish is not None:
        given = (
            ("subject", view.wish.subject),
            ("size_class", view.wish.size_class),
            ("needed_by", view.wish.needed_by),
            ("budget", view.wish.budget),
            *(("question", question) for question in view.wish.questions),
        )
        rows += [(kind, asked, name, str(value)) for kind, value in given if value is not None]
    rows += [(each.side.value, each.at.isoformat(), each.organisation_name, each.text or "") for each in view.messages]
    return "".join(map(row, [COLUMNS, *rows])).encode("utf-8-sig")
