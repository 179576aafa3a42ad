"""What every implementation of the ports about inquiries must do: run on the fakes and on the real database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from catalog.application.people_ports import InquiryFilter
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import inquiry as rules
from catalog.domain.change import Change
from catalog.domain.inquiry import Inquiry, InquiryState
from catalog.domain.invitation import Invitation, InvitationState
from catalog.domain.organisation import MemberRole
from catalog.domain.peer import Side
from contracts.vocabulary import ReportReason

from .given import an_inquiry, minutes


def deciding(command: Callable[[Inquiry], Change[Inquiry, Any]]) -> Any:
    async def decide(loaded: Loaded[Inquiry]) -> Write[Inquiry]:
        return Write(command(loaded.state).state)

    return decide


def reported(held: Inquiry) -> Change[Inquiry, Any]:
    return rules.complain(
        held, Side.ANSWERING, held.messages[0].id, reason=ReportReason.OTHER, note="?", by="p", at=minutes(3)
    )


class InquirySuite:
    """Inquiries."""

    async def test_an_inquiry_can_be_read_back(self, ports: Ports) -> None:
        kept, inquiry = ports.people.inquiries, an_inquiry()
        assert await kept.add(inquiry.id, inquiry)
        assert not await kept.add(inquiry.id, inquiry)

        def everything(held: Inquiry) -> Change[Inquiry, Any]:
            held = rules.see(held, at=minutes(1)).state
            held = rules.write(held, Side.ANSWERING, "answer", "Wenig", by="peer", at=minutes(2)).state
            held = rules.rule(reported(held).state, stop=True, reason="Werbung", by="curator", at=minutes(4)).state
            return reported(held)

        changed = await kept.change(inquiry.id, deciding(everything))
        assert changed is not None
        assert (changed.state.state, len(changed.state.rulings)) == (InquiryState.CLOSED, 1)
        assert await kept.get(inquiry.id) == changed
        assert [held.state.id for held in (await kept.reported(after=None, limit=5)).items] == [inquiry.id]
        erased = await kept.change(
            inquiry.id,
            deciding(
                lambda held: rules.erase(
                    rules.rule(held, stop=False, reason="x", by="c", at=minutes(5)).state, at=minutes(6)
                )
            ),
        )
        assert await kept.get(inquiry.id) == erased
        assert (await kept.reported(after=None, limit=5)).total == 0
        assert await kept.written_by("writer") == []

    async def test_inquiries_are_found(self, ports: Ports) -> None:
        kept = ports.people.inquiries
        first = an_inquiry(asking="a", provider="b", at=minutes(0))
        second = an_inquiry(asking="b", provider="c", at=minutes(1))
        for each in (first, second):
            await kept.add(each.id, each)
        await kept.change(first.id, deciding(lambda held: rules.close(held, Side.ASKING, at=minutes(2))))

        async def ids(limit: int = 5, **chosen: Any) -> list[str]:
            page = await kept.page(InquiryFilter(["b"], **chosen), after=None, limit=limit)
            return [held.state.id for held in page.items]

        assert await ids() == [second.id, first.id]
        assert await ids(side=Side.ASKING) == [second.id]
        assert await ids(side=Side.ANSWERING) == [first.id]
        assert await ids(state=InquiryState.CLOSED) == [first.id]
        assert await ids(solution_id="other") == []
        page = await kept.page(InquiryFilter(["b"]), after=None, limit=1)
        rest = await kept.page(InquiryFilter(["b"]), after=page.next, limit=1)
        assert [held.state.id for held in rest.items] == [first.id]
        assert (await kept.begun("b", minutes(-1)), await kept.begun("b", minutes(1))) == (1, 0)
        assert sorted(await kept.written_by("writer")) == sorted([first.id, second.id])

    async def test_what_is_due_is_found_and_what_was_reported_after_closing_waits(self, ports: Ports) -> None:
        kept = ports.people.inquiries
        waiting, closed = an_inquiry(at=minutes(0)), an_inquiry(at=minutes(0))
        for each in (waiting, closed):
            await kept.add(each.id, each)
        await kept.change(
            closed.id, deciding(lambda held: rules.close(reported(held).state, Side.ASKING, at=minutes(9)))
        )
        week = timedelta(days=7)
        assert await kept.due(minutes(-1) + week, 5) == []
        assert await kept.due(minutes(0) + week, 5) == [waiting.id]
        assert await kept.due(minutes(0) + timedelta(days=1000), 5) == [waiting.id]


class InvitationSuite:
    """Invitations."""

    async def test_invitations_are_kept_and_found(self, ports: Ports) -> None:
        kept = ports.people.invitations
        pending = Invitation(
            id="one",
            organisation_id="org",
            organisation_name="Stadt",
            email="neu@example.org",
            role=MemberRole.EDITOR,
            token_hash="x",
            invited_by="admin",
            created_at=minutes(0),
            expires_at=minutes(60),
        )
        used = replace(pending, id="two", state=InvitationState.ACCEPTED, email=None, taken_by="neu")
        for each in (pending, used):
            assert await kept.add(each.id, each)
        assert await kept.get("two") == Loaded(used, 1)
        assert await kept.pending_of("org") == [Loaded(pending, 1)]
        assert await kept.pending_of("other") == []
        assert (await kept.begun("org", minutes(-1)), await kept.begun("org", minutes(1))) == (2, 0)
        assert (sorted(await kept.of_person("admin")), await kept.of_person("neu")) == (["one", "two"], ["two"])
        assert (await kept.sent_to("NEU@example.org"), await kept.sent_to("n.u@example.org")) == (["one"], [])
        assert (await kept.expired(minutes(59), 5), await kept.expired(minutes(60), 5)) == ([], ["one"])
