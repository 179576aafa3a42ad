"""Streams, durables and permissions of the bus, as data: applied by `provision`, declared by nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts import catalog, checkup, registry, review
from contracts.envelope import Event
from contracts.subjects import redrive_subject, wildcard

HOUR_S = 3600
DAY_S = 24 * HOUR_S
SERVICES = ("catalog", "review", "checkup", "search", "notify")


@dataclass(frozen=True)
class Stream:
    """A JetStream stream. Ages and windows in seconds; age 0 keeps for ever."""

    name: str
    subjects: tuple[str, ...]
    max_age_s: int = 0
    duplicate_window_s: int = DAY_S
    work_queue: bool = False
    sources: tuple[str, ...] = ()
    """Subject filters on EVENTS whose messages the server copies into this stream."""


@dataclass(frozen=True)
class Consumer:
    """A durable pull consumer. `max_deliver` counts attempts at a message that is itself at fault (ADR 0002)."""

    durable: str
    stream: str
    service: str
    filter_subjects: tuple[str, ...]
    ack_wait_s: int = 30
    max_deliver: int = 6
    max_ack_pending: int = 200


@dataclass(frozen=True)
class User:
    """What a NATS user may publish and subscribe; None for `publish` means everything."""

    name: str
    publish: tuple[str, ...] | None
    subscribe: tuple[str, ...] | None
    inbox_prefix: str = "_INBOX"


@dataclass(frozen=True)
class Bucket:
    """A key-value bucket."""

    name: str
    history: int = 1
    stream: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "stream", f"KV_{self.name}")


def _filters(*events: type[Event]) -> tuple[str, ...]:
    return tuple(wildcard(event) for event in events)


PUBLIC_SUBJECTS: tuple[str, ...] = _filters(*(e for e in registry.all_events() if e.visibility == "public"))

STREAMS: tuple[Stream, ...] = (
    Stream("EVENTS", ("events.>",)),
    Stream("PRIVATE", ("private.>",), max_age_s=30 * DAY_S),
    Stream("JOBS", ("jobs.>",), work_queue=True),
    Stream("DLQ", ("dlq.>",), max_age_s=90 * DAY_S),
    Stream("REDRIVE", ("redrive.>",), work_queue=True),
    Stream("PUBLIC", (), sources=PUBLIC_SUBJECTS),
)
"""EVENTS holds every fact once and for ever; REDRIVE brings dead letters back to the one durable that failed."""
MEMBERS_BUCKET = Bucket("members")

_MAIN: tuple[Consumer, ...] = (
    Consumer(
        "catalog-policies",
        "EVENTS",
        "catalog",
        _filters(review.ReviewOpened, review.ChangesRequested, review.ReviewCompleted, catalog.OrganisationSuspended),
    ),
    Consumer("review-policies", "EVENTS", "review", _filters(catalog.SolutionSubmitted, catalog.SolutionDelisted)),
    Consumer(
        "checkup-policies",
        "EVENTS",
        "checkup",
        _filters(catalog.SolutionSubmitted, catalog.SolutionPublished, catalog.SolutionDelisted),
    ),
    Consumer("checkup-runs", "JOBS", "checkup", ("jobs.checkup.run.>",), max_ack_pending=256),
    Consumer(
        "search-projection",
        "EVENTS",
        "search",
        _filters(
            catalog.SolutionPublished,
            catalog.SolutionDelisted,
            catalog.RatingAdded,
            catalog.RatingHidden,
            catalog.DeploymentConfirmed,
            catalog.DeploymentEnded,
            review.ReviewCompleted,
            checkup.CheckupScored,
            checkup.CheckupFailed,
        ),
        max_ack_pending=1000,
    ),
    Consumer(
        "notify-events",
        "EVENTS",
        "notify",
        _filters(
            catalog.SolutionSubmitted,
            catalog.SolutionPublished,
            catalog.RatingAdded,
            catalog.OrganisationOnboarded,
            review.ChangesRequested,
            review.ReviewCompleted,
            checkup.CheckupScored,
            checkup.CheckupFailed,
        ),
    ),
    Consumer("notify-contacts", "PRIVATE", "notify", _filters(catalog.MemberJoined, catalog.MemberLeft)),
)


def redrive_of(durable: str) -> str:
    """Return the name of the durable that brings a durable's dead letters back."""
    return f"{durable}-redrive"


