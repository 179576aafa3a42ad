"""On the real server each service can do what its work needs, and nothing beyond."""

import json
from typing import Any

import pytest
from contracts import registry, subjects, topology
from contracts.ids import uuid7
from nats.js.api import ConsumerConfig, DeliverPolicy

from .conftest import Connect, Connection, fresh, published

EVENTS = registry.all_events()
DURABLES = pytest.mark.parametrize("durable", topology.CONSUMERS, ids=lambda durable: durable.durable)
SERVICES = pytest.mark.parametrize("service", topology.SERVICES)


async def fill(operator: Connection, durable: topology.Consumer) -> str:
    """Put one message that the durable wants into its stream; return its subject."""
    wanted = [event for event in EVENTS if subjects.wildcard(event) in durable.filter_subjects]
    if wanted:
        event = fresh(wanted[0])
        await published(operator, event)
        return subjects.subject_of(event)
    subject = durable.filter_subjects[0].replace(">", f"v1.{uuid7()}")
    await operator.js.publish(subject, b"{}")
    return subject


async def message_count(operator: Connection, stream: str) -> int:
    return (await operator.js.stream_info(stream)).state.messages


@DURABLES
async def test_a_service_pulls_and_acknowledges_its_durables(
    durable: topology.Consumer, connect: Connect, operator: Connection
) -> None:
    subject = await fill(operator, durable)
    service = await connect(durable.service)
    subscription = await service.js.pull_subscribe("", durable=durable.durable, stream=durable.stream)
    seen: list[str] = []
    while subject not in seen:
        for message in await subscription.fetch(50, timeout=5):
            await message.ack_sync(timeout=5)
            seen.append(message.subject)
    assert service.refusals == []


@DURABLES
async def test_a_durable_is_out_of_reach_for_every_other_service(durable: topology.Consumer, connect: Connect) -> None:
    for name in topology.SERVICES:
        if name == durable.service:
            continue
        other = await connect(name)
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.durable}"
        assert "permissions violation" in await other.refusal(subject, b"1")


@SERVICES
async def test_a_service_publishes_each_of_its_events(service: str, connect: Connect, operator: Connection) -> None:
    user = await connect(service)
    for event_class in EVENTS:
        if event_class.owner == service:
            stream = "PRIVATE" if event_class.visibility == "private" else "EVENTS"
            event = fresh(event_class)
            sequence = await published(user, event)
            stored = await operator.js.get_msg(stream, sequence)
            assert registry.parse(stored.data or b"") == event
    letter = await user.js.publish(subjects.dlq_subject(service, f"{service}-policies"), b"{}")
    assert letter.stream == "DLQ"
    assert user.refusals == []


@SERVICES
async def test_a_service_cannot_publish_for_another(service: str, connect: Connect, operator: Connection) -> None:
    user = await connect(service)
    before = {stream.name: await message_count(operator, stream.name) for stream in topology.STREAMS}
    others = [subjects.subject_of(fresh(event)) for event in EVENTS if event.owner != service]
    foreign = next(name for name in topology.SERVICES if name != service)
    others += [subjects.job_subject(foreign, "run", "x"), subjects.dlq_subject(foreign, "x"), "unheard.of"]
    for subject in others:
        assert f'permissions violation for publish to "{subject.lower()}"' in await user.refusal(subject)
    assert before == {stream.name: await message_count(operator, stream.name) for stream in topology.STREAMS}


BUCKETS = pytest.mark.parametrize("name", [bucket.name for bucket in topology.BUCKETS])


@BUCKETS
@SERVICES
async def test_a_service_watches_and_reads_buckets(
    service: str, name: str, connect: Connect, operator: Connection
) -> None:
    bucket = await operator.js.key_value(name)
    earlier, later = f"{uuid7()}.o", f"{uuid7()}.o"
    await bucket.put(earlier, b"1")
    user = await connect(service)
    seen = await user.js.key_value(name)
    watcher: Any = await seen.watchall()
    keys = set()
    while (entry := await watcher.updates(timeout=5)) is not None:
        keys.add(entry.key)
    assert earlier in keys
    await bucket.put(later, b"2")
    assert (await watcher.updates(timeout=5)).key == later
    assert (await seen.get(earlier)).value == b"1"
    await watcher.stop()
    assert user.refusals == []


@BUCKETS
@SERVICES
async def test_only_the_catalog_writes_buckets(service: str, name: str, connect: Connect, operator: Connection) -> None:
    user, key = await connect(service), f"{uuid7()}.o"
    subject = f"$KV.{name}.{key}"
    bucket = await operator.js.key_value(name)
    if service == "catalog":
        await user.js.publish(subject, b"1")
        assert (await bucket.get(key)).value == b"1"
    else:
        assert "permissions violation" in await user.refusal(subject)


async def replayed(connection: Connection, upto: int, **config: Any) -> list[int]:
    subscription = await connection.js.subscribe(
        "", stream="EVENTS", ordered_consumer=True, config=ConsumerConfig(name=f"replay-{uuid7()}", **config)
    )
    sequences: list[int] = []
    while not sequences or sequences[-1] < upto:
        sequences.append((await subscription.next_msg(timeout=5)).metadata.sequence.stream)
    await subscription.unsubscribe()
    return sequences


