"""Any sequence of commands of providers and team, with events in any order: what readers hear is always in order.

`test_solution_lifecycle` holds the rules of the domain; this holds the use cases: who may, which version somebody has,
organisations that are suspended, renamed or left, files of repositories, and the events that all of this leads to.
"""

import asyncio
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from catalog.application import guard_policies, mapping, policies
from catalog.application.actor import Actor
from catalog.application.commands import corrections, erasure, onboarding, organisations
from catalog.application.commands import solutions as commands
from catalog.application.loading import decision
from catalog.application.media_ports import MediaPorts
from catalog.application.publiccode import importing
from catalog.application.publiccode.ports import PubliccodePorts
from catalog.application.watch_ports import WatchPorts
from catalog.domain import correcting
from catalog.domain.correction import CorrectionState
from catalog.domain.deployment import name_key
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.solution import Solution, SolutionState, VersionState
from contracts.catalog import (
    OrganisationChanged,
    OrganisationSuspended,
    SolutionDelisted,
    SolutionPublished,
    SolutionSubmitted,
)
from contracts.envelope import Event
from contracts.listing import Listing
from contracts.review import (
    ChangesRequested,
    ChangesRequestedData,
    ReviewCompleted,
    ReviewCompletedData,
    ReviewOpened,
    ReviewOpenedData,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from servicekit.errors import ProblemError

from .fakes import InMemoryMarket, InMemoryWatchlists, new_world
from .given import CURATOR, EDITOR, PROVIDER_ADMIN, READER, REVIEWER, STRANGER, a_draft, a_listing, a_provider

FILES = [
    importing.preview(path.read_bytes(), a_listing(), new_world().ports.profile).answers
    for path in sorted(Path(__file__).parents[2].joinpath("data/publiccode").glob("A*.yml"))[:3]
]
PEOPLE = st.sampled_from([EDITOR, EDITOR, PROVIDER_ADMIN, PROVIDER_ADMIN, READER, STRANGER])
HEARD = {
    ReviewOpened: policies.on_review_opened,
    ChangesRequested: policies.on_changes_requested,
    ReviewCompleted: policies.on_review_completed,
    OrganisationSuspended: policies.on_organisation_suspended,
    OrganisationChanged: policies.on_organisation_changed,
}


class Commands(RuleBasedStateMachine):
    """One provider with one solution; the team knows what was handed in and decides on that."""

    def __init__(self) -> None:
        super().__init__()
        self.world = new_world()
        self.ports = self.world.ports
        self.provider = a_provider()
        made = a_draft(a_listing("Text 0", used_by=["Stadt A", "Stadt B"]), provider=self.provider)
        self.world.has(self.provider, made)
        self.id = made.id
        unused: Any = None
        self.watching = WatchPorts(self.ports, InMemoryWatchlists(self.world.outbox), InMemoryMarket())
        self.files = MediaPorts(unused, unused, unused)
        self.publiccode = PubliccodePorts(self.ports, unused, unused, "https://markt.example.org")
        self.texts = 0
        self.last_text: Listing = made.newest.listing
        self.handed_in: dict[int, tuple[int, Listing]] = {}
        self.undecided: set[int] = set()
        self.approved: dict[int, Listing] = {}
        self.transit: list[Event] = []
        self.online: int | None = None

    @property
    def solution(self) -> Solution:
        return self.world.solutions.held[self.id].state

    @property
    def version(self) -> int:
        return self.world.solutions.held[self.id].version

    @property
    def organisation(self) -> Organisation:
        return self.world.organisations.held[self.provider.id].state

    def may_edit(self, actor: Actor) -> bool:
        member = self.organisation.member(actor.user)
        onboarded = self.organisation.state is OrganisationState.ONBOARDED
        return onboarded and member is not None and member.role.covers(MemberRole.EDITOR)

    def does(self, command: Coroutine[Any, Any, Any]) -> bool:
        """Run a command and hear of it; False when it was refused, which changes nothing."""
        before, kept = dict(self.world.solutions.held), dict(self.world.organisations.held)
        self.world.later()
        try:
            asyncio.run(command)
        except ProblemError:
            assert (self.world.solutions.held, self.world.organisations.held) == (before, kept)
            assert not self.world.outbox.messages
            return False
        for event in self.world.outbox.take():
            self.hear(event)
        return True

    def edits(self, actor: Actor, command: Coroutine[Any, Any, Any], *, current: bool = True) -> bool:
        """Let somebody write: never without the right to, never over what others wrote since."""
        allowed = self.may_edit(actor) and current
        done = self.does(command)
        assert allowed or not done
        return done

    def hear(self, event: Event) -> None:
        match event:
            case SolutionSubmitted(data=said):
                assert said.listing == self.solution.version(said.version).listing
                self.handed_in[said.version] = (said.round, said.listing)
                self.undecided.add(said.version)
            case SolutionPublished(data=said):
                assert said.version in self.approved
                assert same(said.listing, self.approved[said.version])
                assert self.online is None or said.version >= self.online
                self.online = said.version
            case SolutionDelisted(data=said):
                self.online = None
                if said.reason == "withdrawn":
                    self.undecided.clear()
            case OrganisationSuspended() | OrganisationChanged():
                self.transit.append(event)

    # --- the provider -----------------------------------------------------------------------------------------------

    @rule(actor=PEOPLE, behind=st.sampled_from([0, 0, 0, 1]))
    def write(self, actor: Actor, behind: int) -> None:
        self.texts += 1
        text = self.last_text.model_copy(update={"name": f"Text {self.texts}"})
        saving = commands.save_draft(self.ports, actor, self.id, text, expected=self.version - behind)
        if self.edits(actor, saving, current=not behind):
            self.last_text = text

    @rule(actor=PEOPLE, answers=st.sampled_from(FILES), behind=st.sampled_from([0, 0, 1]))
    def take_over_a_file(self, actor: Actor, answers: dict[str, Any], behind: int) -> None:
        """What the repository says, as after a drift."""
        taking = importing.take_over(self.publiccode, actor, self.id, answers, expected=self.version - behind)
        if self.edits(actor, taking, current=not behind):
            self.last_text = self.solution.newest.listing

    @rule(actor=PEOPLE, data=st.data())
    def go_back(self, actor: Actor, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.solution.versions)))
        text = self.solution.version(number).shown
        if self.edits(actor, commands.restore_version(self.ports, actor, self.id, number, expected=self.version)):
            self.last_text = text

    @rule(actor=PEOPLE)
    def submit(self, actor: Actor) -> None:
        self.edits(actor, commands.submit_solution(self.ports, actor, self.id))

    @rule(actor=PEOPLE, command=st.sampled_from(["withdraw", "confirm", "correct"]))
    def keep_up(self, actor: Actor, command: str) -> None:
        draft, was = self.solution.newest, self.solution.live
        match command:
            case "withdraw":
                self.edits(actor, commands.withdraw_solution(self.ports, actor, self.id, None))
            case "confirm":
                self.edits(actor, commands.confirm_solution(self.ports, actor, self.id))
            case "correct":
                address = f"https://support-{self.texts}.example.org"
                asked = {"support_url": address}
                if self.edits(actor, corrections.correct_solution(self.ports, actor, self.id, asked)):
                    assert was is not None
                    assert self.solution.live is not None
                    assert self.solution.live.shown.support_url == address
                    self.carried_into(draft.state)

    def carried_into(self, state: VersionState) -> None:
        """A correction also stands in the draft that said the same; nothing else of it changes."""
        if state in (VersionState.DRAFT, VersionState.CHANGES_REQUESTED):
            assert same(self.solution.newest.listing, self.last_text)
            self.last_text = self.solution.newest.listing

    # --- the team ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.undecided)
    @rule(data=st.data(), outcome=st.sampled_from(["approved", "approved", "rejected", "changes", "opened"]))
    def the_team_acts(self, data: st.DataObject, outcome: str) -> None:
        """When its event arrives is another matter."""
        self.decides(data.draw(st.sampled_from(sorted(self.undecided))), outcome)

    @rule(outcome=st.sampled_from(["approved", "approved", "changes"]))
    def a_whole_round(self, outcome: str) -> None:
        """Handed in, looked at, and heard of, with nothing in between."""
        self.submit(PROVIDER_ADMIN)
        if self.undecided:
            self.decides(max(self.undecided), outcome)
            event = self.transit[-1]
            assert self.does(HEARD[type(event)](self.ports, event))

    def decides(self, number: int, outcome: str) -> None:
        round_, listing = self.handed_in[number]
        at = self.ports.clock.now()
        about = {
            "case_id": "case",
            "solution_id": self.id,
            "slug": self.solution.slug,
            "solution_name": listing.name,
            "version": number,
            "organisation_id": self.provider.id,
        }
        if outcome != "opened":
            self.undecided.discard(number)
        made: Event
        match outcome:
            case "opened":
                opened = ReviewOpenedData.model_validate({**about, "round": round_, "opened_at": at})
                made = ReviewOpened.new(opened, aggregate_id=self.id, time=at)
            case "changes":
                wanted = {**about, "round": round_, "findings": [], "message": "…", "requested_at": at}
                made = ChangesRequested.new(ChangesRequestedData.model_validate(wanted), aggregate_id=self.id, time=at)
            case _:
                if outcome == "approved":
                    self.approved[number] = listing
                decided = {**about, "decision": outcome, "criteria_version": "2026.1", "decided_at": at}
                made = ReviewCompleted.new(ReviewCompletedData.model_validate(decided), aggregate_id=self.id, time=at)
        self.transit.append(made)

    @precondition(lambda self: self.transit)
    @rule(data=st.data())
    def an_event_arrives(self, data: st.DataObject) -> None:
        """Any event, in any order, for the first time or again."""
        event = data.draw(st.sampled_from(self.transit))
        assert self.does(HEARD[type(event)](self.ports, event))

    @rule()
    def all_events_arrive(self) -> None:
        """Then a suspended provider has nothing online, and its name is everywhere."""
        for event in list(self.transit):
            assert self.does(HEARD[type(event)](self.ports, event))
        if self.organisation.state is OrganisationState.SUSPENDED:
            assert self.solution.live is None
        assert self.solution.organisation_name == self.organisation.name

    @rule(command=st.sampled_from(["suspend", "republish"]), actor=st.sampled_from([CURATOR, CURATOR, EDITOR]))
    def off_and_on(self, command: str, actor: Actor) -> None:
        suspended = self.solution.suspended
        if command == "suspend":
            done = self.does(commands.suspend_solution(self.ports, actor, self.id, "Beschwerde"))
            assert not done or actor.curator
        elif self.does(commands.republish_solution(self.ports, actor, self.id)):
            assert self.organisation.state is OrganisationState.ONBOARDED
            assert actor.curator if suspended else self.may_edit(actor)

    @precondition(lambda self: self.solution.open_correction)
    @rule(keep=st.booleans(), actor=st.sampled_from([REVIEWER, REVIEWER, EDITOR]))
    def judge_a_correction(self, keep: bool, actor: Actor) -> None:
        found, draft = self.solution.open_correction, self.solution.newest
        assert found is not None
        given: dict[str, Any] = {"revision": found.revision}
        if keep:
            done = self.does(corrections.accept_correction(self.ports, actor, self.id, found.number, **given))
        else:
            given["reason"] = "…"
            done = self.does(corrections.revert_correction(self.ports, actor, self.id, found.number, **given))
        assert done is (actor is REVIEWER)
        if done and not keep:
            self.carried_into(draft.state)

    # --- the organisation, its people, and time ---------------------------------------------------------------------

    @rule(command=st.sampled_from(["suspend", "approve", "rename"]))
    def change_the_organisation(self, command: str) -> None:
        match command:
            case "suspend":
                self.does(organisations.suspend_organisation(self.ports, CURATOR, self.provider.id, "Insolvenz"))
            case "approve":
                self.does(onboarding.approve_organisation(self.ports, CURATOR, self.provider.id))
            case "rename":
                facts = organisations.OrganisationFacts(name=f"Anbieter {self.texts} GmbH")
                expected = self.world.organisations.held[self.provider.id].version
                self.does(
                    organisations.edit_organisation(self.ports, CURATOR, self.provider.id, facts, expected=expected)
                )

    @rule()
    def the_editor_wants_to_be_forgotten(self) -> None:
        """What was written stays, and who wrote it may no more."""
        self.does(erasure.erase_person(self.ports, self.watching, self.files, EDITOR, confirmed=EDITOR.user))
        assert self.organisation.member(EDITOR.user) is None
        assert not self.may_edit(EDITOR)

    @rule(command=st.sampled_from(["leave", "join"]))
    def people_come_and_go(self, command: str) -> None:
        if command == "leave":
            self.does(organisations.remove_member(self.ports, PROVIDER_ADMIN, self.provider.id, EDITOR.user))
        else:
            adding = partial(organisations.add_member, user=EDITOR.user, email=EDITOR.email, role=MemberRole.EDITOR)
            self.does(adding(self.ports, PROVIDER_ADMIN, self.provider.id))

    @rule(town=st.sampled_from(["Stadt A", "Stadt B"]))
    def a_town_says_it_does_not_use_it(self, town: str) -> None:
        """It is struck from what is public and from the draft that says the same; nobody has to look at it."""
        draft = self.solution.newest
        striking = partial(correcting.strike_users, denied={name_key(town)}, at=self.ports.clock.now())
        self.does(self.world.solutions.change(self.id, decision(striking, mapping.of_solution, self.ports.clock)))
        if self.solution.live is not None:
            assert town not in self.solution.live.shown.used_by
        self.carried_into(draft.state)

    @rule(days=st.sampled_from([1, 40, 366, 500]))
    def time_passes(self, days: int) -> None:
        """What nobody confirmed is gone; versions stay as they are."""
        versions = self.solution.versions
        self.world.later(days=days)
        assert self.does(guard_policies.pass_time_of(self.ports, self.id))
        assert self.solution.versions == versions

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def readers_of_the_events_know_what_is_online(self) -> None:
        live = self.solution.live
        assert (live.number if live else None) == self.online
        assert (self.solution.state is SolutionState.PUBLISHED) == (live is not None)

    @invariant()
    def nothing_is_public_that_nobody_approved(self) -> None:
        out = {VersionState.APPROVED, VersionState.PUBLISHED, VersionState.SUPERSEDED}
        for version in self.solution.versions:
            if version.state in out:
                assert version.listing == self.approved[version.number]
                assert same(version.shown, version.listing)

    @invariant()
    def no_version_and_no_text_is_lost(self) -> None:
        versions = self.solution.versions
        assert [version.number for version in versions] == list(range(1, len(versions) + 1))
        assert self.solution.newest.listing == self.last_text
        for number, (_, listing) in self.handed_in.items():
            assert (self.solution.version(number).reviewed or self.solution.version(number).listing) == listing

    @invariant()
    def one_correction_waits_at_most(self) -> None:
        waiting = [each for each in self.solution.corrections if each.state is CorrectionState.OPEN]
        assert len(waiting) <= 1


def same(one: Listing, other: Listing) -> bool:
    """True for the same text, the small things left out that may be corrected without a review."""
    small = {"support_url": None, "used_by": []}
    return one.model_copy(update=small) == other.model_copy(update=small)


Commands.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestCommands = Commands.TestCase
