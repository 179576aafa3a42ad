"""Inquiries to providers: who may, what is told, reminders, limits, reports, erasure."""

from datetime import UTC, datetime
from typing import Any

import pytest
from catalog.application import people_policies as policies
from catalog.application import people_queries as queries
from catalog.application.actor import Actor
from catalog.application.commands import inquiries as commands
from catalog.application.commands import organisations
from catalog.application.people_queries import OwnInquiry
from catalog.application.ports import Loaded
from catalog.domain import inquiry as rules
from catalog.domain.inquiry import Inquiry, InquiryState, Schedule, Wish
from catalog.domain.organisation import Organisation
from catalog.domain.peer import Side
from catalog.domain.solution import Solution
from catalog.entrypoints.api.inquiry_export import to_csv
from catalog.entrypoints.api.schemas.inquiries import InquiryView
from contracts.catalog import InquirySent, MemberLeft
from contracts.people import InquiryAnswered, InquiryDue, InquiryReported
from contracts.vocabulary import ReportReason
from servicekit.errors import ProblemError

from .fakes import World
from .given import (
    CLERK,
    COLLEAGUE,
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    READER,
    REVIEWER,
    STRANGER,
    a_provider,
    an_inquiry,
    minutes,
    published,
)

WISH = Wish(subject="Räume für 20 Vereine", questions=("Was kostet es im Jahr?",))


@pytest.fixture
def online(world: World, provider: Organisation) -> Solution:
    solution = published(provider=provider)
    world.has(solution)
    return solution


async def send(world: World, solution: Solution, inquiry_id: str = "inquiry", **given: Any) -> Loaded[Inquiry]:
    return await commands.send_inquiry(
        world.ports,
        given.get("actor", CLERK),
        inquiry_id,
        solution_id=solution.id,
        organisation_id=None,
        wish=given.get("wish", WISH),
        text=given.get("text", "Wir suchen eine Lösung."),
    )


async def refused(awaited: Any) -> str:
    with pytest.raises(ProblemError) as refusal:
        await awaited
    return refusal.value.slug


async def test_an_inquiry_is_sent_seen_answered_and_closed(
    world: World, town: Organisation, provider: Organisation, online: Solution
) -> None:
    await send(world, online)
    await send(world, online)
    [sent] = world.outbox.take()
    assert isinstance(sent, InquirySent)
    assert (sent.data.from_organisation_name, sent.data.to_organisation_id, sent.data.message) == (
        town.name,
        provider.id,
        "",
    )
    assert "Lösung." not in sent.model_dump_json()
    world.later()
    assert (await commands.see(world.ports, COLLEAGUE, "inquiry")).state.state is InquiryState.SENT
    assert (await commands.see(world.ports, READER, "inquiry")).state.state is InquiryState.SEEN
    world.later()
    for _ in range(2):
        answered = await commands.write(world.ports, EDITOR, "inquiry", "m-1", "Fünfhundert Euro")
    assert answered.state.state is InquiryState.ANSWERED
    [event] = world.outbox.take()
    assert isinstance(event, InquiryAnswered)
    assert (event.data.answer, event.data.to_organisation_id) == (True, town.id)
    assert "Fünfhundert" not in event.model_dump_json()
    world.later()
    assert (
        await commands.write(world.ports, COLLEAGUE, "inquiry", "m-2", "Und im Monat?")
    ).state.state is InquiryState.SENT
    assert (await commands.close(world.ports, CLERK, "inquiry")).state.state is InquiryState.CLOSED
    assert await refused(commands.write(world.ports, EDITOR, "inquiry", "m-3", "x")) == "inquiry-closed"
    for actor in (STRANGER, CURATOR, REVIEWER):
        assert await refused(queries.inquiry(world.ports, actor, "inquiry")) == "inquiry-not-found"
    for actor, side in ((COLLEAGUE, Side.ASKING), (READER, Side.ANSWERING)):
        assert (await queries.inquiry(world.ports, actor, "inquiry")).side is side


