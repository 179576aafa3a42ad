"""What is worth telling about a publiccode.yml that went another way than its listing."""

from contracts.catalog import PubliccodeDrifted

from notify.application.notices import Notice
from notify.domain.message import Kind


def of_drift(event: PubliccodeDrifted) -> Notice:
    """The provider learns what listing and file say differently, or that the file is gone."""
    data = event.data
    return Notice(
        event_id=event.id,
        kind=Kind.PUBLICCODE_DRIFTED,
        organisation_id=data.organisation_id,
        link=f"/meine-loesungen/{data.solution_id}/publiccode",
        action="Abweichungen ansehen",
        facts={
            "solution_name": data.solution_name,
            "problem": data.problem,
            "differences": [
                {"label": each.label, "path": each.path, "listing": each.listing, "file": each.file}
                for each in data.differences
            ],
        },
    )
