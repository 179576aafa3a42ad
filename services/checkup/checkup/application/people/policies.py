"""What happens when something about a solution became known: contradictions are looked for anew."""

from checkup.application.people import overview
from checkup.application.people.mapping import of_contradictions
from checkup.application.people.ports import PeoplePorts
from checkup.domain.people.contradictions import ContradictionLog
from checkup.domain.people.contradictions import refresh as refreshed


async def refresh(ports: PeoplePorts, solution_id: str) -> None:
    """Bring the log of contradictions up to date, and tell about new ones; does nothing for an unknown solution."""
    solution = await ports.solutions.get(solution_id)
    if solution is None:
        return
    seen = await overview.seen_by(ports, solution, "provider")
    struck = [each.contradiction for each in seen.contradictions]
    if not struck and await ports.contradictions.get(solution_id) is None:
        return
    fresh: list[str] = []
    now = ports.clock.now()

    def decide(log: ContradictionLog | None) -> ContradictionLog:
        known = log or ContradictionLog(solution.id, solution.organisation_id, solution.slug)
        after, fresh[:] = refreshed(known, struck, now=now)
        return after

    await ports.contradictions.change(
        solution_id,
        decide,
        messages=lambda _: of_contradictions(
            solution,
            [each.rule for each in struck if each.rule.id in fresh],
            now=now,
            answer_time=ports.answer_time,
        ),
    )