async def test_search_replays_the_event_stream(connect: Connect, operator: Connection) -> None:
    wanted = topology.consumer("search-projection").filter_subjects
    classes = [event for event in EVENTS if subjects.wildcard(event) in wanted]
    made = [await published(operator, fresh(event)) for event in classes]
    search = await connect("search")
    whole = await replayed(search, made[-1], deliver_policy=DeliverPolicy.ALL)
    assert whole == list(range(whole[0], made[-1] + 1))
    last = await replayed(search, made[-1], deliver_policy=DeliverPolicy.LAST_PER_SUBJECT, filter_subjects=list(wanted))
    assert set(made) <= set(last)
    assert search.refusals == []


@pytest.mark.parametrize("service", [name for name in topology.SERVICES if name != "search"])
async def test_nobody_else_reads_the_event_stream_at_will(service: str, connect: Connect) -> None:
    user = await connect(service)
    closed = ["CONSUMER.CREATE.EVENTS", "STREAM.MSG.GET.EVENTS"]
    closed += [] if service == "notify" else ["DIRECT.GET.EVENTS"]
    for action in closed:
        assert "permissions violation" in await user.refusal(f"$JS.API.{action}"), action


async def test_notify_looks_up_single_events_of_before(connect: Connect, operator: Connection) -> None:
    made = await published(operator, fresh(next(event for event in EVENTS if event.name == "deployment_ended")))
    user = await connect("notify")
    subject = "events.catalog.deployment_ended.v1.*"
    found = await user.js.get_msg("EVENTS", seq=made, subject=subject, direct=True, next=True)
    assert found.seq == made
    assert user.refusals == []


PRIVATE = [durable for durable in topology.CONSUMERS if durable.stream == "PRIVATE"]
READERS = {durable.service for durable in PRIVATE}
"""Who hears something private; anything else of the stream stays closed to them."""


@pytest.mark.parametrize("service", topology.SERVICES)
async def test_what_is_private_is_read_by_own_durables_only(service: str, connect: Connect) -> None:
    user = await connect(service)
    closed = ["CONSUMER.CREATE.PRIVATE", "STREAM.MSG.GET.PRIVATE"]
    closed += [] if service in READERS else ["STREAM.INFO.PRIVATE"]
    closed += [f"CONSUMER.MSG.NEXT.PRIVATE.{each.durable}" for each in PRIVATE if each.service != service]
    for action in closed:
        assert "permissions violation" in await user.refusal(f"$JS.API.{action}"), action
    assert "permissions violation" in await user.subscription_refusal("private.>")


def test_who_hears_what_is_private() -> None:
    """Notify reaches people; catalog and search forget who left."""
    assert {"catalog", "notify", "search"} == READERS


@SERVICES
async def test_no_service_changes_streams(service: str, connect: Connect, operator: Connection) -> None:
    user = await connect(service)
    held = {info.config.name: info.config for info in await operator.js.streams_info()}
    for stream in (*held, "OWN"):
        for action in ("CREATE", "UPDATE", "PURGE", "DELETE", "MSG.DELETE", "RESTORE", "SNAPSHOT"):
            assert "permissions violation" in await user.refusal(f"$JS.API.STREAM.{action}.{stream}")
    assert {info.config.name: info.config for info in await operator.js.streams_info()} == held


@DURABLES
async def test_no_service_removes_or_replaces_a_durable(durable: topology.Consumer, connect: Connect) -> None:
    """Not even its own: durables are the operator's. An empty object asks for nothing, should it be let through."""
    named = f"{durable.stream}.{durable.durable}"
    for name in topology.SERVICES:
        user = await connect(name)
        for action in ("CREATE", "DURABLE.CREATE", "DELETE", "RESET", "PAUSE", "UNPIN", "LEADER.STEPDOWN"):
            assert "permissions violation" in await user.refusal(f"$JS.API.CONSUMER.{action}.{named}")
        assert "permissions violation" in await user.refusal(f"$JS.API.CONSUMER.CREATE.{named}.events.x")
        # Without a name in the subject the server takes it from the body.
        assert "permissions violation" in await user.refusal(f"$JS.API.CONSUMER.CREATE.{durable.stream}")


async def test_a_replay_cannot_be_named_after_a_durable(connect: Connect, operator: Connection) -> None:
    search = await connect("search")
    before = (await operator.js.consumer_info("EVENTS", "review-policies")).config
    taken = {"name": "review-policies", "filter_subjects": ["events.search.x"], "max_waiting": 512}
    request = json.dumps({"stream_name": "EVENTS", "config": taken}).encode()
    assert "permissions violation" in await search.refusal("$JS.API.CONSUMER.CREATE.EVENTS.review-policies", request)
    answer = await search.client.request("$JS.API.CONSUMER.CREATE.EVENTS.other", request, timeout=5)
    assert json.loads(answer.data)["name"] == "other"  # the subject has the last word
    assert (await operator.js.consumer_info("EVENTS", "review-policies")).config == before
