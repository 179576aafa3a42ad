"""The command `analyze`: a checkup at the desk or in a pipeline, without any server.

Exit codes: 0 done (and `--fail-under` reached), 1 nothing could be measured or an argument is wrong, 2 `--fail-under`
was not reached (and, as with every command, an unknown option).
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from servicekit import logging
from servicekit.clock import SystemClock

from checkup.adapters import local_repository, rubric_files, rubric_schema
from checkup.adapters.rubric_files import RubricError
from checkup.application.assess import at_once
from checkup.application.ports import Assessing, GroupsDone
from checkup.domain import gate
from checkup.domain import report as reports
from checkup.domain.demo import without_demo
from checkup.domain.failure import CheckupFailure
from checkup.domain.measurement import with_observations
from checkup.domain.report import Report
from checkup.domain.rubric import Rubric, Text
from checkup.presentation import html, sarif, terminal
from checkup.presentation.words import Language, said
from checkup.settings import CheckupSettings
from checkup.wiring import analyser, assessing, demos, fetcher, forge

REPORT: TypeAdapter[Report] = TypeAdapter(Report)
FAILED, BELOW = 1, 2
FILE_WIDTH = 120
UNCONFINED = Text(
    de="Auf diesem Rechner ließ sich der Messung das Netz nicht nehmen; sie braucht keines.",
    en="On this machine the network could not be taken from the measurement; it needs none.",
)


class Format(StrEnum):
    """What the report is written as."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"
    SARIF = "sarif"


class Speech(StrEnum):
    """The language of titles and advice; evidence is always German."""

    DE = "de"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where this run of the command speaks to its reader: notices and progress go to stderr."""

    language: Language
    err: Console

    def tell(self, text: Text, style: str = "yellow") -> None:
        self.err.print(said(text, self.language), style=style, highlight=False, markup=False)

    def fail(self, text: Text) -> typer.Exit:
        self.tell(text, "red")
        return typer.Exit(FAILED)

    @contextmanager
    def progress(self, text: Text) -> Iterator[GroupsDone | None]:
        """Show how many groups of metrics are measured, on a terminal only."""
        if not self.err.is_terminal:
            yield None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as shown:
            task = shown.add_task(said(text, self.language), total=None)
            yield lambda done, total: shown.update(task, completed=done, total=total)


def analyze(
    place: Annotated[str, typer.Argument(help="Folder of a repository, or https address.", show_default=False)],
    *,
    output_format: Annotated[Format, typer.Option("--format", help="What the report is written as.")] = Format.TABLE,
    rubric: Annotated[
        Path | None, typer.Option(help="A rubric of your own (YAML) instead of the released one.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file instead of printing it.")] = None,
    fail_under: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER|STAGE",
            help="Exit with 2 when a measured dimension is below the number (0 to 100), or the stage is not reached.",
        ),
    ] = None,
    lang: Annotated[Speech, typer.Option(help="Language of titles and advice.")] = Speech.DE,
    assess: Annotated[
        bool, typer.Option("--assess", help="Also ask the language model of CHECKUP_LLM_URL; moves no score.")
    ] = False,
    demo: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A running demo, whose pages a browser tests for barriers.")
    ] = None,
    as_of: Annotated[datetime | None, typer.Option(help="Reference date (default: now).", show_default=False)] = None,
) -> None:
    """Measure the committed state of a repository and print the scores; needs no server, runs nothing of it.

    Exit codes: 0 done, 1 nothing could be measured or an argument is wrong, 2 --fail-under was not reached.
    """
    logging.configure("checkup", env="development", level="warning", to="stderr")
    desk = Desk(lang.value, Console(stderr=True))
    rules = _rules(rubric, desk)
    wanted = None if fail_under is None else _wanted(fail_under, rules, desk)
    moment = datetime.now(UTC) if as_of is None else as_of.replace(tzinfo=UTC)
    try:
        report = asyncio.run(_measure(place, moment, rules, desk, _assessor(desk) if assess else None, demo=demo))
    except CheckupFailure as failure:
        raise desk.fail(Text(f"{failure.reason} ({failure.detail})", f"{failure.kind}: {failure.detail}")) from None
    _write(report, rules, output_format, output, desk)
    if wanted is not None:
        _judge(report, rules, wanted, desk)


def _rules(file: Path | None, desk: Desk) -> Rubric:
    if file is None:
        return rubric_files.load(CheckupSettings().checkup_rubric_version)
    try:
        return rubric_schema.read(file)
    except RubricError as error:
        raise desk.fail(
            Text(f"Das Raster {file} ist nicht gültig:\n{error}", f"{file} is no valid rubric:\n{error}")
        ) from None


def _wanted(given: str, rules: Rubric, desk: Desk) -> float | str:
    """A number from 0 to 100, or one of the rubric's stages."""
    if re.fullmatch(r"\d{1,3}(\.\d+)?", given) and float(given) <= 100:
        return float(given)
    stages = [stage.id for stage in rules.overall.stages] if rules.overall else []
    if given in stages:
        return given
    names = ", ".join(stages)
    raise desk.fail(
        Text(
            f"--fail-under: {given} ist weder eine Zahl von 0 bis 100 noch eine Stufe ({names}).",
            f"--fail-under: {given} is neither a number from 0 to 100 nor a stage ({names}).",
        )
    )


