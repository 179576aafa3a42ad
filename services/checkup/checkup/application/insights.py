"""Results over time and beside others: history, the medians of a field of action, and what a badge shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from checkup.application.ports import Ports
from checkup.application.queries import Reader, rubric, solution_or_404, visible_up_to
from checkup.domain.history import Comparison, ScoredRun, compare

LONGEST_HISTORY = 100


async def history(ports: Ports, solution_id: str, *, by: Reader | None) -> Sequence[ScoredRun]:
    """Return the newest scored runs, newest first; the public sees those of published versions.

    Raises `no-checkup` (not_found), also for those who may not know.
    """
    held = await solution_or_404(ports, solution_id)
    bound = visible_up_to(held, by)
    return await ports.runs.history(solution_id, up_to_version=bound, limit=LONGEST_HISTORY)


async def comparison(ports: Ports, field_of_action: str, rubric_version: str | None) -> Comparison:
    """Return the medians of a field of action under one rubric, the current one when None.

    Only scores under the same rubric are compared. Raises `rubric-not-found` (not_found).
    """
    rules = rubric(ports, rubric_version)
    found = await ports.public_scores.of_field(field_of_action, rules.version)
    return compare(field_of_action, rules.version, (dimension.id for dimension in rules.dimensions), found)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a badge shows: the newest public result of a solution that is online."""

    slug: str
    run: ScoredRun


async def badge(ports: Ports, id_or_slug: str) -> Shown | None:
    """Return what everybody may see of a solution, by id or slug; None when that is nothing."""
    held = await ports.solutions.get(id_or_slug) or await ports.solutions.online(id_or_slug)
    if held is None or held.live_version is None:
        return None
    found = await ports.runs.history(held.id, up_to_version=held.live_version, limit=1)
    return Shown(held.slug, found[0]) if found else None
