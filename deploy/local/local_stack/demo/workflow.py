"""Takes organisations and listings through the whole workflow, from whatever state an earlier import left them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_stack.demo import findings
from local_stack.demo.listings import MANDATE, PROVIDER_NOTE, DemoOrganisation, DemoRating, DemoUse, Record
from local_stack.demo.market import Market, Refused

CATALOG, REVIEW, CHECKUP = "/api/catalog", "/api/review", "/api/checkup"
REVIEWER, IMPORTER = "demo-reviewer", "demo-importer"
LEFT_ALONE = frozenset({"changes_requested", "rejected", "withdrawn", "suspended"})
"""States that somebody has chosen since an earlier import."""
NO_LONGER_ALLOWED = frozenset({"organisation-not-onboarded", "foreign-organisation"})
"""Refusals that mean that the organisation was suspended or changed since an earlier import."""
CHECKUP_ENDS = frozenset({"scored", "failed", "cancelled"})

View = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """What the marketplace had when the import began: organisations by name and member, solutions by slug."""

    organisations: Mapping[tuple[str, str], View]
    solutions: Mapping[str, View]
    criteria: Sequence[View]


async def look(market: Market) -> Known:
    """Read what is there, as the team sees it."""
    organisations = await market.pages(REVIEWER, f"{CATALOG}/organisations")
    solutions = await market.pages(REVIEWER, f"{CATALOG}/solutions")
    criteria = await market.get(None, f"{REVIEW}/criteria")
    return Known(
        {(each["name"], member["user"]): each for each in organisations for member in each["members"]},
        {each["slug"]: each for each in solutions},
        criteria["criteria"],
    )


async def onboard(market: Market, known: Known, wanted: DemoOrganisation) -> str:
    """Return the id of an organisation; asks for it and approves it when needed, but lifts no suspension."""
    found = known.organisations.get((wanted.name, wanted.user))
    if found is None:
        body = {"name": wanted.name, "kinds": [wanted.kind], "note": PROVIDER_NOTE}
        said = ("bundesland", "size_class", "ars", "website_url")
        body |= {name: value for name in said if (value := getattr(wanted, name))}
        body |= {"mandate": MANDATE} if wanted.kind == "municipality" else {}
        found = await market.post(wanted.user, f"{CATALOG}/organisations", body, key=f"organisation-{wanted.name}")
    if found["state"] == "requested":
        await _approve(market, str(found["id"]), wanted.name)
    return str(found["id"])


async def wait_for_memberships(market: Market, user: str, organisation_ids: set[str]) -> None:
    """Wait until the catalog has heard of a user's memberships."""

    async def heard() -> bool | None:
        me = await market.get(user, f"{CATALOG}/me")
        return organisation_ids <= {each["organisation_id"] for each in me["memberships"]} or None

    await market.until(f"{user} is known as a member", heard)


async def _approve(market: Market, organisation_id: str, name: str) -> None:
    try:
        await market.post(REVIEWER, f"{CATALOG}/organisations/{organisation_id}/approve", key=f"approve-{name}")
    except Refused as refusal:
        if refusal.slug != "wrong-state":  # an interrupted import had approved it already
            raise


async def submitted(market: Market, known: Known, record: Record, organisation_id: str, user: str) -> View:
    """Return the solution after it was created and handed in, if that had not happened yet."""
    solution = known.solutions.get(record.slug)
    if solution is None:
        body = {"organisation_id": organisation_id, "slug": record.slug, "listing": dict(record.listing)}
        solution = await market.post(user, f"{CATALOG}/solutions", body, key=f"solution-{record.slug}")
    working = solution["working"]
    if working["state"] == "draft":
        path = f"{CATALOG}/solutions/{solution['id']}/submit"
        key = f"submit-{solution['id']}-{working['number']}-{working['round']}"
        solution = await market.post(user, path, key=key)
    return dict(solution)


