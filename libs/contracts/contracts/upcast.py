"""Lifts events of older versions to the newest class, one step per version."""

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Step = Callable[[Document], Document]


class Upcasters:
    """Steps by event type; a step takes the whole event as JSON and returns it as the next version, `type` included."""

    def __init__(self) -> None:
        self._steps: dict[str, Step] = {}

    def step(self, event_type: str) -> Callable[[Step], Step]:
        """Register how events of this old type become the next version; raises ValueError for a second step."""

        def register(step: Step) -> Step:
            if event_type in self._steps:
                raise ValueError(f"{event_type} has a step already")
            self._steps[event_type] = step
            return step

        return register

    def knows(self, event_type: str) -> bool:
        """True when the type is an old one that can be lifted."""
        return event_type in self._steps

    def lift(self, document: Document) -> Document:
        """Return the event as its newest version; an event without a step is returned as it is."""
        while (step := self._steps.get(document.get("type", ""))) is not None:
            lifted = step(dict(document))
            if lifted.get("type") == document["type"]:
                raise ValueError(f"the step of {document['type']} did not change the type")
            document = lifted
        return document


upcasters = Upcasters()
"""The steps of the released contracts. There is none yet: every event is in its first version."""
