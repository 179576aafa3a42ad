"""Whoever reads the marketplace in English reads its notices in English; what people wrote stays as it is."""

from dataclasses import replace
from datetime import date

import pytest
from contracts import samples
from contracts.catalog import SolutionDelisted
from contracts.guard import SolutionTermDue
from notify.adapters import phrases
from notify.adapters.templates import JinjaTemplates
from notify.application import guard_notices, watching
from notify.application.notices import Notice
from notify.domain.message import Kind
from servicekit.digest_times import Frequency

from .conftest import message_of
from .test_texts import FACTS, HOSTILE


def notice_of(kind: Kind) -> Notice:
    return Notice(event_id="e", kind=kind, organisation_id="org-1", link="/x", action="Ansehen", facts=FACTS)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_reads_in_english_too(kind: Kind, templates: JinjaTemplates) -> None:
    german = message_of(notice_of(kind), templates)
    english = templates.in_english(german)
    assert english.title != german.title
    assert english.text != german.text
    assert english.reason == "You are a member of the organisation “Musterlösungen GmbH”."
    for word in ("„", "Prüf", "Lösung ", " nicht ", " wird ", " und ", " die ", "Version 2,"):
        assert word not in (english.title + english.text).replace(HOSTILE, "")
    assert (english.id, english.link, english.facts) == (german.id, german.link, german.facts)


def test_an_old_message_that_lacks_a_fact_stays_german(templates: JinjaTemplates) -> None:
    old = replace(message_of(notice_of(Kind.SOLUTION_DELISTED), templates), facts={"solution_name": "DorfFunk"})
    assert templates.in_english(old) is old


def test_the_marketplaces_own_words_are_translated_and_nobody_elses(templates: JinjaTemplates) -> None:
    event = SolutionDelisted.model_validate_json(samples.of(SolutionDelisted))
    notice = guard_notices.of_delisting(event, "Sicherheit")
    noted = replace(notice, facts={**notice.facts, "note": "Sicherheit"})
    english = templates.in_english(message_of(noted, templates))
    assert english.title == "No longer on the marketplace: “Sicherheit”"
    assert "\nSicherheit\n" in english.text, "a word of the provider, though it is a label as well"


def test_reasons_and_terms_are_known_as_they_are_said() -> None:
    english = phrases.load().english
    for german in (
        watching.OWN,
        watching.SHARED.format(name="Kreis „Nord“"),
        *(watching.COLLECTED.format(often=often) for often in watching._OFTEN.values()),
    ):
        assert english(german) != german
    assert english(watching.SHARED.format(name="Kreis „Nord“")) == (
        "The solution is on the watchlist of your organisation “Kreis „Nord“”."
    )
    assert english(watching.COLLECTED.format(often=watching._OFTEN[Frequency.DAILY])) == (
        "You want to hear once a day of solutions on your watchlists."
    )
    lapsed = SolutionTermDue.model_validate_json(samples.of(SolutionTermDue))
    data = lapsed.data.model_copy(update={"term": "maintenance", "days_left": 0, "relied_on": True,
                                          "until": date(2026, 3, 1), "certificate": None})  # fmt: skip
    words = guard_notices.lost(lapsed.model_copy(update={"data": data}))
    assert words is not None
    assert english(words) == "Maintenance contract: held until 01.03.2026 and has run out."
    assert english("Auszeichnungen im Checkup verloren: Dokumentation, Community") == (
        "awards lost in the checkup: Documentation, Community"
    )
    assert english("Vielen Dank!") == "Vielen Dank!"
