"""The report on a terminal: coloured where the terminal can, plain text in a file."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Line

from checkup.domain.overall import CriterionStatus, Grade
from checkup.domain.report import Report
from checkup.domain.rubric import Rubric, Text
from checkup.domain.scoring import DimensionResult, MetricResult, Standing
from checkup.presentation import opinion
from checkup.presentation.words import CRITERION, STANDING, STATUS, Language, next_steps, said, word

MOST_EVIDENCE = 3
GOOD, FAIR = 70, 40
BAR, WIDE = 20, 110


def show(console: Console, report: Report, rubric: Rubric, language: Language) -> None:
    """Print the whole report."""
    titles = {dimension.id: dimension.title for dimension in rubric.dimensions}
    console.print(_head(report, language))
    console.print(_overview(report, titles, language, bars=console.width >= WIDE))
    if report.grade is not None:
        console.print(_stage(report.grade, language))
    if steps := next_steps(report, rubric):
        console.print(f"\n[bold]{word('steps', language)}[/]")
        for step in steps:
            advice = escape(said(step.metric.advice, language)) if step.metric.advice else ""
            gain = f"+{round(step.gain)} {word('points', language)}"
            console.print(f"  [green]{gain}[/] {said(step.dimension, language)} ({step.metric.id}): {advice}")
    for result in report.dimensions:
        console.print()
        console.print(_metrics(result, titles[result.dimension], language))
        for cap in result.caps:
            console.print(f"  [yellow]! {escape(said(cap.text, language))}[/]")
    if report.assessment is not None:
        console.print(f"\n[bold]{escape(opinion.heading(report.assessment, language))}[/]")
        for line in opinion.lines(report.assessment, language):
            place = f" [dim]{escape(f'{line.place.path}:{line.place.line}')}[/]" if line.place else ""
            console.print(f"  {escape(line.text)}{place}")
    for note in (*report.notes, word("limits", language), word("evidence_language", language)):
        if note:
            console.print(f"[dim]{escape(note)}[/]")


def colour_of(score: float | None) -> str:
    """Green from 70, yellow from 40, red below; words and numbers say the same."""
    if score is None:
        return "bright_black"
    return "green" if score >= GOOD else "yellow" if score >= FAIR else "red"


def _head(report: Report, language: Language) -> Panel:
    lines = [
        (word("repository", language), report.repository_url or word("not_given", language)),
        (word("commit", language), report.commit or word("not_given", language)),
        (word("as_of", language), f"{report.as_of:%Y-%m-%d}"),
        (word("rubric", language), f"{report.rubric_version} ({report.rubric_digest[:12]})"),
    ]
    table = Table.grid(padding=(0, 2))
    for name, value in lines:
        table.add_row(f"[bold]{name}[/]", escape(value))
    return Panel(table, title=word("title", language), title_align="left", expand=False)


def _overview(report: Report, titles: dict[str, Text], language: Language, *, bars: bool) -> Table:
    table = Table(title=word("overview", language), title_justify="left", title_style="bold", box=None, padding=(0, 1))
    table.add_column(word("dimension", language), no_wrap=True)
    table.add_column(word("score", language), justify="right", no_wrap=True)
    table.add_column("", width=BAR if bars else 0)
    for name in ("coverage", "confidence"):
        table.add_column(word(name, language), justify="right", min_width=len(word(name, language)))
    table.add_column(word("standing", language), overflow="fold")
    awarded = {award.dimension: award for award in report.awarded}
    for result in report.dimensions:
        colour = colour_of(result.score)
        number = "–" if result.score is None else str(result.score)
        bar: RenderableType = ""
        if bars and result.score is not None:
            bar = ProgressBar(
                total=100, completed=result.score, width=BAR, complete_style=colour, finished_style=colour
            )
        standing = said(STANDING[result.standing], language)
        if result.award:
            award = awarded.get(result.dimension)
            standing += f"\n★ {word('until', language)} {award.valid_until:%Y-%m-%d}" if award else "\n★"
            standing += f" ({word('kept', language)})" if award and award.renewed else ""
        table.add_row(
            said(titles[result.dimension], language),
            f"[{colour} bold]{number}[/]",
            bar,
            f"{result.coverage:.0%}",
            "–" if result.standing is Standing.NOT_MEASURABLE else f"{result.confidence:.0%}",
            standing,
        )
    return table


def _stage(grade: Grade, language: Language) -> Group:
    reached = said(grade.title, language) if grade.title else word("no_stage", language)
    lines = [Line.from_markup(f"\n[bold]{word('stage', language)}:[/] {reached}")]
    if grade.reason is not None:
        lines.append(Line.from_markup(f"  [yellow]{escape(said(grade.reason, language))}[/]"))
    following = next((stage for stage in grade.stages if not stage.reached), None)
    if following is not None:
        heading = f"  {word('missing', language)} {said(following.title, language)} ({following.progress} %):"
        lines.append(Line(heading))
        for each in following.criteria:
            if each.status in (CriterionStatus.OPEN, CriterionStatus.NOT_MEASURED):
                bound = f"≥ {each.at_least:g}" if each.at_least is not None else f"≤ {each.at_most:g}"
                value = said(CRITERION[each.status], language) if each.value is None else f"{each.value:g}"
                lines.append(Line(f"    · {said(each.title, language)}: {value} ({bound})"))
    return Group(*lines)


def _metrics(result: DimensionResult, title: Text, language: Language) -> Table:
    number = "–" if result.score is None else f"{result.score} {word('of_100', language)}"
    table = Table(
        title=f"{said(title, language)}: {number}",
        title_justify="left",
        title_style="bold",
        expand=True,
        padding=(0, 1),
    )
    table.add_column("", width=4)
    table.add_column(word("metric", language), ratio=4)
    table.add_column(word("value", language), justify="right", min_width=6)
    table.add_column(word("gain", language), justify="right", min_width=6)
    table.add_column(word("evidence", language), ratio=7, overflow="fold")
    for metric in result.metrics:
        value = "–" if metric.score is None else f"{metric.score:g}"
        gain = f"+{metric.gain:g}" if metric.gain and metric.advice else ""
        evidence = "\n".join(_evidence(metric, language))
        table.add_row(
            metric.id, said(metric.title, language), f"[{colour_of(metric.score)}]{value}[/]", gain, escape(evidence)
        )
    return table


def _evidence(metric: MetricResult, language: Language) -> Iterator[str]:
    if metric.score is None:
        yield metric.reason or said(STATUS[metric.status], language)
    for found in metric.evidence[:MOST_EVIDENCE]:
        place = f" ({found.path}{f':{found.line}' if found.line else ''})" if found.path else ""
        yield f"{found.text}{place}"
    if (more := len(metric.evidence) - MOST_EVIDENCE) > 0:
        yield f"… +{more}"
