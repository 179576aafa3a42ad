"""Matches in words and nearness in meaning become one order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search.domain.fusion import NOTHING_NEAR, FusionWeights, Nearness, fuse

EVEN = FusionWeights(words=1.0, meaning=1.0, stated=1.0)
scores = st.dictionaries(st.sampled_from("abcdefgh"), st.one_of(st.just(0.0), st.floats(0.01, 100)), max_size=8)


def order(
    matches: dict[str, float], near: Nearness = NOTHING_NEAR, stated: dict[str, float] | None = None
) -> list[str]:
    return [*fuse(matches, near, stated or {}, EVEN)]


def test_the_best_in_words_comes_first_when_meanings_cannot_be_told() -> None:
    assert order({"c": 1.0, "a": 3.0, "b": 2.0}) == ["a", "b", "c"]


def test_equal_ones_are_ordered_by_id() -> None:
    assert order({"c": 1.0, "a": 1.0, "b": 1.0}) == ["a", "b", "c"]
    assert order({"c": 0.0, "a": 0.0, "b": 0.0}, Nearness({"c": 0.8, "a": 0.8, "b": 0.8}, 0.8)) == ["a", "b", "c"]


def test_scores_that_waver_in_their_last_digits_are_equal() -> None:
    assert order({"b": 7.000000001, "a": 7.0}) == ["a", "b"]


def test_meaning_decides_between_equal_matches() -> None:
    assert order({"a": 5.0, "b": 5.0}, Nearness({"b": 0.9, "a": 0.85}, 0.8)) == ["b", "a"]


def test_what_is_found_by_meaning_alone_is_placed_among_the_others() -> None:
    near = Nearness({"near": 0.9, "both": 0.89}, 0.8)
    assert order({"both": 10.0, "near": 0.0, "words": 5.0}, near) == ["both", "near", "words"]


def test_what_could_not_be_compared_yet_is_not_put_behind_what_was() -> None:
    near = Nearness({"near": 0.9, "far": 0.8}, 0.8, {"near", "far"}.__contains__)
    assert order({"new": 10.0, "near": 4.0, "far": 8.0}, near) == ["new", "near", "far"]
    assert order({"new": 3.0, "near": 4.0, "far": 8.0}, near) == ["near", "far", "new"]


def test_what_is_near_but_was_not_found_is_not_added() -> None:
    assert order({"a": 1.0}, Nearness({"a": 0.8, "filtered": 0.9}, 0.7)) == ["a"]


def test_a_stated_filter_counts_more_than_one_that_is_said() -> None:
    found = order({"a": 1.0, "b": 1.0, "c": 1.0}, stated={"c": 1.0, "b": 0.5})
    assert found == ["c", "b", "a"]


def test_a_part_without_weight_does_not_count() -> None:
    near, stated = Nearness({"b": 0.9}, 0.8), {"b": 1.0}
    assert [*fuse({"a": 2.0, "b": 1.0}, near, stated, FusionWeights(meaning=0.0, stated=0.0))] == ["a", "b"]
    assert [*fuse({"a": 2.0, "b": 1.0}, near, stated, FusionWeights(words=0.0))] == ["b", "a"]


def test_nothing_found_is_nothing() -> None:
    assert order({}) == []
    assert order({}, Nearness({"a": 0.9}, 0.8)) == []


def test_nearness_is_relative_to_the_mean_and_the_nearest() -> None:
    assert Nearness({"a": 0.9, "b": 0.85, "c": 0.8, "d": 0.7}, 0.8).relative == pytest.approx(
        {"a": 1.0, "b": 0.5, "c": 0.0, "d": 0.0}
    )


@pytest.mark.parametrize("near", [NOTHING_NEAR, Nearness({"a": 0.8, "b": 0.8}, 0.8), Nearness({"a": -0.5}, 0.1)])
def test_where_nothing_is_nearer_than_the_mean_nothing_is_near(near: Nearness) -> None:
    assert near.relative == {}


@settings(deadline=None)
@given(matches=scores, cosines=scores, mean=st.floats(-1, 1), scale=st.sampled_from([0.01, 1.0, 1000.0]))
def test_the_order_depends_on_proportions_alone(
    matches: dict[str, float], cosines: dict[str, float], mean: float, scale: float
) -> None:
    near = Nearness({key: value / 100 for key, value in cosines.items()}, mean)
    fused = fuse(matches, near, {}, EVEN)
    assert {*fused} == {*matches}
    assert [*fused.values()] == sorted(fused.values(), reverse=True)
    assert all(0 <= value <= 2 for value in fused.values())
    scaled = fuse({key: value * scale for key, value in matches.items()}, near, {}, EVEN)
    assert scaled == pytest.approx(fused, abs=1e-5)
