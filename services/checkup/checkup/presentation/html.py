"""The report as one HTML file: no script, and nothing that is loaded from elsewhere."""

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from servicekit.charts import radar
from servicekit.permalinks import permalink

from checkup.domain.report import Report
from checkup.domain.rubric import Rubric
from checkup.presentation import opinion
from checkup.presentation.words import (
    CRITERION,
    STANDING,
    STATUS,
    Language,
    next_steps,
    said,
    word,
)

MOST_EVIDENCE = 50


def render(report: Report, rubric: Rubric, language: Language) -> str:
    """The whole page; equal reports give equal text."""
    assessment = report.assessment
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            titles={dimension.id: dimension.title for dimension in rubric.dimensions},
            abouts={dimension.id: dimension.about for dimension in rubric.dimensions},
            awards={award.dimension: award for award in report.awarded},
            steps=next_steps(report, rubric),
            chart=radar([each.score for each in report.dimensions]),
            style=_style(),
            lang=language,
            most=MOST_EVIDENCE,
            standings=STANDING,
            statuses=STATUS,
            criteria=CRITERION,
            say=lambda text: said(text, language),
            opinion=list(opinion.lines(assessment, language)) if assessment else [],
            opinion_heading=opinion.heading(assessment, language) if assessment else "",
            w=lambda name: word(name, language),
            link=lambda found: permalink(report.repository_url, report.commit, found.path, found.line),
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("checkup.presentation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return (resources.files("checkup.presentation") / "templates" / "report.css").read_text(encoding="utf-8")
