"""Bands, sizes and sums that results are narrowed and sorted by."""

from collections.abc import Callable
from typing import Any

import pytest
from contracts.envelope import Event
from contracts.vocabulary import SizeClass
from search.adapters.opensearch import source
from search.application.mapping import apply
from search.domain.compounds import Splitter
from search.domain.document import SolutionDocument
from search.domain.thesaurus import Thesaurus

Make = Callable[..., Any]


def stored(splitter: Splitter, *events: Event) -> dict[str, Any]:
    document: SolutionDocument | None = None
    for sequence, event in enumerate(events, 1):
        document = apply(document, event, sequence)
    assert document is not None
    return source.to_source(document, splitter, Thesaurus(()))


@pytest.mark.parametrize(
    ("score", "bands", "tenths"),
    [
        (100, ["80_and_more", "60_and_more", "40_and_more"], 1000),
        (80, ["80_and_more", "60_and_more", "40_and_more"], 800),
        (79.94, ["60_and_more", "40_and_more"], 799),
        (40, ["40_and_more"], 400),
        (39.9, ["below_40"], 399),
        (0, ["below_40"], 0),
        (None, ["none"], -1),
    ],
)
def test_a_score_is_in_every_band_it_reaches(
    splitter: Splitter, events: Make, score: float | None, bands: list[str], tenths: int
) -> None:
    fields = stored(splitter, events().published(), events().scored(score=score))
    assert (fields["checkup_score"], fields["checkup_tenths"]) == (bands, tenths)


@pytest.mark.parametrize(
    ("grade", "shown", "found_under"),
    [
        ("outstanding", "outstanding", ["outstanding", "proven", "basic"]),
        ("basic", "basic", ["basic"]),
        (None, None, []),
        ("of a later rubric", None, []),
    ],
)
def test_a_stage_of_the_checkup_holds_those_before_it(
    splitter: Splitter, events: Make, grade: str | None, shown: str | None, found_under: list[str]
) -> None:
    fields = stored(splitter, events().published(), events().scored(grade=grade))
    assert (fields["card"]["checkup_grade"], fields["checkup_grade"]) == (shown, found_under)


def test_the_mean_leaves_out_what_could_not_be_measured(splitter: Splitter, events: Make) -> None:
    scored = events().scored(score=None, documentation=90.0, community=45.0)
    fields = stored(splitter, events().published(), scored)
    assert fields["card"]["checkup_score"] == 67.5
    assert fields["checkup_score"] == ["60_and_more", "40_and_more"]
    assert list(fields["award"]) == ["documentation"]


def test_what_was_never_checked_is_in_the_band_without_result(splitter: Splitter, events: Make) -> None:
    fields = stored(splitter, events().published())
    assert (fields["checkup_score"], fields["card"]["checkup_score"]) == (["none"], None)
    assert (fields["award"], fields["rating"], fields["used_by_size"]) == ([], ["unrated"], [])
    assert (fields["checkup_tenths"], fields["municipalities"]) == (-1, 0)


@pytest.mark.parametrize(
    ("average", "bands"),
    [(5, ["4_and_more", "3_and_more", "2_and_more"]), (3.9, ["3_and_more", "2_and_more"]), (1.9, [])],
)
def test_a_rating_is_in_every_band_it_reaches(
    splitter: Splitter, events: Make, average: float, bands: list[str]
) -> None:
    assert stored(splitter, events().published(), events().rated(average=average))["rating"] == bands


def test_a_solution_whose_ratings_were_all_hidden_is_unrated(splitter: Splitter, events: Make) -> None:
    fields = stored(splitter, events().published(), events().rated(), events().rating_hidden())
    assert fields["rating"] == ["unrated"]


def test_what_nobody_confirmed_for_a_year_counts_no_longer(splitter: Splitter, events: Make) -> None:
    sizes = [SizeClass.UNDER_100K, SizeClass.UNDER_5K]
    fields = stored(splitter, events().published(), events().deployed(2, sizes=sizes), events().due(2, sizes=sizes))
    assert (fields["used_by_size"], fields["municipalities"]) == (["under_5k"], 1)


def test_a_rating_that_is_shown_again_counts_again(splitter: Splitter, events: Make) -> None:
    made = [events().published(), events().rated(3), events().rating_hidden(3), events().rating_restored(3)]
    fields = stored(splitter, *made)
    assert (fields["rating"], fields["card"]["rating"]) == (
        ["4_and_more", "3_and_more", "2_and_more"],
        {"average": 4.0, "count": 3},
    )


def test_sizes_are_those_of_municipalities_that_anybody_may_know_of(splitter: Splitter, events: Make) -> None:
    sizes = [SizeClass.UNDER_100K, SizeClass.UNDER_5K, SizeClass.UNDER_100K]
    fields = stored(splitter, events().published(), events().deployed(4, sizes=sizes))
    assert fields["used_by_size"] == ["under_5k", "20k_to_100k"]
    assert fields["municipalities"] == fields["card"]["municipalities"] == 4
    hidden = stored(splitter, events().published(), events().deployed(4, visibility="registered", sizes=sizes))
    assert (hidden["used_by_size"], hidden["municipalities"]) == ([], 0)
