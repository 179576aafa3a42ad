"""What completed manual checks confirmed, as facts for the rubric."""

from collections.abc import Mapping

from servicekit.clock import Clock

from checkup.application.people.ports import Records, Released
from checkup.domain.people.manual_check import Checklist, ManualCheck, confirmed


class ManualVerdicts:
    """Reads the checks of a solution, each with the checklist it worked through."""

    def __init__(self, checks: Records[ManualCheck], checklists: Released[Checklist], clock: Clock) -> None:
        self._checks, self._checklists, self._clock = checks, checklists, clock

    async def of_solution(self, solution_id: str) -> Mapping[str, float]:
        """Return the facts that hold today."""
        held = [loaded.record for loaded in await self._checks.of_solution(solution_id)]
        return confirmed([(each, self._checklists.get(each.checklist)) for each in held], self._clock.now().date())
