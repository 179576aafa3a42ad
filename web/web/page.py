"""One request for a page: who asks, in which language, what they may see, how the answer is rendered."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import UploadFile

from web.api.caller import Caller
from web.api.catalog import Me, Membership
from web.api.problem import UNREACHABLE, ApiProblem
from web.api.services import Services
from web.auth.session import Session
from web.flash import COOKIE as FLASH_COOKIE
from web.flash import Flash
from web.forms.body import FormData, read_form
from web.forms.upload import LARGEST_MEDIA, read_file, read_upload
from web.i18n import Locale, locale_of
from web.partly import part
from web.wiring import Container

TEAM_ROLES = frozenset({"reviewer", "curator"})
REPORT_ROLES = frozenset({"reviewer", "operator"})
EDITING_ROLES = frozenset({"editor", "admin"})
ME_SECONDS = 5.0
BADGE_SECONDS = 1.0


class LoginNeededError(Exception):
    """The page is for registered users only, or the token has expired."""


class CsrfRefusedError(Exception):
    """The form does not come from one of our pages."""


class NotAllowedError(Exception):
    """The user is known and lacks a role; `needs` says which, in German; `of_team` when the operators give it."""

    def __init__(self, needs: str, *, of_team: bool = False) -> None:
        super().__init__(needs)
        self.needs = needs
        self.of_team = of_team


@dataclass
class Page:
    """What every page function is given."""

    request: Request
    container: Container
    locale: Locale
    session: Session | None
    services: Services
    me: Me | None = None
    unread: int = 0
    flash: Flash | None = None

    @property
    def partial(self) -> bool:
        """True when htmx asks for a piece of the page rather than for the page."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"

    @property
    def here(self) -> str:
        """Path and query of this page: where a log-in leads back to."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles of the user; those of the session when the catalog does not answer."""
        if self.session is None:
            return frozenset()
        return frozenset(self.me.roles if self.me else self.session.roles)

    @property
    def is_reviewer(self) -> bool:
        return "reviewer" in self.roles

    @property
    def is_curator(self) -> bool:
        return "curator" in self.roles

    @property
    def is_team(self) -> bool:
        return bool(self.roles & TEAM_ROLES)

    @property
    def sees_search_reports(self) -> bool:
        return bool(self.roles & REPORT_ROLES)

    def memberships(self, kind: str, *, editing: bool = False) -> list[Membership]:
        """Own organisations of a kind (`provider`, `municipality`); `editing`: with the right to change things."""
        held = self.me.memberships if self.me else []
        return [
            each for each in held if each.active and kind in each.kinds and (not editing or each.role in EDITING_ROLES)
        ]

    def say(self, german: str, **values: object) -> str:
        """Translate."""
        return self.locale.say(german, **values)

    def csrf_token(self) -> str:
        """The token for the forms of this session; there are no forms to post without one."""
        return self.container.sessions.csrf_token(self.session.sid) if self.session else ""

    def render(self, template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a template with what every page needs."""
        html = self.container.templates.get_template(template).render(
            page=self,
            locale=self.locale,
            lang=self.locale.language,
            flash=self.flash,
            fresh_key=new_key,
            **{"watch": None, **context},
        )
        response = HTMLResponse(html, status_code=status)
        response.headers["Cache-Control"] = "private, no-store" if self.session else "private, no-cache"
        response.headers["Vary"] = "Cookie, HX-Request"
        if self.flash is not None and not self.partial:
            response.delete_cookie(FLASH_COOKIE)
        return response

    def go(self, path: str, flash: Flash | None = None) -> RedirectResponse:
        """Answer a POST with a redirect (303), so that reloading repeats nothing."""
        response = RedirectResponse(path, status_code=303)
        if flash is not None:
            self.container.flashes.put(response, flash)
        return response

    def require_memberships(self) -> None:
        """Raise ApiProblem (503) when it is not known who the user belongs to, rather than claim it is nobody."""
        if self.me is None:
            raise ApiProblem(503, UNREACHABLE, "GET /api/catalog/me")

    def require_login(self) -> Session:
        """Return the session; raises LoginNeededError without one."""
        if self.session is None:
            raise LoginNeededError
        return self.session


def new_key() -> str:
    """A fresh Idempotency-Key for a form: sending the form twice does it once."""
    return secrets.token_urlsafe(18)


def bare_page(request: Request) -> Page:
    """Return the page of a request without asking any service for what the header shows."""
    container: Container = request.app.state.container
    session = container.sessions.read(request.cookies)
    if session is not None and session.expired(datetime.now(UTC)):
        session = None
    caller = Caller(container.http, session.token if session else None, getattr(request.state, "request_id", None))
    return Page(
        request=request,
        container=container,
        locale=locale_of(request),
        session=session,
        services=Services(caller),
        flash=container.flashes.take(request),
    )


async def open_page(request: Request) -> Page:
    """Return the page with the user's memberships and unread messages, as far as the services answer."""
    page = bare_page(request)
    if page.session is not None:
        me, inbox = await asyncio.gather(
            part(page.services.catalog.me(), seconds=ME_SECONDS),
            part(page.services.notify.inbox(limit=1), seconds=BADGE_SECONDS),
        )
        page.me = me.value
        page.unread = inbox.value.unread if inbox.value else 0
    request.state.page = page
    return page


def page_so_far(request: Request) -> Page:
    """Return the page that was opened for the request, with what its header shows; else one that asks for nothing."""
    opened: Page | None = getattr(request.state, "page", None)
    return opened or bare_page(request)


AnyPage = Annotated[Page, Depends(open_page)]


async def user_page(page: AnyPage) -> Page:
    """A page for registered users."""
    page.require_login()
    return page


async def reviewer_page(page: AnyPage) -> Page:
    """A page for the marketplace's team of reviewers."""
    page.require_login()
    if not page.is_reviewer:
        raise NotAllowedError("die Prüferinnen und Prüfer des Marktplatz-Teams", of_team=True)
    return page


async def curator_page(page: AnyPage) -> Page:
    """A page for the marketplace's curators."""
    page.require_login()
    if not page.is_curator:
        raise NotAllowedError("die Kuratorinnen und Kuratoren des Marktplatz-Teams", of_team=True)
    return page


async def team_page(page: AnyPage) -> Page:
    """A page for reviewers and curators."""
    page.require_login()
    page.require_memberships()
    if not page.is_team:
        raise NotAllowedError("die Mitglieder des Marktplatz-Teams", of_team=True)
    return page


async def search_report_page(page: AnyPage) -> Page:
    """A page for those who make the search better."""
    page.require_login()
    if not page.sees_search_reports:
        raise NotAllowedError("die Prüferinnen und Prüfer des Marktplatz-Teams und den Betrieb", of_team=True)
    return page


async def member_page(page: AnyPage) -> Page:
    """A page that depends on the user's organisations."""
    page.require_login()
    page.require_memberships()
    return page


UserPage = Annotated[Page, Depends(user_page)]
MemberPage = Annotated[Page, Depends(member_page)]
ReviewerPage = Annotated[Page, Depends(reviewer_page)]
CuratorPage = Annotated[Page, Depends(curator_page)]
TeamPage = Annotated[Page, Depends(team_page)]
SearchReportPage = Annotated[Page, Depends(search_report_page)]


async def checked_form(request: Request) -> FormData:
    """Return the submitted form of a registered user; raises unless it carries the session's token."""
    _require_own_site(request)
    form = await read_form(request)
    _require_token(request, form)
    return form


async def checked_upload(request: Request) -> tuple[FormData, bytes | None]:
    """Return a submitted form with its file `datei`, None when none was chosen; raises like checked_form."""
    _require_own_site(request)
    form, content = await read_upload(request, "datei")
    _require_token(request, form)
    return form, content


async def checked_media(request: Request) -> tuple[FormData, UploadFile | None]:
    """Return a form with its large file `datei`, unread; raises like checked_form, for strangers before it is read."""
    _require_own_site(request)
    bare_page(request).require_login()
    form, file = await read_file(request, "datei", most=LARGEST_MEDIA)
    _require_token(request, form)
    return form, file


def _require_own_site(request: Request) -> None:
    page = bare_page(request)
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in ("same-origin", "none") or origin not in (None, page.container.settings.public_url):
        raise CsrfRefusedError(f"sent from {origin or site}")


def _require_token(request: Request, form: FormData) -> None:
    page = bare_page(request)
    session = page.require_login()
    if not page.container.sessions.csrf_matches(session.sid, form.text("csrf")):
        raise CsrfRefusedError("token does not match the session")


CheckedForm = Annotated[FormData, Depends(checked_form)]
CheckedMedia = Annotated[tuple[FormData, UploadFile | None], Depends(checked_media)]
CheckedUpload = Annotated[tuple[FormData, bytes | None], Depends(checked_upload)]


def form_key(form: FormData) -> str:
    """Return the Idempotency-Key of this form with this content.

    Sent twice it is done once; sent again with other content (the browser's back button) it is another request.
    """
    content = sorted((name, values) for name, values in form.values.items() if name != "csrf")
    return hashlib.sha256(repr(content).encode()).hexdigest()[:40]
