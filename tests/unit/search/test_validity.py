"""What is stated for a time and has passed: as of the last day that an event tells of, whenever it is read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.envelope import Event
from contracts.vocabulary import Validity
from search.application.mapping import apply
from search.domain.card import card_of
from search.domain.document import SolutionDocument
from search.domain.validity import validity
from search.testing import NOON

Make = Callable[..., Any]


def certified(until: str) -> dict[str, Any]:
    return {"answers": {"certificates": [{"kind": "iso_27001", "until": until}]}}


def after(*log: Event) -> SolutionDocument:
    document: SolutionDocument | None = None
    for sequence, event in enumerate(log, start=1):
        document = apply(document, event, sequence)
    assert document is not None
    return document


def lapsed(document: SolutionDocument) -> list[str]:
    card = card_of(document)
    assert card is not None
    return list(card["lapsed"])


def test_a_certificate_lapses_when_the_catalog_says_so_and_a_renewed_one_holds(events: Make) -> None:
    listed = events().published(at=NOON, **certified("2026-03-03"))
    reminded, ended = events().term_due(2), events().term_due(3)
    assert (validity(after(listed)), lapsed(after(listed, reminded))) == (Validity.VALID, [])
    assert (validity(after(listed, ended)), lapsed(after(listed, ended))) == (Validity.LAPSED, ["certificates"])
    renewed = events().published(2, at=NOON, **certified("2027-03-03"))
    assert validity(after(listed, ended, renewed)) is Validity.VALID


def test_a_later_reminder_of_something_else_does_not_bring_back_what_has_lapsed(events: Make) -> None:
    listed = events().published(at=NOON, **certified("2026-03-03"))
    assert validity(after(listed, events().term_due(3), events().term_due(9))) is Validity.LAPSED


def test_what_is_published_with_an_end_that_has_passed_has_lapsed(events: Make) -> None:
    assert validity(after(events().published(at=NOON, **certified("2026-02-28")))) is Validity.LAPSED
    assert validity(after(events().published(at=NOON, **certified("")))) is Validity.VALID
    assert validity(after(events().published())) is Validity.VALID


def test_days_are_those_of_germany(events: Make) -> None:
    late = datetime.fromisoformat("2026-03-03T22:30:00+00:00")
    listed = events().published(at=NOON, **certified("2026-03-03"))
    assert validity(after(listed, events().term_due(0, at=late))) is Validity.VALID
    assert validity(after(listed, events().term_due(0, at=late.replace(hour=23)))) is Validity.LAPSED
