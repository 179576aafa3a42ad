"""What the services answer, in the shapes of their APIs; tests change single values."""

from typing import Any

Json = dict[str, Any]
SOLUTION = "0197-solution"
PROVIDER = "0197-provider"
TOWN = "0197-town"
DIMENSIONS = ("usability", "community", "documentation", "architecture", "code_quality")


def listing(**changes: Any) -> Json:
    return {
        "name": "Terminlotse",
        "summary": "Termine online vergeben.",
        "description": "Ein **guter** Text.",
        "features": ["Kalender", "Erinnerung"],
        "kind": "software",
        "offer_form": "app",
        "fields_of_action": ["health"],
        "languages": ["de"],
        "licence": "EUPL-1.2",
        "website_url": "https://example.org/lotse",
        **changes,
    }


def hit(**changes: Any) -> Json:
    return {
        "id": SOLUTION,
        "slug": "terminlotse",
        "name": "Terminlotse",
        "summary": "Termine online vergeben.",
        "provider": "Musterlösungen GmbH",
        "kind": "software",
        "offer_form": "app",
        "fields_of_action": ["health"],
        "bundesland": "DE-BB",
        "region": None,
        "licence": "EUPL-1.2",
        "rating": {"average": 4.3, "count": 3},
        "checkup": dict.fromkeys(DIMENSIONS, 70.0) | {"usability": None},
        "awards": [],
        "published_at": "2026-11-20T10:00:00Z",
        "highlights": {},
        "score": 1.0,
        **changes,
    }


def found(*hits: Json, **changes: Any) -> Json:
    return {
        "total": len(hits),
        "results": list(hits),
        "facets": {
            "field_of_action": [
                {"value": "health", "label": "Gesundheit", "count": 3, "selected": False},
                {"value": "tourism", "label": "Tourismus", "count": 1, "selected": False},
            ]
        },
        "next_cursor": None,
        **changes,
    }


def summary(**changes: Any) -> Json:
    return {
        "count": 2,
        "average": 4.5,
        "dimensions": {"usability": 4.0},
        "distribution": {"1": 0, "2": 0, "3": 0, "4": 1, "5": 1},
        **changes,
    }


def solution(**changes: Any) -> Json:
    return {
        "id": SOLUTION,
        "slug": "terminlotse",
        "name": "Terminlotse",
        "organisation_id": PROVIDER,
        "organisation_name": "Musterlösungen GmbH",
        "live_version": 1,
        "listing": listing(),
        "version": 4,
        "published_at": "2026-11-20T23:30:00Z",
        "first_published_at": "2026-11-20T23:30:00Z",
        "ratings": summary(),
        **changes,
    }


def own(state: str = "draft", **changes: Any) -> Json:
    working = {"number": 1, "state": state, "listing": listing(), "round": 0, "message": None, "findings": []}
    working |= changes.pop("working", {})
    return {
        "id": SOLUTION,
        "slug": "terminlotse",
        "organisation_id": PROVIDER,
        "organisation_name": "Musterlösungen GmbH",
        "state": state,
        "live_version": None,
        "working": working,
        "version": 3,
        "created_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z",
        "published_at": None,
        **changes,
    }


def criterion(name: str, kind: str) -> Json:
    texts = {
        f"{part}_{lang}": f"{part} {name} {lang}" for part in ("title", "question", "help") for lang in ("de", "en")
    }
    return {"id": name, "kind": kind, **texts}


def criteria() -> Json:
    return {
        "version": "2026.1",
        "valid_from": "2026-01-01",
        "grades": [],
        "criteria": [
            criterion("fit", "mandatory"),
            criterion("operation", "mandatory"),
            criterion("security", "quality"),
        ],
    }


