"""Whether a report reaches what its reader asks for; used where a pipeline must stop."""

from dataclasses import dataclass

from checkup.domain.report import Report
from checkup.domain.rubric import Rubric, Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` keep the report from passing; `unknown` is what could not be judged, a sentence each."""

    faults: tuple[Text, ...]
    unknown: tuple[Text, ...]

    @property
    def passed(self) -> bool:
        return not self.faults


def at_least(report: Report, rubric: Rubric, number: float) -> Verdict:
    """Every dimension with a number must reach it; one without is told of, and none at all does not pass."""
    titles = {dimension.id: dimension.title for dimension in rubric.dimensions}
    faults, unknown = [], []
    for each in report.dimensions:
        title = titles[each.dimension]
        if each.score is None:
            unknown.append(Text(f"{title.de}: nicht bewertbar", f"{title.en}: not measurable"))
        elif each.score < number:
            faults.append(
                Text(
                    f"{title.de}: {each.score} liegt unter {number:g}", f"{title.en}: {each.score} is below {number:g}"
                )
            )
    if not report.measurable:
        faults.append(Text("Keine Dimension ließ sich bewerten.", "No dimension could be scored."))
    return Verdict(tuple(faults), tuple(unknown))


def stage(report: Report, rubric: Rubric, wanted: str) -> Verdict:
    """The stage or a later one must be reached. Raises KeyError when the rubric has no such stage."""
    order = [each.id for each in rubric.overall.stages] if rubric.overall else []
    if wanted not in order:
        raise KeyError(wanted)
    grade = report.grade
    if grade is not None and grade.stage is not None and order.index(grade.stage) >= order.index(wanted):
        return Verdict((), ())
    if grade is not None and grade.reason is not None:
        return Verdict((grade.reason,), ())
    reached = grade.title if grade and grade.title else Text("keine", "none")
    return Verdict((Text(f"Erreichte Stufe: {reached.de}", f"Stage reached: {reached.en}"),), ())
