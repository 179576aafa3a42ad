"""How often something is looked for that is seldom there."""

import pytest
from servicekit.pace import Pace


class Watch:
    """A clock that a test winds on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def pauses(pace: Pace, watch: Watch, count: int) -> list[float]:
    """Look whenever it is due, and find nothing."""
    seen = []
    for _ in range(count):
        pace.looked(found=False)
        seen.append(pace.seconds_left)
        watch.now += pace.seconds_left
        assert pace.seconds_left == 0
    return seen


def test_pauses_grow_while_nothing_is_found(watch: Watch) -> None:
    pace = Pace(1, 10, now=watch)
    assert pace.seconds_left == 0, "the first look is due at once"
    assert pauses(pace, watch, 6) == [2, 4, 8, 10, 10, 10]
    pace.looked(found=True)
    assert pace.seconds_left == 1
    assert pauses(pace, watch, 2) == [2, 4]


def test_what_may_be_there_soon_is_looked_for_soon(watch: Watch) -> None:
    pace = Pace(1, 10, now=watch)
    pace.soon()
    assert pace.seconds_left == 0, "what is due stays due"
    pauses(pace, watch, 4)
    pace.looked(found=False)
    assert pace.seconds_left == 10
    pace.soon()
    assert pace.seconds_left == 1
    watch.now += 0.75
    pace.soon()
    assert pace.seconds_left == 0.25, "asked again it is not put off"
    assert pauses(pace, watch, 1) == [2]


def test_the_longest_pause_is_never_exceeded(watch: Watch) -> None:
    pace = Pace(1, 0.25, now=watch)
    assert pauses(pace, watch, 2) == [0.25, 0.25]
    pace.looked(found=True)
    assert pace.seconds_left == 0.25
