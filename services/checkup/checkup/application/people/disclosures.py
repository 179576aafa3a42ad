"""The self-disclosure: read, draft, publish, verify."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from servicekit import errors

from checkup.application.people.mapping import of_publication
from checkup.application.people.policies import refresh
from checkup.application.people.ports import Loaded, PeoplePorts
from checkup.application.ports import Solutions
from checkup.domain.people import disclosure
from checkup.domain.people.answers import Given
from checkup.domain.people.disclosure import Disclosure, Edition
from checkup.domain.people.person import Person, require_checker, require_reader
from checkup.domain.people.questionnaire import Questionnaire
from checkup.domain.solution import Solution


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as its editors see it; `dropped` are questions whose answers went because they are not asked."""

    solution: Solution
    held: Disclosure
    revision: int
    questionnaire: Questionnaire
    dropped: tuple[str, ...] = ()


def questionnaire(ports: PeoplePorts, version: str | None) -> Questionnaire:
    """Return a questionnaire, the current one when None. Raises `questionnaire-not-found` (not_found)."""
    try:
        return ports.questionnaires.current if version is None else ports.questionnaires.get(version)
    except KeyError:
        raise errors.not_found("questionnaire-not-found", f"there is no questionnaire {version}") from None


async def known_solution(solutions: Solutions, solution_id: str) -> Solution:
    """Return the solution. Raises `solution-not-submitted` (not_found)."""
    held = await solutions.get(solution_id)
    if held is None:
        raise errors.not_found("solution-not-submitted", f"no version of solution {solution_id} was submitted yet")
    return held


async def draft(ports: PeoplePorts, solution_id: str, *, by: Person) -> Drafted:
    """Return the draft, or what is published where nothing is drafted; for members of the provider only."""
    solution = await known_solution(ports.solutions, solution_id)
    if solution.organisation_id not in by.organisations:
        raise errors.forbidden("foreign-organisation", "only the provider may see a draft")
    found = await ports.disclosures.get(solution_id)
    held = found or Loaded(Disclosure(solution.id, solution.organisation_id), 0)
    return Drafted(solution, held.record, held.revision, ports.questionnaires.current)


async def save_draft(
    ports: PeoplePorts, solution_id: str, given: Mapping[str, Given], *, by: Person, expected: int
) -> Drafted:
    """Replace the draft. Raises what `disclosure.save_draft` raises, and `stale-version`."""
    solution = await known_solution(ports.solutions, solution_id)
    questions = ports.questionnaires.current
    dropped: list[str] = []

    def decide(held: Disclosure | None) -> Disclosure:
        known = held or Disclosure(solution.id, solution.organisation_id)
        saved, dropped[:] = disclosure.save_draft(known, given, by=by, questionnaire=questions, now=ports.clock.now())
        return saved

    saved = await ports.disclosures.change(solution_id, decide, expected=expected)
    return Drafted(solution, saved.record, saved.revision, questions, tuple(dropped))


async def publish(ports: PeoplePorts, solution_id: str, *, by: Person, expected: int, edition_id: str) -> Drafted:
    """Publish the draft. The version's content is kept first: a crash in between leaves one that nobody names."""
    solution = await known_solution(ports.solutions, solution_id)
    questions = ports.questionnaires.current
    found = await ports.disclosures.get(solution_id)
    now = ports.clock.now()
    step = partial(disclosure.publish, by=by, questionnaire=questions, edition_id=edition_id, now=now)
    planned = step(found.record if found else Disclosure(solution.id, solution.organisation_id))
    if planned.published is not None and found is not None and found.revision == expected:
        await ports.editions.add(solution_id, planned.published)
    saved = await ports.disclosures.change(
        solution_id,
        lambda held: step(held or Disclosure(solution.id, solution.organisation_id)),
        expected=expected,
        messages=lambda after: of_publication(after, solution.slug, questions),
    )
    return Drafted(solution, saved.record, saved.revision, questions)


async def verify(
    ports: PeoplePorts, solution_id: str, question_id: str, *, confirmed: bool, note: str, version: int, by: Person
) -> None:
    """Note what the team found out about one published answer."""
    solution = await known_solution(ports.solutions, solution_id)
    require_checker(by, solution.organisation_id)

    def decide(held: Disclosure | None) -> Disclosure:
        known = held or Disclosure(solution.id, solution.organisation_id)
        return disclosure.verify(
            known, question_id, confirmed=confirmed, note=note, version=version, by=by, now=ports.clock.now()
        )

    await ports.disclosures.change(solution_id, decide)
    await refresh(ports, solution_id)


async def edition(ports: PeoplePorts, solution_id: str, number: int, *, by: Person) -> tuple[Edition, Questionnaire]:
    """Return one published version, for the provider and the team. Raises `version-not-found` (not_found)."""
    solution = await known_solution(ports.solutions, solution_id)
    require_reader(by, solution.organisation_id)
    found = await ports.disclosures.get(solution_id)
    named = next((each for each in found.record.editions if each.number == number), None) if found else None
    kept = await ports.editions.get(named.id) if named else None
    if kept is None:
        raise errors.not_found("version-not-found", f"there is no version {number} of this self-disclosure")
    return kept, ports.questionnaires.get(kept.questionnaire)
