"""The routes of what users want: preferences, and the link that stops e-mails without a log-in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from servicekit import http

from notify.adapters.links import PATH
from notify.application import contacts
from notify.entrypoints.api.dependencies import Given, KnownUser
from notify.entrypoints.api.schemas import PreferencesIn, PreferencesOut

router = APIRouter(tags=["preferences"])

Token = Annotated[str, Query(max_length=1000)]
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}


@router.get("/preferences")
async def read_preferences(given: Given, user: KnownUser) -> PreferencesOut:
    """Whether the user wants e-mails, and where they go."""
    contact = await given.contacts.get(user.sub)
    wanted = await given.contacts.wants_email(user.sub)
    watching = await given.contacts.watch_frequency(user.sub)
    return PreferencesOut(email=wanted, address=contact.email if contact else None, watching=watching)


@router.put("/preferences")
async def save_preferences(given: Given, user: KnownUser, body: PreferencesIn) -> PreferencesOut:
    """Turn e-mails on or off, the inbox stays; choose how often to hear of watched solutions."""
    if body.email is not None:
        await given.contacts.set_wants_email(user.sub, body.email)
    if body.watching is not None:
        await given.contacts.set_watch_frequency(user.sub, body.watching)
    return await read_preferences(given, user)


@router.get("/unsubscribe", response_class=HTMLResponse)
async def ask_to_unsubscribe(given: Given, request: Request, token: Token = "") -> HTMLResponse:
    """The page that the link in a mail opens. It only asks: mail scanners open links too."""
    if given.links.user_of(token) is None:
        return _page(request, "bad_link", status=400)
    return _page(request, "unsubscribe", action=f"{PATH}?token={token}")


@router.post("/unsubscribe", response_class=HTMLResponse)
async def unsubscribe(given: Given, request: Request, token: Token = "") -> HTMLResponse:
    """Turn e-mails off: the page's button, and one-click unsubscription by mail programs (RFC 8058)."""
    if not await contacts.unsubscribe(given, token):
        return _page(request, "bad_link", status=400)
    return _page(request, "unsubscribed")


def _page(request: Request, name: str, *, status: int = 200, **values: str) -> HTMLResponse:
    content = http.container(request).templates.page(name, **values)
    return HTMLResponse(content, status_code=status, headers=_HEADERS)
