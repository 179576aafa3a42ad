"""Binds events about onboarding, invitations and inquiries to what is told."""

from collections.abc import Awaitable, Callable

from contracts.catalog import InquirySent, MemberInvited
from contracts.people import InquiryAnswered, InquiryDue, InquiryReported, OnboardingRefused, OnboardingRequested
from servicekit.delivery import Delivery, EventConsumer

from notify.application import contacts
from notify.application import people_notices as notices
from notify.application.notices import Notice
from notify.application.ports import Ports

Tell = Callable[[Notice, Delivery], Awaitable[None]]


def bind(private: EventConsumer, ports: Ports, say: Tell) -> None:
    """Register the handlers."""

    @private.on(MemberInvited)
    async def _invited(event: MemberInvited, delivery: Delivery) -> None:
        notice = notices.of_invitation(event)
        if notice is not None:
            await say(notice, delivery)

    @private.on(InquirySent)
    async def _asked(event: InquirySent, delivery: Delivery) -> None:
        await say(notices.of_inquiry(event), delivery)

    @private.on(InquiryAnswered)
    async def _answered(event: InquiryAnswered, delivery: Delivery) -> None:
        await say(notices.of_answer(event), delivery)

    @private.on(InquiryDue)
    async def _due(event: InquiryDue, delivery: Delivery) -> None:
        await say(notices.of_due(event), delivery)

    @private.on(InquiryReported)
    async def _reported(event: InquiryReported, delivery: Delivery) -> None:
        await say(notices.of_report(event), delivery)

    @private.on(OnboardingRequested)
    async def _requested(event: OnboardingRequested, delivery: Delivery) -> None:
        await say(notices.of_request(event), delivery)

    @private.on(OnboardingRefused)
    async def _refused(event: OnboardingRefused, delivery: Delivery) -> None:
        await contacts.learn_from_token(ports, user=event.data.user, email=event.data.email, name=None)
        await say(notices.of_refusal(event), delivery)
