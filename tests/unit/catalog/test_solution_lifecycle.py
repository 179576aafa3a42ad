"""Whatever is done in whatever order: no illegal state, nothing lost, nothing published without an approval."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from catalog.adapters.documents import from_solution, to_solution
from catalog.domain import lifecycle, review
from catalog.domain.solution import (
    PENDING,
    UNDER_REVIEW,
    Delisted,
    Published,
    Solution,
    SolutionChange,
    SolutionState,
    Submitted,
    VersionState,
)
from contracts.listing import Listing
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from servicekit.errors import ProblemError

from .given import CURATOR, EDITOR, a_draft, a_listing, minutes

OUTCOMES = st.sampled_from(["approved", "changes_requested", "opened", "rejected"])


@dataclass
class Case:
    """What the review service knows of one version: its last submission, and whether it is the team's turn."""

    round: int
    listing: Listing
    open: bool = True


@dataclass(frozen=True)
class Heard:
    """An event of the review on its way to the catalog."""

    kind: str
    version: int
    round: int


class Lifecycle(RuleBasedStateMachine):
    """The catalog's solution beside a review that keeps to its own rules; events travel in any order and repeatedly."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.solution: Solution = a_draft(a_listing("Text 0"), at=minutes(0))
        self.last_text = self.solution.newest.listing
        self.texts = 0
        self.cases: dict[int, Case] = {}
        self.sent: list[Heard] = []
        self.handed_in: dict[int, Listing] = {}
        self.approved: dict[int, Listing] = {}
        self.online: int | None = None
        self.best_published = 0
        self.onboarded = True

    def _time(self) -> datetime:
        self.now += 1
        return minutes(self.now)

    def _apply(self, change: SolutionChange) -> None:
        before = self.solution
        self.solution = change.state
        if change.events:
            assert before != change.state
        for event in change.events:
            match event:
                case Submitted(number):
                    version = self.solution.version(number)
                    assert version.state is VersionState.SUBMITTED
                    self.handed_in[number] = version.listing
                    self.cases[number] = Case(version.round, version.listing)
                case Published(number):
                    assert self.solution.version(number).listing == self.approved[number]
                    assert number >= self.best_published
                    self.online = self.best_published = number
                case Delisted(reason):
                    self.online = None
                    if reason == "withdrawn":
                        for case in self.cases.values():
                            case.open = False

    def _attempt(self, command: str, **given: object) -> None:
        with suppress(ProblemError):
            self._apply(getattr(lifecycle, command)(self.solution, at=self._time(), **given))

    @rule(same=st.sampled_from([False, False, False, True]))
    def write(self, same: bool) -> None:
        if not same:
            self.texts += 1
        text = a_listing(f"Text {self.texts}")
        self._apply(lifecycle.save_draft(self.solution, text, at=self._time()))
        self.last_text = text

    @rule()
    def submit(self) -> None:
        self._attempt("submit", by=EDITOR.user)

    @rule(command=st.sampled_from(["withdraw", "suspend", "lift_suspension", "lift_withdrawal", "provider"]))
    def off_and_on(self, command: str) -> None:
        if command == "withdraw":
            self._attempt(command, by=EDITOR.user, note=None)
        elif command == "suspend":
            self._attempt(command, by=CURATOR.user, reason="Beschwerde")
        elif command == "provider":
            self.onboarded = not self.onboarded
        elif self.onboarded:
            self._attempt(command)

    @rule(kind=OUTCOMES)
    def a_whole_round(self, kind: str) -> None:
        """Submitted, looked at, and heard of, with nothing in between."""
        self.submit()
        if any(case.open for case in self.cases.values()):
            self._act(next(number for number, case in self.cases.items() if case.open), kind)
            self._hear(self.sent[-1])

    @precondition(lambda self: any(case.open for case in self.cases.values()))
    @rule(data=st.data(), kind=OUTCOMES)
    def the_team_acts(self, data: st.DataObject, kind: str) -> None:
        """The event is on its way; when it arrives is another matter."""
        self._act(data.draw(st.sampled_from([number for number, case in self.cases.items() if case.open])), kind)

    def _act(self, number: int, kind: str) -> None:
        case = self.cases[number]
        case.open = kind == "opened"
        if kind == "approved":
            self.approved[number] = case.listing
        self.sent.append(Heard(kind, number, case.round))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def an_event_arrives(self, data: st.DataObject) -> None:
        """Any event, first time or not, in any order."""
        self._hear(data.draw(st.sampled_from(self.sent)))

    def _hear(self, event: Heard) -> None:
        at = self._time()
        if event.kind == "opened":
            self._apply(review.opened(self.solution, event.version, round_=event.round, at=at))
        elif event.kind == "changes_requested":
            self._apply(
                review.changes_requested(
                    self.solution,
                    event.version,
                    round_=event.round,
                    findings=(),
                    message="…",
                    at=at,
                )
            )
        elif event.kind == "approved":
            self._apply(
                review.approved(
                    self.solution,
                    event.version,
                    findings=(),
                    message=None,
                    provider_onboarded=self.onboarded,
                    at=at,
                )
            )
        else:
            self._apply(review.rejected(self.solution, event.version, findings=(), message=None, at=at))

    @invariant()
    def versions_are_numbered_without_gaps(self) -> None:
        assert [version.number for version in self.solution.versions] == list(range(1, len(self.solution.versions) + 1))

    @invariant()
    def one_version_at_a_time_is_pending(self) -> None:
        pending = [version for version in self.solution.versions if version.state in PENDING]
        assert len(pending) <= 1
        for version in pending:
            newer = [later.state for later in self.solution.versions[version.number :]]
            allowed = [[], [VersionState.DRAFT]] if version.state in UNDER_REVIEW else [[]]
            assert newer in allowed

    @invariant()
    def drafts_are_newest_and_were_never_handed_in(self) -> None:
        for version in self.solution.versions:
            if version.state is VersionState.DRAFT:
                assert version is self.solution.newest
                assert version.round == 0
            else:
                assert version.round >= 1

    @invariant()
    def what_was_handed_in_is_kept_as_it_was(self) -> None:
        for number, listing in self.handed_in.items():
            version = self.solution.version(number)
            assert (version.reviewed or version.listing) == listing
            assert version.reviewed is None or version.state is VersionState.CHANGES_REQUESTED

    @invariant()
    def the_providers_last_text_is_there(self) -> None:
        assert self.solution.newest.listing == self.last_text

    @invariant()
    def only_approved_versions_are_or_were_published(self) -> None:
        out = {VersionState.APPROVED, VersionState.PUBLISHED, VersionState.SUPERSEDED}
        for version in self.solution.versions:
            if version.state in out:
                assert version.listing == self.approved[version.number]
        public = [version.number for version in self.solution.versions if version.state is VersionState.PUBLISHED]
        held = self.solution.published_version
        assert public == ([] if held is None else [held])

    @invariant()
    def readers_of_the_events_know_what_is_online(self) -> None:
        live = self.solution.live
        assert (live.number if live else None) == self.online
        assert (self.solution.state is SolutionState.PUBLISHED) == (live is not None)
        assert (self.solution.first_published_at is None) == (self.best_published == 0)

    @invariant()
    def it_survives_being_stored(self) -> None:
        assert to_solution(self.solution.id, from_solution(self.solution)) == self.solution


Lifecycle.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestLifecycle = Lifecycle.TestCase