async def test_who_may_ask_and_answer(
    world: World, town: Organisation, provider: Organisation, online: Solution
) -> None:
    for actor in (STRANGER, EDITOR):
        assert await refused(send(world, online, actor=actor)) == "not-a-municipality"
    await send(world, online)
    assert await refused(commands.write(world.ports, READER, "inquiry", "m", "x")) == "missing-role"
    assert await refused(commands.close(world.ports, READER, "inquiry")) == "missing-role"
    assert await refused(commands.write(world.ports, STRANGER, "inquiry", "m", "x")) == "inquiry-not-found"
    assert await refused(commands.erase(world.ports, PROVIDER_ADMIN, "inquiry")) == "not-the-asker"
    assert await refused(commands.erase(world.ports, COLLEAGUE, "inquiry")) == "missing-role"
    assert await refused(send(world, online, actor=STRANGER)) == "not-a-municipality", "not even by guessing the id"


async def test_an_organisation_that_is_both_does_not_ask_itself(world: World) -> None:
    both = a_provider(kinds=("provider", "municipality"))
    own = published(provider=both)
    world.has(both, own)
    assert await refused(send(world, own, actor=EDITOR)) == "own-inquiry"


async def test_only_what_is_online_can_be_asked_about_and_only_so_often(
    world: World, town: Organisation, online: Solution
) -> None:
    for number in range(3):
        await send(world, online, f"inquiry-{number}")
    assert await refused(send(world, online, "inquiry-4")) == "too-many-inquiries"
    world.later(days=1)
    await send(world, online, "inquiry-4")
    offline = published(provider=a_provider(), slug="andere")
    gone = a_provider(organisation_id=offline.organisation_id)
    world.has(gone)
    world.has(offline)
    await organisations.suspend_organisation(world.ports, CURATOR, gone.id, "Insolvenz")
    assert await refused(send(world, offline, "inquiry-5")) == "provider-gone"


async def test_a_suspended_side_reads_and_does_not_write_and_a_removed_member_reads_nothing(
    world: World, town: Organisation, provider: Organisation, online: Solution
) -> None:
    await send(world, online, actor=COLLEAGUE)
    await organisations.suspend_organisation(world.ports, CURATOR, provider.id, "Insolvenz")
    assert (await queries.inquiry(world.ports, READER, "inquiry")).side is Side.ANSWERING
    assert await refused(commands.write(world.ports, EDITOR, "inquiry", "m", "x")) == "organisation-not-onboarded"
    assert await refused(commands.write(world.ports, CLERK, "inquiry", "m", "x")) == "provider-gone"
    await organisations.remove_member(world.ports, CLERK, town.id, COLLEAGUE.user)
    assert await refused(queries.inquiry(world.ports, COLLEAGUE, "inquiry")) == "inquiry-not-found"
    left = next(event for event in world.outbox.take() if isinstance(event, MemberLeft))
    await policies.on_member_left(world.ports, left)
    held = (await queries.inquiry(world.ports, CLERK, "inquiry")).inquiry
    assert (held.messages[0].by, held.messages[0].text) == (None, "Wir suchen eine Lösung.")


async def test_the_provider_is_reminded_after_7_and_14_days_and_not_again(
    world: World, town: Organisation, provider: Organisation, online: Solution
) -> None:
    await send(world, online)
    world.outbox.take()
    world.later(days=6)
    assert await policies.pass_time(world.ports) == 0
    reminders = []
    for _ in range(30):
        world.later(days=1)
        while await policies.pass_time(world.ports):
            pass
        reminders += world.outbox.take()
    assert [type(event) for event in reminders] == [InquiryDue, InquiryDue]
    assert [event.data.waiting_days for event in reminders] == [7, 14]
    await commands.write(world.ports, EDITOR, "inquiry", "m-1", "Gern")
    await commands.write(world.ports, CLERK, "inquiry", "m-2", "Danke, und?")
    world.outbox.take()
    world.later(days=20)
    assert await policies.pass_time(world.ports) == 1
    [late] = world.outbox.take()
    assert late.data.waiting_days == 20, "a worker that was away tells it once"


async def test_silence_closes_and_24_months_later_every_word_is_gone(
    world: World, town: Organisation, online: Solution
) -> None:
    await send(world, online)
    world.later(days=400)
    while await policies.pass_time(world.ports):
        pass
    held = (await queries.inquiry(world.ports, CLERK, "inquiry")).inquiry
    assert (held.state, held.closed_by) == (InquiryState.CLOSED, None)
    world.later(days=720)
    assert await policies.pass_time(world.ports) == 0
    world.later(days=15)
    assert await policies.pass_time(world.ports) == 1
    assert await policies.pass_time(world.ports) == 0
    held = (await queries.inquiry(world.ports, CLERK, "inquiry")).inquiry
    assert held.wish is None
    assert {(message.text, message.by) for message in held.messages} == {(None, None)}
    assert (held.asking.organisation_name, held.slug) == (town.name, online.slug), "the skeleton stays"


