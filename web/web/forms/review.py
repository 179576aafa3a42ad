"""The form in which a reviewer judges a case."""

from dataclasses import dataclass, field
from typing import Any

from web.api.review import Case, Criteria, Criterion
from web.forms.body import FormData

LONGEST_TEXT = 5000
VERDICTS = ("pass", "needs_work", "fail")
GRADES = ("5", "4", "3", "2", "1")


@dataclass(frozen=True)
class Judgement:
    """What was chosen and written for one criterion; blank while nothing is."""

    result: str = ""
    text: str = ""


@dataclass(frozen=True)
class ReviewForm:
    """All judgements of a round with the message to the provider."""

    judgements: dict[str, Judgement] = field(default_factory=dict)
    message: str = ""

    @classmethod
    def of(cls, case: Case) -> "ReviewForm":
        judgements = {
            each.criterion: Judgement(str(each.result) if each.result is not None else "", each.finding or "")
            for each in case.findings
        }
        return cls(judgements, case.message or "")

    @classmethod
    def read(cls, form: FormData, criteria: Criteria) -> "ReviewForm":
        judgements = {
            each.id: Judgement(form.text(f"result-{each.id}"), form.text(f"finding-{each.id}")[:LONGEST_TEXT])
            for each in criteria.criteria
        }
        return cls(judgements, form.text("message")[:LONGEST_TEXT])

    def judgement(self, criterion: Criterion) -> Judgement:
        return self.judgements.get(criterion.id, Judgement())

    def findings(self, criteria: Criteria) -> list[dict[str, Any]]:
        """The judgements that were made, for the review service: verdicts as words, grades as numbers."""
        findings: list[dict[str, Any]] = []
        for each in criteria.criteria:
            given = self.judgement(each)
            if each.kind == "mandatory" and given.result in VERDICTS:
                findings.append({"criterion": each.id, "result": given.result, "finding": given.text})
            elif each.kind != "mandatory" and given.result in GRADES:
                findings.append({"criterion": each.id, "result": int(given.result), "finding": given.text})
        return findings

    def unjudged(self, criteria: Criteria) -> list[Criterion]:
        """The mandatory criteria without a verdict."""
        return [each for each in criteria.of_kind("mandatory") if self.judgement(each).result not in VERDICTS]

    def lost_words(self, criteria: Criteria) -> list[Criterion]:
        """Criteria with a written finding but no verdict or grade: their text would not be saved."""
        return [each for each in criteria.criteria if self.judgement(each).text and not self.judgement(each).result]
