"""The form for a listing, made from the standard profile: what is asked, how it is typed, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from contracts.profile import checking
from contracts.profile.questionnaire import Asked, Condition, Question, Questionnaire
from contracts.vocabulary import Language
from servicekit.clock import BERLIN

from web.api.catalog import Listing
from web.api.problem import FieldFault
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.numbers import read_number
from web.i18n import Locale

Values = dict[str, Any]
SPARE_RECORDS = 2
"""Blank rows behind the records that are there: more can be added by saving, without any script."""
YES, NO = "ja", "nein"
ASKED = "gefragt"
"""Hidden field that names the conditional questions that are shown as asked."""


@dataclass
class ListingForm:
    """What was typed or what is stored, ready to be shown again; `media` are not typed but uploaded."""

    profile: Questionnaire
    values: Values

    @classmethod
    def empty(cls, profile: Questionnaire) -> "ListingForm":
        """A form in which nothing but the language is answered."""
        return cls.of(profile, Listing(languages=["de"]))

    @classmethod
    def of(cls, profile: Questionnaire, listing: Listing) -> "ListingForm":
        """The form for what is stored."""
        answers = profile.answers_in(listing.model_dump())
        return cls(profile, {each.id: _shown(each, answers.get(each.id)) for each in profile.questions})

    @classmethod
    def read(cls, profile: Questionnaire, form: FormData) -> "ListingForm":
        """The form as it was sent."""
        return cls(profile, {each.id: _typed(each, form) for each in profile.questions})

    def listing(self) -> dict[str, Any]:
        """The listing for the catalog: blank answers are left out, and media, which stay as they are."""
        listing: dict[str, Any] = {}
        answers: dict[str, Any] = {}
        for each in self.profile.questions:
            value = None if each.type == "media" else _stored(each, self.values.get(each.id))
            if value not in (None, "", []):
                (listing if each.typed else answers)[each.id] = value
        return {**listing, "answers": answers} if answers else listing

    def take(self, questions: Sequence[str], stored: Listing) -> None:
        """Answer these questions as they are stored."""
        held = ListingForm.of(self.profile, stored).values
        self.values |= {name: held[name] for name in questions if name in held}

    def asks(self, question: Question) -> bool:
        """True when what is typed makes the question one to put."""
        return self.profile.asks(question, self._answers)

    def requires(self, question: Question) -> bool:
        """True when what is typed makes an answer necessary for a submission."""
        return self.profile.requires(question, self._answers)

    def controls(self, question: Question) -> bool:
        """True when it depends on the answer what else is asked."""
        return question.id in self._controlling

    @cached_property
    def _answers(self) -> dict[str, Any]:
        return self.profile.answers_in(self.listing())

    @cached_property
    def _controlling(self) -> frozenset[str]:
        return frozenset(
            condition.question
            for each in self.profile.questions
            for condition in (*each.asked_when, *each.required_when)
        )

    def records(self, question: Question) -> list[dict[str, str]]:
        """The rows for records: those there are, and blank ones."""
        held: list[dict[str, str]] = self.values.get(question.id) or []
        spare = min(SPARE_RECORDS, max(0, question.most_entries - len(held)))
        return [*held, *({} for _ in range(spare))]

    def check(self, locale: Locale, *, complete: bool) -> Faults:
        """Say what is wrong, judged by the rules that the catalog judges by; `complete` for a submission."""
        faults = Faults()
        today = datetime.now(BERLIN).date()
        for fault in checking.check(self.profile, self.listing(), complete=complete, today=today):
            faults.add(fault.question, _in_words(self.profile, fault, locale))
        return faults


def condition_text(profile: Questionnaire, question: Question, language: Language) -> str:
    """Return when a question is asked, such as `Preismodell: Einmalzahlung, Nach Nutzung`."""
    return "; ".join(_condition(profile, each, language) for each in question.asked_when)


def _condition(profile: Questionnaire, condition: Condition, language: Language) -> str:
    other = profile.by_id[condition.question]
    if condition.given:
        return other.title(language)
    yes_no = {"yes": ("ja", "yes"), "no": ("nein", "no")}
    labels = [
        chosen.in_(language) if (chosen := other.chosen(value)) else yes_no[value][language == "en"]
        for value in condition.any_of
    ]
    return f"{other.title(language)}: {', '.join(labels)}"


def _in_words(profile: Questionnaire, fault: checking.Fault, locale: Locale) -> str:
    message = locale.say(GERMAN[fault.code], **_filled(profile, fault, locale))
    question = profile.by_id.get(fault.question)
    part = next((each for each in question.parts if each.id == fault.part), None) if question else None
    if part is not None:
        message = f"{part.label.in_(locale.language)}: {message}"
    return message if fault.entry is None else locale.say("Eintrag {n}:", n=fault.entry + 1) + " " + message


GERMAN: Mapping[str, str] = {
    "missing": "Bitte füllen Sie dieses Feld aus.",
    "unknown": "Diese Angabe passt nicht zu diesem Feld.",
    "wrong_type": "Diese Angabe passt nicht zu diesem Feld.",
    "too_long": "Höchstens {n} Zeichen.",
    "too_many": "Höchstens {n} Einträge.",
    "twice": "Diese Angabe steht zweimal da.",
    "not_a_choice": "Bitte wählen Sie einen Wert aus der Liste.",
    "not_an_address": "„{address}“ ist keine vollständige Adresse. Sie beginnt mit https:// oder http://.",
    "not_a_date": "Bitte geben Sie ein Datum an, zum Beispiel 31.12.2027.",
    "absurd_year": "Das Jahr muss zwischen {first} und {last} liegen.",
    "in_the_future": "Das Datum liegt in der Zukunft.",
    "not_a_number": "Bitte geben Sie eine Zahl an.",
    "too_small": "Die Zahl muss mindestens {n} sein.",
    "too_large": "Die Zahl darf höchstens {n} sein.",
    "below": "Die Zahl darf nicht kleiner sein als bei „{other}“.",
    "pattern": "Diese Angabe passt nicht zu diesem Feld.",
    "control_characters": "Steuerzeichen sind hier nicht möglich.",
}
"""What is wrong with an answer, in German, by the code of the check."""


def _filled(profile: Questionnaire, fault: checking.Fault, locale: Locale) -> dict[str, object]:
    filled = dict(fault.values)
    if isinstance(filled.get("n"), int):
        filled["n"] = locale.number(filled["n"])
    if "other" in filled:
        filled["other"] = profile.by_id[filled["other"]].title(locale.language)
    return filled


def refused_fields(profile: Questionnaire, errors: Sequence[FieldFault], locale: Locale) -> Faults:
    """Turn the catalog's own findings about fields into ours."""
    faults = Faults()
    for error in errors:
        parts = [part for part in error.field.split(".") if part not in ("body", "listing", "answers")]
        name = parts[0] if parts else ""
        message = locale.say("Diese Angabe wurde nicht angenommen: {message}", message=error.message)
        if name in profile.by_id:
            faults.add(name, message)
        else:
            faults.general.append(f"{name}: {message}" if name else message)
    return faults


