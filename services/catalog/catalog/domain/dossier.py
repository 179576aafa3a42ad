"""The dossier of a market survey (Markterkundung): what is looked for, what was found, why it was left out.

It is worked on as a draft, then frozen: from then on only its outcome is added.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from servicekit import errors
from servicekit.errors import FieldError

from catalog.domain.requirement import Requirement

MAX_SOLUTIONS = 100
MAX_ANSWERS = 20
MAX_LOG = 2000
MAX_ABOUT = 500
"""Characters of what a log entry is about; longer ones are cut."""
DECIDED = {True: "einbezogen", False: "ausgeschlossen"}
"""In the language of the dossier."""


class DossierState(StrEnum):
    """Where a dossier stands."""

    DRAFT = "draft"
    FROZEN = "frozen"
    CONCLUDED = "concluded"


class Outcome(StrEnum):
    """What a survey led to."""

    CONTINUED_TO_TENDER = "continued_to_tender"
    NONE_SUITABLE = "none_suitable"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What can be done to a dossier."""

    CREATED = "created"
    EDITED = "edited"
    ADDED = "added"
    REMOVED = "removed"
    DECIDED = "decided"
    ANSWERS_NOTED = "answers_noted"
    ASKED = "asked"
    FROZEN = "frozen"
    CONCLUDED = "concluded"


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something; the name is that of the moment."""

    user: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Who did what and when; `about` names the solutions, or what else it was about."""

    at: datetime
    by: Person
    step: Step
    about: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What the market was searched by: words, filters by facet, requirements."""

    query: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a provider answered to a question of the municipality, when, and how (letter, meeting, inquiry)."""

    question: str
    answer: str
    answered_on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A solution that was found. `noted_version` is the one that was public when it was added."""

    solution_id: str
    slug: str
    name: str
    organisation_name: str
    noted_version: int
    included: bool = True
    reason: str | None = None
    answers: tuple[ProviderAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Seal:
    """The SHA-256 of the record at one moment: when it was frozen, and again when the outcome was added."""

    sha256: str
    at: datetime
    step: Step


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the survey led to."""

    outcome: Outcome
    note: str | None
    at: datetime
    by: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A market survey of one municipality; `record` is the canonical JSON as of the newest seal, None in a draft."""

    id: str
    organisation_id: str
    organisation_name: str
    title: str
    need: str
    criteria: Criteria
    candidates: tuple[Candidate, ...] = ()
    state: DossierState = DossierState.DRAFT
    created_at: datetime
    updated_at: datetime
    log: tuple[LogEntry, ...] = ()
    record: bytes | None = None
    seals: tuple[Seal, ...] = ()
    conclusion: Conclusion | None = None

    def candidate(self, solution_id: str) -> Candidate:
        """Return the candidate; raises ProblemError `candidate-not-found` (404)."""
        found = next((each for each in self.candidates if each.solution_id == solution_id), None)
        if found is None:
            raise errors.not_found("candidate-not-found", f"solution {solution_id} is not in this dossier")
        return found


def edit(dossier: Dossier, *, title: str, need: str, criteria: Criteria, by: Person, at: datetime) -> Dossier:
    """Change what is looked for; the same again changes nothing."""
    require_draft(dossier, "edit")
    changed = replace(dossier, title=title, need=need, criteria=criteria)
    return dossier if changed == dossier else _logged(changed, LogEntry(at, by, Step.EDITED))


def add(dossier: Dossier, found: Sequence[Candidate], *, by: Person, at: datetime) -> Dossier:
    """Take solutions in; those that are there already stay as they are."""
    require_draft(dossier, "add solutions")
    held = {each.solution_id for each in dossier.candidates}
    fresh = tuple(each for each in found if each.solution_id not in held)
    if not fresh:
        return dossier
    if len(dossier.candidates) + len(fresh) > MAX_SOLUTIONS:
        raise errors.conflict("too-many-solutions", f"a dossier has at most {MAX_SOLUTIONS} solutions")
    names = ", ".join(each.name for each in fresh)
    return _logged(replace(dossier, candidates=(*dossier.candidates, *fresh)), LogEntry(at, by, Step.ADDED, names))


def remove(dossier: Dossier, solution_id: str, *, by: Person, at: datetime) -> Dossier:
    """Take out a solution that should never have been in; excluding it is what keeps a reason."""
    require_draft(dossier, "remove solutions")
    gone = dossier.candidate(solution_id)
    kept = tuple(each for each in dossier.candidates if each is not gone)
    return _logged(replace(dossier, candidates=kept), LogEntry(at, by, Step.REMOVED, gone.name))


def decide(
    dossier: Dossier, solution_id: str, *, included: bool, reason: str | None, by: Person, at: datetime
) -> Dossier:
    """Include a solution or exclude it; an exclusion needs its reason."""
    require_draft(dossier, "decide")
    if not included and not reason:
        message = "say why the solution is excluded"
        raise errors.invalid("reason-required", message, [FieldError("reason", message)])
    former = dossier.candidate(solution_id)
    about = f"{former.name}: {DECIDED[included]}"
    return _with(
        dossier, former, replace(former, included=included, reason=reason), LogEntry(at, by, Step.DECIDED, about)
    )


def note_answers(
    dossier: Dossier, solution_id: str, answers: Sequence[ProviderAnswer], *, by: Person, at: datetime
) -> Dossier:
    """Keep what the provider answered, in place of what was noted before."""
    require_draft(dossier, "note answers")
    former = dossier.candidate(solution_id)
    if len(answers) > MAX_ANSWERS:
        raise errors.invalid("too-many-answers", f"at most {MAX_ANSWERS} answers of one provider are kept")
    if late := [each for each in answers if each.answered_on > at.date()]:
        message = f"an answer cannot be from the future: {late[0].answered_on}"
        raise errors.invalid("answer-in-future", message, [FieldError("answers", message)])
    return _with(
        dossier, former, replace(former, answers=tuple(answers)), LogEntry(at, by, Step.ANSWERS_NOTED, former.name)
    )


def note_asked(dossier: Dossier, names: Sequence[str], *, by: Person, at: datetime) -> Dossier:
    """Note that the providers of these solutions were asked."""
    require_draft(dossier, "ask providers")
    return _logged(dossier, LogEntry(at, by, Step.ASKED, ", ".join(names)))


Recorded = Callable[[Dossier], bytes]
"""Makes the canonical record of a dossier as it will be saved."""
Digest = Callable[[bytes], str]


def freeze(dossier: Dossier, make: Recorded, digest: Digest, *, by: Person, at: datetime) -> Dossier:
    """Fix the dossier with its record; it needs a solution in the list."""
    require_draft(dossier, "freeze")
    if not dossier.candidates:
        raise errors.conflict("empty-dossier", "cannot freeze: the dossier has no solutions")
    frozen = _logged(replace(dossier, state=DossierState.FROZEN), LogEntry(at, by, Step.FROZEN))
    return _sealed(frozen, make, digest, at, Step.FROZEN)


def conclude(
    dossier: Dossier, make: Recorded, digest: Digest, *, outcome: Outcome, note: str | None, by: Person, at: datetime
) -> Dossier:
    """Add the outcome, once; what was frozen stays."""
    if dossier.state is not DossierState.FROZEN:
        raise errors.conflict("wrong-state", f"cannot conclude: the dossier is {dossier.state}")
    concluded = replace(dossier, state=DossierState.CONCLUDED, conclusion=Conclusion(outcome, note, at, by))
    return _sealed(_logged(concluded, LogEntry(at, by, Step.CONCLUDED)), make, digest, at, Step.CONCLUDED)


def _sealed(dossier: Dossier, make: Recorded, digest: Digest, at: datetime, step: Step) -> Dossier:
    record = make(dossier)
    return replace(dossier, record=record, seals=(*dossier.seals, Seal(digest(record), at, step)))


def _with(dossier: Dossier, former: Candidate, changed: Candidate, entry: LogEntry) -> Dossier:
    if changed == former:
        return dossier
    candidates = tuple(changed if each is former else each for each in dossier.candidates)
    return _logged(replace(dossier, candidates=candidates), entry)


def renamed(dossier: Dossier, name: str) -> Dossier:
    """Take over the municipality's name in a draft; what was frozen says what it was called then."""
    return replace(dossier, organisation_name=name) if dossier.state is DossierState.DRAFT else dossier


def forget_person(dossier: Dossier, user: str) -> Dossier:
    """Forget who worked on a draft. What was frozen is sealed with its log, and stays the municipality's record."""
    if dossier.state is not DossierState.DRAFT:
        return dossier
    log = tuple(replace(each, by=Person("")) if each.by.user == user else each for each in dossier.log)
    return replace(dossier, log=log)


def _logged(dossier: Dossier, entry: LogEntry) -> Dossier:
    if len(dossier.log) >= MAX_LOG and entry.step not in (Step.FROZEN, Step.CONCLUDED):
        raise errors.conflict("log-full", f"a dossier can be changed {MAX_LOG} times at most: freeze it")
    noted = replace(entry, about=entry.about[:MAX_ABOUT])
    return replace(dossier, log=(*dossier.log, noted), updated_at=entry.at)


def require_draft(dossier: Dossier, command: str) -> None:
    """Raise ProblemError `dossier-frozen` (409) for one that can no longer be changed."""
    if dossier.state is not DossierState.DRAFT:
        raise errors.conflict("dossier-frozen", f"cannot {command}: the dossier is {dossier.state}")