def _assessor(desk: Desk) -> Assessing:
    made = assessing(CheckupSettings())
    if made is None:
        raise desk.fail(Text("--assess: CHECKUP_LLM_URL ist nicht gesetzt.", "--assess: CHECKUP_LLM_URL is not set."))
    return made


async def _measure(
    place: str, as_of: datetime, rules: Rubric, desk: Desk, asks: Assessing | None, *, demo: str | None
) -> Report:
    settings = CheckupSettings()
    measure = analyser(settings)
    visited = await demos(settings, SystemClock()).visit(demo) if demo else without_demo()
    if "://" in place:
        fetch = fetcher(settings)
        fetch.prepare()
        with desk.progress(Text("Lade und messe", "Fetching and measuring")) as told:
            async with fetch.fetched(place, as_of) as git_dir:
                found = await measure.analyse(git_dir, as_of, told=told)
                asked = forge(settings, SystemClock())
                seen = [visited, await asked.look(place, as_of)] if asked else [visited]
                analysis = with_observations(found.analysis, *seen)
                report = reports.of_analysis(analysis, rules, as_of=as_of, repository_url=place)
                report = await _assessed(report, git_dir, asks)
    else:
        local = local_repository.find(place)
        for notice in local.notices:
            desk.tell(notice)
        with desk.progress(Text("Messe", "Measuring")) as told:
            found = await measure.analyse(local.git_dir, as_of, told=told)
            analysis = with_observations(found.analysis, visited)
            report = reports.of_analysis(analysis, rules, as_of=as_of, repository_url=local.url or place)
            report = await _assessed(report, local.git_dir, asks)
    if not found.network_isolated:
        desk.tell(UNCONFINED)
    return report


async def _assessed(report: Report, git_dir: Path, asks: Assessing | None) -> Report:
    if asks is None:
        return report
    return replace(report, assessment=await at_once(asks, report, git_dir, now=datetime.now(UTC)))


def _write(report: Report, rules: Rubric, chosen: Format, file: Path | None, desk: Desk) -> None:
    try:
        if file is None:
            _print(report, rules, chosen, desk)
        elif chosen is Format.TABLE:
            with file.open("w", encoding="utf-8") as stream:
                terminal.show(Console(file=stream, width=FILE_WIDTH), report, rules, desk.language)
        else:
            file.write_text(_rendered(report, rules, chosen, desk.language) + "\n", encoding="utf-8")
    except OSError as error:
        words = error.strerror or str(error)
        raise desk.fail(Text(f"{file} lässt sich nicht schreiben: {words}", f"cannot write {file}: {words}")) from None


def _print(report: Report, rules: Rubric, chosen: Format, desk: Desk) -> None:
    if chosen is Format.TABLE:
        terminal.show(Console(), report, rules, desk.language)
    else:
        typer.echo(_rendered(report, rules, chosen, desk.language))


def _rendered(report: Report, rules: Rubric, chosen: Format, language: Language) -> str:
    if chosen is Format.HTML:
        return html.render(report, rules, language)
    if chosen is Format.SARIF:
        return sarif.render(report, rules, language)
    return REPORT.dump_json(report, indent=2).decode()


def _judge(report: Report, rules: Rubric, wanted: float | str, desk: Desk) -> None:
    verdict = gate.stage(report, rules, wanted) if isinstance(wanted, str) else gate.at_least(report, rules, wanted)
    for text in verdict.unknown:
        desk.tell(text)
    for text in verdict.faults:
        desk.tell(text, "red")
    if not verdict.passed:
        raise typer.Exit(BELOW)
