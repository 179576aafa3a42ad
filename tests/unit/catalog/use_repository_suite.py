"""What every implementation of the ports about uses must do: run on the fakes and on the real database."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from catalog.application.ports import Loaded, Ports, Position, Write
from catalog.domain import blocklist, claiming, peer, using
from catalog.domain.blocklist import Blocklist
from catalog.domain.change import Change
from catalog.domain.deployment import DeploymentBook, Terms
from catalog.domain.organisation import Organisation
from catalog.domain.peer import Side, Thread
from contracts.vocabulary import Bundesland, DeploymentVisibility, ReportReason, SizeClass
from servicekit.outbox import OutboxMessage

from .given import CLERK, a_municipality, a_thread, minutes

MESSAGE = OutboxMessage("message-1", "events.catalog.test.v1.x", b"{}")
TERMS = Terms(since="2024-05", version="3.1", module="Buchung", visibility=DeploymentVisibility.PUBLIC, contact=True)


def deciding(command: Callable[[Any], Change[Any, Any]]) -> Any:
    async def decide(loaded: Loaded[Any]) -> Write[Any]:
        change = command(loaded.state)
        return Write(change.state, (MESSAGE,) if change.events else ())

    return decide


def declaring(town: Organisation, at: int = 0, terms: Terms = TERMS) -> Any:
    return deciding(lambda book: using.declare(book, town, terms, by_provider=False, by=CLERK.user, at=minutes(at)))


class DeploymentSuite:
    """The deployments of a solution."""

    async def test_all_of_a_book_can_be_read_back(self, ports: Ports) -> None:
        books = ports.uses.deployments
        assert await books.get("solution-1") == Loaded(DeploymentBook("solution-1"), 0)
        town = a_municipality(size_class=SizeClass.UNDER_5K, bundesland=Bundesland.BB, ars="120000000000")
        first = await books.change("solution-1", declaring(town))
        assert first.version == 1
        listed = await books.change(
            "solution-1", deciding(lambda book: claiming.sync_listing(book, ["Stadt Ärger"], at=minutes(1)))
        )
        [claim] = listed.state.open_claims
        namesake = a_municipality(name="stadt  ÄRGER")
        refused = await books.change(
            "solution-1",
            deciding(lambda book: claiming.refuse(book, claim.id, namesake, reason="Nie", by="x", at=minutes(2))),
        )
        contacted = await books.change(
            "solution-1", deciding(lambda book: using.reserve_contact(book, town.id, "thread-1", minutes(3)))
        )
        ended = await books.change(
            "solution-1",
            deciding(lambda book: using.end(book, town.id, month="2025", by="x", at=minutes(4))),
        )
        assert [each.version for each in (listed, refused, contacted, ended)] == [2, 3, 4, 5]
        assert await books.get("solution-1") == ended

    async def test_nothing_to_save_makes_no_document(self, ports: Ports) -> None:
        unchanged = await ports.uses.deployments.change(
            "solution-1", deciding(lambda book: claiming.sync_listing(book, [], at=minutes(1)))
        )
        assert unchanged.version == 0

    async def test_an_event_makes_the_first_document_once(self, ports: Ports) -> None:
        books = ports.uses.deployments
        sync = deciding(lambda book: claiming.sync_listing(book, ["Eins"], at=minutes(1)))
        other = deciding(lambda book: claiming.sync_listing(book, ["Zwei"], at=minutes(1)))
        first = await books.change("solution-1", sync, event_id="event-1")
        assert await books.change("solution-1", other, event_id="event-1") == first

    async def test_books_are_found_by_user_by_claim_and_by_time(self, ports: Ports) -> None:
        books = ports.uses.deployments
        town, city = a_municipality(), a_municipality(name="Stadt")
        one = await books.change("solution-1", declaring(town))
        two = await books.change("solution-2", declaring(city, at=60 * 24))
        three = await books.change(
            "solution-3", deciding(lambda book: claiming.sync_listing(book, ["STADT"], at=minutes(1)))
        )
        assert await books.used_by(town.id) == [one]
        assert await books.used_by("nobody") == []
        assert await books.claimed_of(city.id, "Stadt") == [three]
        assert await books.claimed_of(town.id, town.name) == []
        assert await books.due(minutes(5), 10) == []
        first, second = one.state.next_at, two.state.next_at
        assert first is not None
        assert second is not None
        assert await books.due(first, 10) == ["solution-1"]
        assert await books.due(second, 10) == ["solution-1", "solution-2"]
        assert await books.due(second, 1) == ["solution-1"]


class ThreadSuite:
    """Conversations."""

    async def test_a_thread_can_be_read_back(self, ports: Ports) -> None:
        threads, thread = ports.uses.threads, a_thread()
        assert await threads.add(thread.id, thread, [MESSAGE])
        assert not await threads.add(thread.id, thread)

        def everything(held: Thread) -> Change[Thread, Any]:
            held = peer.write(held, Side.ANSWERING, "answer", "Gern", by="peer", at=minutes(1)).state
            held = peer.complain(
                held, Side.ANSWERING, held.messages[0].id, reason=ReportReason.OTHER, note="?", by="p", at=minutes(2)
            ).state
            held = peer.rule(held, stop=False, reason="Geht so", by="curator", at=minutes(3)).state
            held = peer.complain(
                held, Side.ASKING, "answer", reason=ReportReason.INSULT, note=None, by="c", at=minutes(4)
            ).state
            return peer.close(held, Side.ASKING)

        changed = await threads.change(thread.id, deciding(everything))
        assert changed is not None
        assert (changed.state.closed_by, len(changed.state.rulings), len(changed.state.complaints)) == (
            Side.ASKING,
            1,
            1,
        )
        assert await threads.get(thread.id) == changed

    async def test_threads_are_found(self, ports: Ports) -> None:
        threads = ports.uses.threads
        first = a_thread(asking="a", answering="b", at=minutes(0))
        second = a_thread(asking="b", answering="c", at=minutes(1))
        for each in (first, second):
            await threads.add(each.id, each)
        page = await threads.of_organisations(["b"], after=None, limit=1)
        assert ([held.state for held in page.items], page.total) == ([second], 2)
        assert page.next == Position(second.created_at, second.id)
        rest = await threads.of_organisations(["b"], after=page.next, limit=1)
        assert [held.state for held in rest.items] == [first]
        assert (await threads.begun("b", minutes(-1)), await threads.begun("b", minutes(1))) == (1, 0)
        assert await threads.written_by("writer") in ([first.id, second.id], [second.id, first.id])
        assert (await threads.reported(after=None, limit=5)).total == 0

    async def test_old_threads_are_deleted_but_not_what_was_reported(self, ports: Ports) -> None:
        threads = ports.uses.threads
        old, fresh = a_thread(at=minutes(0)), a_thread(at=minutes(10))
        reported = a_thread(at=minutes(0))
        reported = peer.complain(
            reported,
            Side.ANSWERING,
            reported.messages[0].id,
            reason=ReportReason.OTHER,
            note=None,
            by="p",
            at=minutes(0),
        ).state
        for each in (old, fresh, reported):
            await threads.add(each.id, each)
        assert await threads.remove_before(minutes(5), 10) == 1
        assert await threads.remove_before(minutes(5), 10) == 0
        assert await threads.get(old.id) is None
        for each in (fresh, reported):
            assert await threads.get(each.id) is not None
        assert [held.state.id for held in (await threads.reported(after=None, limit=5)).items] == [reported.id]


class BlocklistSuite:
    """Whom a municipality blocked."""

    async def test_blocks_come_and_go(self, ports: Ports) -> None:
        lists = ports.uses.blocklists
        assert await lists.get("a") == Loaded(Blocklist("a"), 0)
        held = await lists.change(
            "a", deciding(lambda held: blocklist.block(held, "b", "Stadt B", by="x", at=minutes(1)))
        )
        assert await lists.get("a") == held
        assert set(held.state.blocked) == {"b"}
        assert (await lists.blocking("b"), await lists.blocking("a")) == (["a"], [])
        gone = await lists.change("a", deciding(lambda held: blocklist.unblock(held, "b")))
        assert (gone.version, gone.state) == (2, replace(held.state, blocked={}))
        assert await lists.blocking("b") == []
