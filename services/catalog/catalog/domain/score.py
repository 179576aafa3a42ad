"""How ratings become a score: from how many on, and how much an older one counts. The method is data with a version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

SECONDS_PER_MONTH = 2_629_746
"""A twelfth of the Gregorian year of 365.2425 days."""
DIGITS = 9


@dataclass(frozen=True, slots=True)
class Method:
    """`least` ratings make a score; one counts half as much as another that is `half_life_months` younger."""

    version: str
    least: int
    half_life_months: int

    def average(self, grades: Iterable[tuple[int, datetime]]) -> float | None:
        """Return the weighted average of grades with their dates, one decimal, rounded half up; None without grades.

        A weight is 2^(-age / half-life). Seen from any later moment all weights shrink by the same factor, which
        cancels out: the average depends on the ratings alone and not on when it is computed. So what an event says
        stays right until the next rating. Ages count from the newest grade, in whole days.
        """
        held = list(grades)
        if not held:
            return None
        newest = max(at for _, at in held)
        weights = [self._weight(newest, at) for _, at in held]
        total = sum((weight * grade for weight, (grade, _) in zip(weights, held, strict=True)), Decimal(0))
        return float((total / sum(weights)).quantize(Decimal("0.1"), ROUND_HALF_UP))

    def _weight(self, newest: datetime, at: datetime) -> Decimal:
        days = (newest - at).days
        half_lives = days * 86_400 / (self.half_life_months * SECONDS_PER_MONTH)
        return max(Decimal(round(2.0**-half_lives, DIGITS)), Decimal(10) ** -DIGITS)


METHOD = Method(version="2026.1", least=3, half_life_months=24)
