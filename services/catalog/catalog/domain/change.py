"""What a command leads to."""

from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
E_co = TypeVar("E_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Change(Generic[S, E_co]):
    """The new state and what happened, in order. The same state and no events mean: there is nothing to save."""

    state: S
    events: tuple[E_co, ...] = ()
