"""Operator commands."""

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from contracts.ids import uuid7
from servicekit.errors import ProblemError
from servicekit.process import Service

from search import wiring
from search.application.rebuild import BY_HAND
from search.application.rebuild_ports import Mode, Phase, Run
from search.application.supervision import new_run
from search.settings import SearchSettings

_PHASES: dict[Phase, str] = {
    "reading": "reading events",
    "writing": "writing solutions",
    "verifying": "verifying",
    "catching_up": "catching up",
}


async def rebuild_now(settings: SearchSettings, *, mode: Mode, force: bool) -> Run:
    """Carry out a rebuild or a rollback in this process and print its progress."""

    async def report(run: Run) -> None:
        typer.echo(progress_line(run), err=True)

    async with wiring.build(settings) as container:
        run = new_run(container.platform.clock, reason=BY_HAND, mode=mode, force=force)
        return await container.rebuilder.rebuild(replace(run, requested_by="command line"), uuid7(), report)


def progress_line(run: Run) -> str:
    """Return in a line how far a run is."""
    doing = _PHASES[run.phase] if run.phase else run.state
    left = "" if run.eta_seconds is None else f", about {_duration(run.eta_seconds)} left"
    return (
        f"{100 * run.progress:3.0f} %  {doing}: {run.events:,} events read, {run.documents:,} solutions written{left}"
    )


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def add_commands(cli: typer.Typer, service: Service[SearchSettings, wiring.Container]) -> None:
    """Add the operator commands to the service's command line."""

    def carry_out(mode: Mode, force: bool) -> Run:
        try:
            return asyncio.run(rebuild_now(service.load_settings(), mode=mode, force=force))
        except ProblemError as error:
            typer.echo(f"search: {error.detail}", err=True)
            raise typer.Exit(1) from None

    forced = Annotated[bool, typer.Option(help="Swap even when far fewer solutions would be found.")]

    @cli.command()
    def rebuild(
        full: Annotated[bool, typer.Option(help="Replay every event, not only the last one per subject.")] = False,
        force: forced = False,
    ) -> None:
        """Build a new index from the event stream beside the live one and swap them."""
        run = carry_out("full" if full else "last_per_subject", force)
        typer.echo(f"{run.index}: {run.documents} solutions from {run.events} events")

    @cli.command()
    def rollback(force: forced = False) -> None:
        """Go back to the index before, brought up to date from the event stream."""
        run = carry_out("rollback", force)
        typer.echo(f"{run.index}: {run.documents} solutions")
