"""`/pruefung/organisationen`: requests to join the marketplace, for the curators."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.api.problem import ApiProblem
from web.flash import Flash
from web.page import CheckedForm, CuratorPage, form_key

router = APIRouter()
STATES = ("requested", "onboarded", "refused", "suspended")
DONE = {
    "approve": Flash("Die Organisation ist freigeschaltet."),
    "refuse": Flash("Der Antrag ist abgelehnt."),
    "suspend": Flash("Die Organisation ist gesperrt."),
}
UNDECIDED = {
    "ars-shared": Flash(
        "Nicht freigeschaltet: Andere haben denselben Regionalschlüssel. Bitte sehen Sie sie an und bestätigen Sie.",
        "warning",
    ),
    "mandate-unproven": Flash(
        "Nicht freigeschaltet: Es fehlt ein Nachweis des Mandats. Lehnen Sie ab und sagen Sie, was fehlt.", "warning"
    ),
}


@router.get("/pruefung/organisationen")
async def requests(page: CuratorPage, status: str = "requested", cursor: str = "") -> Response:
    """List organisations by state; the requests first."""
    state = status if status in STATES else "requested"
    found = await page.services.catalog.organisations(state=state, cursor=cursor or None)
    return page.render("review/organisations.html", found=found, state=state, states=STATES, fault_of="", cursor=cursor)


@router.post("/pruefung/organisationen/{organisation_id}")
async def decide(page: CuratorPage, organisation_id: str, form: CheckedForm) -> Response:
    """Approve, refuse or suspend; the last two need a reason, which the organisation is told."""
    verdict, reason = form.text("aktion"), form.text("reason")
    if verdict not in DONE or (verdict != "approve" and not reason):
        state = "onboarded" if verdict == "suspend" else "requested"
        found = await page.services.catalog.organisations(state=state)
        return page.render(
            "review/organisations.html",
            status=422,
            found=found,
            state=state,
            states=STATES,
            fault_of=organisation_id,
            cursor="",
        )
    given = reason if verdict != "approve" else None
    alike = form.texts("alike") if form.text("geprueft") == "ja" else []
    try:
        await page.services.catalog.decide_organisation(
            organisation_id, verdict, form_key(form), reason=given, alike=alike
        )
    except ApiProblem as problem:
        if problem.slug not in UNDECIDED:
            raise
        return page.go("/pruefung/organisationen", UNDECIDED[problem.slug])
    return page.go("/pruefung/organisationen", DONE[verdict])
