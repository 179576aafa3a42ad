"""Messages are sorted by solution, whether they fit into memory or not."""

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st
from search.adapters.gathering import SubjectGathering
from search.application.rebuild_ports import Logged

subjects = st.sampled_from([f"events.{event}.{number}" for event in ("a.b.v1", "a.c.v1") for number in range(6)])
logs = st.lists(st.tuples(subjects, st.binary(max_size=60)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(log=logs, batch=st.integers(1, 7), most_bytes=st.sampled_from([0, 500, 2000, 1_000_000]))
def test_the_newest_message_of_each_subject_comes_with_those_of_its_solution(
    log: list[tuple[str, bytes]], batch: int, most_bytes: int
) -> None:
    messages = [Logged(number, subject, data) for number, (subject, data) in enumerate(log, start=1)]
    expected = {message.subject: message for message in messages}
    with SubjectGathering(most_bytes=most_bytes, partitions=3) as gathering:
        for start in range(0, len(messages), batch):
            gathering.add(messages[start : start + batch])
        found = [sorted(group, key=lambda each: each.subject) for group in gathering.solutions()]
    owners = [{message.solution_id for message in group} for group in found]
    assert all(len(owner) == 1 for owner in owners), "a group is one solution"
    assert len({min(owner) for owner in owners}) == len(found), "a solution is one group"
    assert {message.subject: message for group in found for message in group} == expected
    assert sum(map(len, found)) == len(expected)


def test_an_older_message_that_comes_late_replaces_nothing() -> None:
    new, old = Logged(7, "events.a.b.v1.x", b"new"), Logged(3, "events.a.b.v1.x", b"old")
    for most_bytes in (0, 1_000_000):
        with SubjectGathering(most_bytes=most_bytes) as gathering:
            gathering.add([new])
            gathering.add([old])
            assert list(gathering.solutions()) == [[new]]


def test_memory_and_files_are_bounded_however_long_the_history_is() -> None:
    """40 MB of history about 1 MB of newest messages, and 20 MB of newest messages, with 1 MB of memory."""
    for rounds, solutions in ((40, 1000), (1, 20_000)):
        tracemalloc.start()
        with SubjectGathering(most_bytes=1_000_000, partitions=32) as gathering:
            for turn in range(rounds):
                for start in range(0, solutions, 500):
                    gathering.add(
                        [
                            Logged(turn * solutions + number + 1, f"events.a.b.v1.{number}", bytes(1000))
                            for number in range(start, start + 500)
                        ]
                    )
            assert gathering.messages <= 2 * solutions + 32 * 250, "what was replaced is left out of the files"
            count = sum(1 for _ in gathering.solutions())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == solutions
        assert peak < 5_000_000