def _shown(question: Question, value: Any) -> Any:
    match question.type:
        case "choices" | "records" | "media":
            return list(value or [])
        case "lines" | "urls":
            return "\n".join(value or [])
        case "yes_no":
            return {True: YES, False: NO}.get(value, "")
        case "number":
            return "" if value is None else f"{value}".removesuffix(".0").replace(".", ",")
    return "" if value is None else str(value)


def _typed(question: Question, form: FormData) -> Any:
    match question.type:
        case "choices":
            return form.texts(question.id)
        case "records":
            rows = range(question.most_entries + SPARE_RECORDS)
            held = [{part.id: form.text(part_name(question, row, part)) for part in question.parts} for row in rows]
            return [record for record in held if any(record.values())]
        case "media":
            return []
    return form.text(question.id)


def part_name(question: Question, row: int, part: Asked) -> str:
    """Return the name of an input of a record, such as `certificates-0-until`."""
    return f"{question.id}-{row}-{part.id}"


def _stored(question: Question, typed: Any) -> Any:
    match question.type:
        case "choices":
            return list(typed or [])
        case "records":
            return [{name: text for name, text in record.items() if text} for record in typed or []]
        case "lines" | "urls":
            return [line.strip() for line in str(typed or "").split("\n") if line.strip()]
        case "yes_no":
            return {YES: True, NO: False}.get(str(typed), typed or None)
        case "number":
            return read_number(str(typed or ""))
    return str(typed or "")
