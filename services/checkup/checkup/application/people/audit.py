"""The audit trail of everything people did about a solution, out of all records, newest first."""

from collections.abc import Sequence

from checkup.application.people.disclosures import known_solution
from checkup.application.people.ports import PeoplePorts
from checkup.domain.people.person import Person, require_reader
from checkup.domain.people.trail import Action, Entry, masked

TEAMS_OWN = frozenset((Action.CHECK_OPENED, Action.CHECK_SAVED))
"""Steps that the provider learns of when the check is completed."""
PROVIDERS_OWN = frozenset((Action.DRAFT_SAVED,))
"""Steps whose content is the provider's until it is published."""


async def trail(ports: PeoplePorts, solution_id: str, *, by: Person) -> Sequence[Entry]:
    """Return the trail for the provider (the team as one actor) and for the team (without drafts)."""
    solution = await known_solution(ports.solutions, solution_id)
    require_reader(by, solution.organisation_id)
    entries: list[Entry] = []
    disclosure, log = await ports.disclosures.get(solution_id), await ports.contradictions.get(solution_id)
    entries += disclosure.record.audit if disclosure else ()
    entries += log.record.audit if log else ()
    for check in await ports.checks.of_solution(solution_id):
        entries += check.record.audit
    for contest in await ports.contests.of_solution(solution_id):
        entries += contest.record.audit
    for kept in (ports.disclosures, ports.contradictions, ports.checks):
        entries += await kept.archived(solution_id)
    unique = sorted(dict.fromkeys(entries), key=lambda entry: entry.at)[::-1]
    if solution.organisation_id in by.organisations:
        return [masked(entry) for entry in unique if entry.action not in TEAMS_OWN]
    return [entry for entry in unique if entry.action not in PROVIDERS_OWN]
