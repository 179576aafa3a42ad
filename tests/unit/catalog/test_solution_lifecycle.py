"""Whatever is done in whatever order: no illegal state, nothing lost, nothing published without an approval."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from catalog.adapters.documents import from_solution, to_solution
from catalog.domain import correcting, guarding, lifecycle, review, term
from catalog.domain.correction import CorrectionState, answer_in
from catalog.domain.solution import (
    EDITABLE,
    PENDING,
    UNDER_REVIEW,
    CorrectionDecided,
    CorrectionOpened,
    Delisted,
    Published,
    Solution,
    SolutionChange,
    SolutionState,
    Submitted,
    TermDue,
    VersionState,
)
from contracts.listing import Listing
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from servicekit.errors import ProblemError

from .given import CURATOR, EDITOR, a_draft, a_listing, minutes

ADDRESSES = st.sampled_from([None, *(f"https://{name}.example.org" for name in "abc")])
CERTIFIED = st.sampled_from([None, "2026-04-01", "2026-12-31", "2028-02-29"])
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
        self.days = 0
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
        self.seen: Listing | None = None
        self.judged: set[int] = set()
        self.told: dict[str, int] = {}

    def _time(self) -> datetime:
        self.now += 1
        return minutes(self.now) + timedelta(days=self.days)

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
                    self.seen = self.solution.version(number).shown
                case CorrectionOpened(correction):
                    assert self.solution.open_correction == correction
                case CorrectionDecided(correction):
                    assert correction.number not in self.judged
                    self.judged.add(correction.number)
                case TermDue(number, due, days):
                    assert number == before.published_version
                    assert days < self.told.get(due.key, 61)
                    self.told[due.key] = days
                case Delisted(reason):
                    self.online = None
                    assert (reason == "expired") == (before.expired is None and self.solution.expired is not None)
                    if reason == "withdrawn":
                        for case in self.cases.values():
                            case.open = False

    def _attempt(self, command: str, **given: object) -> None:
        with suppress(ProblemError):
            self._apply(getattr(lifecycle, command)(self.solution, at=self._time(), **given))

    @rule(same=st.sampled_from([False, False, False, True]), until=CERTIFIED)
    def write(self, same: bool, until: str | None) -> None:
        if not same:
            self.texts += 1
        answers = {"certificates": [{"kind": "iso_27001", "until": until}]} if until else {}
        text = a_listing(f"Text {self.texts}", answers=answers)
        self._apply(lifecycle.save_draft(self.solution, text, at=self._time()))
        self.last_text = text

    @rule()
    def submit(self) -> None:
        self._attempt("submit", by=EDITOR.user)

    @rule(days=st.sampled_from([1, 29, 53, 366, 366, 500]), watched=st.sampled_from([True, True, False]))
    def time_passes(self, days: int, watched: bool) -> None:
        self.days += days
        if watched:
            self.the_guard_makes_its_round()

    @rule()
    def the_guard_makes_its_round(self) -> None:
        """What nobody confirms is gone afterwards; what waits for the review stays; a second round finds nothing."""
        before, at = self.solution, self._time()
        self._apply(guarding.pass_time(before, at))
        assert self.solution.versions == before.versions
        assert guarding.pass_time(self.solution, at).events == ()
        again = guarding.next_at(self.solution)
        assert again is None or again > at
        until = lifecycle.confirmed_until(self.solution)
        if self.solution.live is not None:
            assert until is not None
            assert term.day_of(at) <= until
        elif before.live is not None:
            assert until is not None
            assert term.day_of(at) > until

    @rule()
    def confirm(self) -> None:
        """What is or was public is so for a year more, or refused when it was gone for too long."""
        before, at = self.solution, self._time()
        last = lifecycle.back_until(before)
        try:
            self._apply(lifecycle.confirm(before, at=at))
        except ProblemError:
            gone = before.state in (SolutionState.WITHDRAWN, SolutionState.SUSPENDED)
            late = before.state is SolutionState.EXPIRED and last is not None and term.day_of(at) > last
            assert gone or late or before.published_version is None
        else:
            assert self.solution.live is not None
            assert self.solution.versions == before.versions
            assert lifecycle.confirmed_until(self.solution) == term.confirmed_until(at)

    @rule(address=ADDRESSES)
    def correct(self, address: str | None) -> None:
        """Online at once, and in the draft where it says the same."""
        live, newest = self.solution.live, self.solution.newest
        before = answer_in(live.shown, "support_url") if live else None
        with suppress(ProblemError):
            self._apply(correcting.correct(self.solution, {"support_url": address}, by=EDITOR.user, at=self._time()))
            assert live is not None
            assert self.solution.live is not None
            assert answer_in(self.solution.live.shown, "support_url") == address
            self._also_in_the_draft(newest.state, before, address)

    def _also_in_the_draft(self, state: VersionState, before: str | None, after: str | None) -> None:
        if state in EDITABLE and self.last_text.support_url == before:
            self.last_text = self.last_text.model_copy(update={"support_url": after})

    @precondition(lambda self: self.solution.open_correction)
    @rule(keep=st.booleans(), late=st.sampled_from([False, False, True]))
    def the_team_judges_a_correction(self, keep: bool, late: bool) -> None:
        """Late: the correction was changed since they looked at it, and nothing happens."""
        found, state = self.solution.open_correction, self.solution.newest.state
        assert found is not None
        [change] = found.changes
        revision = found.revision - 1 if late else found.revision
        given: dict[str, Any] = {"by": CURATOR.user, "at": self._time()}
        try:
            if keep:
                self._apply(correcting.accept(self.solution, found.number, revision, **given))
            else:
                self._apply(correcting.revert(self.solution, found.number, revision, reason="…", **given))
                self._also_in_the_draft(state, change.after, change.before)
        except ProblemError:
            assert late
        else:
            assert not late

    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        """A former version's text becomes the draft."""
        number = data.draw(st.integers(1, len(self.solution.versions)))
        text = self.solution.version(number).shown
        held = self.solution.live
        self._apply(lifecycle.restore(self.solution, number, by=EDITOR.user, at=self._time()))
        self.last_text = text
        assert self.solution.live == held

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
    def without_a_review_nothing_but_small_things_changes(self) -> None:
        live = self.solution.live
        for version in self.solution.versions:
            if version.corrected is not None:
                same = version.corrected.model_copy(update={"support_url": version.listing.support_url})
                assert same == version.listing
                assert version.number in self.approved
        if live is not None:
            assert live.shown == self.seen

    @invariant()
    def a_correction_waits_until_it_is_judged(self) -> None:
        waiting = [each for each in self.solution.corrections if each.state is CorrectionState.OPEN]
        assert len(waiting) <= 1
        for each in waiting:
            assert each.version == self.solution.published_version
            shown = self.solution.version(each.version).shown
            assert all(answer_in(shown, change.question) == change.after for change in each.changes)

    @invariant()
    def it_survives_being_stored(self) -> None:
        assert to_solution(self.solution.id, from_solution(self.solution)) == self.solution


Lifecycle.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestLifecycle = Lifecycle.TestCase
