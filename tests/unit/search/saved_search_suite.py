"""What every store of saved searches and of marks must do: run on the fakes and on the real database."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from search.application.alert_ports import Marks, SavedSearches
from search.domain import saved_search as rules
from search.domain.alert_mark import Mark
from search.domain.saved_search import MOST_PER_OWNER, Change, Match, Reason, SavedSearch, StoredQuery, Wishes
from servicekit.digest_times import DigestTimes, Frequency
from servicekit.errors import ProblemError

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
TIMES = DigestTimes(time(7), 0, UTC)
QUERY = StoredQuery.of("Mitfahrbänke", {"kind": ["software"], "bundesland": ["DE-BB", "DE-BE"]}, ["a:b"])


def a_search(
    search_id: str = "s1", owner: str = "u1", frequency: Frequency = Frequency.DAILY, at: datetime = AT, **more: Any
) -> SavedSearch:
    fields: dict[str, Any] = {"organisation_id": "org-1", "name": "Bänke", "query": QUERY}
    return rules.save(search_id, owner=owner, frequency=frequency, now=at, **{**fields, **more})


def a_match(event_id: str = "e1", at: datetime = AT + timedelta(hours=1)) -> Match:
    return Match(event_id, "comby", "comby", "Comby", "Kurz", Reason.LOST_AWARD, at, lost_awards=("usability",))


def hearing(*matches: Match, now: datetime = AT + timedelta(hours=1)) -> Any:
    return lambda saved: rules.hear(saved, matches, times=TIMES, now=now)


async def ids_listening(saved: SavedSearches, until: datetime) -> list[str]:
    return [listener.id async for page in saved.listening(until=until) for listener in page]


class SavedSearchSuite:
    async def test_what_was_saved_comes_back_as_it_was(self, saved: SavedSearches) -> None:
        search = a_search()
        assert await saved.add(search)
        assert await saved.get("s1") == search
        heard = await saved.change("s1", hearing(a_match()))
        assert heard is not None
        assert (heard.pending, heard.due_at) == ((a_match(),), datetime(2026, 3, 5, 7, tzinfo=UTC))
        assert await saved.get("s1") == heard
        assert await saved.get("nobody's") is None
        assert await saved.change("nobody's", hearing()) is None

    async def test_the_same_id_is_saved_once(self, saved: SavedSearches) -> None:
        assert await saved.add(a_search())
        assert not await saved.add(a_search(name="Anders"))
        assert [each.name for each in await saved.of_owner("u1")] == ["Bänke"]

    async def test_a_user_sees_the_own_ones_newest_first(self, saved: SavedSearches) -> None:
        for number in range(3):
            await saved.add(a_search(f"s{number}", at=AT + timedelta(minutes=number)))
        await saved.add(a_search("other", owner="u2"))
        assert [each.id for each in await saved.of_owner("u1")] == ["s2", "s1", "s0"]

    async def test_the_limit_holds_also_for_many_at_once(self, saved: SavedSearches) -> None:
        for number in range(MOST_PER_OWNER - 2):
            await saved.add(a_search(f"s{number}"))
        outcomes = await asyncio.gather(
            *(saved.add(a_search(f"late-{number}")) for number in range(4)), return_exceptions=True
        )
        assert outcomes.count(True) == 2
        refused = [outcome for outcome in outcomes if outcome is not True]
        assert {each.slug for each in refused if isinstance(each, ProblemError)} == {"saved-search-limit"}
        assert len(await saved.of_owner("u1")) == MOST_PER_OWNER
        assert await saved.remove("s0", revision=None)
        assert await saved.add(a_search("after"))
        assert await saved.add(a_search("somebody-else", owner="u2"))

    async def test_only_the_version_that_was_read_is_deleted(self, saved: SavedSearches) -> None:
        await saved.add(a_search())
        await saved.change("s1", lambda held: Change(rules.revise(held, Wishes(name="Neu"), times=TIMES, now=AT)))
        assert not await saved.remove("s1", revision=1)
        assert await saved.remove("s1", revision=2)
        assert not await saved.remove("s1", revision=2)

    async def test_those_listen_that_want_alerts_of_what_happened_since(self, saved: SavedSearches) -> None:
        await saved.add(a_search("a"))
        await saved.add(a_search("b", frequency=Frequency.NEVER))
        await saved.add(a_search("c", frequency=Frequency.AT_ONCE, at=AT + timedelta(hours=1)))
        assert await ids_listening(saved, AT) == []
        assert await ids_listening(saved, AT + timedelta(minutes=1)) == ["a"]
        assert await ids_listening(saved, AT + timedelta(hours=2)) == ["a", "c"]
        (page,) = [page async for page in saved.listening(until=AT + timedelta(minutes=1))]
        assert (page[0].query, page[0].organisation_id, page[0].listens_from) == (QUERY, "org-1", AT)

    async def test_those_are_due_whose_time_has_come(self, saved: SavedSearches) -> None:
        await saved.add(a_search("weekly", frequency=Frequency.WEEKLY))
        await saved.add(a_search("daily"))
        await saved.add(a_search("nothing-to-tell"))
        for search_id in ("weekly", "daily"):
            await saved.change(search_id, hearing(a_match()))
        assert await saved.due(datetime(2026, 3, 5, 6, 59, tzinfo=UTC), 10) == []
        assert [each.id for each in await saved.due(datetime(2026, 3, 5, 7, tzinfo=UTC), 10)] == ["daily"]
        assert [each.id for each in await saved.due(datetime(2026, 3, 9, 7, tzinfo=UTC), 10)] == ["daily", "weekly"]
        assert [each.id for each in await saved.due(datetime(2026, 3, 9, 7, tzinfo=UTC), 1)] == ["daily"]

    async def test_who_leaves_is_forgotten_but_not_who_came_back(self, saved: SavedSearches) -> None:
        await saved.add(a_search("old"))
        await saved.add(a_search("new", at=AT + timedelta(days=2)))
        await saved.add(a_search("other", owner="u2"))
        await saved.leave("u2", "org-1")
        left = await saved.get("other")
        assert left is not None
        assert left.organisation_id is None
        assert await saved.forget("u1", saved_before=AT + timedelta(days=1)) == 1
        assert [each.id for each in await saved.of_owner("u1")] == ["new"]
        assert len(await saved.of_owner("u2")) == 1


class MarksSuite:
    async def test_marks_are_kept_per_facet(self, marks: Marks) -> None:
        listing = Mark("comby", "listing", "stream-1", 5, version=2)
        checkup = Mark("comby", "checkup", "stream-1", 6, awards=("usability",))
        empty = Mark("dorffunk", "checkup", "stream-1", 7, awards=())
        await marks.save([listing, checkup, empty])
        keys = [("comby", "listing"), ("comby", "checkup"), ("comby", "rating"), ("dorffunk", "checkup")]
        assert await marks.read(keys) == {
            ("comby", "listing"): listing,
            ("comby", "checkup"): checkup,
            ("dorffunk", "checkup"): empty,
        }
        assert await marks.read([]) == {}

    @pytest.mark.parametrize(
        ("stream", "sequence", "kept"), [("a", 4, False), ("a", 5, False), ("a", 6, True), ("b", 1, True)]
    )
    async def test_a_mark_moves_forward_only_within_one_stream(
        self, marks: Marks, stream: str, sequence: int, kept: bool
    ) -> None:
        first, second = (
            Mark("comby", "listing", "a", 5, version=1),
            Mark("comby", "listing", stream, sequence, version=9),
        )
        await marks.save([first])
        await marks.save([second])
        assert await marks.read([("comby", "listing")]) == {("comby", "listing"): second if kept else first}
