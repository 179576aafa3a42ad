"""Makes a realistic sample of an event class; frozen once into `samples/` when the event is released."""

import json
from typing import Any

from contracts import catalog, checkup, guard, notify, people, review, search, uses, watches
from contracts.envelope import Event
from contracts.ids import derived_id

_AT = "2026-03-02T09:30:00Z"
_SOLUTION = derived_id("sample", "solution")
_PROVIDER = derived_id("sample", "provider")
_COUNTY = derived_id("sample", "county")
_WATCHLIST = derived_id("sample", "watchlist")
_CASE = derived_id("sample", "case")
_RUN = derived_id("sample", "run")
_NAMES = {"solution_id": _SOLUTION, "slug": "mitfahrbank-digital"}
_OWNED = {**_NAMES, "organisation_id": _PROVIDER, "organisation_name": "Musterlösungen GmbH"}
_LISTING = {
    "name": "Mitfahrbank Digital",
    "aliases": ["Mitfahrbänke"],
    "summary": "Digitale Anzeige und App für Mitfahrbänke im ländlichen Raum.",
    "description": "Fahrgäste melden ihr Ziel an der Bank, Mitfahrgelegenheiten sehen es **unterwegs**.",
    "features": ["Zielwahl an der Bank", "App für Fahrerinnen und Fahrer"],
    "kind": "software",
    "offer_form": "app",
    "fields_of_action": ["mobility_and_environment"],
    "use_cases": ["Fahrten zum Einkaufen und zu Arztterminen"],
    "target_groups": ["Landkreise", "Gemeinden"],
    "operator_name": "Musterlösungen GmbH",
    "operating_models": ["saas"],
    "licence": "EUPL-1.2",
    "price_model": "subscription",
    "price_note": "ab 1.200 Euro im Jahr",
    "repository_url": "https://code.example.org/mitfahrbank",
    "hosting_location": "germany",
    "accessibility_level": "wcag_aa",
    "bundesland": "DE-BB",
    "used_by": ["Landkreis Musterland"],
    "deployment_status": "operating",
}
_FINDINGS = [
    {"criterion": "municipal_fit", "result": "pass", "finding": "Der Anwendungsfall ist beschrieben."},
    {"criterion": "it_security", "grade": 4, "finding": "Konzept liegt vor, kein externer Test."},
]
_SEAL = {
    "case_id": _CASE,
    "solution_version": 1,
    "decided_at": _AT,
    "criteria_version": "2026.1",
    "mandatory": {"municipal_fit": "pass"},
    "quality": {"it_security": 4},
}
_SUMMARY = {
    "count": 3,
    "average": 4.3,
    "dimensions": {"usability": 4.0},
    "distribution": {"1": 0, "2": 0, "3": 0, "4": 2, "5": 1},
}
_DEPLOYMENT = {
    "organisation_id": _COUNTY,
    "organisation_name": "Landkreis Musterland",
    "ars": "120640000000",
    "since": "2024-05",
    "size_class": "100k_to_500k",
    "visibility": "public",
}
_CLAIM = derived_id("sample", "claim")
_USED = {**_NAMES, "solution_name": "Mitfahrbank Digital", "provider_organisation_id": _PROVIDER}
_INQUIRY = {
    "inquiry_id": derived_id("sample", "inquiry"),
    "solution_id": _SOLUTION,
    "slug": "mitfahrbank-digital",
    "solution_name": "Mitfahrbank Digital",
}
_CASE_DATA = {
    "case_id": _CASE,
    **_NAMES,
    "solution_name": "Mitfahrbank Digital",
    "version": 1,
    "round": 1,
    "organisation_id": _PROVIDER,
}
_CHECKED = {**_NAMES, "organisation_id": _PROVIDER}
_CONTEST = {
    "contest_id": derived_id("sample", "contest"),
    "kind": "metric",
    "title": "Q9 Zugangsdaten im Quellcode",
}
_RUN_DATA = {"run_id": _RUN, **_NAMES, "version": 1, "organisation_id": _PROVIDER}
_SCORES = [
    {"dimension": "usability", "score": None, "coverage": 0.3, "award": False, "status": "not_measurable"},
    {"dimension": "community", "score": 61.5, "coverage": 0.78, "award": False, "status": "scored"},
    {"dimension": "documentation", "score": 72.0, "coverage": 0.9, "award": True, "status": "scored"},
    {"dimension": "architecture", "score": 17.0, "coverage": 0.88, "award": False, "status": "scored"},
    {"dimension": "code_quality", "score": 80.5, "coverage": 0.66, "award": False, "status": "limited"},
]

