"""Every way a page can fail, as a page that says what is wrong and offers a way out."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from web.api.problem import ApiProblem
from web.auth.oidc import IdentityUnavailableError
from web.forms.body import FormRefusedError
from web.links import with_query
from web.page import CsrfRefusedError, LoginNeededError, NotAllowedError, Page, bare_page, open_page, page_so_far

log = structlog.stdlib.get_logger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]


def problem_page(page: Page, problem: ApiProblem) -> Response:
    """Render a problem; the details are the service's own words, for who reports it."""
    language = page.locale.language
    response = page.render(
        "error.html",
        status=problem.status,
        title=problem.title(language),
        text=problem.text(language),
        problem=problem,
        request_id=getattr(page.request.state, "request_id", None),
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


async def _login_needed(request: Request, _: Exception) -> Response:
    page = bare_page(request)
    if page.partial:
        return Response(status_code=401, headers={"HX-Redirect": with_query("/anmelden", {"weiter": "/"})})
    if request.method in ("GET", "HEAD"):
        response: Response = RedirectResponse(with_query("/anmelden", {"weiter": page.here}), status_code=303)
        response.headers["Cache-Control"] = "no-store"
        return response
    with_file = request.headers.get("content-type", "").startswith("multipart/form-data")
    return page.render("session_expired.html", status=401, with_file=with_file)


async def _api_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiProblem)  # noqa: S101 - registered for this class
    if error.status == 401:
        answer = await _login_needed(request, error)
        if request.method in ("GET", "HEAD"):
            # the services refuse the token: a new log-in must bring a new one
            answer.delete_cookie(request.app.state.container.sessions.cookie)
        return answer
    level = log.error if error.status >= 500 else log.info
    level("api_problem", slug=error.slug, status=error.status, detail=error.detail, api_request_id=error.request_id)
    return problem_page(page_so_far(request), error)


async def _not_allowed(request: Request, error: Exception) -> Response:
    page = page_so_far(request)
    assert isinstance(error, NotAllowedError)  # noqa: S101 - registered for this class
    return page.render("not_allowed.html", status=403, needs=error.needs, of_team=error.of_team)


async def _csrf_refused(request: Request, error: Exception) -> Response:
    log.warning("csrf_refused", reason=str(error), path=request.url.path)
    return problem_page(page_so_far(request), ApiProblem(403, "form-not-ours", str(error)))


async def _form_refused(request: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, FormRefusedError) else 400
    return problem_page(page_so_far(request), ApiProblem(status, f"status-{status}", str(error)))


async def _identity_unavailable(request: Request, error: Exception) -> Response:
    log.error("identity_unavailable", reason=str(error))
    return problem_page(bare_page(request), ApiProblem(503, "login-unavailable", "", retry_after=30))


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    if status == HTTPStatus.METHOD_NOT_ALLOWED and request.method in ("GET", "HEAD"):
        return RedirectResponse(_page_above(request), status_code=303)
    if status != HTTPStatus.NOT_FOUND:
        return problem_page(page_so_far(request), ApiProblem(status, f"status-{status}"))
    try:
        page = await open_page(request)
    except ApiProblem:  # the services refuse the token: the page can be shown without them
        page = bare_page(request)
    return problem_page(page, ApiProblem(status, "page-not-found"))


def _page_above(request: Request) -> str:
    """Return the nearest page above an address that only takes forms: what a reload or another language leads to."""
    path = request.url.path
    while path := path.rpartition("/")[0]:
        scope = {"type": "http", "method": "GET", "path": path, "headers": []}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            return path
    return "/"


async def _invalid_address(request: Request, _: Exception) -> Response:
    return problem_page(page_so_far(request), ApiProblem(400, "status-400"))


async def _crash(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", path=request.url.path, exc_info=error)
    return problem_page(page_so_far(request), ApiProblem(500, "status-500"))


def install(app: FastAPI) -> None:
    """Register the error pages."""
    handlers: dict[type[Exception], Handler] = {
        LoginNeededError: _login_needed,
        ApiProblem: _api_problem,
        NotAllowedError: _not_allowed,
        CsrfRefusedError: _csrf_refused,
        FormRefusedError: _form_refused,
        IdentityUnavailableError: _identity_unavailable,
        HTTPException: _http_error,
        RequestValidationError: _invalid_address,
        Exception: _crash,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