def case(state: str = "open", **changes: Any) -> Json:
    return {
        "id": "case-1",
        "revision": 7,
        "solution_id": SOLUTION,
        "slug": "terminlotse",
        "solution_name": "Terminlotse",
        "version": 1,
        "round": 1,
        "organisation_id": PROVIDER,
        "organisation_name": "Musterlösungen GmbH",
        "state": state,
        "criteria_version": "2026.1",
        "opened_at": "2026-11-20T10:00:00Z",
        "waiting_since": "2026-11-20T10:00:00Z",
        "listing": listing(),
        "changes": [],
        "findings": [],
        "message": None,
        "rounds": [],
        "audit": [{"at": "2026-11-20T10:00:00Z", "actor": "ada", "action": "opened", "detail": "round 1"}],
        **changes,
    }


def seal(**changes: Any) -> Json:
    return {
        "case_id": "case-1",
        "solution_version": 1,
        "decided_at": "2026-11-20T10:00:00Z",
        "criteria_version": "2026.1",
        "mandatory": {"fit": "pass", "operation": "pass"},
        "quality": {"security": 4},
        **changes,
    }


def metric(**changes: Any) -> Json:
    return {
        "id": "D1",
        "title_de": "Gehalt der README",
        "title_en": "Substance of the README",
        "status": "measured",
        "score": 88.0,
        "weight": 10,
        "raw": {},
        "evidence": [{"text": "444 Wörter", "path": "README.md", "line": 3}],
        "reason": None,
        "advice_de": "Mehr erklären.",
        "advice_en": "Explain more.",
        "gain": 3.0,
        **changes,
    }


def report(**changes: Any) -> Json:
    dimensions = [
        {
            "dimension": name,
            "score": 72,
            "coverage": 0.8,
            "confidence": 0.9,
            "status": "scored",
            "award": name == "documentation",
            "caps": [],
            "metrics": [metric()],
        }
        for name in DIMENSIONS
    ]
    return {
        "run_id": "run-1",
        "rubric_version": "2026.1",
        "commit": "0123456789abcdef",
        "as_of": "2026-11-20T10:00:00Z",
        "dimensions": dimensions,
        "awards": ["documentation"],
        "measurable": True,
        "reason": None,
        "notes": [],
        **changes,
    }


def rating(**changes: Any) -> Json:
    return {
        "organisation_id": TOWN,
        "organisation_name": "Stadt Beispielstadt",
        "size_class": None,
        "overall": 4,
        "dimensions": {"usability": 4},
        "report": "Läuft gut.",
        "used_since": "2024-05",
        "revision": 1,
        "rated_at": "2026-11-20T10:00:00Z",
        "reply": None,
        "hidden": None,
        **changes,
    }


def use(**changes: Any) -> Json:
    return {
        "organisation_id": TOWN,
        "organisation_name": "Stadt Beispielstadt",
        "size_class": "20k_to_100k",
        "bundesland": "DE-HE",
        "since": "2024-05",
        "version": "3.1",
        "module": "Buchung",
        "visibility": "public",
        "confirmed_at": "2026-11-20T10:00:00Z",
        "outdated": False,
        "by_provider": False,
        "contact": False,
        **changes,
    }


def own_use(**changes: Any) -> Json:
    own = {
        "contacts_per_month": 5,
        "contacts_left": 4,
        "declared_at": "2026-11-20T10:00:00Z",
        "due_at": "2027-11-19T23:00:00Z",
        "revision": 3,
        "suspended": False,
        "ended": None,
    }
    return {**use(), **own, **changes}


def claim(**changes: Any) -> Json:
    return {
        "id": "claim-1",
        "name": "Stadt Beispielstadt",
        "organisation_id": TOWN,
        "source": "provider",
        "since": "2023",
        "version": "2.0",
        "module": None,
        "at": "2026-11-20T10:00:00Z",
        "state": "open",
        "reason": None,
        **changes,
    }


def used(**changes: Any) -> Json:
    counts = {"confirmed": 0, "outdated": 0, "claimed": 0, "unnamed": 0, "sizes": {}}
    return {**counts, "items": [], "claims": [], "next_cursor": None, **changes}


