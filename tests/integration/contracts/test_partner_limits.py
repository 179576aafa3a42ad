"""What the partner is refused, and what the example does with messages that it cannot read."""

from typing import Any

import pytest
from contracts import registry, subjects, topology
from contracts.catalog import SolutionPublished
from contracts.ids import uuid7
from nats.js.errors import NotFoundError
from servicekit.testing import wait

from .conftest import Connect, Connection, fresh, published
from .example import finished, public_sequence, subscriber

HIDDEN = [event for event in registry.all_events() if event.visibility != "public"]


async def test_the_example_passes_over_what_it_cannot_read(guarded_nats: str, operator: Connection) -> None:
    before = await public_sequence(operator)
    await operator.js.publish(subjects.subject_of(fresh(SolutionPublished)), b'{"type": "org.example.newer.v9"}')
    event = fresh(SolutionPublished)
    await published(operator, event)
    await public_sequence(operator, before + 2)
    async with subscriber(guarded_nats, "--from-sequence", str(before + 1), "--count", "1") as process:
        lines, err, code = await finished(process)
    assert [line["event"]["id"] for line in lines] == [event.id]
    assert f"passed over sequence {before + 1}: unknown event type 'org.example.newer.v9'" in err
    assert code == 0


@pytest.mark.parametrize("event_class", HIDDEN, ids=lambda event: event.name)
async def test_the_partner_cannot_subscribe_to_what_is_not_public(event_class: Any, connect: Connect) -> None:
    partner = await connect("partner")
    assert "permissions violation" in await partner.subscription_refusal(subjects.wildcard(event_class))


@pytest.mark.parametrize(
    "subject", [">", "events.>", "private.>", "jobs.>", "dlq.>", "$KV.>", "_INBOX.>", "$JS.EVENT.ADVISORY.>"]
)
async def test_the_partner_cannot_listen_around(subject: str, connect: Connect) -> None:
    partner = await connect("partner")
    assert "permissions violation" in await partner.subscription_refusal(subject)


@pytest.mark.parametrize("event_class", registry.all_events(), ids=lambda event: event.name)
async def test_the_partner_publishes_nothing(event_class: Any, connect: Connect, operator: Connection) -> None:
    partner = await connect("partner")
    before = (await operator.js.account_info()).storage
    assert "permissions violation" in await partner.refusal(subjects.subject_of(fresh(event_class)))
    assert (await operator.js.account_info()).storage == before


async def test_the_partner_reaches_no_other_stream(connect: Connect) -> None:
    partner = await connect("partner")
    names = [stream.name for stream in topology.STREAMS if stream.name != "PUBLIC"] + [topology.MEMBERS_BUCKET.stream]
    for name in names:
        for action in ("STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.LIST"):
            assert "permissions violation" in await partner.refusal(f"$JS.API.{action}.{name}")
    for name in (*names, "PUBLIC"):
        for action in ("CREATE", "UPDATE", "PURGE", "DELETE", "MSG.DELETE"):
            assert "permissions violation" in await partner.refusal(f"$JS.API.STREAM.{action}.{name}")
    for durable in topology.CONSUMERS:
        for action in ("MSG.NEXT", "DELETE", "CREATE", "INFO"):
            subject = f"$JS.API.CONSUMER.{action}.{durable.stream}.{durable.durable}"
            assert "permissions violation" in await partner.refusal(subject)


@pytest.mark.parametrize("stream", ["EVENTS", topology.MEMBERS_BUCKET.stream, "JOBS", "PUBLIC"])
@pytest.mark.xfail(
    strict=True,
    reason="the server sends the answer to an allowed request wherever its reply address says, also into a stream; "
    "publish permissions do not cover that, an account of its own for partners does",
)
async def test_the_partner_writes_nothing_through_a_reply_address(
    stream: str, connect: Connect, operator: Connection
) -> None:
    partner, mark = await connect("partner"), uuid7()
    reply = {
        "EVENTS": f"events.review.review_completed.v1.{mark}",
        "KV_members": f"$KV.members.{mark}.o",
        "JOBS": f"jobs.checkup.run.v1.{mark}",
        "PUBLIC": f"events.catalog.solution_published.v1.{mark}",
    }[stream]

    async def stored() -> bool:
        try:
            return (await operator.js.get_last_msg(stream, reply)).subject == reply
        except NotFoundError:
            return False

    assert await partner.refusal("$JS.API.STREAM.INFO.PUBLIC", b"", reply) == ""
    with pytest.raises(TimeoutError):
        await wait.until(stored, timeout=2)
