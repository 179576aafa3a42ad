"""What each event does to the document of a solution."""

from collections.abc import Callable
from typing import Any

from contracts.envelope import Event
from contracts.search import IndexRebuilt, IndexRebuiltData
from search.application.mapping import apply
from search.domain.document import SolutionDocument


def document_after(*log: Event) -> SolutionDocument:
    document: SolutionDocument | None = None
    for sequence, event in enumerate(log, start=1):
        document = apply(document, event, sequence)
    assert document is not None
    return document


def test_a_published_solution_is_visible(events: Callable[..., Any]) -> None:
    document = document_after(events().published())
    assert document.visible
    assert document.seq == {"listing": 1}


def test_a_solution_that_is_only_reviewed_is_not_visible(events: Callable[..., Any]) -> None:
    assert not document_after(events().reviewed(), events().scored()).visible


def test_delisting_leaves_a_tombstone_that_an_older_publication_cannot_revive(events: Callable[..., Any]) -> None:
    published, delisted = events().published(), events().delisted()
    tombstone = apply(None, delisted, 9)
    assert tombstone is not None
    assert not tombstone.visible
    assert apply(tombstone, published, 8) is tombstone
    assert document_after(published, delisted).listing is None


def test_a_solution_published_again_after_delisting_is_visible(events: Callable[..., Any]) -> None:
    assert document_after(events().published(), events().delisted(), events().published(2)).visible


def test_a_rejected_newer_version_does_not_hide_the_live_listing(events: Callable[..., Any]) -> None:
    document = document_after(events().published(), events().reviewed(2, approved=False))
    assert document.visible
    assert document.listing is not None
    assert document.listing.version == 1


def test_a_failed_checkup_keeps_the_earlier_scores(events: Callable[..., Any]) -> None:
    document = document_after(events().scored(), events().failed())
    assert document.checkup is not None
    assert document.checkup_failure is not None
    assert document.checkup_failure.reason == "repository not found"


def test_a_hidden_rating_replaces_the_summary(events: Callable[..., Any]) -> None:
    document = document_after(events().rated(3), events().rating_hidden(3))
    assert document.rating is not None
    assert document.rating.count == 2


def test_an_older_event_changes_nothing(events: Callable[..., Any]) -> None:
    newer = apply(None, events().published(2), 20)
    assert apply(newer, events().published(1), 10) is newer
    assert apply(newer, events().published(2), 20) is newer


def test_an_event_that_is_not_projected_changes_nothing(events: Callable[..., Any]) -> None:
    data = IndexRebuiltData(index="solutions-v1-x", documents=0, events=0, seconds=0, mode="full")
    event = IndexRebuilt.new(data, aggregate_id="x", time=events().published().time)
    assert apply(None, event, 1) is None
