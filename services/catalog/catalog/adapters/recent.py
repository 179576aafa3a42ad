"""Answers given a moment ago, so that a page many people look at is read and rendered about once a second."""

import time
from collections.abc import Callable
from dataclasses import dataclass

CAPACITY = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """A rendered public view with its entity tag."""

    body: bytes
    tag: str


class RecentAnswers:
    """Public views by solution id or slug; what this process changes is forgotten at once, the rest after `seconds`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._answers: dict[str, tuple[float, Answer]] = {}
        self._ids: dict[str, str] = {}

    def get(self, id_or_slug: str) -> Answer | None:
        """Return the answer if it is recent."""
        held = self._answers.get(self._ids.get(id_or_slug, id_or_slug))
        return held[1] if held is not None and held[0] > self._clock() else None

    def put(self, solution_id: str, slug: str, answer: Answer) -> None:
        """Keep an answer for a moment."""
        if len(self._answers) >= CAPACITY:
            self._answers.clear()
            self._ids.clear()
        self._ids[slug] = solution_id
        self._answers[solution_id] = (self._clock() + self._seconds, answer)

    def forget(self, solution_id: str) -> None:
        """Drop the answer: the solution or its ratings changed."""
        self._answers.pop(solution_id, None)
