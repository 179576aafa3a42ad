"""How far a rebuild is, and how long it still takes."""

import pytest
from search.application.progress import WEIGHTS, Progress
from search.application.rebuild_ports import Run
from search.application.supervision import new_run
from search.entrypoints.cli import progress_line
from servicekit.clock import SystemClock


def reading(done: int, total: int, seconds: float) -> Progress:
    progress = Progress()
    progress.enter("reading", total, now=100.0)
    progress.expect("writing", total)
    progress.step(done)
    progress.measure(now=100.0 + seconds)
    return progress


def test_nothing_is_said_before_anything_was_done() -> None:
    progress = Progress()
    assert progress.seconds_left() is None
    progress.enter("reading", 10, now=1.0)
    progress.measure(now=2.0)
    assert progress.seconds_left() is None
    assert progress.share == 0


def test_while_reading_the_writing_to_come_is_taken_to_cost_its_weight() -> None:
    progress = reading(done=400, total=1000, seconds=4.0)
    per_event = 0.01
    assert progress.seconds_left() == pytest.approx(600 * per_event + 1000 * WEIGHTS["writing"] * per_event)
    assert progress.share == pytest.approx(4 / (4 + 206))


def test_while_writing_only_the_pace_of_writing_counts() -> None:
    progress = reading(done=1000, total=1000, seconds=10.0)
    progress.enter("writing", 1000, now=110.0)
    progress.step(250)
    progress.measure(now=130.0)
    assert progress.seconds_left() == pytest.approx(750 * 20 / 250)
    assert progress.share == pytest.approx(30 / (30 + 60))


def test_the_share_never_falls_and_is_complete_only_in_the_end() -> None:
    progress = reading(done=1000, total=1000, seconds=10.0)
    quick = progress.share
    progress.enter("writing", 1000, now=110.0)
    progress.step(1)
    progress.measure(now=2000.0)  # far slower than it was taken to be
    assert progress.seconds_left() == pytest.approx(999 * 1890)
    assert progress.share == quick
    progress.step(999)
    progress.measure(now=2001.0)
    assert progress.share == 1.0


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"state": "requested"}, "  0 %  requested: 0 events read, 0 solutions written"),
        (
            {"state": "running", "phase": "reading", "progress": 0.042, "events": 12_345, "eta_seconds": 64.4},
            "  4 %  reading events: 12,345 events read, 0 solutions written, about 64 s left",
        ),
        (
            {"state": "running", "phase": "verifying", "progress": 0.97, "documents": 100_000, "eta_seconds": 290.0},
            " 97 %  verifying: 0 events read, 100,000 solutions written, about 5 min left",
        ),
    ],
)
def test_the_command_line_says_it_in_a_line(changes: dict[str, object], line: str) -> None:
    run = new_run(SystemClock(), reason="test")
    assert progress_line(Run(**{**{name: getattr(run, name) for name in Run.__slots__}, **changes})) == line