def test_a_closed_inquiry_is_erased_on_the_same_day_across_summer_time() -> None:
    closed = rules.close(an_inquiry(), Side.ASKING, at=datetime(2026, 3, 28, 12, tzinfo=UTC)).state
    assert closed.next_at(Schedule()) == datetime(2028, 3, 27, 22, tzinfo=UTC)
    ahead = rules.close(an_inquiry(), Side.ASKING, at=datetime(2026, 11, 22, 12, tzinfo=UTC)).state
    assert ahead.next_at(Schedule(erase_months=8)) == datetime(2027, 7, 21, 22, tzinfo=UTC)


async def test_an_admin_of_the_asker_erases_at_once_unless_the_team_looks_at_a_report(
    world: World, town: Organisation, online: Solution
) -> None:
    message_id = (await send(world, online)).state.messages[0].id
    world.outbox.take()
    for _ in range(2):
        await commands.complain(
            world.ports, READER, "inquiry", message_id, reason=ReportReason.ADVERTISING, note="Spam"
        )
    [event] = world.outbox.take()
    assert isinstance(event, InquiryReported)
    assert [held.state.id for held in (await queries.reported(world.ports, REVIEWER, after=None, limit=5)).items] == [
        "inquiry"
    ]
    assert (await queries.inquiry(world.ports, REVIEWER, "inquiry")).side is None
    assert await refused(commands.erase(world.ports, CLERK, "inquiry")) == "report-open"
    assert await refused(queries.reported(world.ports, CLERK, after=None, limit=5)) == "missing-role"
    assert await refused(commands.rule(world.ports, REVIEWER, "inquiry", stop=True, reason="x")) == "missing-role"
    await commands.rule(world.ports, CURATOR, "inquiry", stop=True, reason="Keine Werbung")
    assert await refused(commands.write(world.ports, CLERK, "inquiry", "m", "x")) == "inquiry-stopped"
    assert await refused(commands.rule(world.ports, CURATOR, "inquiry", stop=True, reason="x")) == "nothing-reported"
    erased = (await commands.erase(world.ports, CLERK, "inquiry")).state
    assert (erased.wish, erased.messages[0].text, erased.rulings[0].reason) == (None, None, "")


async def test_lists_show_both_sides(world: World, town: Organisation, online: Solution) -> None:
    await send(world, online)

    async def listed(actor: Actor, **chosen: Any) -> list[tuple[str, Side | None]]:
        given = {"side": None, "state": None, "organisation_id": None, "solution_id": None, **chosen}
        found, own = await queries.inquiries(world.ports, actor, **given, after=None, limit=5)
        return [(each.state.id, queries.held(each, own).side) for each in found.items]

    assert await listed(CLERK) == [("inquiry", Side.ASKING)]
    assert await listed(READER, side=Side.ANSWERING, state=InquiryState.SENT) == [("inquiry", Side.ANSWERING)]
    assert await listed(READER, state=InquiryState.CLOSED) == []
    assert await listed(STRANGER) == []
    assert await listed(CLERK, organisation_id=online.organisation_id) == [], "not those of others"


def test_three_messages_in_a_row_are_enough() -> None:
    held = an_inquiry()
    for number in range(2):
        held = rules.write(held, Side.ASKING, f"m-{number}", "Hallo?", by="w", at=minutes(number)).state
    with pytest.raises(ProblemError, match="answer-awaited"):
        rules.write(held, Side.ASKING, "m-3", "Hallo?", by="w", at=minutes(9))


def test_a_file_for_spreadsheets_calculates_nothing() -> None:
    held = rules.write(an_inquiry(), Side.ANSWERING, "m", '=HYPERLINK("x")\nÄ;ö"', by="w", at=minutes(1)).state
    text = to_csv(InquiryView.of(OwnInquiry(held, Side.ASKING), None)).decode("utf-8-sig")
    assert text.startswith("kind;at;organisation;text\r\n")
    assert '"\'=HYPERLINK(""x"")\nÄ;ö"""' in text
    assert "question;" in text
