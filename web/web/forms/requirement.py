"""Requirements in forms and addresses: what may be demanded of which question, what was typed, how it reads.

In an address: `must:1:hosting_location=germany|eu`, `should:3:availability_percent>=99.5<=100`,
`must:1:features~words`; a question alone wants any answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from contracts.profile.questionnaire import YES_NO, Question, Questionnaire
from contracts.profile.showing import texts_of

from web.api.dossiers import Requirement
from web.forms.body import FormData
from web.forms.faults import Faults
from web.forms.listing import GERMAN
from web.forms.numbers import read_number
from web.i18n import Locale

NAME = "anf"
ADD = "anforderung"
"""The button that adds one."""
MOST = 50
LONGEST_WORDS = 300
NEEDS = frozenset({"must", "should"})
WEIGHTS = ("1", "2", "3", "4", "5")
AT_LEAST, AT_MOST, CONTAINS, ONE_OF = ">=", "<=", "~", "="
_NUMBER = r"-?\d{1,12}(?:\.\d{1,6})?"
_CONDITION = re.compile(
    r"(?P<question>[a-z][a-z0-9_]{0,59})"
    rf"(?:=(?P<any_of>.*)|~(?P<contains>.+)|(?:>=(?P<low>{_NUMBER}))?(?:<=(?P<high>{_NUMBER}))?)"
)
_CHOSEN = re.compile(r"(?P<question>[a-z][a-z0-9_]{0,59})(?P<relation>>=|<=|~|=)(?P<value>.*)")


def read(given: Sequence[str]) -> list[Requirement]:
    """Return the requirements of an address; what is none is left out."""
    return [found for each in given[:MOST] if (found := _read(each[:2000])) is not None]


def write(requirement: Requirement) -> str:
    """Return a requirement as it stands in an address."""
    low, high = requirement.at_least, requirement.at_most
    condition = (
        f"{ONE_OF}{'|'.join(requirement.any_of)}" if requirement.any_of else "",
        f"{CONTAINS}{requirement.contains}" if requirement.contains else "",
        f"{AT_LEAST}{low:.15g}" if low is not None else "",
        f"{AT_MOST}{high:.15g}" if high is not None else "",
    )
    return f"{requirement.need}:{requirement.weight}:{requirement.question}{''.join(condition)}"


def parameters(requirements: Sequence[Requirement]) -> str:
    """Return the query string of requirements, without `?`."""
    return urlencode([(NAME, write(each)) for each in requirements])


def without(requirements: Sequence[Requirement], number: str) -> list[Requirement]:
    """Drop the requirement at this place."""
    gone = int(number) if number.isdecimal() else -1
    return [each for place, each in enumerate(requirements) if place != gone]


def options(profile: Questionnaire, locale: Locale) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be demanded, by section: any answer (`question=`), a certain one, a bound (`>=`, `<=`), words (`~`)."""
    groups = []
    for section in profile.sections:
        found = [option for each in section.questions if each.compare for option in _of_question(each, locale)]
        if found:
            groups.append((section.title.in_(locale.language), found))
    return groups


def words_of(requirement: Requirement, profile: Questionnaire, locale: Locale) -> tuple[str, str]:
    """Return question and condition in the reader's language; what a later profile asks no longer as it was kept."""
    question = profile.by_id.get(requirement.question)
    if question is None:
        return requirement.label or requirement.question, requirement.wanted
    bounds = (("mindestens {n}", requirement.at_least), ("höchstens {n}", requirement.at_most))
    parts = [locale.say(text, n=_shown(question, bound, locale)) for text, bound in bounds if bound is not None]
    if requirement.any_of:
        parts = [locale.say(" oder ").join(_shown(question, each, locale) for each in requirement.any_of)]
    if requirement.contains:
        parts = [locale.say("enthält „{words}“", words=requirement.contains)]
    return question.title(locale.language), locale.say(" und ").join(parts) or locale.say("eine Angabe")


