"""The form in which the team works a checklist."""

from dataclasses import dataclass, field
from typing import Any

from web.api.checkup_people import Check, Checklist, Item
from web.api.problem import FieldFault
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

RESULTS = ("passed", "failed", "not_applicable", "not_checked")
GRADES = ("4", "3", "2", "1", "0")
REFUSALS = {
    "there is no such item": "Diesen Punkt gibt es nicht (mehr).",
    "needs a grade from 0 to 4": "Bitte vergeben Sie 0 bis 4.",
    "is no grade from 0 to 4, or not asked for here": "Bitte vergeben Sie 0 bis 4.",
    "a grade below 2 needs a finding": "Unter 2 ist ein Befund nötig.",
    "is too long": "Das ist zu lang: höchstens 2.000 Zeichen, bei Adressen 500.",
    "must be an https address": "Bitte geben Sie eine Adresse an, die mit https:// beginnt.",
    "must not lie in the future": "Das Datum darf nicht in der Zukunft liegen.",
    "say what is wrong": "Bitte schreiben Sie, was nicht erfüllt ist.",
}


@dataclass(frozen=True)
class TypedFinding:
    """What stands in the fields of one item; `result` is a result, or a grade for items with a scale."""

    result: str = "not_checked"
    finding: str = ""
    evidence_url: str = ""
    on: str = ""


@dataclass(frozen=True)
class CheckForm:
    """All findings by item."""

    findings: dict[str, TypedFinding] = field(default_factory=dict)

    @classmethod
    def of(cls, check: Check) -> "CheckForm":
        return cls(
            {
                each.item: TypedFinding(
                    str(each.grade) if each.grade is not None else each.result,
                    each.finding,
                    each.evidence_url or "",
                    each.on.isoformat() if each.on else "",
                )
                for each in check.findings
            }
        )

    @classmethod
    def read(cls, form: FormData, checklist: Checklist) -> "CheckForm":
        return cls(
            {
                each.id: TypedFinding(
                    form.text(f"ergebnis-{each.id}") or "not_checked",
                    form.text(f"befund-{each.id}"),
                    form.text(f"beleg-{each.id}"),
                    form.text(f"am-{each.id}"),
                )
                for each in checklist.items
            }
        )

    def finding(self, item: Item) -> TypedFinding:
        return self.findings.get(item.id, TypedFinding())

    def body(self, checklist: Checklist) -> list[dict[str, Any]]:
        """The findings for the checkup; items that nobody touched are left out."""
        body = []
        for item in checklist.items:
            typed = self.finding(item)
            if typed.result not in (*RESULTS, *GRADES) or typed == TypedFinding():
                continue
            one: dict[str, Any] = {
                "item": item.id,
                "finding": typed.finding,
                "evidence_url": typed.evidence_url or None,
            }
            if typed.result in GRADES:
                one |= {"grade": int(typed.result), "result": "passed"}
            else:
                one["result"] = typed.result
            if typed.on:
                one["on"] = typed.on
            body.append(one)
        return body


def refused_findings(errors: tuple[FieldFault, ...], locale: Locale) -> Faults:
    """The checkup's findings about the form in the reader's language, by field."""
    parts = {"grade": "ergebnis", "finding": "befund", "evidence_url": "beleg", "on": "am"}
    faults = Faults()
    for error in errors:
        path = [part for part in error.field.split(".") if part not in ("body", "items")]
        german = REFUSALS.get(error.message, "Diese Angabe wurde nicht angenommen.")
        if len(path) > 1 and path[1] in parts:
            faults.add(f"{parts[path[1]]}-{path[0]}", locale.say(german))
        else:
            faults.general.append(locale.say(german))
    return faults
