"""`/anmelden`, `/auth/callback`, `/abmelden`: logging in at the identity provider and out again."""

from datetime import UTC, datetime, timedelta

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from web.api.problem import ApiProblem
from web.auth import session as sessions
from web.auth.oidc import Attempt, Identity, LoginRefusedError
from web.auth.session import Session, SessionTooLargeError
from web.errors import problem_page
from web.flash import Flash
from web.links import own_path, with_query
from web.page import AnyPage, CheckedForm, Page, bare_page

router = APIRouter()
log = structlog.stdlib.get_logger(__name__)
ATTEMPT_COOKIE = "mp_anmeldung_"
ATTEMPT_LIFETIME = timedelta(minutes=15)
CALLBACK = "/auth/callback"


def _attempt_cookie(state: str) -> str:
    """A cookie of its own per attempt, so that two tabs can log in at once."""
    return ATTEMPT_COOKIE + "".join(character for character in state if character.isalnum())[:12]


@router.get("/anmelden")
async def log_in(request: Request) -> Response:
    """Send the browser to the identity provider; `weiter` is where it comes back to."""
    page = bare_page(request)
    back = own_path(request.query_params.get("weiter"))
    if request.url.netloc != page.container.settings.public_host and not request.query_params.get("gleich"):
        # cookies are per host: start where the identity provider will lead back to (once, should a proxy rename hosts)
        return page.go(page.container.settings.public_url + with_query("/anmelden", {"weiter": back, "gleich": "1"}))
    if page.session is not None and not request.query_params.get("neu"):
        return page.go(back)
    attempt = Attempt.fresh()
    response = RedirectResponse(await page.container.oidc.authorization_url(attempt), status_code=303)
    kept = {"state": attempt.state, "nonce": attempt.nonce, "verifier": attempt.verifier, "back": back}
    page.container.sessions.set_cookie(
        response,
        _attempt_cookie(attempt.state),
        page.container.sessions.seal(kept),
        lifetime=ATTEMPT_LIFETIME,
        path=CALLBACK,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get(CALLBACK)
async def callback(request: Request) -> Response:
    """Take the browser back from the identity provider: check everything, then start the session."""
    page = bare_page(request)
    given = request.query_params
    cookie = _attempt_cookie(given.get("state", ""))
    kept = page.container.sessions.unseal(request.cookies.get(cookie), ATTEMPT_LIFETIME)
    if kept is None or kept.get("state") != given.get("state"):
        return _refused(page, "login-state-unknown", "state does not belong to a log-in of this browser")
    back = own_path(kept.get("back"))
    if given.get("error"):
        slug = "login-cancelled" if given["error"] == "access_denied" else "login-refused"
        return _refused(page, slug, given["error"])
    try:
        attempt = Attempt(kept["state"], kept["nonce"], kept["verifier"])
        identity = await page.container.oidc.exchange(given.get("code", ""), attempt, datetime.now(UTC))
        response = page.go(back)
        page.container.sessions.write(response, _session(request, page, identity))
    except (LoginRefusedError, SessionTooLargeError) as error:
        return _refused(page, "login-refused", str(error))
    response.delete_cookie(cookie, path=CALLBACK)
    return response


def _session(request: Request, page: Page, identity: Identity) -> Session:
    """The same user logging in again keeps the session's id: forms open in another tab stay valid."""
    before = page.container.sessions.read(request.cookies)
    sid = before.sid if before is not None and before.sub == identity.sub else sessions.new_sid()
    return Session(
        sid=sid,
        sub=identity.sub,
        name=identity.name,
        email=identity.email,
        roles=identity.roles,
        token=identity.bearer,
        expires_at=identity.expires_at,
    )


def _refused(page: Page, slug: str, reason: str) -> Response:
    log.warning("login_refused", slug=slug, reason=reason)
    return problem_page(page, ApiProblem(400, slug, reason))


@router.get("/abmelden")
async def confirm_log_out(page: AnyPage) -> Response:
    """Ask before logging out (the header's button does it at once); tell who is not logged in that this is so."""
    if page.session is None:
        return page.render("logged_out.html", provider_url=await page.container.oidc.end_session_url())
    return page.render("log_out.html")


@router.post("/abmelden")
async def log_out(request: Request, _: CheckedForm) -> Response:
    """End our session; the page behind offers to end the identity provider's, too."""
    page = bare_page(request)
    response = page.go("/abmelden", Flash("Sie sind abgemeldet."))
    response.delete_cookie(page.container.sessions.cookie)
    return response


@router.get("/sprache")
async def switch_language(request: Request) -> Response:
    """Keep the chosen language in a cookie and go back to where the switch was used."""
    page = bare_page(request)
    response = page.go(own_path(request.query_params.get("weiter")))
    language = "en" if request.query_params.get("zu") == "en" else "de"
    page.container.sessions.set_cookie(response, "mp_sprache", language, lifetime=timedelta(days=365))
    return response
