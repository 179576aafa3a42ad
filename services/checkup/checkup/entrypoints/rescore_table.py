"""What rescoring changes, as a table for operators."""

from rich.console import Console
from rich.table import Table

from checkup.application.rescoring import DimensionChange, Rescore, Rescoring


def show(found: Rescoring, *, dry_run: bool) -> None:
    """Print a line for each solution whose scores or awards change, and how many there are of each kind."""
    console = Console(soft_wrap=True)
    changed = [each for each in found.made if each.gained or each.lost or _moved(each)]
    if changed:
        table = Table()
        for heading in ("solution", "rubric", "dimensions", "gains", "loses"):
            table.add_column(heading)
        for each in changed:
            table.add_row(
                each.run.slug,
                f"{each.old.rubric_version} → {each.new.rubric_version}",
                ", ".join(_moved(each)),
                ", ".join(each.gained),
                ", ".join(each.lost),
            )
        console.print(table)
    verb = "would be scored" if dry_run else "scored"
    console.print(f"{len(found.made)} {verb} anew, {len(changed)} with other numbers or awards", highlight=False)
    if found.unchanged:
        console.print(f"{len(found.unchanged)} under this rubric already", highlight=False)
    if found.unkept:
        names = ", ".join(sorted({run.slug for run in found.unkept}))
        console.print(f"{len(found.unkept)} without kept measurements: {names}", highlight=False)


def _moved(each: Rescore) -> list[str]:
    return [_change(change) for change in each.dimensions if change.before != change.after]


def _change(change: DimensionChange) -> str:
    before, after = ("–" if value is None else str(value) for value in (change.before, change.after))
    return f"{change.dimension} {before} → {after}"
