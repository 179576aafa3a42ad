"""`marktplatz-catalog guard run`: what the lifecycle guard has to do, for operators."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from servicekit.clock import Clock, FixedClock
from servicekit.process import Service

from catalog.application import guard_policies
from catalog.application.ports import Ports
from catalog.domain import term
from catalog.settings import CatalogSettings
from catalog.wiring import Container, build

MOST = 1_000_000
"""More solutions than there will ever be."""


def add_to(commands: typer.Typer, service: Service[CatalogSettings, Container]) -> None:
    """Add `guard run`."""
    guard = typer.Typer(no_args_is_help=True, help="Listings that expire, terms that run out.")

    @guard.callback()
    def group() -> None:
        """Keep `run` a command of its own."""

    @guard.command()
    def run(
        as_of: Annotated[
            datetime | None,
            typer.Option(formats=["%Y-%m-%d"], help="As if this day had just begun in Germany (default: now)."),
        ] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be done.")] = False,
    ) -> None:
        """Remind of what runs out and let expire what nobody confirmed; the workers do the same every minute."""
        settings = service.load_settings()
        if as_of is not None and not dry_run and settings.env == "production":
            typer.echo("catalog: --as-of needs --dry-run in production: reminders would be told too early", err=True)
            raise typer.Exit(2)
        clock = FixedClock(term.begin(as_of.date())) if as_of else None
        asyncio.run(_run(settings, clock, dry_run=dry_run))

    commands.add_typer(guard, name="guard")


async def _run(settings: CatalogSettings, clock: Clock | None, *, dry_run: bool) -> None:
    async with build(settings, clock) as container:
        done = await carry_out(container.ports, dry_run=dry_run)
    typer.echo(f"{done} solutions {'would be' if dry_run else 'were'} dealt with")


async def carry_out(ports: Ports, *, dry_run: bool) -> int:
    """Do, or only list, what is due; prints a line for each step and returns the number of solutions."""
    done = 0
    for solution_id in await ports.solutions.due(ports.clock.now(), MOST):
        act = guard_policies.preview if dry_run else guard_policies.pass_time_of
        events = await act(ports, solution_id)
        found = await ports.solutions.get(solution_id)
        if found is None or not events:
            continue
        done += 1
        for event in events:
            if said := guard_policies.sentence(found.state, event):
                typer.echo(said)
    return done
