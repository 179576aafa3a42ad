"""The score of ratings: weighted by recency, and the same whenever it is computed."""

from datetime import datetime, timedelta

from catalog.domain.score import METHOD, SECONDS_PER_MONTH
from hypothesis import given
from hypothesis import strategies as st

from .given import START

GRADES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4000)), min_size=1, max_size=40)


def months(count: float) -> datetime:
    return START + timedelta(seconds=round(count * SECONDS_PER_MONTH))


def test_a_rating_counts_half_as_much_as_one_two_years_younger() -> None:
    # (2 * 1/2 + 5 * 1) / (1/2 + 1) = 4
    assert METHOD.average([(2, months(0)), (5, months(24))]) == 4.0
    # (1 * 1/4 + 1 * 1/2 + 5) / 1.75 = 3.285…
    assert METHOD.average([(1, months(0)), (1, months(24)), (5, months(48))]) == 3.3


def test_ratings_of_one_day_count_the_same_and_a_half_is_rounded_up() -> None:
    assert METHOD.average([(4, START), (4, START), (4, START), (5, START)]) == 4.3
    assert METHOD.average([(2, START), (1, START), (1, START), (1, START)]) == 1.3


def test_without_grades_there_is_no_score() -> None:
    assert METHOD.average([]) is None


def test_a_very_old_rating_still_counts_a_little() -> None:
    assert METHOD.average([(1, START), (5, START + timedelta(days=365 * 200))]) == 5.0


@given(GRADES, st.integers(-3000, 3000))
def test_the_score_does_not_depend_on_when_it_is_computed(grades: list[tuple[int, int]], moved: int) -> None:
    dated = [(grade, START + timedelta(days=day)) for grade, day in grades]
    shifted = [(grade, at + timedelta(days=moved)) for grade, at in dated]
    assert METHOD.average(dated) == METHOD.average(shifted) == METHOD.average(list(reversed(dated)))


@given(GRADES)
def test_the_score_lies_between_the_grades(grades: list[tuple[int, int]]) -> None:
    score = METHOD.average([(grade, START + timedelta(days=day)) for grade, day in grades])
    assert score is not None
    assert min(grade for grade, _ in grades) <= score <= max(grade for grade, _ in grades)
