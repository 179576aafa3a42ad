"""Contradictions: rules as data over facts from several sources, and since when each one stands."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from checkup.domain.people.trail import Action, Entry, Side, Trail, added
from checkup.domain.rubric import Text

FactValue = str | float | tuple[str, ...]
FORGOTTEN = timedelta(days=90)
"""A contradiction that comes back within this time has been there all along: its clock does not start anew."""


class Source(StrEnum):
    """Who says so."""

    DECLARED = "declared"
    CHECKED = "checked"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement with where it comes from; `version` is that of the disclosure, checklist, listing or rubric."""

    name: str
    value: FactValue
    source: Source
    label: Text
    at: datetime | None = None
    version: str | None = None
    place: str | None = None


Facts = Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a fact must be; exactly one of the tests is set."""

    fact: str
    among: frozenset[FactValue] | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    present: bool = False
    differs_from: str | None = None

    def met(self, facts: Facts) -> Fact | None:
        """The fact that meets it, or None."""
        fact = facts.get(self.fact)
        return fact if fact is not None and self._holds(fact.value, facts) else None

    def _holds(self, value: FactValue, facts: Facts) -> bool:
        if self.among is not None:
            return any(each in self.among for each in (value if isinstance(value, tuple) else (value,)))
        if self.differs_from is not None:
            other = facts.get(self.differs_from)
            return other is not None and not same_licence(str(value), str(other.value))
        if self.present:
            return True
        if not isinstance(value, int | float):
            return False
        bounds = (
            self.at_least is None or value >= self.at_least,
            self.at_most is None or value <= self.at_most,
            self.above is None or value > self.above,
        )
        return all(bounds)


@dataclass(frozen=True, slots=True)
class Rule:
    """One claim of `claim` and one fact of `against` together are a contradiction, unless one of `unless` holds."""

    id: str
    topic: str
    text: Text
    claim: tuple[Condition, ...]
    against: tuple[Condition, ...]
    unless: tuple[Condition, ...] = ()
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What belongs together across the sources: metrics by topic, and the rules of contradiction."""

    version: str
    metrics: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]

    def get(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A rule that strikes, with the two facts."""

    rule: Rule
    claim: Fact
    against: Fact


def evaluate(rules: Iterable[Rule], facts: Facts) -> list[Contradiction]:
    """The contradictions among facts, in the order of the rules."""
    found = []
    for rule in rules:
        claim = _first(rule.claim, facts)
        against = _first(rule.against, facts)
        if claim is not None and against is not None and _first(rule.unless, facts) is None:
            found.append(Contradiction(rule, claim, against))
    return found


def same_licence(one: str, other: str) -> bool:
    """True when two SPDX expressions share a licence, whatever they say about later versions."""
    return bool(_licences(one) & _licences(other))


def _licences(expression: str) -> set[str]:
    parts = re.split(r"[\s()]+|\bOR\b|\bAND\b|\bWITH\b", expression)
    return {re.sub(r"(-only|-or-later|\+)$", "", part.lower()) for part in parts if part}


def _first(conditions: Iterable[Condition], facts: Facts) -> Fact | None:
    return next((fact for condition in conditions if (fact := condition.met(facts)) is not None), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when a contradiction is known, and since when it is gone."""

    since: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContradictionLog:
    """The aggregate: what is known of a solution's contradictions; its id is that of the solution."""

    id: str
    organisation_id: str
    slug: str
    standing: Mapping[str, Standing] = field(default_factory=dict)
    audit: Trail = ()

    def since(self, rule_id: str) -> datetime | None:
        held = self.standing.get(rule_id)
        return held.since if held is not None and held.gone_at is None else None


def refresh(
    log: ContradictionLog, found: Iterable[Contradiction], *, now: datetime
) -> tuple[ContradictionLog, list[str]]:
    """Bring the log up to date; return it with the rules that strike newly."""
    struck = {each.rule.id: each for each in found}
    standing = dict(log.standing)
    audit, fresh = log.audit, []
    for rule_id, each in struck.items():
        held = standing.get(rule_id)
        if held is not None and held.gone_at is None:
            continue
        recent = held is not None and held.gone_at is not None and now - held.gone_at < FORGOTTEN
        standing[rule_id] = Standing(held.since if held is not None and recent else now)
        fresh.append(rule_id)
        audit = added(audit, Entry(now, None, Side.SYSTEM, Action.CONTRADICTION_FOUND, rule_id, each.rule.text.de))
    for rule_id, held in log.standing.items():
        if rule_id not in struck and held.gone_at is None:
            standing[rule_id] = replace(held, gone_at=now)
            audit = added(audit, Entry(now, None, Side.SYSTEM, Action.CONTRADICTION_GONE, rule_id))
    return replace(log, standing=standing, audit=audit), fresh
