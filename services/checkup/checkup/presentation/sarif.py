"""The report as SARIF 2.1.0, which code hosts show beside the lines: a rule per metric, a result per place to mend."""

import hashlib
import json
from collections.abc import Iterator
from importlib import metadata
from typing import Any
from urllib.parse import quote

from checkup.domain.measurement import Evidence, Status
from checkup.domain.report import Report
from checkup.domain.rubric import Metric, Rubric
from checkup.domain.scoring import MetricResult
from checkup.presentation.words import Language, said

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PLACES = frozenset(("U4", "U7", "D4", "D5", "D9", "D10", "A7", "Q1", "Q2", "Q3", "Q4", "Q8", "Q9", "Q11"))
"""Metrics whose evidence with a path is a place to mend; of the others it is a place that was found."""
SEVERE = frozenset(("Q9",))
WARN_BELOW = 50
MOST_EVIDENCE = 5
NO_FILE = "no file associated with this alert"  # the words that OpenSSF Scorecard uses, since code hosts ask for a file


def render(report: Report, rubric: Rubric, language: Language) -> str:
    """The log as JSON text; equal reports give equal text."""
    metrics = [metric for dimension in rubric.dimensions for metric in dimension.metrics]
    index = {metric.id: number for number, metric in enumerate(metrics)}
    run: dict[str, Any] = {
        "tool": {"driver": _driver(report, rubric, language)},
        "language": language,
        "columnKind": "utf16CodeUnits",
        "automationDetails": {"id": "marktplatz-checkup/"},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_unmeasured(report, index))}],
        "results": [
            result
            for dimension in report.dimensions
            for metric in dimension.metrics
            if metric.advice is not None
            for result in _results(metric, index[metric.id], language)
        ],
        "properties": _properties(report),
    }
    if report.commit and (report.repository_url or "").startswith("https://"):
        run["versionControlProvenance"] = [{"repositoryUri": report.repository_url, "revisionId": report.commit}]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _driver(report: Report, rubric: Rubric, language: Language) -> dict[str, Any]:
    return {
        "name": "marktplatz-checkup",
        "version": metadata.version("marktplatz-checkup"),
        "rules": [
            _rule(metric, dimension.id, language) for dimension in rubric.dimensions for metric in dimension.metrics
        ],
        "properties": {
            "rubric": report.rubric_version,
            "rubricDigest": report.rubric_digest,
            "tools": dict(report.tools),
        },
    }


def _rule(metric: Metric, dimension: str, language: Language) -> dict[str, Any]:
    return {
        "id": metric.id,
        "shortDescription": {"text": said(metric.title, language)},
        "fullDescription": {"text": said(metric.question, language)},
        "help": {"text": f"{said(metric.advice, language)} ({metric.source})"},
        "defaultConfiguration": {"level": "error" if metric.id in SEVERE else "note"},
        "properties": {"tags": [dimension], "weight": metric.weight},
    }


def _results(metric: MetricResult, index: int, language: Language) -> Iterator[dict[str, Any]]:
    named = [found for found in metric.evidence if found.path]
    if metric.id in PLACES and named:
        for found in named:
            yield _result(metric, index, language, found)
    else:
        yield _result(metric, index, language, named[0] if named else None)


def _result(metric: MetricResult, index: int, language: Language, found: Evidence | None) -> dict[str, Any]:
    assert metric.score is not None  # noqa: S101 - only what was measured has advice
    assert metric.advice is not None  # noqa: S101
    of = "von" if language == "de" else "of"
    sentences = [f"{said(metric.title, language)}: {metric.score:g} {of} 100.", said(metric.advice, language)]
    if metric.id in PLACES and found is not None:
        sentences.insert(0, f"{found.text}.")
    elif metric.evidence:
        sentences.append(f"({'; '.join(each.text for each in metric.evidence[:MOST_EVIDENCE])})")
    fingerprint = f"{metric.id}|{found.path if found else ''}|{found.text if found else ''}"
    return {
        "ruleId": metric.id,
        "ruleIndex": index,
        "level": "error" if metric.id in SEVERE else "warning" if metric.score < WARN_BELOW else "note",
        "message": {"text": " ".join(sentences)},
        "locations": [_location(found)],
        "partialFingerprints": {"checkup/v1": hashlib.sha256(fingerprint.encode()).hexdigest()[:32]},
        "properties": {"score": metric.score, "gain": metric.gain},
    }


def _location(found: Evidence | None) -> dict[str, Any]:
    path = found.path if found and found.path else NO_FILE
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(path), "uriBaseId": "%SRCROOT%"}}
    if found is None or not found.path or found.line:
        place["region"] = {"startLine": (found.line if found else None) or 1}
    return {"physicalLocation": place}


def _unmeasured(report: Report, index: dict[str, int]) -> Iterator[dict[str, Any]]:
    for metric in (metric for dimension in report.dimensions for metric in dimension.metrics):
        if metric.status in (Status.NOT_AVAILABLE, Status.ERROR, Status.TIMEOUT):
            yield {
                "descriptor": {"id": metric.status.value},
                "associatedRule": {"id": metric.id, "index": index[metric.id]},
                "level": "warning" if metric.status is not Status.NOT_AVAILABLE else "note",
                "message": {"text": f"{metric.id}: {metric.reason or metric.status.value}"},
            }


def _properties(report: Report) -> dict[str, Any]:
    return {
        "asOf": report.as_of.isoformat(),
        "dimensions": {
            each.dimension: {"score": each.score, "coverage": each.coverage, "standing": each.standing.value}
            for each in report.dimensions
        },
        "stage": report.grade.stage if report.grade else None,
        "awards": list(report.awards),
    }
