"""What the partner is refused, and what the example does with messages that it cannot read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from contracts import access, registry, subjects, topology
from contracts.catalog import SolutionPublished
from contracts.ids import uuid7
from nats.errors import NoRespondersError
from nats.js.errors import APIError
from servicekit.testing import wait

from .conftest import PASSWORDS, Connect, Connection, ConnectTo, fresh, guarded, published
from .example import finished, public_sequence, subscriber

HIDDEN = [event for event in registry.all_events() if event.visibility != "public"]
APIS = ("$JS.API", topology.PUBLIC_API)


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
    for api in APIS:
        for name in names:
            for action in ("STREAM.INFO", "STREAM.MSG.GET", "DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.LIST"):
                assert "permissions violation" in await partner.refusal(f"{api}.{action}.{name}")
        for name in (*names, "PUBLIC"):
            for action in ("CREATE", "UPDATE", "PURGE", "DELETE", "MSG.DELETE"):
                assert "permissions violation" in await partner.refusal(f"{api}.STREAM.{action}.{name}")
        for durable in topology.CONSUMERS:
            for action in ("MSG.NEXT", "DELETE", "CREATE", "INFO"):
                subject = f"{api}.CONSUMER.{action}.{durable.stream}.{durable.durable}"
                assert "permissions violation" in await partner.refusal(subject)


async def test_the_partner_makes_no_consumer(connect: Connect, operator: Connection) -> None:
    """A consumer would deliver where it wants: into a stream, or to `$JS.API.STREAM.DELETE.EVENTS`."""
    partner = await connect("partner")
    for api in APIS:
        for subject in ("CREATE.PUBLIC", "CREATE.PUBLIC.x", "CREATE.PUBLIC.x.>", "DURABLE.CREATE.PUBLIC.x"):
            assert "permissions violation" in await partner.refusal(f"{api}.CONSUMER.{subject}")
    assert await operator.js.consumers_info("PUBLIC") == []


MARK = uuid7()
WRITES = {
    "EVENTS": f"events.review.review_completed.v1.{MARK}",
    "PRIVATE": f"private.catalog.member_joined.v1.{MARK}",
    "JOBS": f"jobs.checkup.run.v1.{MARK}",
    "DLQ": f"dlq.search.{MARK}",
    "REDRIVE": f"redrive.search.{MARK}",
    "KV_members": f"$KV.members.{MARK}.o",
    "KV_ended-sessions": f"$KV.ended-sessions.{MARK}",
    "PUBLIC": f"events.catalog.solution_published.v1.{MARK}",
}
"""A subject that ends up in each stream."""
COMMANDS = (
    "$JS.API.STREAM.PURGE.EVENTS",
    "$JS.API.STREAM.DELETE.PUBLIC",
    "$JS.API.CONSUMER.DELETE.EVENTS.review-policies",
    "$JS.API.CONSUMER.CREATE.EVENTS",
)
QUESTIONS = (
    ("STREAM.INFO.PUBLIC", b""),
    ("DIRECT.GET.PUBLIC", b'{"seq": 1}'),
    ("DIRECT.GET.PUBLIC", b'{"seq": 1, "batch": 10}'),
    ("DIRECT.GET.PUBLIC.events.catalog.solution_published.v1.*", b""),
)


async def last_sequences(operator: Connection) -> dict[str, int]:
    return {name: (await operator.js.stream_info(name)).state.last_seq for name in WRITES}


async def ask_on_behalf_of(connection: Connection, reply: str) -> None:
    """Put every question that partners may ask, with the answer to somebody else."""
    for question, body in QUESTIONS:
        assert await connection.refusal(f"{topology.PUBLIC_API}.{question}", body, reply) == ""


async def settled(connection: Connection, operator: Connection) -> dict[str, int]:
    """Return the last sequences after everything that was asked is answered, and each stream took one message more."""
    await connection.public.get_msg("PUBLIC", 1, direct=True)
    event = fresh(SolutionPublished)
    before = (await operator.js.stream_info("PUBLIC")).state.last_seq
    for subject in WRITES.values():
        if subject not in (WRITES["EVENTS"], WRITES["PUBLIC"]):
            await operator.js.publish(subject, b"{}")
    await published(operator, event)
    await public_sequence(operator, before + 1)
    return await last_sequences(operator)


async def test_the_partner_writes_nothing_through_a_reply_address(connect: Connect, operator: Connection) -> None:
    """The server sends an answer wherever its request says, whatever its user may publish: it stays in the account."""
    partner = await connect("partner")
    await published(operator, fresh(SolutionPublished))
    await public_sequence(operator, 1)
    durables = {each.name for each in await operator.js.consumers_info("EVENTS")}
    before = await last_sequences(operator)
    for reply in (*WRITES.values(), *COMMANDS):
        await ask_on_behalf_of(partner, reply)
    after = await settled(partner, operator)
    assert after == {name: sequence + 1 for name, sequence in before.items()}
    assert {each.name for each in await operator.js.consumers_info("EVENTS")} == durables
    assert partner.refusals == []


async def test_inside_the_account_of_the_services_a_reply_address_does_write(operator: Connection) -> None:
    """So the test before this one would see it; and so users of services are trusted with it (docs/security.md)."""
    before = (await operator.js.stream_info("DLQ")).state.last_seq
    await operator.client.publish("$JS.API.STREAM.INFO.PUBLIC", b"", WRITES["DLQ"])

    async def stored() -> bool:
        return (await operator.js.stream_info("DLQ")).state.last_seq > before

    await wait.until(stored, message="the answer is stored")


@pytest.fixture(scope="module")
def careless_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server where the partner has no permissions of its own: only the account limits what it reaches."""
    users = [replace(user, publish=None) if user.name == "partner" else user for user in topology.PERMISSIONS]
    block = access.accounts_block(topology.ACCOUNTS, users, PASSWORDS)
    with guarded(tmp_path_factory.mktemp("careless"), block) as url:
        yield url


async def test_the_account_alone_keeps_a_partner_out(careless_nats: str, connect_to: ConnectTo) -> None:
    operator, partner = await connect_to(careless_nats, "operator"), await connect_to(careless_nats, "partner")
    await published(operator, fresh(SolutionPublished))
    await public_sequence(operator, 1)
    before = await last_sequences(operator)
    for subject in (*WRITES.values(), *COMMANDS):
        await partner.client.publish(subject, b"{}")
        await partner.client.publish(f"{topology.PUBLIC_API}.STREAM.INFO.PUBLIC", headers={"Nats-Trace-Dest": subject})
        await ask_on_behalf_of(partner, subject)
    listener, heard = await connect_to(careless_nats, "partner"), list[str]()

    async def hear(message: Any) -> None:
        heard.append(message.subject.rsplit(".", 1)[0])

    for subject in ("events.>", "private.>", "jobs.>", "dlq.>", "$KV.>", "$JS.>", "_INBOX.>"):
        await listener.client.subscribe(subject, cb=hear)
    await listener.settle()
    after = await settled(partner, operator)
    assert after == {name: sequence + 1 for name, sequence in before.items()}
    await wait.until(lambda: heard, message="the public event is heard")
    assert heard == ["events.catalog.solution_published.v1"]
    with pytest.raises(APIError, match="JetStream not enabled for account"):
        await partner.js.account_info()
    for subject in ("CONSUMER.CREATE.PUBLIC", "CONSUMER.LIST.PUBLIC", "STREAM.DELETE.PUBLIC", "STREAM.INFO.EVENTS"):
        with pytest.raises(NoRespondersError):
            await partner.client.request(f"{topology.PUBLIC_API}.{subject}", b"{}", timeout=5)