def brief() -> Json:
    return {
        "solution_id": SOLUTION,
        "slug": "terminlotse",
        "name": "Terminlotse",
        "provider_name": "Musterlösungen GmbH",
        "published": True,
    }


def thread(side: str | None = "asking", **changes: Any) -> Json:
    return {
        "id": "thread-1",
        "solution_id": SOLUTION,
        "slug": "terminlotse",
        "solution_name": "Terminlotse",
        "asking": {"organisation_id": TOWN, "organisation_name": "Stadt Beispielstadt"},
        "answering": {"organisation_id": "county", "organisation_name": "Landkreis Musterland"},
        "side": side,
        "state": "open",
        "messages": 2,
        "last_side": "answering",
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T11:00:00Z",
        "erased_at": "2027-05-19T11:00:00Z",
        **changes,
    }


def conversation(side: str | None = "asking", **changes: Any) -> Json:
    messages = [
        {
            "id": f"message-{number}",
            "side": who,
            "organisation_name": name,
            "text": text,
            "at": "2026-11-20T10:00:00Z",
        }
        for number, (who, name, text) in enumerate(
            [("asking", "Stadt Beispielstadt", "Wie läuft es?"), ("answering", "Landkreis Musterland", "Gut.")]
        )
    ]
    held = {"thread": thread(side), "blocked": False, "messages": messages, "complaints": [], "rulings": []}
    return {**held, **changes}


def membership(
    organisation_id: str = PROVIDER, *kinds: str, role: str = "admin", name: str = "Musterlösungen GmbH"
) -> Json:
    kinds = kinds or ("provider",)
    return {"organisation_id": organisation_id, "organisation_name": name, "kinds": list(kinds), "role": role}


def organisation(state: str = "onboarded", **changes: Any) -> Json:
    return {
        "id": PROVIDER,
        "name": "Musterlösungen GmbH",
        "kinds": ["provider"],
        "state": state,
        "bundesland": "DE-BB",
        "size_class": None,
        "ars": None,
        "members": [{"user": "ada", "role": "admin"}],
        "note": "Wir möchten anbieten.",
        "reason": None,
        "created_at": "2026-11-20T10:00:00Z",
        "version": 1,
        **changes,
    }


def message(**changes: Any) -> Json:
    return {
        "id": "message-1",
        "kind": "approved",
        "title": "Freigegeben: „Terminlotse“",
        "text": "Glückwunsch.",
        "link": "/meine-loesungen/0197-solution",
        "created_at": "2026-11-20T10:00:00Z",
        "read": False,
        "reason": "Sie sind Mitglied der Organisation „Musterlösungen GmbH“.",
        **changes,
    }


def saved_search(**changes: Any) -> Json:
    return {
        "id": "saved-1",
        "name": "Mitfahren",
        "query": {"q": "mitfahrbank", "filters": {"bundesland": ["DE-BB"]}, "as_words": ["price_model:free"]},
        "frequency": "daily",
        "version": 3,
        "created_at": "2026-11-20T10:00:00Z",
        "pending": 0,
        "due_at": None,
        **changes,
    }


def query_count(query: str, **changes: Any) -> Json:
    counted = {"searches": 4, "zero": 0, "abandoned": 0, "opened": 1, "last": "2026-11-20T10:00:00Z"}
    return {"query": query, **counted, **changes}


def insights(**changes: Any) -> Json:
    return {
        "from": "2026-11-14T00:00:00Z",
        "to": "2026-11-20T12:00:00Z",
        "searches": 14,
        "zero_hits": 3,
        "abandoned": 7,
        "days": [{"day": "2026-11-20", "searches": 14, "zero_hits": 3, "abandoned": 7}],
        "queries": [query_count("terminbuchung")],
        "zero_hit_queries": [query_count("drohnenflug & mehr", zero=3, opened=0)],
        "abandoned_queries": [query_count("(nicht gespeichert)", abandoned=7, opened=0)],
        **changes,
    }
