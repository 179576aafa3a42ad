"""What the catalog keeps about you, and forgetting it."""

from fastapi import APIRouter, Response, status
from servicekit.idempotency import IdempotentRoute

from catalog.application import personal_data as queries
from catalog.application.commands import erasure
from catalog.entrypoints.api.dependencies import CurrentActor, Wired
from catalog.entrypoints.api.schemas.personal_data import ErasureRequest, ErasureView, PersonalDataView

router = APIRouter(route_class=IdempotentRoute, tags=["personal data"])


@router.get("/me/data")
async def data(response: Response, actor: CurrentActor, wired: Wired) -> PersonalDataView:
    """Everything that the catalog keeps about you, to take away."""
    response.headers["Cache-Control"] = "no-store"
    held = await queries.of_person(wired.ports, wired.watching, wired.surveys, actor.user, actor.email)
    return PersonalDataView.of(held, actor)


@router.post("/me/erasure", status_code=status.HTTP_202_ACCEPTED)
async def erase(body: ErasureRequest, actor: CurrentActor, wired: Wired) -> ErasureView:
    """Be forgotten: your memberships end at once, and every service forgets your name, contact data and lists.

    409 `erasure-last-admin` when an organisation with other members, or with a listing online or under review, would
    have no admin. Once more does no harm.
    """
    left = await erasure.erase_person(wired.ports, wired.watching, wired.media, actor, confirmed=body.confirm)
    return ErasureView(user=actor.user, left_organisations=left)
