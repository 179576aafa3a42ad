"""Binds events to the policies of the catalog."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from contracts.catalog import (
    MemberLeft,
    OrganisationChanged,
    OrganisationOnboarded,
    OrganisationSuspended,
    SolutionPublished,
)
from contracts.checkup import CheckupScored
from contracts.people import PersonErased
from contracts.review import ChangesRequested, ReviewCompleted, ReviewOpened
from contracts.uses import DeploymentClaimRefused
from servicekit.delivery import Delivery
from servicekit.duties import on_duty

from catalog.application import guard_policies, people_policies, policies, renaming, use_policies
from catalog.application.commands import erasure, invitations, media, onboarding, watchlists
from catalog.application.dossier_ports import CheckupState
from catalog.application.publiccode.drifting import Rounds
from catalog.wiring import Container


@asynccontextmanager
async def worker(container: Container) -> AsyncIterator[None]:
    """Consume events, and do what time asks for, inside the block."""
    consumer = container.platform.consumer("catalog-policies")
    ports = container.ports

    @consumer.on(ReviewOpened)
    async def _review_opened(event: ReviewOpened, _: Delivery) -> None:
        await policies.on_review_opened(ports, event)

    @consumer.on(ChangesRequested)
    async def _changes_requested(event: ChangesRequested, _: Delivery) -> None:
        await policies.on_changes_requested(ports, event)

    @consumer.on(ReviewCompleted)
    async def _review_completed(event: ReviewCompleted, _: Delivery) -> None:
        await policies.on_review_completed(ports, event)

    @consumer.on(OrganisationSuspended)
    async def _organisation_suspended(event: OrganisationSuspended, _: Delivery) -> None:
        await policies.on_organisation_suspended(ports, event)
        await use_policies.on_standing_changed(ports, event)

    @consumer.on(OrganisationOnboarded)
    async def _organisation_onboarded(event: OrganisationOnboarded, _: Delivery) -> None:
        await use_policies.on_standing_changed(ports, event)

    @consumer.on(OrganisationChanged)
    async def _organisation_changed(event: OrganisationChanged, _: Delivery) -> None:
        await policies.on_organisation_changed(ports, event)
        await use_policies.on_organisation_changed(ports, event)
        await renaming.on_organisation_changed(container.surveys, container.watching, event)

    @consumer.on(SolutionPublished)
    async def _published(event: SolutionPublished, _: Delivery) -> None:
        await use_policies.on_published(ports, event)

    @consumer.on(DeploymentClaimRefused)
    async def _claim_refused(event: DeploymentClaimRefused, _: Delivery) -> None:
        await use_policies.on_claim_refused(ports, event)

    people = container.platform.consumer("catalog-people")

    @people.on(MemberLeft)
    async def _member_left(event: MemberLeft, _: Delivery) -> None:
        await use_policies.on_member_left(ports, event)
        await people_policies.on_member_left(ports, event)
        await watchlists.forget_member(container.watching, event.data.user, event.data.organisation_id)

    @people.on(PersonErased)
    async def _erased(event: PersonErased, _: Delivery) -> None:
        await erasure.forget_everywhere(ports, container.watching, container.surveys, event.data.user)

    market = container.platform.consumer("catalog-market")

    @market.on(ReviewCompleted)
    async def _judged(event: ReviewCompleted, _: Delivery) -> None:
        await container.surveys.market.note_seal(event.data.solution_id, event.data.seal, event.data.decided_at)

    @market.on(CheckupScored)
    async def _measured(event: CheckupScored, _: Delivery) -> None:
        await container.surveys.market.note_checkup(event.data.solution_id, CheckupState.of(event.data))

    duties = (
        partial(use_policies.remind_due, ports),
        partial(guard_policies.pass_time, ports),
        partial(use_policies.erase_old, ports),
        Rounds(container.publiccode),
        partial(people_policies.pass_time, ports),
        partial(invitations.expire_due, ports),
        partial(media.sweep, ports, container.media),
        partial(watchlists.sweep, container.watching),
        partial(onboarding.erase_proofs, ports, container.media),
    )
    interval = container.settings.catalog_duties_seconds
    async with on_duty(duties, interval_seconds=interval, name="catalog"), container.platform.consuming():
        yield
