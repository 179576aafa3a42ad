"""What somebody who saved a search is told of it, word by word."""

from datetime import UTC, datetime
from typing import Any

from contracts.search import SavedSearchAlerted, SavedSearchAlertedData
from notify.adapters.templates import JinjaTemplates
from notify.application.alert_notice import MOST_LISTED, of_alert
from notify.domain.message import MAILED, Kind

from .conftest import message_of

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def match(slug: str = "comby", **more: Any) -> dict[str, Any]:
    facts = {"solution_id": f"id-{slug}", "slug": slug, "name": slug.capitalize(), "summary": f"Über {slug}."}
    return {**facts, "reason": "new_listing", "at": NOW, **more}


def alert(*matches: dict[str, Any], **more: Any) -> SavedSearchAlerted:
    fields = {
        "saved_search_id": "search-1",
        "user": "u-1",
        "name": "Bänke in BB",
        "query": "q=Mitfahrbank&bundesland=DE-BB",
        "frequency": "daily",
        "matches": list(matches),
        "since": NOW,
        "until": NOW,
    }
    data = SavedSearchAlertedData.model_validate({**fields, **more})
    return SavedSearchAlerted.new(data, aggregate_id="search-1", time=NOW, id="event-1")


def test_several_matches_are_listed_with_what_is_new_and_where_to_look(templates: JinjaTemplates) -> None:
    notice = of_alert(
        alert(
            match(),
            match("dorffunk", reason="changed_listing"),
            match("bus", reason="new_rating"),
            match("rad", reason="lost_award", lost_awards=["documentation", "community"]),
        )
    )
    assert (notice.user, notice.organisation_id, notice.role) == ("u-1", None, None)
    assert notice.reason == "Sie haben die Suche „Bänke in BB“ gespeichert und möchten einmal am Tag davon hören."
    assert (notice.link, notice.action) == ("/suche?q=Mitfahrbank&bundesland=DE-BB", "Suche öffnen")
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title == "4 Neuigkeiten zu Ihrer Suche „Bänke in BB“"
    assert texts.text == (
        "Das alles ist neu zu Ihrer Suche „Bänke in BB“:\n"
        "\n"
        "- Comby: neu auf dem Marktplatz\n"
        "  Über comby.\n"
        "  https://marktplatz.example.org/loesungen/comby\n"
        "\n"
        "- Dorffunk: geändert\n"
        "  Über dorffunk.\n"
        "  https://marktplatz.example.org/loesungen/dorffunk\n"
        "\n"
        "- Bus: neu bewertet\n"
        "  Über bus.\n"
        "  https://marktplatz.example.org/loesungen/bus#bewertungen\n"
        "\n"
        "- Rad: Auszeichnungen verloren: Dokumentation, Gemeinschaft und Pflege\n"
        "  Über rad.\n"
        "  https://marktplatz.example.org/loesungen/rad\n"
        "\n"
        "Die Suche ändern oder nicht mehr davon hören: https://marktplatz.example.org/meine-suchen"
    )


def test_a_single_match_leads_to_its_page(templates: JinjaTemplates) -> None:
    notice = of_alert(alert(match(), frequency="at_once"))
    assert (notice.link, notice.action) == ("/loesungen/comby", "Lösung ansehen")
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title == "Neues zu Ihrer Suche „Bänke in BB“: Comby (neu auf dem Marktplatz)"
    assert texts.text.startswith("Das ist neu zu Ihrer Suche „Bänke in BB“:\n\n- Comby: neu auf dem Marktplatz\n")
    rated = of_alert(alert(match(reason="new_rating"), frequency="at_once"))
    title = templates.inbox(rated.kind, rated.facts).title
    assert title == "Neues zu Ihrer Suche „Bänke in BB“: Comby (neu bewertet)", "messages about one differ at a glance"
    assert "möchten sofort davon hören" in notice.reason


def test_a_long_list_is_cut_and_says_how_many_are_missing(templates: JinjaTemplates) -> None:
    notice = of_alert(alert(*(match(f"s{number}") for number in range(MOST_LISTED + 5)), more=7))
    texts = templates.inbox(notice.kind, notice.facts)
    assert texts.title == f"{MOST_LISTED + 12} Neuigkeiten zu Ihrer Suche „Bänke in BB“"
    assert texts.text.count("/loesungen/") == MOST_LISTED
    where = "https://marktplatz.example.org/suche?q=Mitfahrbank&bundesland=DE-BB"
    assert f"Und 12 weitere Neuigkeiten: {where}\n" in texts.text


def test_the_mail_links_everything_and_says_how_to_stop_it(templates: JinjaTemplates) -> None:
    assert Kind.SAVED_SEARCH_ALERTED in MAILED
    notice = of_alert(alert(match(), match("bus"), more=1, query=""))
    assert notice.link == "/suche"
    letter = templates.letter(message_of(notice, templates), name=None, unsubscribe_url="https://x.example/u")
    for body in (letter.text, letter.html):
        assert "https://marktplatz.example.org/loesungen/comby" in body
        assert "https://marktplatz.example.org/meine-suchen" in body
        assert "https://x.example/u" in body
    assert "Und eine weitere Neuigkeit</a>" in letter.html
