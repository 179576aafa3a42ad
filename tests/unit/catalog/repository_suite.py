"""What every implementation of the catalog's ports must do: run on the fakes and on the real database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from catalog.application.ports import Guarded, Loaded, Ports, Position, SlugTaken, SolutionFilter, Write
from catalog.domain import correcting, guarding, lifecycle, moderation, rating
from catalog.domain.mandate import Proof, ProofFile
from catalog.domain.organisation import MemberRole, Organisation, OrganisationState
from catalog.domain.rating import Context, RatingBook
from catalog.domain.solution import Solution, SolutionState
from contracts.vocabulary import Bundesland, RatingDimension, ReportReason, SizeClass
from servicekit.outbox import OutboxMessage

from .given import (
    CLERK,
    CURATOR,
    EDITOR,
    PROVIDER_ADMIN,
    REVIEWER,
    STRANGER,
    a_draft,
    a_listing,
    a_municipality,
    a_provider,
    an_opinion,
    an_organisation,
    in_review,
    minutes,
    published,
    with_changes_requested,
)

MESSAGE = OutboxMessage("message-1", "events.catalog.test.v1.x", b"{}")
A_PROOF = Proof(
    given_by="clerk",
    given_at=minutes(0),
    statement="Leitung des Hauptamts",
    file=ProofFile("file-1", "document", "application/pdf", 1234),
)


async def saved(ports: Ports, *states: Organisation | Solution) -> None:
    for state in states:
        kept = ports.organisations if isinstance(state, Organisation) else ports.solutions
        assert await kept.add(state.id, state)  # type: ignore[arg-type]


def renamed(name: str, messages: Sequence[OutboxMessage] = ()) -> Callable[..., object]:
    async def decide(loaded: Loaded[Organisation]) -> Write[Organisation]:
        return Write(replace(loaded.state, name=name), tuple(messages))

    return decide


class AggregateSuite:
    """Loading, deciding and saving."""

    async def test_what_was_added_can_be_read(self, ports: Ports) -> None:
        full = an_organisation(
            bundesland=Bundesland.BB,
            size_class=SizeClass.UNDER_5K,
            ars="120000000000",
            website_url="https://www.example.org/",
            description="Wir.",
            note="Notiz",
            reason="Grund",
            proof=A_PROOF,
            shares_ars_with=("other",),
        )
        await saved(ports, full)
        assert await ports.organisations.get(full.id) == Loaded(full, 1)

    async def test_what_is_not_there_is_none(self, ports: Ports) -> None:
        assert await ports.organisations.get("nobody") is None
        assert await ports.organisations.change("nobody", renamed("x")) is None  # type: ignore[arg-type]

    async def test_adding_an_id_again_changes_nothing(self, ports: Ports) -> None:
        provider = a_provider()
        await saved(ports, provider)
        assert not await ports.organisations.add(provider.id, replace(provider, name="Andere"))
        assert await ports.organisations.get(provider.id) == Loaded(provider, 1)

    async def test_a_change_is_the_next_version(self, ports: Ports) -> None:
        provider = a_provider()
        await saved(ports, provider)
        changed = await ports.organisations.change(provider.id, renamed("Neu"))  # type: ignore[arg-type]
        assert changed == Loaded(replace(provider, name="Neu"), 2)
        assert await ports.organisations.get(provider.id) == changed

    async def test_no_change_is_not_saved(self, ports: Ports) -> None:
        provider = a_provider()
        await saved(ports, provider)
        unchanged = await ports.organisations.change(provider.id, renamed(provider.name))  # type: ignore[arg-type]
        assert unchanged == Loaded(provider, 1)

    async def test_an_event_changes_something_once(self, ports: Ports) -> None:
        provider = a_provider()
        await saved(ports, provider)
        await ports.organisations.change(provider.id, renamed("Eins"), event_id="event-1")  # type: ignore[arg-type]
        again = await ports.organisations.change(provider.id, renamed("Zwei"), event_id="event-1")  # type: ignore[arg-type]
        assert again == Loaded(replace(provider, name="Eins"), 2)
        other = await ports.organisations.change(provider.id, renamed("Drei"), event_id="event-2")  # type: ignore[arg-type]
        assert other == Loaded(replace(provider, name="Drei"), 3)

    async def test_a_decision_is_taken_again_when_somebody_saved_first(self, ports: Ports) -> None:
        provider = a_provider()
        await saved(ports, provider)
        seen: list[str] = []

        async def slow(loaded: Loaded[Organisation]) -> Write[Organisation]:
            seen.append(loaded.state.name)
            if len(seen) == 1:
                await ports.organisations.change(provider.id, renamed("Schneller"))  # type: ignore[arg-type]
            return Write(replace(loaded.state, name=f"{loaded.state.name}!"), (MESSAGE,))

        changed = await ports.organisations.change(provider.id, slow)
        assert seen == [provider.name, "Schneller"]
        assert changed == Loaded(replace(provider, name="Schneller!"), 3)


class OrganisationSuite:
    """Finding organisations."""

    async def test_those_of_a_member(self, ports: Ports) -> None:
        first, second = (
            a_provider(),
            a_municipality(created_at=minutes(1), members=((PROVIDER_ADMIN, MemberRole.MEMBER),)),
        )
        await saved(ports, first, second, a_municipality())
        assert [held.state for held in await ports.organisations.of_member(PROVIDER_ADMIN.user)] == [second, first]
        assert await ports.organisations.of_member(STRANGER.user) == []

    async def test_those_with_a_regional_key_that_were_not_refused(self, ports: Ports) -> None:
        key = "129990000000"
        first, second = an_organisation(ars=key), a_municipality(ars=key, created_at=minutes(1))
        refused = an_organisation(ars=key, state=OrganisationState.REFUSED)
        await saved(ports, first, second, refused, an_organisation(ars="120000000000"), an_organisation())
        assert await ports.organisations.with_ars({key, "050000000000"}) == [second, first]
        assert await ports.organisations.with_ars(()) == []

    async def test_those_whose_proof_is_to_be_erased(self, ports: Ports) -> None:
        due = an_organisation(proof=replace(A_PROOF, erase_at=minutes(5)))
        await saved(ports, due, an_organisation(proof=A_PROOF), an_organisation(proof=Proof(erased_at=minutes(1))))
        assert await ports.organisations.proofs_due(minutes(4), 10) == []
        assert await ports.organisations.proofs_due(minutes(5), 10) == [due.id]

    async def test_onboarded_municipalities_by_name(self, ports: Ports) -> None:
        town = a_municipality(name="Stadt Ärgernis")
        waiting = a_municipality(name="Stadt Ärgernis", state=OrganisationState.REQUESTED)
        await saved(ports, town, waiting, a_provider(name="Stadt Ärgernis"))
        assert await ports.organisations.municipalities_named(" stadt  ÄRGERNIS ") == [town]
        assert await ports.organisations.municipalities_named("Stadt") == []

    async def test_pages_from_newest_to_oldest(self, ports: Ports) -> None:
        states = (OrganisationState.REQUESTED, OrganisationState.ONBOARDED)
        kept = [an_organisation(state=states[number % 2], created_at=minutes(number // 2)) for number in range(6)]
        await saved(ports, *kept)
        expected = sorted(kept, key=lambda held: (held.created_at, held.id), reverse=True)
        first = await ports.organisations.page(state=None, after=None, limit=4)
        assert [held.state for held in first.items] == expected[:4]
        assert first.total == 6
        assert first.next == Position(expected[3].created_at, expected[3].id)
        second = await ports.organisations.page(state=None, after=first.next, limit=4)
        assert [held.state for held in second.items] == expected[4:]
        assert (second.next, second.total) == (None, None)
        requested = await ports.organisations.page(state=OrganisationState.REQUESTED, after=None, limit=4)
        assert {held.state.state for held in requested.items} == {OrganisationState.REQUESTED}
        assert (len(requested.items), requested.total, requested.next) == (3, 3, None)


class SolutionSuite:
    """Finding solutions."""

    @pytest.mark.parametrize("make", [a_draft, in_review, with_changes_requested, published])
    async def test_every_state_can_be_read_back(self, ports: Ports, make: Callable[[], Solution]) -> None:
        solution = lifecycle.save_draft(
            make(), a_listing("Anders", repository_url="https://example.org/x"), at=minutes(9)
        )
        await saved(ports, solution.state)
        assert await ports.solutions.get(solution.state.id) == Loaded(solution.state, 1)
        assert await ports.solutions.by_slug(solution.state.slug) == Loaded(solution.state, 1)

    async def test_marks_can_be_read_back(self, ports: Ports) -> None:
        off = lifecycle.withdraw(published(), by=EDITOR.user, note=None, at=minutes(8)).state
        off = lifecycle.suspend(off, by=CURATOR.user, reason="Grund", at=minutes(9)).state
        await saved(ports, off)
        assert await ports.solutions.get(off.id) == Loaded(off, 1)

    async def test_a_slug_belongs_to_one_solution(self, ports: Ports) -> None:
        first = a_draft(slug="comby")
        await saved(ports, first)
        assert not await ports.solutions.add(first.id, first)
        with pytest.raises(SlugTaken):
            await ports.solutions.add("another-id", replace(first, id="another-id"))
        assert await ports.solutions.get("another-id") is None

    async def test_a_taken_slug_gets_a_number(self, ports: Ports) -> None:
        assert await ports.solutions.free_slug("comby") == "comby"
        await saved(ports, a_draft(slug="comby"))
        assert await ports.solutions.free_slug("comby") == "comby-2"
        await saved(ports, a_draft(slug="comby-2"))
        assert await ports.solutions.free_slug("comby") == "comby-3"
        assert await ports.solutions.by_slug("comby-3") is None

    async def test_those_of_an_organisation(self, ports: Ports) -> None:
        mine = a_provider()
        kept = [a_draft(slug=f"s-{number}", provider=mine) for number in range(3)]
        await saved(ports, *kept, a_draft(slug="other"))
        assert sorted(await ports.solutions.ids_of(mine.id)) == sorted(held.id for held in kept)

    async def test_pages_by_organisation_and_state(self, ports: Ports) -> None:
        mine, other = a_provider(), a_provider()
        drafts = [a_draft(slug=f"d-{number}", provider=mine, at=minutes(number)) for number in range(3)]
        online = published(slug="online", provider=mine, at=minutes(9))
        foreign = a_draft(slug="foreign", provider=other, at=minutes(5))
        await saved(ports, *drafts, online, foreign)

        async def slugs(chosen: SolutionFilter) -> list[str]:
            page = await ports.solutions.page(chosen, after=None, limit=10)
            assert page.total == len(page.items)
            return [held.state.slug for held in page.items]

        assert await slugs(SolutionFilter()) == ["online", "foreign", "d-2", "d-1", "d-0"]
        assert await slugs(SolutionFilter({mine.id})) == ["online", "d-2", "d-1", "d-0"]
        assert await slugs(SolutionFilter({mine.id, other.id}, SolutionState.DRAFT)) == ["foreign", "d-2", "d-1", "d-0"]
        assert await slugs(SolutionFilter(set())) == []
        first = await ports.solutions.page(SolutionFilter({mine.id}), after=None, limit=3)
        rest = await ports.solutions.page(SolutionFilter({mine.id}), after=first.next, limit=3)
        assert [held.state.slug for held in rest.items] == ["d-0"]

    async def test_the_public_sees_what_is_online(self, ports: Ports) -> None:
        online = lifecycle.save_draft(published(slug="online"), a_listing("Entwurf"), at=minutes(7)).state
        off = lifecycle.withdraw(published(slug="off"), by=EDITOR.user, note=None, at=minutes(8)).state
        await saved(ports, online, off, a_draft(slug="draft"))
        by_slug, by_id = await ports.solutions.live("online"), await ports.solutions.live(online.id)
        assert by_slug is not None
        assert by_slug == by_id
        assert online.live is not None
        assert (by_slug.state.number, by_slug.state.listing, by_slug.version) == (1, online.live.listing, 1)
        assert (by_slug.state.published_at, by_slug.state.updated_at) == (online.published_at, online.updated_at)
        for hidden in ("off", off.id, "draft", "nothing"):
            assert await ports.solutions.live(hidden) is None
        everything = await ports.solutions.live_page(None, after=None, limit=5)
        assert (everything.items, everything.total, everything.next) == ([by_slug], 1, None)
        assert (await ports.solutions.live_page(off.organisation_id, after=None, limit=5)).items == []

    async def test_a_change_of_state_shows_in_lists_and_in_public(self, ports: Ports) -> None:
        online = published(slug="online")
        await saved(ports, online)

        async def off(loaded: Loaded[Solution]) -> Write[Solution]:
            return Write(lifecycle.withdraw(loaded.state, by=EDITOR.user, note=None, at=minutes(8)).state)

        await ports.solutions.change(online.id, off)
        assert await ports.solutions.live("online") is None
        page = await ports.solutions.page(SolutionFilter(state=SolutionState.WITHDRAWN), after=None, limit=5)
        assert [held.version for held in page.items] == [2]


class UnapprovedSuite:
    """Solutions with corrections that the team has not looked at."""

    async def test_the_longest_waiting_comes_first_and_pages_follow_on(self, ports: Ports) -> None:
        made = []
        for number in (3, 1, 2):
            online = published(a_draft(slug=f"loesung-{number}"))
            change = correcting.correct(
                online, {"support_url": f"https://{number}.example.org"}, by=EDITOR.user, at=minutes(number)
            )
            made.append((number, change.state.id))
            await ports.solutions.add(change.state.id, change.state)
        judged = correcting.accept(change.state, 1, 1, by=REVIEWER.user, at=minutes(9)).state
        quiet = a_draft(slug="still")
        await ports.solutions.add(quiet.id, quiet)
        first = await ports.solutions.unapproved(after=None, limit=2)
        assert [loaded.state.id for loaded in first.items] == [each for _, each in sorted(made)[:2]]
        assert first.total == 3
        rest = await ports.solutions.unapproved(after=first.next, limit=2)
        assert [loaded.state.id for loaded in rest.items] == [sorted(made)[2][1]]
        assert (rest.next, rest.total) == (None, None)

        async def accepted(loaded: Loaded[Solution]) -> Write[Solution]:
            return Write(judged)

        await ports.solutions.change(judged.id, accepted)
        assert (await ports.solutions.unapproved(after=None, limit=9)).total == 2


class GuardSuite:
    """What the lifecycle guard looks for."""

    async def test_what_is_due_comes_in_order_and_what_expired_is_counted(self, ports: Ports) -> None:
        for number in (3, 1, 2):
            online = published(a_draft(slug=f"loesung-{number}"))
            state = lifecycle.confirm(online, at=minutes(60 * 24 * number)).state
            await ports.solutions.add(f"solution-{number}", replace(state, id=f"solution-{number}"))
        await ports.solutions.add("draft", replace(a_draft(slug="still"), id="draft"))
        first, later = minutes(60 * 24 * 307), minutes(60 * 24 * 400)
        assert await ports.solutions.due(first - timedelta(days=5), 9) == []
        assert await ports.solutions.due(first, 9) == ["solution-1", "solution-2"]
        assert await ports.solutions.due(later, 2) == ["solution-1", "solution-2"]
        assert await ports.solutions.guarded() == Guarded(0, datetime(2027, 1, 1, 23, tzinfo=UTC))

        async def expired(loaded: Loaded[Solution]) -> Write[Solution]:
            return Write(guarding.pass_time(loaded.state, later).state)

        await ports.solutions.change("solution-1", expired)
        assert await ports.solutions.due(later, 9) == ["solution-2", "solution-3"]
        assert await ports.solutions.guarded() == Guarded(1, datetime(2027, 1, 2, 23, tzinfo=UTC))
        assert await ports.solutions.live("loesung-1") is None
        held = await ports.solutions.get("solution-1")
        assert held is not None
        assert held.state.state is SolutionState.EXPIRED


class RatingSuite:
    """The ratings of a solution."""

    @staticmethod
    def rate(organisation_id: str, overall: int) -> Callable[[Loaded[RatingBook]], object]:
        async def decide(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
            opinion = an_opinion(overall, dimensions={RatingDimension.SUPPORT: 3}, report="Gut")
            change = rating.rate(
                loaded.state,
                opinion,
                organisation_id=organisation_id,
                organisation_name="Landkreis Musterland",
                context=Context(size_class=SizeClass.UNDER_100K, bundesland=Bundesland.BB, used_since="2024-05"),
                by=CLERK.user,
                at=minutes(1),
            )
            return Write(change.state, (MESSAGE,) if change.events else ())

        return decide

    async def test_before_the_first_rating_the_book_is_empty(self, ports: Ports) -> None:
        assert await ports.ratings.get("solution-1") == Loaded(RatingBook("solution-1"), 0)
        assert await ports.ratings.summary("solution-1") == Loaded(RatingBook("solution-1").summary, 0)

    async def test_who_rated_is_found_until_forgotten(self, ports: Ports) -> None:
        for solution_id in ("solution-1", "solution-2"):
            await ports.ratings.change(solution_id, self.rate("a", 5))  # type: ignore[arg-type]

        async def forget(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
            return Write(rating.forget_person(loaded.state, CLERK.user))

        before = await ports.ratings.with_person(CLERK.user)
        assert [held.state.solution_id for held in before] == ["solution-1", "solution-2"]
        forgotten = await ports.ratings.change("solution-1", forget)
        assert (forgotten.state.ratings["a"].rated_by, forgotten.state.summary.count) == ("", 1)
        assert await ports.ratings.with_person(CLERK.user) == before[1:]
        assert await ports.ratings.with_person("") == []

    async def test_ratings_of_several_organisations(self, ports: Ports) -> None:
        first = await ports.ratings.change("solution-1", self.rate("a", 5))  # type: ignore[arg-type]
        assert (first.version, first.state.summary.count) == (1, 1)
        second = await ports.ratings.change("solution-1", self.rate("b", 2))  # type: ignore[arg-type]
        assert (second.version, set(second.state.ratings)) == (2, {"a", "b"})
        assert await ports.ratings.get("solution-1") == second
        assert await ports.ratings.summary("solution-1") == Loaded(second.state.summary, 2)
        assert await ports.ratings.change("solution-1", self.rate("b", 2)) == second  # type: ignore[arg-type]
        assert (await ports.ratings.get("solution-2")).version == 0

    async def test_replies_and_hiding_can_be_read_back(self, ports: Ports) -> None:
        async def moderate(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
            reported = moderation.report(
                loaded.state, "a", reason=ReportReason.ADVERTISING, note="Nur Werbung", by="x", at=minutes(1)
            ).state
            answered = rating.reply(reported, "a", text="Danke", by=EDITOR.user, at=minutes(2)).state
            return Write(moderation.hide(answered, "a", reason="Werbung", by=CURATOR.user, at=minutes(3)).state)

        await ports.ratings.change("solution-1", self.rate("a", 5))  # type: ignore[arg-type]
        hidden = await ports.ratings.change("solution-1", moderate)
        assert hidden.state.summary.count == 0
        assert await ports.ratings.get("solution-1") == hidden

    async def test_two_first_ratings_at_once_both_count(self, ports: Ports) -> None:
        raced: list[int] = []

        async def slow(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
            raced.append(loaded.version)
            if len(raced) == 1:
                await ports.ratings.change("solution-1", self.rate("a", 5))  # type: ignore[arg-type]
            return await self.rate("b", 1)(loaded)  # type: ignore[misc,no-any-return]

        both = await ports.ratings.change("solution-1", slow)
        assert raced == [0, 1]
        assert (both.state.summary.count, set(both.state.ratings), both.version) == (2, {"a", "b"}, 2)

    async def test_reported_ratings_wait_for_the_team(self, ports: Ports) -> None:
        async def report(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
            reason = ReportReason.PERSONAL_DATA
            return Write(moderation.report(loaded.state, "a", reason=reason, note=None, by="x", at=minutes(2)).state)

        async def dismiss(loaded: Loaded[RatingBook]) -> Write[RatingBook]:
            return Write(moderation.dismiss(loaded.state, "a", reason="Ist gut so", by="y", at=minutes(3)).state)

        for solution in ("solution-1", "solution-2", "solution-3"):
            await ports.ratings.change(solution, self.rate("a", 5))  # type: ignore[arg-type]
        first = await ports.ratings.change("solution-1", report)
        third = await ports.ratings.change("solution-3", report)
        assert await ports.ratings.reported(after=None, limit=5) == [first, third]
        assert await ports.ratings.reported(after=None, limit=1) == [first]
        assert await ports.ratings.reported(after="solution-1", limit=5) == [third]
        await ports.ratings.change("solution-1", dismiss)
        assert await ports.ratings.reported(after=None, limit=5) == [third]