CONSUMERS: tuple[Consumer, ...] = (
    *_MAIN,
    *(
        Consumer(redrive_of(each.durable), "REDRIVE", each.service, (redrive_subject(each.service, each.durable),))
        for each in _MAIN
        if each.stream != "JOBS"  # a job goes back onto the work queue itself
    ),
)


def consumer(durable: str) -> Consumer:
    """Return a durable by name; raises KeyError for one that the topology does not have."""
    for candidate in CONSUMERS:
        if candidate.durable == durable:
            return candidate
    raise KeyError(f"no durable {durable!r} in the topology")


def _read_stream(stream: str) -> tuple[str, ...]:
    """What an ordered consumer on a stream needs to publish."""
    return (
        f"$JS.API.STREAM.INFO.{stream}",
        f"$JS.API.STREAM.MSG.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}",
        f"$JS.API.DIRECT.GET.{stream}.>",
        f"$JS.API.CONSUMER.CREATE.{stream}",
        f"$JS.API.CONSUMER.CREATE.{stream}.>",
        f"$JS.API.CONSUMER.INFO.{stream}.>",
        f"$JS.API.CONSUMER.DELETE.{stream}.>",
    )


def _service_user(service: str) -> User:
    publish = [f"events.{service}.>", f"private.{service}.>", f"jobs.{service}.>", f"dlq.{service}.>"]
    publish += ["$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.FC.>"]
    publish += _read_stream(MEMBERS_BUCKET.stream)
    for durable in CONSUMERS:
        if durable.service == service:
            publish += [
                f"$JS.API.STREAM.INFO.{durable.stream}",
                f"$JS.API.CONSUMER.INFO.{durable.stream}.{durable.durable}",
                f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.durable}",
                f"$JS.ACK.{durable.stream}.{durable.durable}.>",
            ]
    if service == "catalog":
        publish.append(f"$KV.{MEMBERS_BUCKET.name}.>")
    if service == "search":  # the index is rebuilt from the whole stream
        publish += _read_stream("EVENTS")
    return User(service, tuple(dict.fromkeys(publish)), ("_INBOX.>",))


PARTNER_INBOX = "_INBOX_partner"
PERMISSIONS: tuple[User, ...] = (
    User("operator", None, None),
    *(_service_user(service) for service in SERVICES),
    User(
        "partner",
        (
            "$JS.API.STREAM.INFO.PUBLIC",
            "$JS.API.CONSUMER.CREATE.PUBLIC",
            "$JS.API.CONSUMER.CREATE.PUBLIC.>",
            "$JS.API.CONSUMER.INFO.PUBLIC.>",
            "$JS.API.CONSUMER.MSG.NEXT.PUBLIC.>",
            "$JS.API.CONSUMER.DELETE.PUBLIC.>",
            "$JS.ACK.PUBLIC.>",
            "$JS.FC.PUBLIC.>",
        ),
        (*PUBLIC_SUBJECTS, f"{PARTNER_INBOX}.>"),
        inbox_prefix=PARTNER_INBOX,
    ),
)


def _quoted(subjects: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"


def nats_authorization(passwords: Mapping[str, str]) -> str:
    """Return the `authorization` block of a NATS configuration for the users with a password.

    Raises KeyError for a user that the topology does not have.
    """
    known = {user.name: user for user in PERMISSIONS}
    lines = ["authorization {", "  users = ["]
    for name, password in passwords.items():
        user = known[name]
        escaped = password.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'    {{ user: "{name}", password: "{escaped}"')
        if user.publish is not None and user.subscribe is not None:
            lines.append("      permissions: {")
            lines.append(f"        publish: {_quoted(user.publish)}")
            lines.append(f"        subscribe: {_quoted(user.subscribe)}")
            lines.append("      }")
        lines.append("    }")
    return "\n".join([*lines, "  ]", "}", ""])
