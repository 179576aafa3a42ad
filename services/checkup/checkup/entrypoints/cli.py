"""Operator commands: look at the queue, and analyse a repository without any server."""

import asyncio
import logging
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import structlog
import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table
from servicekit.process import Service

from checkup.adapters.rubric_files import load
from checkup.application import queries
from checkup.domain import report as reports
from checkup.domain.failure import CheckupFailure
from checkup.domain.report import Report
from checkup.domain.scoring import DimensionResult, Standing
from checkup.entrypoints import status_table
from checkup.entrypoints.api.schemas import StatusOut
from checkup.settings import CheckupSettings
from checkup.wiring import Container, analyser, build, fetcher

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)
STANDING = {Standing.SCORED: "", Standing.LIMITED: "eingeschränkt", Standing.NOT_MEASURABLE: "nicht bewertbar"}


def add_to(commands: typer.Typer, service: Service[CheckupSettings, Container]) -> None:
    """Add the commands to the service's command line."""

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
    def analyze(
        place: Annotated[str, typer.Argument(help="Folder of a repository, or https address.")],
        output: Annotated[Literal["table", "json"], typer.Option("--format", help="table or json")] = "table",
        as_of: Annotated[datetime | None, typer.Option(help="Reference date (default: now).")] = None,
    ) -> None:
        """Measure a repository and print the scores; needs no server."""
        _log_warnings_to_stderr()
        moment = (as_of or datetime.now(UTC)).replace(tzinfo=UTC)
        try:
            found = asyncio.run(_analyze(place, moment))
        except CheckupFailure as failure:
            typer.echo(f"{failure.reason} ({failure.detail})", err=True)
            raise typer.Exit(1) from None
        if output == "json":
            typer.echo(_REPORT.dump_json(found, indent=2).decode())
        else:
            _print(found)


def _log_warnings_to_stderr() -> None:
    """Standard output is for the report alone."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


async def _status(settings: CheckupSettings, *, as_json: bool) -> None:
    async with build(settings) as container:
        found, now = StatusOut.of(await queries.queue(container.ports)), container.platform.clock.now()
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        status_table.show(found, now)


async def _analyze(place: str, as_of: datetime) -> Report:
    settings = CheckupSettings()
    measure = analyser(settings)
    if "://" in place:
        fetch = fetcher(settings)
        fetch.prepare()
        async with fetch.fetched(place, as_of) as git_dir:
            found = await measure.analyse(git_dir, as_of)
    else:
        found = await measure.analyse(_git_dir(place), as_of)
    return reports.of_analysis(found.analysis, load(settings.checkup_rubric_version), as_of=as_of, repository_url=place)


def _git_dir(place: str) -> Path:
    """The git directory of a folder on this machine."""
    done = subprocess.run(
        ["git", "-C", place, "rev-parse", "--absolute-git-dir"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CheckupFailure("not_found", "Dort liegt kein Git-Repository.", f"{place} is no git repository")
    return Path(done.stdout.strip())


def _print(found: Report) -> None:
    console = Console()
    console.print(f"Commit {found.commit}, Stichtag {found.as_of:%Y-%m-%d}, Rubrik {found.rubric_version}")
    for result in found.dimensions:
        console.print(_table(result))
    for note in found.notes:
        console.print(f"Hinweis: {note}")


def _table(result: DimensionResult) -> Table:
    number = "–" if result.score is None else str(result.score)
    award = " ★" if result.award else ""
    title = f"{result.dimension}: {number}{award}  Abdeckung {result.coverage:.0%} {STANDING[result.standing]}"
    table = Table(title=title, title_justify="left", expand=True)
    for heading in ("Metrik", "Titel", "Wert", "Gewinn", "Beleg"):
        table.add_column(heading, ratio=6 if heading == "Beleg" else 4 if heading == "Titel" else 1)
    for metric in result.metrics:
        first = metric.evidence[0] if metric.evidence else None
        place = f" ({first.path}{f':{first.line}' if first.line else ''})" if first and first.path else ""
        text = f"{first.text}{place}" if first else metric.reason or ""
        value = "–" if metric.score is None else f"{metric.score:g}"
        table.add_row(metric.id, metric.title.de, value, "" if not metric.gain else f"+{metric.gain:g}", text)
    return table