_DATA: dict[type[Event], dict[str, Any]] = {
    catalog.SolutionSubmitted: {
        **_OWNED,
        "version": 1,
        "round": 1,
        "listing": _LISTING,
        "submitted_by": "u-4711",
        "submitted_at": _AT,
    },
    catalog.SolutionPublished: {
        **_OWNED,
        "version": 1,
        "listing": _LISTING,
        "published_at": _AT,
        "first_published_at": _AT,
    },
    catalog.SolutionDelisted: {
        **_NAMES,
        "organisation_id": _PROVIDER,
        "reason": "withdrawn",
        "note": "Das Angebot endet.",
        "delisted_at": _AT,
    },
    catalog.CorrectionOpened: {
        **_NAMES,
        "solution_name": "Mitfahrbank Digital",
        "organisation_id": _PROVIDER,
        "organisation_name": "Beispiel GmbH",
        "version": 1,
        "correction": 1,
        "questions": ["support_url"],
        "corrected_at": _AT,
    },
    catalog.CorrectionDecided: {
        **_NAMES,
        "solution_name": "Mitfahrbank Digital",
        "organisation_id": _PROVIDER,
        "version": 1,
        "correction": 1,
        "decision": "reverted",
        "questions": ["support_url"],
        "reason": "Die neue Adresse führt auf eine fremde Seite.",
        "decided_at": _AT,
    },
    catalog.RatingAdded: {
        **_NAMES,
        "solution_name": "Mitfahrbank Digital",
        "provider_organisation_id": _PROVIDER,
        "rating": {
            "organisation_id": _COUNTY,
            "organisation_name": "Landkreis Musterland",
            "size_class": "100k_to_500k",
            "overall": 4,
            "dimensions": {"usability": 4},
            "report": "Nach drei Monaten liefen die Bänke stabil.",
            "used_since": "2024-05",
            "revision": 1,
        },
        "summary": _SUMMARY,
    },
    catalog.RatingHidden: {**_NAMES, "organisation_id": _COUNTY, "reason": "Werbung", "summary": _SUMMARY},
    catalog.PubliccodeDrifted: {
        **_NAMES,
        "solution_name": "Mitfahrbank Digital",
        "organisation_id": _PROVIDER,
        "source_url": "https://code.example.org/mitfahrbank/-/raw/HEAD/publiccode.yml",
        "differences": [
            {
                "question": "licence",
                "label": "Lizenz",
                "path": "legal.license",
                "listing": "EUPL-1.2",
                "file": "AGPL-3.0-only",
            }
        ],
        "checked_at": _AT,
    },
    catalog.DeploymentConfirmed: {
        **_NAMES,
        "organisation_id": _COUNTY,
        "organisation_name": "Landkreis Musterland",
        "deployments": [_DEPLOYMENT],
    },
    catalog.DeploymentEnded: {
        **_NAMES,
        "organisation_id": _COUNTY,
        "organisation_name": "Landkreis Musterland",
        "deployments": [],
    },
    catalog.OrganisationOnboarded: {
        "organisation_id": _COUNTY,
        "name": "Landkreis Musterland",
        "kinds": ["municipality"],
        "bundesland": "DE-BB",
        "size_class": "100k_to_500k",
        "onboarded_at": _AT,
    },
    catalog.OrganisationChanged: {
        "organisation_id": _PROVIDER,
        "name": "Musterlösungen eG",
        "kinds": ["provider"],
        "website_url": "https://www.example.org/",
        "changed_at": _AT,
    },
    catalog.OrganisationSuspended: {"organisation_id": _PROVIDER, "reason": "Mandat erloschen", "suspended_at": _AT},
    catalog.InquirySent: {
        "inquiry_id": derived_id("sample", "inquiry"),
        "solution_id": _SOLUTION,
        "from_organisation_id": _COUNTY,
        "to_organisation_id": _PROVIDER,
        "message": "Wir planen zwanzig Bänke bis zum Herbst.",
    },
    people.InquiryAnswered: {
        **_INQUIRY,
        "message_id": derived_id("sample", "inquiry_message"),
        "from_organisation_id": _PROVIDER,
        "from_organisation_name": "Musterlösungen GmbH",
        "to_organisation_id": _COUNTY,
        "answer": True,
    },
    people.InquiryDue: {
        **_INQUIRY,
        "from_organisation_name": "Landkreis Musterland",
        "to_organisation_id": _PROVIDER,
        "waiting_days": 7,
    },
    people.InquiryReported: {
        **_INQUIRY,
        "message_id": derived_id("sample", "inquiry_message"),
        "reported_by_organisation_id": _PROVIDER,
        "reason": "advertising",
    },
    watches.WatchStarted: {"watchlist_id": _WATCHLIST, "organisation_id": _COUNTY, "solution_ids": [_SOLUTION]},
    watches.WatchEnded: {"watchlist_id": _WATCHLIST, "user": "u-4711", "solution_ids": [_SOLUTION]},
    people.OnboardingRequested: {
        "organisation_id": _COUNTY,
        "organisation_name": "Landkreis Musterland",
        "kinds": ["municipality"],
        "bundesland": "DE-BB",
        "again": True,
    },
    people.OnboardingRefused: {
        "organisation_id": _COUNTY,
        "organisation_name": "Landkreis Musterland",
        "user": "u-4711",
        "email": "antrag@example.org",
        "reason": "Bitte laden Sie einen unterschriebenen Nachweis hoch.",
    },
    people.PersonErased: {"user": "u-4711"},
    catalog.MemberInvited: {
        "organisation_id": _PROVIDER,
        "email": "kollegin@example.org",
        "role": "editor",
        "invited_by": "u-4711",
    },
    catalog.MemberJoined: {
        "organisation_id": _PROVIDER,
        "organisation_name": "Musterlösungen GmbH",
        "user": "u-4711",
        "email": "anbieter@example.org",
        "display_name": "Robin Muster",
        "role": "admin",
    },
    catalog.MemberLeft: {"organisation_id": _PROVIDER, "user": "u-4711"},
    guard.SolutionTermDue: {
        **_OWNED,
        "solution_name": "Mitfahrbank Digital",
        "version": 1,
        "term": "certificate",
        "certificate": "iso_27001",
        "number": "IS 123456",
        "until": "2026-03-01",
        "days_left": 0,
        "relied_on": True,
    },
    guard.SolutionStandingChanged: {
        **_OWNED,
        "solution_name": "Mitfahrbank Digital",
        "version": 2,
        "changes": [{"kind": "operator", "before": "Musterlösungen GmbH", "after": "Beispielbetrieb GmbH"}],
    },
    uses.DeploymentClaimed: {
        **_USED,
        "provider_organisation_name": "Musterlösungen GmbH",
        "claim_id": _CLAIM,
        "municipality_organisation_id": _COUNTY,
        "municipality_name": "Landkreis Musterland",
        "claimed": 1,
    },
    uses.DeploymentClaimRefused: {
        **_USED,
        "claim_id": _CLAIM,
        "municipality_name": "Landkreis Musterland",
        "reason": "Die Erprobung endete 2024.",
        "claimed": 0,
    },
    uses.DeploymentDue: {
        **_USED,
        "organisation_id": _COUNTY,
        "organisation_name": "Landkreis Musterland",
        "due_at": _AT,
        "outdated": False,
        "deployments": [_DEPLOYMENT],
        "claimed": 0,
    },
    uses.RatingReplied: {**_USED, "organisation_id": _COUNTY, "provider_organisation_name": "Musterlösungen GmbH"},
    uses.RatingReported: {
        **_USED,
        "organisation_id": _COUNTY,
        "organisation_name": "Landkreis Musterland",
        "reason": "personal_data",
        "reports": 1,
    },
    uses.RatingRestored: {**_USED, "organisation_id": _COUNTY, "reason": "Der Name ist entfernt.", "summary": _SUMMARY},
    uses.PeerMessageSent: {
        **_USED,
        "thread_id": derived_id("sample", "thread"),
        "message_id": derived_id("sample", "peer_message"),
        "from_organisation_id": derived_id("sample", "town"),
        "from_organisation_name": "Stadt Beispielstadt",
        "to_organisation_id": _COUNTY,
        "answer": False,
    },
    uses.PeerMessageReported: {
        **_USED,
        "thread_id": derived_id("sample", "thread"),
        "message_id": derived_id("sample", "peer_message"),
        "reported_by_organisation_id": _COUNTY,
        "reason": "advertising",
    },
    review.ReviewOpened: {**_CASE_DATA, "opened_at": _AT},
    review.ChangesRequested: {
        **_CASE_DATA,
        "findings": _FINDINGS,
        "message": "Bitte das Betriebskonzept ergänzen.",
        "requested_at": _AT,
    },
    review.ReviewCompleted: {
        **{key: value for key, value in _CASE_DATA.items() if key != "round"},
        "decision": "approved",
        "findings": _FINDINGS,
        "message": "Willkommen auf dem Marktplatz.",
        "criteria_version": "2026.1",
        "decided_at": _AT,
        "seal": _SEAL,
    },
    checkup.CheckupScored: {
        **_RUN_DATA,
        "rubric_version": "2026.1",
        "commit": "5f0c2b7a9d3e4f61728394a5b6c7d8e9f0a1b2c3",
        "as_of": _AT,
        "dimensions": _SCORES,
        "awards": ["documentation"],
        "measurable": True,
        "finished_at": _AT,
    },
    checkup.CheckupFailed: {
        **_RUN_DATA,
        "reason": "Das Repository ist unter dieser Adresse nicht zu finden.",
        "kind": "not_found",
        "failed_at": _AT,
    },
    checkup.DisclosurePublished: {
        **_CHECKED,
        "number": 2,
        "questionnaire_version": "2026.1",
        "topics": [
            {"topic": "it_security", "stage": "evidenced", "asked": 9, "answered": 7, "valid_until": "2027-05-31"},
            {"topic": "accessibility", "stage": "none", "asked": 2, "answered": 0, "valid_until": None},
        ],
        "published_at": _AT,
    },
    checkup.ManualCheckCompleted: {
        **_CHECKED,
        "check_id": derived_id("sample", "manual_check"),
        "version": 1,
        "checklist_version": "2026.1",
        "topics": [
            {"topic": "accessibility", "passed": 2, "failed": 1, "not_applicable": 0, "not_checked": 1},
        ],
        "completed_at": _AT,
        "valid_until": "2027-03-02",
    },
    checkup.ContradictionsFound: {
        **_CHECKED,
        "contradictions": [
            {
                "rule": "sbom_missing",
                "topic": "it_security",
                "text_de": "Erklärt eine Stückliste der Software (SBOM); im Repository wurde keine gefunden.",
                "text_en": "Declares an SBOM; none was found in the repository.",
            }
        ],
        "found_at": _AT,
        "public_from": "2026-04-01T09:30:00Z",
    },
    checkup.ContestOpened: {**_CHECKED, **_CONTEST, "opened_at": _AT},
    checkup.ContestAnswered: {
        **_CHECKED,
        **_CONTEST,
        "accepted": True,
        "outcome": "excluded",
        "answered_at": _AT,
    },
    search.IndexRebuilt: {
        "index": "solutions-v1-20260302093000",
        "documents": 76,
        "events": 310,
        "seconds": 0.8,
        "mode": "last_per_subject",
    },
    search.SavedSearchAlerted: {
        "saved_search_id": derived_id("sample", "saved_search"),
        "user": "u-4711",
        "name": "Mitfahrbänke in Brandenburg",
        "query": "q=Mitfahrbank&bundesland=DE-BB",
        "frequency": "daily",
        "matches": [
            {
                **_NAMES,
                "name": "Mitfahrbank Digital",
                "summary": "Digitale Anzeige und App für Mitfahrbänke im ländlichen Raum.",
                "reason": "lost_award",
                "lost_awards": ["documentation"],
                "at": _AT,
            }
        ],
        "more": 0,
        "since": "2026-03-01T06:00:00Z",
        "until": "2026-03-02T06:00:00Z",
    },
    notify.WebhookDisabled: {"webhook_id": derived_id("sample", "webhook"), "reason": "Seit 5 Tagen keine Antwort."},
}
_AGGREGATES = (
    "watchlist_id",
    "thread_id",
    "solution_id",
    "inquiry_id",
    "organisation_id",
    "index",
    "saved_search_id",
    "webhook_id",
    "user",
)


def of(event_class: type[Event]) -> str:
    """Return a sample as indented JSON; raises KeyError for an event class without one."""
    data = _DATA[event_class]
    aggregate = next(data[name] for name in _AGGREGATES if name in data)
    event = event_class.model_validate(
        {
            "specversion": "1.0",
            "id": derived_id("sample", event_class.event_type()),
            "source": f"/marktplatz/{event_class.owner}",
            "type": event_class.event_type(),
            "subject": aggregate,
            "time": _AT,
            "correlationid": derived_id("sample", "correlation"),
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "actor": "u-4711",
            "data": data,
        }
    )
    return json.dumps(json.loads(event.to_bytes()), indent=1, ensure_ascii=False) + "\n"
