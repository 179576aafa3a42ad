"""`/merkliste`: solutions that a person, or an organisation together, keeps an eye on."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from web.api.problem import ApiProblem
from web.api.watchlists import OWN
from web.flash import Flash
from web.forms.body import FormData
from web.forms.faults import Faults
from web.links import own_path, with_query
from web.page import CheckedForm, Page, UserPage
from web.partly import part

router = APIRouter()
PATH = "/merkliste"
LONGEST_NOTE = 2000
SORTS = {
    "newest": "Zuletzt gemerkt",
    "changed": "Geändertes zuerst",
    "name": "Name",
    "provider": "Anbieter",
    "rating": "Bewertung",
}
ON_LIST, OFF_LIST = "Die Lösung steht jetzt auf der Merkliste.", "Die Lösung steht nicht mehr auf der Merkliste."
FREQUENCIES = ("at_once", "daily", "weekly", "never")
REFUSALS = frozenset({400, 404, 409, 412, 422})


def address(list_id: str = OWN, sort: str = "newest", cursor: str = "") -> str:
    """The address of a list, or of a piece of it."""
    given = {"liste": list_id if list_id != OWN else "", "sort": sort if sort != "newest" else "", "cursor": cursor}
    return with_query(PATH, {name: value for name, value in given.items() if value})


@router.get(PATH)
async def watchlist(page: UserPage) -> Response:
    """Show a list with what changed."""
    return await _show(page)


@router.post(PATH + "/umschalten")
async def toggle(page: UserPage, form: CheckedForm) -> Response:
    """Put a solution on a list or take it off, and go back to the button."""
    list_id = page.request.query_params.get("liste") or OWN
    noted, dropped = form.text("merken"), form.text("vergessen")
    if noted:
        await page.services.watchlists.watch(list_id, noted)
    elif dropped:
        await page.services.watchlists.unwatch(list_id, dropped)
    told = Flash(ON_LIST if noted else OFF_LIST)
    back = own_path(page.request.query_params.get("weiter"))
    return page.go(f"{back}#merken-{quote(noted or dropped, safe='')}", told)


@router.post(PATH + "/nachrichten")
async def frequency(page: UserPage, form: CheckedForm) -> Response:
    """Choose how often to hear of changes."""
    chosen = form.text("watching")
    if chosen not in FREQUENCIES:
        raise ApiProblem(400, "status-400")
    await page.services.notify.save_watching(chosen)
    return page.go(address(form.text("liste") or OWN), Flash("Ihre Einstellungen sind gespeichert."))


@router.post(PATH)
async def change(page: UserPage, form: CheckedForm) -> Response:
    """Do what the pressed button says with one entry."""
    list_id, solution, action = form.text("liste") or OWN, form.text("solution_id"), form.text("aktion")
    calls = page.services.watchlists
    note = form.text("note")
    faults = Faults()
    if action == "notiz" and len(note) > LONGEST_NOTE:
        faults.add(f"note-{solution}", page.say("Höchstens {n} Zeichen.", n=LONGEST_NOTE))
        return await _show(page, form, faults, typed={solution: note}, status=422)
    try:
        match action:
            case "notiz":
                version = int(form.text("revision")) if form.text("revision").isdigit() else 0
                await calls.annotate(list_id, solution, note or None, version=version)
                told = Flash("Die Notiz ist gespeichert.")
            case "gesehen":
                await calls.acknowledge(list_id, solution)
                told = Flash("Änderungen zählen ab jetzt.")
            case "entfernen":
                await calls.unwatch(list_id, solution)
                told = Flash(OFF_LIST)
            case _ if action.startswith("teilen:"):
                await calls.watch(action.removeprefix("teilen:"), solution)
                told = Flash("Die Lösung steht jetzt auch auf der gemeinsamen Merkliste.")
            case _:
                raise ApiProblem(400, "status-400")
    except ApiProblem as problem:
        if problem.status not in REFUSALS or problem.slug in ("status-400", "watchlist-not-found"):
            raise
        faults.general.append(problem.text(page.locale.language))
        typed = {solution: note} if action == "notiz" else {}
        return await _show(page, form, faults, typed=typed, status=problem.status)
    back = address(list_id, form.text("sort") or "newest", form.text("cursor"))
    return page.go(back if action == "entfernen" else f"{back}#merken-{quote(solution, safe='')}", told)


async def _show(
    page: Page,
    form: FormData | None = None,
    faults: Faults | None = None,
    *,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    asked = page.request.query_params
    chosen, sort, cursor = (form.text(name) if form else asked.get(name, "") for name in ("liste", "sort", "cursor"))
    chosen = chosen[:100] or OWN
    sort = sort if sort in SORTS else "newest"
    calls = page.services.watchlists
    lists = await calls.lists()
    found = await calls.entries(chosen, sort, cursor)
    if cursor and not found.items:
        cursor, found = "", await calls.entries(chosen, sort)
    more = page.partial and page.request.headers.get("hx-target") == "mehr"
    preferences = await part(page.services.notify.preferences())
    return page.render(
        "watchlist/entries.html" if more else "watchlist/page.html",
        status=status,
        lists=lists,
        list_id=chosen,
        current=next((each for each in lists if each.id == chosen), None),
        entries=found.items,
        cursor=cursor,
        next_cursor=found.next_cursor,
        sort=sort,
        sorts=SORTS,
        address=address,
        own=OWN,
        typed=typed or {},
        faults=faults or Faults(),
        watching=preferences.value.watching if preferences.value else "",
        frequencies=FREQUENCIES,
        longest_note=LONGEST_NOTE,
    )
