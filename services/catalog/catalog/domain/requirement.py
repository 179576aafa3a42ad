"""What a municipality demands of a solution, and whether a listing's answers meet it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_REQUIREMENTS = 50
MAX_WEIGHT = 5


class Need(StrEnum):
    """How much a requirement matters: without a must a solution does not do, a should counts by its weight."""

    MUST = "must"
    SHOULD = "should"


class Fulfilment(StrEnum):
    """What a listing says about a requirement. Not stated is not the same as not met."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A question of the profile and the answer that is wanted; without a condition any answer will do.

    `any_of`: one of these choices (`yes`, `no` for yes or no). `at_least`, `at_most`: bounds of a number.
    `contains`: words that the text, or one entry of a list, has to contain all, in any order. `weight`: 1 to 5.
    """

    question: str
    need: Need
    weight: int = 1
    any_of: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    contains: str | None = None


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """How a listing stands to all requirements, in their order.

    `score` is the weight of the should-requirements that are met as percent of the weight of all; None without any.
    """

    each: tuple[Fulfilment, ...]
    musts: int
    musts_met: int
    score: int | None

    def knocked_out(self, requirements: Sequence[Requirement]) -> bool:
        """True when a must is not met; one that is not stated leaves the question open."""
        judged = zip(requirements, self.each, strict=True)
        return any(each.need is Need.MUST and fulfilment is Fulfilment.NOT_MET for each, fulfilment in judged)


def judge(requirement: Requirement, answer: Any) -> Fulfilment:
    """Compare an answer (as JSON value, None when there is none) with what is wanted."""
    if answer is None:
        return Fulfilment.NOT_STATED
    return Fulfilment.MET if _meets(requirement, answer) else Fulfilment.NOT_MET


def judge_all(requirements: Sequence[Requirement], answers: Mapping[str, Any]) -> Fulfilled:
    """Judge the answers of a listing, given by question."""
    each = tuple(judge(requirement, answers.get(requirement.question)) for requirement in requirements)
    judged = list(zip(requirements, each, strict=True))
    musts = [fulfilment for requirement, fulfilment in judged if requirement.need is Need.MUST]
    total = sum(requirement.weight for requirement, _ in judged if requirement.need is Need.SHOULD)
    met = sum(
        requirement.weight
        for requirement, fulfilment in judged
        if requirement.need is Need.SHOULD and fulfilment is Fulfilment.MET
    )
    return Fulfilled(each, len(musts), musts.count(Fulfilment.MET), round(100 * met / total) if total else None)


def _meets(requirement: Requirement, answer: Any) -> bool:
    if requirement.any_of:
        given = {"yes" if answer else "no"} if isinstance(answer, bool) else set(_texts(answer))
        return not given.isdisjoint(requirement.any_of)
    if requirement.contains is not None:
        words = requirement.contains.casefold().split()
        return any(all(word in text.casefold() for word in words) for text in _texts(answer))
    if requirement.at_least is None and requirement.at_most is None:
        return bool(answer != [])
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return False
    low, high = requirement.at_least, requirement.at_most
    return (low is None or answer >= low) and (high is None or answer <= high)


def _texts(answer: Any) -> Iterable[str]:
    for entry in answer if isinstance(answer, list) else [answer]:
        if isinstance(entry, Mapping):
            yield from (str(value) for value in entry.values())
        else:
            yield str(entry)