@dataclass(frozen=True)
class RequirementForm:
    """What was chosen and typed; `amount` is the number or the words of a condition that needs some."""

    wanted: str = ""
    need: str = "must"
    weight: str = "1"
    amount: str = ""

    @classmethod
    def read(cls, form: FormData) -> "RequirementForm":
        need, weight = form.text("need_kind"), form.text("weight")
        return cls(
            wanted=form.text("wanted"),
            need=need if need in NEEDS else "must",
            weight=weight if weight in WEIGHTS else "1",
            amount=form.text("amount"),
        )

    def check(self, requirements: Sequence[Requirement], profile: Questionnaire, locale: Locale) -> Faults:
        """Say what is wrong with it as a further one of these requirements."""
        faults = Faults()
        chosen = _CHOSEN.fullmatch(self.wanted)
        question = profile.by_id.get(chosen["question"]) if chosen else None
        if chosen is None or question is None:
            faults.add("wanted", locale.say("Bitte wählen Sie eine Anforderung."))
        elif chosen["relation"] in (AT_LEAST, AT_MOST):
            self._check_number(faults, question, locale)
            if not faults and any(map(_impossible, self.added(requirements))):
                faults.add("amount", locale.say("„Mindestens“ wäre damit größer als „höchstens“."))
        elif chosen["relation"] == CONTAINS:
            if not self.amount:
                faults.add("amount", locale.say("Bitte geben Sie an, welche Wörter enthalten sein sollen."))
            if len(self.amount) > LONGEST_WORDS:
                faults.add("amount", locale.say("Höchstens {n} Zeichen.", n=LONGEST_WORDS))
        return faults

    def added(self, requirements: Sequence[Requirement]) -> list[Requirement]:
        """Add it; a further answer, or the other bound, of a question widens or narrows what is there."""
        chosen = _CHOSEN.fullmatch(self.wanted)
        if chosen is None:
            return list(requirements)
        fresh = self._fresh(chosen["question"], chosen["relation"], chosen["value"])
        for number, each in enumerate(requirements):
            if (each.question, each.need) == (fresh.question, fresh.need) and (joined := _joined(each, fresh)):
                return [*requirements[:number], joined, *requirements[number + 1 :]]
        return [*requirements, fresh]

    def _fresh(self, question: str, relation: str, value: str) -> Requirement:
        number = read_number(self.amount)
        bound = None if isinstance(number, str) else float(number)
        return Requirement(
            question=question,
            need=self.need,
            weight=int(self.weight),
            any_of=[value] if relation == ONE_OF and value else [],
            at_least=bound if relation == AT_LEAST else None,
            at_most=bound if relation == AT_MOST else None,
            contains=self.amount if relation == CONTAINS else None,
        )

    def _check_number(self, faults: Faults, question: Question, locale: Locale) -> None:
        number = read_number(self.amount)
        if isinstance(number, str):
            faults.add("amount", locale.say("Bitte geben Sie eine Zahl an."))
        elif question.least is not None and number < question.least:
            faults.add("amount", locale.say(GERMAN["too_small"], n=_shown(question, question.least, locale)))
        elif question.greatest is not None and number > question.greatest:
            faults.add("amount", locale.say(GERMAN["too_large"], n=_shown(question, question.greatest, locale)))


def _joined(held: Requirement, fresh: Requirement) -> Requirement | None:
    """Return both as one where they are about choices, or about bounds."""
    if held.any_of and fresh.any_of:
        wider = list(dict.fromkeys([*held.any_of, *fresh.any_of]))
        return held.model_copy(update={"any_of": wider, "weight": fresh.weight})
    if _bounded(held) and _bounded(fresh):
        given = {"at_least": fresh.at_least, "at_most": fresh.at_most}
        bounds = {name: bound for name, bound in given.items() if bound is not None}
        return held.model_copy(update={**bounds, "weight": fresh.weight})
    return None


def _impossible(requirement: Requirement) -> bool:
    low, high = requirement.at_least, requirement.at_most
    return low is not None and high is not None and low > high


def _bounded(requirement: Requirement) -> bool:
    return requirement.at_least is not None or requirement.at_most is not None


def _read(given: str) -> Requirement | None:
    need, _, rest = given.partition(":")
    weight, _, condition = rest.partition(":")
    found = _CONDITION.fullmatch(condition)
    if need not in NEEDS or weight not in WEIGHTS or found is None:
        return None
    return Requirement(
        question=found["question"],
        need=need,
        weight=int(weight),
        any_of=[each for each in (found["any_of"] or "").split("|") if each],
        at_least=float(found["low"]) if found["low"] else None,
        at_most=float(found["high"]) if found["high"] else None,
        contains=found["contains"],
    )


def _of_question(question: Question, locale: Locale) -> list[tuple[str, str]]:
    title = question.title(locale.language)
    found = [(ONE_OF, locale.say("{question}: irgendeine Angabe", question=title))]
    match question.comparator:
        case "any_of":
            values = YES_NO.values() if question.type == "yes_no" else [choice.value for choice in question.choices]
            found += [(f"{ONE_OF}{value}", f"{title}: {_shown(question, value, locale)}") for value in values]
        case "bounds":
            unit = f" ({question.unit.in_(locale.language)})" if question.unit else ""
            found.append((AT_LEAST, locale.say("{question}: mindestens …", question=title) + unit))
            found.append((AT_MOST, locale.say("{question}: höchstens …", question=title) + unit))
        case "contains":
            found.append((CONTAINS, locale.say("{question}: enthält …", question=title)))
    return [(f"{question.id}{condition}", text) for condition, text in found]


def _shown(question: Question, value: str | float, locale: Locale) -> str:
    answer = value == YES_NO[True] if question.type == "yes_no" else value
    return texts_of(question, answer, locale.language)[0]
