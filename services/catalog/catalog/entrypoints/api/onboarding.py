"""Onboarding: requests with their proof of mandate, and the team's decision."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response, status
from fastapi.responses import StreamingResponse
from servicekit import errors, idempotency
from servicekit.idempotency import IdempotentRoute

from catalog.application.commands import onboarding as commands
from catalog.application.media_ports import ORIGINAL, key_of
from catalog.entrypoints.api.dependencies import CurrentActor, OrganisationId, Wired
from catalog.entrypoints.api.organisations import shown
from catalog.entrypoints.api.schemas.organisations import (
    ApprovalRequest,
    OnboardingTerms,
    OrganisationRequest,
    OrganisationView,
)
from catalog.entrypoints.api.schemas.texts import Reason
from catalog.entrypoints.api.uploads import HARMLESS, received

FILE: dict[str, Any] = {"type": "string", "format": "binary"}
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": FILE}}}
        },
    }
}
router = APIRouter(route_class=IdempotentRoute, tags=["onboarding"])
files = APIRouter(tags=["onboarding"])


@router.get("/onboarding")
async def terms(wired: Wired) -> OnboardingTerms:
    """What becomes of a request's proof of mandate, and how large its file may be."""
    kept = wired.ports.people.limits.keep_proof
    return OnboardingTerms(proof_days=kept / timedelta(days=1), proof_max_bytes=wired.media.rules.max_bytes)


@router.post("/organisations", status_code=status.HTTP_201_CREATED)
async def request_organisation(
    body: OrganisationRequest, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Ask for onboarding; you become the organisation's first admin once a curator approves.

    A municipality states its regional key; a statement here, or a file (`/proof`), shows that you may act for it.
    """
    loaded = await commands.request_organisation(wired.ports, actor, idempotency.new_id(request), body.to_command())
    return shown(response, loaded, actor)


@router.post("/organisations/{organisation_id}/resubmit")
async def request_again(
    organisation_id: OrganisationId, body: OrganisationRequest, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Ask once more after a refusal (who asked before); everything is said anew, an earlier proof stays."""
    return shown(response, await commands.request_again(wired.ports, actor, organisation_id, body.to_command()), actor)


@router.post("/organisations/{organisation_id}/approve")
async def approve(
    organisation_id: OrganisationId,
    response: Response,
    actor: CurrentActor,
    wired: Wired,
    body: ApprovalRequest | None = None,
) -> OrganisationView:
    """Onboard a requested organisation, or lift its suspension (curator).

    409 `ars-shared` unless all others with its regional key are named, 409 `mandate-unproven` without a proof.
    """
    confirmed = frozenset(body.shares_ars_with if body else ())
    loaded = await commands.approve_organisation(wired.ports, actor, organisation_id, shares_ars_with=confirmed)
    return shown(response, loaded, actor)


@router.post("/organisations/{organisation_id}/refuse")
async def refuse(
    organisation_id: OrganisationId, body: Reason, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Turn a request down (curator); the requester is told why and may ask once more."""
    return shown(response, await commands.refuse_organisation(wired.ports, actor, organisation_id, body.reason), actor)


@files.post("/organisations/{organisation_id}/proof", status_code=status.HTTP_201_CREATED, openapi_extra=UPLOAD)
async def give_proof(
    organisation_id: OrganisationId, request: Request, response: Response, actor: CurrentActor, wired: Wired
) -> OrganisationView:
    """Show a PNG, JPEG or WebP picture or a PDF document as proof of mandate (who asked for the onboarding).

    Only curators and you can read it; it is erased some time after the decision.
    """
    await commands.require_proving(wired.ports, actor, organisation_id)
    async with received(request, wired.media.rules.max_bytes) as (file, _):
        loaded = await commands.give_proof(wired.ports, wired.media, actor, organisation_id, file)
    return shown(response, loaded, actor)


@files.get("/organisations/{organisation_id}/proof", response_class=Response)
async def proof(organisation_id: OrganisationId, actor: CurrentActor, wired: Wired) -> Response:
    """The bytes of the proof (curators, and who gave it)."""
    record = await commands.proof_file(wired.ports, wired.media, actor, organisation_id)
    blob = await wired.media.store.open(key_of(record.id, ORIGINAL))
    if blob is None:
        raise errors.unavailable("media-unavailable", "the proof cannot be read at the moment")
    suffix = record.media_type.rpartition("/")[2]
    headers = {
        **HARMLESS,
        "Cache-Control": "private, no-store",
        "Content-Length": str(blob.size),
        "Content-Disposition": f'attachment; filename="nachweis.{suffix}"',
    }
    return StreamingResponse(blob.chunks, media_type=record.media_type, headers=headers)
