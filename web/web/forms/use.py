"""Forms about uses: how a municipality uses a solution, whom a provider names, why something is reported."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.vocabulary import DeploymentVisibility, ReportReason

from web.api.problem import ApiProblem
from web.api.uses import Claim, OwnUse
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

LONGEST_LINE = 100
LONGEST_NAME = 200
LONGEST_NOTE = 2000
LONGEST_MESSAGE = 5000
MOST_CONTACTS = 50
REFUSALS = frozenset({400, 403, 404, 409, 412, 422, 429})
"""Refusals that a form tells beside what was typed."""
_MONTH = re.compile(r"^(19|20)\d\d(-(0[1-9]|1[0-2]))?$")


@dataclass(frozen=True)
class UseForm:
    """What was typed; numbers stay text until they are checked."""

    organisation_id: str = ""
    since: str = ""
    version: str = ""
    module: str = ""
    visibility: str = "public"
    contact: str = ""
    contacts_per_month: str = "5"
    revision: str = "0"

    @classmethod
    def read(cls, form: FormData) -> "UseForm":
        return cls(**{name: form.text(name) for name in cls.__dataclass_fields__})

    @classmethod
    def of(cls, use: OwnUse) -> "UseForm":
        """Start from what was declared before."""
        return cls(
            organisation_id=use.organisation_id,
            since=use.since or "",
            version=use.version or "",
            module=use.module or "",
            visibility=use.visibility,
            contact="ja" if use.contact else "",
            contacts_per_month=str(use.contacts_per_month),
            revision=str(use.revision),
        )

    @classmethod
    def of_claim(cls, organisation_id: str, claim: Claim | None) -> "UseForm":
        """Start from what the provider says, as far as it says something."""
        if claim is None:
            return cls(organisation_id=organisation_id)
        return cls(
            organisation_id=organisation_id,
            since=claim.since or "",
            version=claim.version or "",
            module=claim.module or "",
        )

    def check(self, locale: Locale, today: date) -> tuple[dict[str, Any], Faults]:
        """Return the body for the catalog and what is wrong."""
        faults = Faults()
        check_month(faults, "since", self.since, locale, today)
        for name in ("version", "module"):
            if len(getattr(self, name)) > LONGEST_LINE:
                faults.add(name, locale.say("Höchstens {n} Zeichen.", n=LONGEST_LINE))
        if self.visibility not in {str(each.value) for each in DeploymentVisibility}:
            faults.add("visibility", locale.say("Bitte wählen Sie, wer den Einsatz sehen darf."))
        if self.contact and self.visibility == DeploymentVisibility.HIDDEN.value:
            faults.add("contact", locale.say("Anfragen gehen nur, wenn Angemeldete Ihren Einsatz sehen dürfen."))
        number = int(self.contacts_per_month) if self.contacts_per_month.isdecimal() else 0
        if self.contact and not 1 <= number <= MOST_CONTACTS:
            faults.add("contacts_per_month", locale.say("Bitte geben Sie eine Zahl von 1 bis {n} an.", n=MOST_CONTACTS))
        body: dict[str, Any] = {
            "organisation_id": self.organisation_id,
            "visibility": self.visibility,
            "contact": bool(self.contact),
        }
        if self.contact:
            body["contacts_per_month"] = number
        body |= {name: value for name in ("since", "version", "module") if (value := getattr(self, name))}
        return body, faults


@dataclass(frozen=True)
class ClaimForm:
    """Whom a provider names."""

    name: str = ""
    since: str = ""
    version: str = ""
    module: str = ""

    @classmethod
    def read(cls, form: FormData) -> "ClaimForm":
        return cls(**{name: form.text(name) for name in cls.__dataclass_fields__})

    def check(self, locale: Locale, today: date) -> tuple[dict[str, Any], Faults]:
        """Return the body for the catalog and what is wrong."""
        faults = Faults()
        if not self.name:
            faults.add("name", locale.say("Bitte nennen Sie die Kommune mit Namen."))
        if len(self.name) > LONGEST_NAME:
            faults.add("name", locale.say("Höchstens {n} Zeichen.", n=LONGEST_NAME))
        check_month(faults, "since", self.since, locale, today)
        for field in ("version", "module"):
            if len(getattr(self, field)) > LONGEST_LINE:
                faults.add(field, locale.say("Höchstens {n} Zeichen.", n=LONGEST_LINE))
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in given.items() if value}, faults


def check_month(faults: Faults, name: str, given: str, locale: Locale, today: date) -> None:
    """Add a fault for what is no year or month, or one that has not begun."""
    if given and (not _MONTH.match(given) or given > today.isoformat()[: len(given)]):
        faults.add(name, locale.say("Bitte geben Sie ein Jahr oder Jahr und Monat an, etwa 2024-05."))


def report_of(form: FormData) -> dict[str, Any] | None:
    """Return the body of a report; None when no known reason was chosen."""
    reason, note = form.text("reason"), form.text("note")
    if reason not in {str(each.value) for each in ReportReason} or len(note) > LONGEST_NOTE:
        return None
    return {"reason": reason, **({"note": note} if note else {})}


def refused(problem: ApiProblem, locale: Locale) -> Faults:
    """Say what the service would not take; raises the problem when it is none of what was typed."""
    if problem.status not in REFUSALS:
        raise problem
    return Faults(general=[problem.text(locale.language)])