async def publish(market: Market, known: Known, record: Record, organisation_id: str) -> View | None:
    """Take a listing to publication and return it; None when somebody decided otherwise since an earlier import."""
    solution = known.solutions.get(record.slug)
    if solution is not None and (solution["state"] in LEFT_ALONE or solution["live_version"] is not None):
        return solution if solution["state"] not in LEFT_ALONE else None
    try:
        solution = await submitted(market, known, record, organisation_id, IMPORTER)
    except Refused as refusal:
        if refusal.slug in NO_LONGER_ALLOWED:
            return None
        raise
    path = f"{CATALOG}/solutions/{solution['id']}"
    if solution["working"]["state"] in ("submitted", "in_review"):
        case = await open_case(market, str(solution["id"]))
        if case is not None:
            given = findings.favourable(record, known.criteria)
            await _decide(
                market, str(case["id"]), {"decision": "approved", "message": findings.MESSAGE, "findings": given}
            )

    async def online() -> View | None:
        try:
            public: View = await market.get(None, path)
        except Refused as refusal:
            if refusal.status != 404:
                raise
            return None
        return public

    return await market.until(f"{record.slug} is published", online)


async def open_case(market: Market, solution_id: str) -> View | None:
    """Wait for the review case of a submission; None when it is decided already."""

    async def opened() -> tuple[View | None] | None:
        cases = (await market.get(REVIEWER, f"{REVIEW}/solutions/{solution_id}/cases"))["items"]
        waiting = next((case for case in cases if case["state"] == "open"), None)
        return (waiting,) if cases else None

    return (await market.until(f"a review case for {solution_id}", opened))[0]


async def _decide(market: Market, case_id: str, decision: Mapping[str, Any]) -> None:
    try:
        await market.post(REVIEWER, f"{REVIEW}/cases/{case_id}/decision", decision, key=f"decision-{case_id}")
    except Refused as refusal:
        if refusal.slug != "case-closed":
            raise


async def request_changes(market: Market, known: Known, solution: View, message: str) -> None:
    """Hand a first submission back, once; what happened to it later is left alone."""
    working = solution["working"]
    if working["number"] != 1 or working["round"] > 1 or working["state"] not in ("submitted", "in_review"):
        return
    case = await open_case(market, str(solution["id"]))
    if case is None or case["round"] > 1:
        return
    body = {"message": message, "findings": findings.unfinished(known.criteria)}
    try:
        path = f"{REVIEW}/cases/{case['id']}/request-changes"
        await market.post(REVIEWER, path, body, key=f"changes-{case['id']}")
    except Refused as refusal:
        if refusal.slug != "case-closed":
            raise


async def checked(market: Market, solution_id: str) -> str:
    """Wait for the checkup of a solution and return how it ended: `scored`, `failed` or `cancelled`."""

    async def ended() -> str | None:
        try:
            runs = (await market.get(REVIEWER, f"{CHECKUP}/solutions/{solution_id}/runs"))["items"]
        except Refused as refusal:
            if refusal.status != 404:
                raise
            return None
        return next((str(run["state"]) for run in runs if run["state"] in CHECKUP_ENDS), None)

    return await market.until(f"a checkup of {solution_id}", ended)


async def declare(market: Market, organisation_id: str, solution_id: str, use: DemoUse) -> None:
    """Let a municipality say that it uses a solution, unless it has said something before."""
    user, path = use.municipality.user, f"{CATALOG}/solutions/{solution_id}/deployments"
    try:
        await market.get(user, f"{path}/{organisation_id}")
    except Refused as refusal:
        if refusal.slug != "deployment-not-found":
            raise
    else:
        return
    body = {
        "organisation_id": organisation_id,
        "since": use.since,
        "version": use.version,
        "visibility": use.visibility,
        "contact": use.contact,
    }
    try:
        await market.put(user, f"{path}/mine", body)
    except Refused as refusal:
        if refusal.status not in (403, 409):
            raise


async def rate(market: Market, organisation_id: str, solution_id: str, rating: DemoRating) -> bool:
    """Give a rating unless the municipality has one there already; True when it was given now."""
    user, path = rating.municipality.user, f"{CATALOG}/solutions/{solution_id}/ratings"
    given = await market.get(user, path, limit=100)
    if any(each["organisation_id"] == organisation_id for each in given["items"]):
        return False
    body = {
        "organisation_id": organisation_id,
        "overall": rating.overall,
        "dimensions": dict(rating.dimensions),
        "report": rating.report,
    }
    try:
        await market.put(user, f"{path}/mine", body)
    except Refused as refusal:
        if refusal.status not in (403, 409):
            raise
        return False
    return True


async def without_mails(market: Market, user: str) -> None:
    """Spare the mailbox of a user what the import causes; the inbox keeps it."""
    await market.put(user, "/api/notify/preferences", {"email": False})
