"""The request for onboarding: what an organisation says about itself and why somebody may act for it."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from contracts import web_address
from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from contracts.writing_direction import TURNING

from web.api.catalog import Organisation
from web.api.problem import ApiProblem
from web.forms.body import FormData
from web.forms.faults import Faults
from web.i18n import Locale

ARS_DIGITS = 12
LONGEST_NAME = 200
LONGEST_TEXT = 2000
FIELD_OF = {"ars-required": "ars", "ars-invalid": "ars", "ars-elsewhere": "ars", "website-required": "website_url"}
"""Refusals of the catalog that belong to one field."""
REFUSALS = frozenset({409, 412, 422})


@dataclass(frozen=True)
class OrganisationForm:
    """What was typed; codes stay text until they are checked."""

    name: str = ""
    kinds: tuple[str, ...] = ()
    bundesland: str = ""
    size_class: str = ""
    ars: str = ""
    website_url: str = ""
    description: str = ""
    mandate: str = ""
    note: str = ""

    @classmethod
    def read(cls, form: FormData) -> "OrganisationForm":
        texts = {name: form.text(name) for name in cls.__dataclass_fields__ if name != "kinds"}
        return cls(**texts, kinds=tuple(form.texts("kinds")))

    @classmethod
    def of(cls, held: Organisation) -> "OrganisationForm":
        """Start from what was said before."""
        return cls(
            name=held.name,
            kinds=tuple(held.kinds),
            bundesland=held.bundesland or "",
            size_class=held.size_class or "",
            ars=held.ars or "",
            website_url=held.website_url or "",
            description=held.description or "",
            mandate=(held.proof.statement or "") if held.proof else "",
            note=held.note or "",
        )

    def check(self, locale: Locale, *, has_file: bool) -> tuple[dict[str, Any], Faults]:
        """Return the body for the catalog and what is wrong; `has_file`: a proof comes, or came, as a file."""
        faults = Faults()
        kinds = [kind for kind in self.kinds if kind in {str(each.value) for each in OrganisationKind}]
        ars = self.ars.replace(" ", "")
        check_facts(faults, locale, name=self.name, website_url=self.website_url, description=self.description)
        if not kinds:
            faults.add("kinds", locale.say("Bitte wählen Sie, in welcher Rolle Ihre Organisation teilnimmt."))
        check_key(faults, locale, ars)
        if OrganisationKind.MUNICIPALITY.value in kinds:
            self._check_municipality(faults, locale, ars, has_file=has_file)
        elif self.mandate and not self.website_url:
            faults.add("website_url", locale.say("Bitte nennen Sie die amtliche Internetseite."))
        for name in ("mandate", "note"):
            if len(getattr(self, name)) > LONGEST_TEXT:
                faults.add(name, locale.say("Höchstens {n} Zeichen.", n=LONGEST_TEXT))
        body: dict[str, Any] = {"name": self.name, "kinds": kinds}
        for name, known in (("bundesland", Bundesland), ("size_class", SizeClass)):
            if getattr(self, name) in {str(each.value) for each in known}:
                body[name] = getattr(self, name)
        texts = {name: getattr(self, name) for name in ("website_url", "description", "mandate", "note")}
        return body | {name: text for name, text in {"ars": ars, **texts}.items() if text}, faults

    def _check_municipality(self, faults: Faults, locale: Locale, ars: str, *, has_file: bool) -> None:
        if not ars:
            faults.add("ars", locale.say("Kommunen geben ihren Amtlichen Regionalschlüssel an."))
        if not (has_file or self.mandate):
            faults.add("mandate", locale.say("Bitte weisen Sie nach, dass Sie für die Kommune handeln dürfen."))
        if self.mandate and not self.website_url:
            faults.add("website_url", locale.say("Bitte nennen Sie die amtliche Internetseite."))


def check_key(faults: Faults, locale: Locale, ars: str) -> None:
    """Add what is wrong with the form of a regional key; none is fine."""
    if ars and not (ars.isascii() and ars.isdigit() and 2 <= len(ars) <= ARS_DIGITS):
        faults.add("ars", locale.say("Der Amtliche Regionalschlüssel besteht aus 2 bis 12 Ziffern."))


def check_facts(faults: Faults, locale: Locale, *, name: str, website_url: str, description: str) -> None:
    """Add what is wrong with what everybody sees of an organisation."""
    if not name:
        faults.add("name", locale.say("Bitte geben Sie den Namen Ihrer Organisation an."))
    if any(unicodedata.category(each) == "Cc" or each in TURNING for each in name):
        faults.add("name", locale.say("Der Name enthält unsichtbare Zeichen, die nicht hineingehören."))
    if len(name) > LONGEST_NAME:
        faults.add("name", locale.say("Höchstens {n} Zeichen.", n=LONGEST_NAME))
    if len(description) > LONGEST_TEXT:
        faults.add("description", locale.say("Höchstens {n} Zeichen.", n=LONGEST_TEXT))
    if website_url:
        try:
            web_address.checked(website_url)
        except ValueError:
            faults.add(
                "website_url", locale.say("Bitte geben Sie eine vollständige Adresse an, die mit https:// beginnt.")
            )


def refused(problem: ApiProblem, locale: Locale) -> Faults:
    """Say what the catalog would not take, beside the field; raises the problem when it is none of what was typed."""
    if problem.status not in REFUSALS:
        raise problem
    faults = Faults()
    if problem.slug in FIELD_OF:
        faults.add(FIELD_OF[problem.slug], problem.text(locale.language))
        return faults
    for each in problem.errors:
        faults.add(each.field.rpartition(".")[2], locale.say("Diese Angabe passt nicht zu diesem Feld."))
    if not faults:
        faults.general.append(problem.text(locale.language))
    return faults
