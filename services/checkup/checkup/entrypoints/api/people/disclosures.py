"""The routes of the self-disclosure."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from servicekit import http
from servicekit.auth import CurrentUser, Principal
from servicekit.http import IfMatch
from servicekit.idempotency import IdempotentRoute, new_id

from checkup.application.people import disclosures
from checkup.application.people.disclosures import Drafted
from checkup.entrypoints.api.people.dependencies import Given, Id, person
from checkup.entrypoints.api.people.disclosure_schemas import (
    DraftIn,
    DraftOut,
    EditionContent,
    QuestionnaireOut,
    VerificationIn,
)

router = APIRouter(tags=["self-disclosure"], route_class=IdempotentRoute)


@router.get("/questionnaire")
async def read_questionnaire(
    given: Given, version: Annotated[str | None, Query(max_length=20)] = None
) -> QuestionnaireOut:
    """The questions of the self-disclosure; earlier versions on request."""
    return QuestionnaireOut.of(disclosures.questionnaire(given, version))


@router.get("/solutions/{solution_id}/disclosure/draft")
async def read_draft(given: Given, user: CurrentUser, solution_id: Id, response: Response) -> DraftOut:
    """The draft, for members of the provider; before anything was saved its entity tag is `"0"`."""
    return _answer(await disclosures.draft(given, solution_id, by=person(user)), user, response)


@router.put("/solutions/{solution_id}/disclosure/draft")
async def save_draft(
    *, given: Given, user: CurrentUser, solution_id: Id, body: DraftIn, expected: IfMatch, response: Response
) -> DraftOut:
    """Replace the draft, complete or not, for the provider's editors; `dropped` names answers that nobody asks for."""
    answers = {question: answer.to_domain() for question, answer in body.answers.items()}
    saved = await disclosures.save_draft(given, solution_id, answers, by=person(user), expected=expected)
    return _answer(saved, user, response)


@router.post("/solutions/{solution_id}/disclosure/publish")
async def publish(
    *, given: Given, user: CurrentUser, solution_id: Id, expected: IfMatch, request: Request, response: Response
) -> DraftOut:
    """Make the draft the next published version; earlier ones are kept."""
    published = await disclosures.publish(
        given, solution_id, by=person(user), expected=expected, edition_id=new_id(request)
    )
    return _answer(published, user, response)


@router.get("/solutions/{solution_id}/disclosure/versions/{number}")
async def read_version(
    given: Given, user: CurrentUser, solution_id: Id, number: Annotated[int, Path(ge=1, le=1_000_000)]
) -> EditionContent:
    """One published version with its answers, for the provider and the team."""
    edition, _ = await disclosures.edition(given, solution_id, number, by=person(user))
    return EditionContent.of(edition)


@router.put("/solutions/{solution_id}/disclosure/verifications/{question}", status_code=204)
async def verify(given: Given, user: CurrentUser, solution_id: Id, question: Id, body: VerificationIn) -> None:
    """Confirm or refute one published answer, for reviewers and curators of another organisation."""
    await disclosures.verify(
        given, solution_id, question, confirmed=body.confirmed, note=body.note, version=body.version, by=person(user)
    )


def _answer(found: Drafted, user: Principal, response: Response) -> DraftOut:
    response.headers["ETag"] = http.etag(found.revision)
    return DraftOut.of(found, user.sub)
