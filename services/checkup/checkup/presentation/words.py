"""Words of the reports at the desk, in both languages, and what several of the formats say alike."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from checkup.domain.measurement import Status
from checkup.domain.overall import CriterionStatus
from checkup.domain.report import Report
from checkup.domain.rubric import Rubric, Text
from checkup.domain.scoring import MetricResult, Standing

Language = Literal["de", "en"]
MOST_STEPS = 5

WORDS: Mapping[str, Text] = {
    "title": Text("Lösungs-Checkup", "Solution checkup"),
    "commit": Text("Commit", "Commit"),
    "as_of": Text("Stichtag", "As of"),
    "rubric": Text("Raster", "Rubric"),
    "repository": Text("Repository", "Repository"),
    "tools": Text("Werkzeuge", "Tools"),
    "overview": Text("Überblick", "Overview"),
    "radar": Text("Netzdiagramm der fünf Dimensionen; die Zahlen stehen in der Tabelle daneben",
                  "Radar chart of the five dimensions; the table beside it has the numbers"),
    "dimension": Text("Dimension", "Dimension"),
    "score": Text("Punkte", "Score"),
    "coverage": Text("Abdeckung", "Coverage"),
    "confidence": Text("Verlässlichkeit", "Confidence"),
    "standing": Text("Einordnung", "Standing"),
    "award": Text("Auszeichnung", "Award"),
    "until": Text("bis", "until"),
    "kept": Text("knapp gehalten", "narrowly kept"),
    "metric": Text("Kriterium", "Criterion"),
    "value": Text("Wert", "Value"),
    "gain": Text("Gewinn", "Gain"),
    "evidence": Text("Beleg", "Evidence"),
    "advice": Text("Empfehlung", "Advice"),
    "steps": Text("Nächste Schritte mit dem größten Gewinn", "Next steps with the largest gain"),
    "points": Text("Punkte", "points"),
    "stage": Text("Checkup-Stufe", "Checkup stage"),
    "no_stage": Text("noch keine", "none yet"),
    "missing": Text("Offen bis", "Open until"),
    "notes": Text("Hinweise", "Notes"),
    "of_100": Text("von 100", "of 100"),
    "not_given": Text("–", "–"),
    "limits": Text(
        "Punkte messen Anzeichen von Qualität, nicht die Eignung für einen Zweck. Nicht Messbares zählt nicht als 0.",
        "Scores measure signs of quality, not fitness for a purpose. What cannot be measured does not count as 0.",
    ),
    "evidence_language": Text("", "Evidence is quoted in German."),
}  # fmt: skip
STANDING: Mapping[Standing, Text] = {
    Standing.SCORED: Text("bewertet", "scored"),
    Standing.LIMITED: Text("eingeschränkt", "limited"),
    Standing.NOT_MEASURABLE: Text("nicht bewertbar", "not measurable"),
}
STATUS: Mapping[Status, Text] = {
    Status.MEASURED: Text("gemessen", "measured"),
    Status.NOT_APPLICABLE: Text("trifft nicht zu", "not applicable"),
    Status.NOT_AVAILABLE: Text("nicht messbar", "not measurable"),
    Status.ERROR: Text("Messung gescheitert", "measurement failed"),
    Status.TIMEOUT: Text("Messung abgebrochen", "measurement timed out"),
}
CRITERION: Mapping[CriterionStatus, Text] = {
    CriterionStatus.MET: Text("erfüllt", "met"),
    CriterionStatus.OPEN: Text("offen", "open"),
    CriterionStatus.NOT_MEASURED: Text("nicht gemessen", "not measured"),
    CriterionStatus.NOT_APPLICABLE: Text("trifft nicht zu", "not applicable"),
}


def said(text: Text, language: Language) -> str:
    """The text in that language."""
    return text.de if language == "de" else text.en


def word(name: str, language: Language) -> str:
    """One of the words above."""
    return said(WORDS[name], language)


class Step(NamedTuple):
    """A next step: which metric of which dimension, and what it would add to the dimension's score."""

    dimension: Text
    metric: MetricResult
    gain: float


def next_steps(report: Report, rubric: Rubric, most: int = MOST_STEPS) -> Sequence[Step]:
    """The metrics with advice, those that would add most first."""
    titles = {dimension.id: dimension.title for dimension in rubric.dimensions}
    steps = [
        Step(titles[result.dimension], metric, metric.gain)
        for result in report.dimensions
        for metric in result.metrics
        if metric.advice is not None and metric.gain is not None and metric.gain >= 1
    ]
    return sorted(steps, key=lambda step: (-step.gain, step.metric.id))[:most]
