"""Streams, durables and permissions fit each other and the events."""

import pytest
from contracts import registry, subjects, topology
from contracts.catalog import OrganisationSuspended, SolutionPublished


def covers(pattern: str, subject: str) -> bool:
    wanted, given = pattern.split("."), subject.split(".")
    for position, token in enumerate(wanted):
        if token == ">":
            return len(given) > position
        if position >= len(given) or token not in ("*", given[position]):
            return False
    return len(wanted) == len(given)


@pytest.mark.parametrize("event_class", registry.all_events(), ids=lambda event: event.name)
def test_every_event_has_exactly_one_stream(event_class: type[registry.Event]) -> None:
    subject = subjects.wildcard(event_class)
    holding = [stream.name for stream in topology.STREAMS if any(covers(s, subject) for s in stream.subjects)]
    assert holding == ["PRIVATE" if event_class.visibility == "private" else "EVENTS"]


@pytest.mark.parametrize("durable", topology.CONSUMERS, ids=lambda durable: durable.durable)
def test_every_durable_filters_subjects_of_its_own_stream(durable: topology.Consumer) -> None:
    stream = next(stream for stream in topology.STREAMS if stream.name == durable.stream)
    for subject in durable.filter_subjects:
        assert any(covers(own, subject) for own in stream.subjects)


def test_durables_have_different_names_and_unknown_ones_are_an_error() -> None:
    names = [durable.durable for durable in topology.CONSUMERS]
    assert len(set(names)) == len(names)
    with pytest.raises(KeyError):
        topology.consumer("nobody")


@pytest.mark.parametrize("subject", ["$KV.members.x.y", "$KV.ended-sessions.x"])
def test_only_the_catalog_may_write_who_belongs_where_and_whose_sessions_ended(subject: str) -> None:
    writers = [
        user.name
        for user in topology.PERMISSIONS
        if user.publish is None or any(covers(pattern, subject) for pattern in user.publish)
    ]
    assert writers == ["operator", "catalog"]


@pytest.mark.parametrize("service", topology.SERVICES)
def test_a_service_publishes_its_own_events_and_no_others(service: str) -> None:
    user = next(user for user in topology.PERMISSIONS if user.name == service)
    assert user.publish is not None
    for event_class in registry.all_events():
        allowed = any(covers(pattern, subjects.wildcard(event_class)) for pattern in user.publish)
        assert allowed == (event_class.owner == service)


def test_the_partner_sees_public_subjects_only() -> None:
    partner = next(user for user in topology.PERMISSIONS if user.name == "partner")
    assert partner.publish is not None
    assert partner.subscribe is not None
    for event_class in registry.all_events():
        subject = subjects.wildcard(event_class)
        assert any(covers(p, subject) for p in partner.subscribe) == (event_class.visibility == "public")
        assert not any(covers(p, subject) for p in partner.publish)


def test_partners_have_an_account_that_reads_what_is_public() -> None:
    main, partners = topology.ACCOUNTS
    assert (main.jetstream, partners.jetstream, main.imports) == (True, False, ())
    heard = [share.subject for share in partners.imports if share.kind == "stream"]
    asked = {share.seen_as: share.subject for share in partners.imports if share.kind == "service"}
    assert tuple(heard) == topology.PUBLIC_SUBJECTS
    assert asked == {
        "MP.API.STREAM.INFO.PUBLIC": "$JS.API.STREAM.INFO.PUBLIC",
        "MP.API.DIRECT.GET.PUBLIC": "$JS.API.DIRECT.GET.PUBLIC",
        "MP.API.DIRECT.GET.PUBLIC.>": "$JS.API.DIRECT.GET.PUBLIC.>",
    }
    partner = next(user for user in topology.PERMISSIONS if user.name == "partner")
    assert partner.publish == tuple(asked)
    assert [user.name for user in topology.PERMISSIONS if user.account == partners.name] == ["partner"]


def test_nobody_but_the_operator_may_make_a_consumer_where_durables_are_shared() -> None:
    for user in topology.PERMISSIONS:
        for durable in topology.CONSUMERS if user.publish is not None else ():
            for subject in (
                f"$JS.API.CONSUMER.CREATE.{durable.stream}",
                f"$JS.API.CONSUMER.CREATE.{durable.stream}.{durable.durable}",
                f"$JS.API.CONSUMER.DELETE.{durable.stream}.{durable.durable}",
            ):
                allowed = any(covers(pattern, subject) for pattern in user.publish or ())
                assert not allowed or any(covers(pattern, subject) for pattern in user.deny), (user.name, subject)


def test_only_users_with_a_password_are_in_the_configuration() -> None:
    block = topology.nats_authorization({"search": "x"})
    assert 'user: "search"' in block
    assert "deny:" in block
    assert 'user: "partner"' not in block
    assert "PARTNERS {" in block


def test_passwords_are_escaped_and_strangers_refused() -> None:
    block = topology.nats_authorization({"partner": 'a"b\\c'})
    assert 'password: "a\\"b\\\\c"' in block
    with pytest.raises(KeyError, match="no such NATS user: stranger"):
        topology.nats_authorization({"stranger": "x"})


def test_subjects() -> None:
    assert subjects.wildcard(SolutionPublished) == "events.catalog.solution_published.v1.*"
    assert subjects.job_subject("checkup", "run", "r-1") == "jobs.checkup.run.v1.r-1"
    assert subjects.dlq_subject("search", "search-projection") == "dlq.search.search-projection"
    for bad in ("", "a.b", "a b", "*", ">", "ä"):
        with pytest.raises(ValueError, match="cannot be part of a subject"):
            subjects.job_subject("checkup", "run", bad)
    assert OrganisationSuspended.visibility == "internal"
