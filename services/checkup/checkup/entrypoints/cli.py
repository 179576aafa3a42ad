"""The command line: a worker, the queue, another rubric for operators; a repository analysed without any server."""

import asyncio
from typing import Annotated

import typer
from servicekit.errors import ProblemError
from servicekit.process import Service

from checkup.application import queries, rescoring
from checkup.application.rescoring import Rescoring
from checkup.entrypoints import rescore_table, status_table
from checkup.entrypoints.analyze import analyze
from checkup.entrypoints.api.schemas import StatusOut
from checkup.settings import CheckupSettings
from checkup.wiring import Container, build

FAULTY = 2


def add_to(commands: typer.Typer, service: Service[CheckupSettings, Container]) -> None:
    """Add the commands to the service's command line."""
    commands.command()(analyze)

    @commands.command()
    def worker(
        host: Annotated[str | None, typer.Option(help="Address to listen on (default: HOST).")] = None,
        port: Annotated[int | None, typer.Option(help="Port to listen on (default: PORT).")] = None,
        concurrency: Annotated[
            int | None, typer.Option(min=1, max=64, help="Runs at the same time (default: CHECKUP_CONCURRENCY).")
        ] = None,
    ) -> None:
        """Consume events and jobs; any number of workers share the queue."""
        service.run("worker", host, port, checkup_concurrency=concurrency)

    @commands.command()
    def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
        """Print how many runs wait, which are under way, and the lag that workers are scaled by."""
        asyncio.run(_status(service.load_settings(log_level="error"), as_json=as_json))

    @commands.command()
    def rescore(
        rubric: Annotated[str, typer.Option(help="Version of the rubric to score by.")],
        solutions: Annotated[list[str] | None, typer.Argument(help="Ids or slugs (default: all).")] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print who would gain or lose.")] = False,
    ) -> None:
        """Score kept measurements under another rubric, without a clone; what was there stays as it was."""
        settings = service.load_settings(log_level="error")
        try:
            found = asyncio.run(_rescore(settings, solutions or [], rubric, dry_run=dry_run))
        except ProblemError as error:
            typer.echo(f"{error.detail} ({error.slug})", err=True)
            raise typer.Exit(FAULTY) from None
        rescore_table.show(found, dry_run=dry_run)


async def _status(settings: CheckupSettings, *, as_json: bool) -> None:
    async with build(settings) as container:
        found, now = StatusOut.of(await queries.queue(container.ports)), container.platform.clock.now()
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        status_table.show(found, now)


async def _rescore(settings: CheckupSettings, solutions: list[str], rubric: str, *, dry_run: bool) -> Rescoring:
    async with build(settings) as container:
        return await rescoring.rescore(container.ports, solutions, rubric, dry_run=dry_run)
