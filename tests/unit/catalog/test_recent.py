"""Answers from memory."""

from catalog.adapters.recent import CAPACITY, Answer, RecentAnswers


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


ANSWER = Answer(b"{}", '"1.0"')


def test_an_answer_is_kept_for_a_moment_by_id_and_by_slug() -> None:
    ticks = Ticks()
    recent = RecentAnswers(1.0, ticks)
    assert recent.get("comby") is None
    recent.put("id-1", "comby", ANSWER)
    assert recent.get("comby") is ANSWER
    assert recent.get("id-1") is ANSWER
    ticks.now = 1.0
    assert recent.get("comby") is None


def test_what_changed_is_forgotten_at_once() -> None:
    recent = RecentAnswers(1.0, Ticks())
    recent.put("id-1", "comby", ANSWER)
    recent.forget("id-1")
    recent.forget("id-2")
    assert recent.get("comby") is None
    assert recent.get("id-1") is None


def test_the_memory_has_a_limit() -> None:
    recent = RecentAnswers(1.0, Ticks())
    for number in range(CAPACITY + 1):
        recent.put(f"id-{number}", f"slug-{number}", ANSWER)
    assert recent.get("slug-0") is None
    assert recent.get(f"slug-{CAPACITY}") is ANSWER
