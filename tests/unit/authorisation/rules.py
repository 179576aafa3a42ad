"""Who may ask what: a rule for every route of the five services. A new route without a rule fails the tests.

public       everybody, also without a log-in (answers may show members and the team more)
registered   whoever is logged in; about oneself, or something that belongs to nobody
member, editor, admin    those of the organisation that owns it, with at least this role
clerk, buyer members, editors of the municipality that surveys the market; the team has no say in it
municipality members of an onboarded municipality
party        members of one of the two organisations that write to each other
link         whoever is logged in and has a secret link
reviewer, curator, team, staff, operator    roles that the token carries (team: reviewer or curator, staff: any)
internal     for the inside only: the gateway answers 404
"""

STRICT = frozenset({"curator", "reviewer", "team", "operator"})
"""Rules about roles of the token: others are told so with 403 `missing-role`, unless what they name is not there."""
OPEN = frozenset({"public", "internal"})
OWN = frozenset({"registered"})
OPERATIONS = """
public: GET /docs
internal: GET /health/live, GET /health/ready, GET /metrics
"""
CATALOG = """
public: GET /organisations/{organisation_id}, GET /solutions, GET /solutions/{id_or_slug},
 POST /comparison/judgement, GET /solutions/{id_or_slug}/deployments, GET /solutions/{id_or_slug}/ratings,
 GET /profile, GET /comparison, GET /onboarding, GET /media/{media_id},
 GET /solutions/{id_or_slug}/publiccode.yml, POST /dossiers/verify, GET /dossiers/verify/{sha256},
 GET /opendata, HEAD /opendata, GET /opendata/solutions,
 HEAD /opendata/solutions, GET /opendata/solutions.{extension}, HEAD /opendata/solutions.{extension},
 GET /sitemap.xml, HEAD /sitemap.xml
registered: GET /me, GET /me/data, POST /me/erasure, GET /organisations, POST /organisations, GET /peer-threads,
 GET /inquiries, GET /dossiers, GET /watchlists, GET /requirement-profiles, POST /publiccode/preview,
 POST /solutions/{solution_id}/ratings/{organisation_id}/report
link: POST /invitations/look-up, POST /invitations/accept
clerk: GET /requirement-profiles/{profile_id}, GET /dossiers/{dossier_id}, GET /dossiers/{dossier_id}/files/{kind}
buyer: POST /dossiers/{dossier_id}/inquiries, PUT /requirement-profiles/{profile_id},
 DELETE /requirement-profiles/{profile_id}, PUT /dossiers/{dossier_id}, DELETE /dossiers/{dossier_id},
 POST /dossiers/{dossier_id}/solutions, DELETE /dossiers/{dossier_id}/solutions/{solution_id},
 PUT /dossiers/{dossier_id}/solutions/{solution_id}/decision,
 PUT /dossiers/{dossier_id}/solutions/{solution_id}/answers, POST /dossiers/{dossier_id}/freeze,
 POST /dossiers/{dossier_id}/conclude
member: GET /solutions/{id_or_slug}/working, GET /solutions/{id_or_slug}/versions,
 GET /solutions/{id_or_slug}/deployments/claims, GET /solutions/{id_or_slug}/deployments/{organisation_id},
 GET /organisations/{organisation_id}/deployments, GET /solutions/{id_or_slug}/publiccode, GET /watchlists/{list_id},
 PUT /watchlists/{list_id}/solutions/{solution_id}, PATCH /watchlists/{list_id}/solutions/{solution_id},
 POST /watchlists/{list_id}/solutions/{solution_id}/seen, DELETE /watchlists/{list_id}/solutions/{solution_id},
 GET /solutions/{id_or_slug}/versions/{former}/diff/{later}, GET /solutions/{id_or_slug}/corrections,
 GET /solutions/{id_or_slug}/audit, GET /solutions/{id_or_slug}/audit/export,
 GET /organisations/{organisation_id}/audit, GET /organisations/{organisation_id}/audit/export,
 DELETE /organisations/{organisation_id}/members/{user:path}
editor: POST /solutions, POST /solutions/{solution_id}/confirm, PUT /solutions/{solution_id}/draft,
 POST /solutions/{solution_id}/submit, POST /solutions/{solution_id}/withdraw,
 POST /solutions/{solution_id}/republish, POST /solutions/{solution_id}/deployments/claims,
 DELETE /solutions/{solution_id}/deployments/claims/{claim_id},
 POST /solutions/{solution_id}/deployments/{organisation_id}/reconfirm,
 POST /solutions/{solution_id}/deployments/{organisation_id}/end,
 POST /solutions/{solution_id}/ratings/{organisation_id}/reply, POST /solutions/{solution_id}/media,
 PUT /solutions/{solution_id}/media/{media_id}, DELETE /solutions/{solution_id}/media/{media_id},
 POST /solutions/{solution_id}/publiccode, POST /solutions/{solution_id}/publiccode/take-over,
 POST /solutions/{solution_id}/publiccode/drift, POST /solutions/{solution_id}/versions/{number}/restore,
 POST /solutions/{solution_id}/corrections
admin: PUT /organisations/{organisation_id}, POST /organisations/{organisation_id}/members,
 POST /organisations/{organisation_id}/resubmit, POST /organisations/{organisation_id}/proof,
 GET /organisations/{organisation_id}/proof, POST /organisations/{organisation_id}/invitations,
 GET /organisations/{organisation_id}/invitations,
 POST /organisations/{organisation_id}/invitations/{invitation_id}/resend,
 DELETE /organisations/{organisation_id}/invitations/{invitation_id}
municipality: PUT /solutions/{solution_id}/deployments/mine, PUT /solutions/{solution_id}/ratings/mine,
 POST /solutions/{solution_id}/deployments/claims/{claim_id}/refuse, POST /peer-threads, POST /inquiries,
 POST /dossiers, POST /requirement-profiles
party: GET /peer-threads/{thread_id},
 POST /peer-threads/{thread_id}/messages, POST /peer-threads/{thread_id}/messages/{message_id}/report,
 POST /peer-threads/{thread_id}/close, PUT /peer-threads/{thread_id}/block,
 DELETE /peer-threads/{thread_id}/messages/mine, GET /inquiries/{inquiry_id}, GET /inquiries/{inquiry_id}/export,
 POST /inquiries/{inquiry_id}/seen, POST /inquiries/{inquiry_id}/messages, POST /inquiries/{inquiry_id}/close,
 DELETE /inquiries/{inquiry_id}/words, POST /inquiries/{inquiry_id}/messages/{message_id}/report
curator: PUT /organisations/{organisation_id}/ars, GET /organisations/{organisation_id}/ars,
 POST /organisations/{organisation_id}/suspend,
 POST /organisations/{organisation_id}/approve, POST /organisations/{organisation_id}/refuse,
 POST /solutions/{solution_id}/suspend, POST /solutions/{solution_id}/ratings/{organisation_id}/hide,
 POST /solutions/{solution_id}/ratings/{organisation_id}/restore,
 POST /solutions/{solution_id}/ratings/{organisation_id}/dismiss, POST /moderation/peer-threads/{thread_id}/ruling,
 POST /moderation/inquiries/{inquiry_id}/ruling
team: POST /solutions/{solution_id}/corrections/{number}/accept,
 POST /solutions/{solution_id}/corrections/{number}/revert, GET /corrections, GET /moderation/ratings,
 GET /solutions/{id_or_slug}/ratings/{organisation_id}/moderation, GET /moderation/peer-threads,
 GET /moderation/inquiries
"""
REVIEW = """
public: GET /criteria, GET /solutions/{solution_id}/seal
member: GET /cases/{case_id}, GET /solutions/{solution_id}/cases
reviewer: GET /cases, PUT /cases/{case_id}/findings, POST /cases/{case_id}/request-changes,
 POST /cases/{case_id}/decision
"""
CHECKUP = """
public: GET /rubric, GET /rubrics, GET /solutions/{solution_id}, GET /solutions/{solution_id}/runs, GET /runs/{run_id},
 GET /runs/{run_id}/events, GET /solutions/{solution_id}/history, GET /comparison,
 GET /solutions/{solution_id}/badge.svg,
 GET /questionnaire, GET /checklist, GET /solutions/{solution_id}/sources
staff: GET /runs/{run_id}/preview
member: GET /solutions/{solution_id}/disclosure/draft,
 GET /solutions/{solution_id}/disclosure/versions/{number}, GET /solutions/{solution_id}/manual-checks,
 GET /manual-checks/{check_id}, GET /solutions/{solution_id}/contests, GET /solutions/{solution_id}/audit
editor: POST /solutions/{solution_id}/runs, POST /runs/{run_id}/cancel, PUT /solutions/{solution_id}/disclosure/draft,
 POST /solutions/{solution_id}/disclosure/publish, POST /solutions/{solution_id}/contests,
 POST /contests/{contest_id}/withdraw
reviewer: PUT /solutions/{solution_id}/disclosure/verifications/{question}, POST /solutions/{solution_id}/manual-checks,
 PUT /manual-checks/{check_id}, POST /manual-checks/{check_id}/complete, GET /contests,
 POST /contests/{contest_id}/answer
operator: GET /status
"""
SEARCH = """
public: GET /solutions, GET /similar/{solution_id}, GET /suggest, GET /facets, POST /searches/{search_id}/opened
registered: POST /saved-searches, GET /saved-searches, GET /saved-searches/{search_id},
 PATCH /saved-searches/{search_id}, DELETE /saved-searches/{search_id}
reviewer: GET /insights
operator: POST /rebuilds, POST /rebuilds/rollback, GET /rebuilds, GET /rebuilds/{rebuild_id}
"""
NOTIFY = """
public: GET /unsubscribe, POST /unsubscribe
registered: GET /inbox, POST /inbox/read-all, POST /inbox/{message_id}/read, GET /preferences, PUT /preferences
"""


def table(text: str) -> dict[str, str]:
    """Return the rule of each `METHOD /path`; raises ValueError for a route with two."""
    found: dict[str, str] = {}
    for line in (OPERATIONS + text).replace("\n ", " ").strip().splitlines():
        rule, _, names = line.partition(": ")
        for name in filter(None, (each.strip() for each in names.split(","))):
            if name in found:
                raise ValueError(f"{name} has two rules")
            found[name] = rule
    return found


RULES = {
    "catalog": table(CATALOG),
    "review": table(REVIEW),
    "checkup": table(CHECKUP),
    "search": table(SEARCH),
    "notify": table(NOTIFY),
}
