"""The work queue as a table for operators."""

from datetime import datetime

from rich.console import Console
from rich.table import Table

from checkup.entrypoints.api.schemas import RunningOut, StatusOut

LOST_AFTER_SECONDS = 45
"""Three times what a worker may keep silent: longer than that and it is probably gone."""


def show(status: StatusOut, now: datetime) -> None:
    """Print the counts, and a line for each run under way."""
    console = Console(soft_wrap=True)
    oldest = "" if status.oldest_seconds is None else f", oldest {_duration(status.oldest_seconds)}"
    console.print(f"lag {status.lag}: {status.waiting} waiting, {status.in_flight} in flight", highlight=False)
    console.print(f"runs: {status.queued} queued{oldest}, {status.running} running", highlight=False)
    if status.redelivered:
        console.print(f"delivered more than once: {status.redelivered}", highlight=False)
    if not status.runs:
        return
    table = Table()
    for heading in ("run", "solution", "stage", "for", "groups", "attempt", "worker", "heard of"):
        table.add_column(heading, no_wrap=heading in ("run", "worker"))
    for each in status.runs:
        table.add_row(*_cells(each, now))
    console.print(table)


def _cells(run: RunningOut, now: datetime) -> tuple[str, ...]:
    silent = None if run.seen_at is None else (now - run.seen_at).total_seconds()
    lost = silent is not None and run.worker is not None and silent > LOST_AFTER_SECONDS
    heard = "" if silent is None else f"{_duration(silent)} ago"
    return (
        run.id,
        run.slug,
        run.stage.value if run.stage else "",
        "" if run.since is None else _duration((now - run.since).total_seconds()),
        f"{run.groups_done}/{run.groups_total}" if run.groups_total else "",
        str(run.attempts),
        run.worker or "",
        f"[red]{heard}, lost?[/red]" if lost else heard,
    )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
