"""Streams, durables, accounts and permissions of the bus, as data: applied by `provision`, declared by nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts import catalog, checkup, guard, people, registry, review, search, uses, watches
from contracts.access import Account, Share, User, accounts_block
from contracts.envelope import Event
from contracts.subjects import redrive_subject, wildcard

HOUR_S = 3600
DAY_S = 24 * HOUR_S
SERVICES = ("catalog", "review", "checkup", "search", "notify")
MAIN_ACCOUNT = "MARKTPLATZ"
PARTNER_ACCOUNT = "PARTNERS"


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
class Bucket:
    """A key-value bucket."""

    name: str
    history: int = 1
    ttl_s: float = 0.0
    """Seconds after which an entry is gone; 0: never."""
    stream: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "stream", f"KV_{self.name}")


def _filters(*events: type[Event]) -> tuple[str, ...]:
    return tuple(wildcard(event) for event in events)


PUBLIC_SUBJECTS: tuple[str, ...] = _filters(*(e for e in registry.all_events() if e.visibility == "public"))

EVENTS = Stream("EVENTS", ("events.>",))
"""Every fact once and for ever."""
STREAMS: tuple[Stream, ...] = (
    EVENTS,
    Stream("PRIVATE", ("private.>",), max_age_s=30 * DAY_S),
    Stream("JOBS", ("jobs.>",), work_queue=True),
    Stream("DLQ", ("dlq.>",), max_age_s=90 * DAY_S),
    Stream("REDRIVE", ("redrive.>",), work_queue=True),
    Stream("PUBLIC", (), sources=PUBLIC_SUBJECTS),
)
"""REDRIVE brings dead letters back to the one durable that failed."""
MEMBERS_BUCKET = Bucket("members")
ENDED_SESSIONS_BUCKET = Bucket("ended-sessions", ttl_s=7 * DAY_S)
"""Whose tokens of before are worthless; kept for longer than any token is valid."""
BUCKETS = (MEMBERS_BUCKET, ENDED_SESSIONS_BUCKET)
"""Everybody watches them, the catalog writes."""

_MAIN: tuple[Consumer, ...] = (
    Consumer(
        "catalog-policies",
        "EVENTS",
        "catalog",
        _filters(
            review.ReviewOpened,
            review.ChangesRequested,
            review.ReviewCompleted,
            catalog.OrganisationOnboarded,
            catalog.OrganisationChanged,
            catalog.OrganisationSuspended,
            catalog.SolutionPublished,
            uses.DeploymentClaimRefused,
        ),
    ),
    Consumer("catalog-market", "EVENTS", "catalog", _filters(review.ReviewCompleted, checkup.CheckupScored)),
    Consumer("catalog-people", "PRIVATE", "catalog", _filters(catalog.MemberLeft, people.PersonErased)),
    Consumer(
        "review-policies",
        "EVENTS",
        "review",
        _filters(catalog.SolutionSubmitted, catalog.SolutionDelisted, catalog.OrganisationChanged),
    ),
    Consumer(
        "checkup-policies",
        "EVENTS",
        "checkup",
        _filters(
            catalog.SolutionSubmitted,
            catalog.SolutionPublished,
            catalog.SolutionDelisted,
            checkup.CheckupScored,
            checkup.DisclosurePublished,
            checkup.ManualCheckCompleted,
        ),
    ),
    Consumer("checkup-runs", "JOBS", "checkup", ("jobs.checkup.run.>",), max_ack_pending=256),
    Consumer("checkup-assessments", "JOBS", "checkup", ("jobs.checkup.assess.>",), max_ack_pending=64),
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
            uses.DeploymentDue,
            uses.RatingRestored,
            guard.SolutionTermDue,
            review.ReviewCompleted,
            checkup.CheckupScored,
            checkup.CheckupFailed,
        ),
        max_ack_pending=1000,
    ),
    Consumer(
        "search-alerts",
        "EVENTS",
        "search",
        _filters(catalog.SolutionPublished, catalog.RatingAdded, checkup.CheckupScored),
    ),
    Consumer("search-members", "PRIVATE", "search", _filters(catalog.MemberLeft, people.PersonErased)),
    Consumer(
        "notify-events",
        "EVENTS",
        "notify",
        _filters(
            catalog.SolutionSubmitted,
            catalog.SolutionPublished,
            catalog.CorrectionOpened,
            catalog.CorrectionDecided,
            catalog.RatingAdded,
            catalog.PubliccodeDrifted,
            catalog.RatingHidden,
            catalog.DeploymentConfirmed,
            catalog.DeploymentEnded,
            catalog.SolutionDelisted,
            guard.SolutionTermDue,
            guard.SolutionStandingChanged,
            catalog.OrganisationOnboarded,
            uses.DeploymentClaimed,
            uses.DeploymentClaimRefused,
            uses.DeploymentDue,
            uses.RatingReplied,
            uses.RatingReported,
            uses.RatingRestored,
            review.ChangesRequested,
            review.ReviewCompleted,
            checkup.CheckupScored,
            checkup.CheckupFailed,
            checkup.DisclosurePublished,
            checkup.ManualCheckCompleted,
            checkup.ContradictionsFound,
            checkup.ContestOpened,
            checkup.ContestAnswered,
        ),
    ),
    Consumer(
        "notify-contacts",
        "PRIVATE",
        "notify",
        _filters(catalog.MemberJoined, catalog.MemberLeft, people.PersonErased),
    ),
    Consumer("notify-peers", "PRIVATE", "notify", _filters(uses.PeerMessageSent, uses.PeerMessageReported)),
    Consumer(
        "notify-people",
        "PRIVATE",
        "notify",
        _filters(
            catalog.InquirySent,
            people.InquiryAnswered,
            people.InquiryDue,
            people.InquiryReported,
            people.OnboardingRequested,
            people.OnboardingRefused,
            catalog.MemberInvited,
        ),
    ),
    Consumer("notify-watches", "PRIVATE", "notify", _filters(watches.WatchStarted, watches.WatchEnded)),
    Consumer(
        "notify-watchers",
        "EVENTS",
        "notify",
        _filters(
            catalog.SolutionPublished,
            catalog.SolutionDelisted,
            guard.SolutionTermDue,
            guard.SolutionStandingChanged,
            catalog.RatingAdded,
            checkup.CheckupScored,
        ),
    ),
    Consumer("notify-alerts", "PRIVATE", "notify", _filters(search.SavedSearchAlerted)),
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


PUBLIC_API = "MP.API"
"""What partners say instead of `$JS.API`."""
PARTNER_INBOX = "_INBOX_partner"
_READING = ("STREAM.INFO.PUBLIC", "DIRECT.GET.PUBLIC", "DIRECT.GET.PUBLIC.>")

ACCOUNTS: tuple[Account, ...] = (
    Account(MAIN_ACCOUNT, jetstream=True),
    Account(
        PARTNER_ACCOUNT,
        imports=(
            *(Share(MAIN_ACCOUNT, "service", f"$JS.API.{action}", f"{PUBLIC_API}.{action}") for action in _READING),
            *(Share(MAIN_ACCOUNT, "stream", subject, subject) for subject in PUBLIC_SUBJECTS),
        ),
    ),
)
"""A request names where its answer goes, and NATS sends it there whatever the user may publish: in the partners' own
account it meets no stream. A consumer names where it delivers, in the account of its stream: so partners make none.
ADR 0006 tells what else was tried.
"""


def _read(bucket: Bucket) -> tuple[str, ...]:
    """What watching and reading a bucket needs to publish."""
    stream = bucket.stream
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
    for bucket in BUCKETS:
        publish += _read(bucket)
    deny: tuple[str, ...] = ()
    for durable in CONSUMERS:
        if durable.service == service:
            publish += [
                f"$JS.API.STREAM.INFO.{durable.stream}",
                f"$JS.API.CONSUMER.INFO.{durable.stream}.{durable.durable}",
                f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.durable}",
                f"$JS.ACK.{durable.stream}.{durable.durable}.>",
            ]
    if service == "catalog":
        publish += [f"$KV.{bucket.name}.>" for bucket in BUCKETS]
    if service == "notify":
        publish.append("$JS.API.DIRECT.GET.EVENTS")  # what was before its database began is read from the stream
    if service == "search":
        # The index is rebuilt from the whole stream, by consumers with new names. Without a name in the subject the
        # server would take it from the request, and change the durable that is called so.
        publish += ["$JS.API.CONSUMER.CREATE.EVENTS.*", "$JS.API.CONSUMER.INFO.EVENTS.*"]
        deny = tuple(f"$JS.API.CONSUMER.CREATE.EVENTS.{each.durable}" for each in CONSUMERS if each.stream == "EVENTS")
    return User(service, MAIN_ACCOUNT, tuple(dict.fromkeys(publish)), ("_INBOX.>",), deny)


PERMISSIONS: tuple[User, ...] = (
    User("operator", MAIN_ACCOUNT, None, None),
    *(_service_user(service) for service in SERVICES),
    User(
        "partner",
        PARTNER_ACCOUNT,
        tuple(f"{PUBLIC_API}.{action}" for action in _READING),
        (*PUBLIC_SUBJECTS, f"{PARTNER_INBOX}.>"),
        inbox_prefix=PARTNER_INBOX,
    ),
)


def nats_authorization(passwords: Mapping[str, str]) -> str:
    """Return the `accounts` block of a NATS configuration for the users with a password.

    Raises KeyError for a password of a user that the topology does not have.
    """
    return accounts_block(ACCOUNTS, PERMISSIONS, passwords)
