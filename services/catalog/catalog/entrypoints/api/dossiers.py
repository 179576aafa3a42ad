"""Market surveys: from a first list of solutions to a frozen dossier, its files, and proof that a file is genuine."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response, status
from servicekit import http, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.adapters.dossier_files.delimited import to_csv
from catalog.adapters.dossier_files.pdf import to_pdf
from catalog.adapters.dossier_files.tables import tables
from catalog.application import dossier_record as records
from catalog.application.actor import Actor
from catalog.application.commands import dossiers as commands
from catalog.application.commands.dossier_asking import ask_providers
from catalog.application.dossier_answers import asked_in, later_answers
from catalog.application.dossier_freezing import appraise
from catalog.application.dossier_record import RecordedAnswer
from catalog.application.dossier_verifying import exported, verify_file, verify_hash
from catalog.application.ports import Loaded
from catalog.domain.dossier import Dossier
from catalog.domain.organisation import MemberRole
from catalog.entrypoints.api.dependencies import CurrentActor, SolutionId, Wired
from catalog.entrypoints.api.pages import Page, cursor, position
from catalog.entrypoints.api.schemas.dossiers import (
    AnswersRequest,
    Asked,
    ConclusionRequest,
    DecisionRequest,
    DossierRequest,
    DossierSummary,
    DossierView,
    NewDossierRequest,
    QuestionsRequest,
    SolutionsRequest,
    VerdictView,
)

router = APIRouter(route_class=IdempotentRoute, tags=["dossiers"])
DossierId = Annotated[str, Path(min_length=1, max_length=100)]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Kind = Literal["pdf", "ods", "csv", "json"]
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


async def _shown(response: Response, wired: Wired, actor: Actor, loaded: Loaded[Dossier]) -> DossierView:
    dossier = loaded.state
    later: Mapping[str, list[RecordedAnswer]] = {}
    if dossier.record is None:
        solutions = await appraise(wired.surveys, dossier)
    else:
        solutions = (await asyncio.to_thread(records.read, dossier)).solutions
        later = await later_answers(wired.surveys, dossier, solutions)
    owner = await wired.ports.organisations.get(dossier.organisation_id)
    member = owner.state.member(actor.user) if owner else None
    may_edit = member is not None and member.role.covers(MemberRole.EDITOR)
    response.headers["ETag"] = http.etag(loaded.version)
    asked = await asked_in(wired.surveys, dossier)
    profile = wired.ports.profile
    return DossierView.with_solutions(loaded, solutions, profile, may_edit=may_edit, inquiries=asked, later=later)


@router.post("/dossiers", status_code=status.HTTP_201_CREATED)
async def create(
    body: NewDossierRequest, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> DossierView:
    """Start a market survey (editors of an onboarded municipality), with up to 100 published solutions."""
    loaded = await commands.create_dossier(
        wired.surveys,
        actor,
        idempotency.new_id(request),
        body.organisation_id,
        title=body.title,
        need=body.need,
        criteria=body.criteria.to_criteria(),
        solutions=body.solutions,
    )
    return await _shown(response, wired, actor, loaded)


@router.get("/dossiers")
async def dossiers(actor: CurrentActor, wired: Wired, page: http.Page) -> Page[DossierSummary]:
    """The surveys of your municipalities, newest first."""
    found = await commands.dossiers_of(wired.surveys, actor, after=position(page), limit=page.limit)
    items = [DossierSummary.of(loaded.state) for loaded in found.items]
    return Page(items=items, next_cursor=cursor(found.next), total=found.total)


@router.post("/dossiers/verify")
async def verify(request: Request, wired: Wired) -> VerdictView:
    """Tell whether the body, an exported JSON file, is what was sealed; for everybody who has the file."""
    return VerdictView.of(await verify_file(wired.surveys, await request.body()))


@router.get("/dossiers/verify/{sha256}")
async def verify_by_hash(sha256: Sha256, wired: Wired) -> VerdictView:
    """Tell which survey was sealed with the hash that its PDF shows."""
    return VerdictView.of(await verify_hash(wired.surveys, sha256))


@router.get("/dossiers/{dossier_id}")
async def dossier(dossier_id: DossierId, response: Response, actor: CurrentActor, wired: Wired) -> DossierView:
    """A survey: a draft with what is public now, a frozen one as it was (members of the municipality)."""
    return await _shown(response, wired, actor, await commands.dossier_of(wired.surveys, actor, dossier_id))


@router.put("/dossiers/{dossier_id}")
async def edit(
    dossier_id: DossierId,
    body: DossierRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> DossierView:
    """Change title, need and criteria of a draft."""
    loaded = await commands.edit_dossier(
        wired.surveys,
        actor,
        dossier_id,
        title=body.title,
        need=body.need,
        criteria=body.criteria.to_criteria(),
        expected=expected,
    )
    return await _shown(response, wired, actor, loaded)


@router.delete("/dossiers/{dossier_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(dossier_id: DossierId, expected: http.IfMatch, actor: CurrentActor, wired: Wired) -> None:
    """Throw a draft away."""
    await commands.delete_dossier(wired.surveys, actor, dossier_id, expected=expected)


@router.post("/dossiers/{dossier_id}/solutions")
async def add(
    dossier_id: DossierId,
    body: SolutionsRequest,
    *,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> DossierView:
    """Take published solutions in; those that are there already stay as they are."""
    loaded = await commands.add_solutions(wired.surveys, actor, dossier_id, body.solutions, expected=expected)
    return await _shown(response, wired, actor, loaded)


@router.delete("/dossiers/{dossier_id}/solutions/{solution_id}")
async def remove(
    dossier_id: DossierId,
    solution_id: SolutionId,
    *,
    expected: http.OptionalIfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> DossierView:
    """Take a solution out that was added by mistake; excluding one keeps it with a reason."""
    loaded = await commands.remove_solution(wired.surveys, actor, dossier_id, solution_id, expected=expected)
    return await _shown(response, wired, actor, loaded)


@router.put("/dossiers/{dossier_id}/solutions/{solution_id}/decision")
async def decide(
    dossier_id: DossierId,
    solution_id: SolutionId,
    body: DecisionRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> DossierView:
    """Include or exclude a solution."""
    loaded = await commands.decide(
        wired.surveys, actor, dossier_id, solution_id, included=body.included, reason=body.reason, expected=expected
    )
    return await _shown(response, wired, actor, loaded)


@router.put("/dossiers/{dossier_id}/solutions/{solution_id}/answers")
async def note_answers(
    dossier_id: DossierId,
    solution_id: SolutionId,
    body: AnswersRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> DossierView:
    """Keep what a provider answered, in place of what was noted before."""
    answers = [each.to_answer() for each in body.answers]
    loaded = await commands.note_answers(wired.surveys, actor, dossier_id, solution_id, answers, expected=expected)
    return await _shown(response, wired, actor, loaded)


@router.post("/dossiers/{dossier_id}/inquiries", status_code=status.HTTP_201_CREATED)
async def ask(
    dossier_id: DossierId, body: QuestionsRequest, request: Request, actor: CurrentActor, wired: Wired
) -> Asked:
    """Ask the providers of all included solutions the same; what they answer before freezing is frozen, too."""
    round_id = idempotency.new_id(request)
    return Asked.of(
        await ask_providers(wired.surveys, actor, dossier_id, round_id, wish=body.to_wish(), text=body.text)
    )


@router.post("/dossiers/{dossier_id}/freeze")
async def freeze(
    dossier_id: DossierId, expected: http.IfMatch, response: Response, actor: CurrentActor, wired: Wired
) -> DossierView:
    """Fix the survey with everything that is public about its solutions at this moment; there is no way back."""
    loaded = await commands.freeze_dossier(wired.surveys, actor, dossier_id, expected=expected)
    return await _shown(response, wired, actor, loaded)


@router.post("/dossiers/{dossier_id}/conclude")
async def conclude(
    dossier_id: DossierId,
    body: ConclusionRequest,
    *,
    expected: http.IfMatch,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
) -> DossierView:
    """Add what a frozen survey led to, once."""
    loaded = await commands.conclude_dossier(
        wired.surveys, actor, dossier_id, outcome=body.outcome, note=body.note, expected=expected
    )
    return await _shown(response, wired, actor, loaded)


@router.get("/dossiers/{dossier_id}/files/{kind}")
async def file(
    dossier_id: DossierId,
    kind: Kind,
    *,
    request: Request,
    actor: CurrentActor,
    wired: Wired,
    bom: Annotated[bool, Query()] = True,
) -> Response:
    """A frozen survey as PDF (tagged), ODS, CSV (`bom` marks UTF-8) or JSON with its SHA-256."""
    held = (await commands.dossier_of(wired.surveys, actor, dossier_id)).state
    sealed = records.sealed(held)
    sha256 = held.seals[-1].sha256
    tag = f'"{sha256[:32]}-{kind}{"" if bom else "-plain"}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if http.not_modified(request, tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="markterkundung-{held.id}.{kind}"'
    body = await wired.surveys.aside(partial(_made, held, sealed, sha256, kind, bom=bom))
    return Response(body, media_type=_MEDIA_TYPES[kind], headers=headers)


def _made(held: Dossier, sealed: bytes, sha256: str, kind: Kind, *, bom: bool) -> bytes:
    if kind == "json":
        return exported(sealed)
    record = records.read(held)
    if kind == "pdf":
        return to_pdf(record, sha256)
    sheets = tables(record, sha256)
    if kind == "csv":
        return to_csv(sheets, bom=bom)
    from catalog.adapters.dossier_files.spreadsheet import to_ods  # noqa: PLC0415 -- needed by few

    return to_ods(sheets, record.title)
