"""Operator commands."""

import asyncio
from dataclasses import replace
from typing import Annotated

import typer
from contracts.ids import uuid7
from servicekit.errors import ProblemError
from servicekit.process import Service

from search import wiring
from search.application.ports import Run
from search.application.supervision import new_run
from search.settings import SearchSettings


async def rebuild_now(settings: SearchSettings, *, full: bool, force: bool) -> Run:
    """Carry out a rebuild in this process and print its progress."""

    async def report(run: Run) -> None:
        share = f"{100 * run.position / run.last_position:3.0f} %" if run.last_position else "  0 %"
        typer.echo(f"{share}  {run.events} events read, {run.documents} solutions written", err=True)

    async with wiring.build(settings) as container:
        run = new_run(
            container.platform.clock, reason="command", mode="full" if full else "last_per_subject", force=force
        )
        return await container.rebuilder.rebuild(replace(run, requested_by="command line"), uuid7(), report)


def add_commands(cli: typer.Typer, service: Service[SearchSettings, wiring.Container]) -> None:
    """Add the operator commands to the service's command line."""

    @cli.command()
    def rebuild(
        full: Annotated[bool, typer.Option(help="Replay every event, not only the last one per subject.")] = False,
        force: Annotated[bool, typer.Option(help="Swap even when far fewer solutions would be found.")] = False,
    ) -> None:
        """Build a new index from the event stream beside the live one and swap them."""
        try:
            run = asyncio.run(rebuild_now(service.load_settings(), full=full, force=force))
        except ProblemError as error:
            typer.echo(f"search: {error.detail}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{run.index}: {run.documents} solutions from {run.events} events")
