"""Tells the owners of saved searches what is new: hears events, and sends what was collected when it is time."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

from contracts.envelope import Event
from servicekit import errors, logging
from servicekit.clock import Clock
from servicekit.digest_times import DigestTimes
from servicekit.settling import is_transient

from search.application.alert_ports import Found, Listener, Marks, SavedSearches, Solutions
from search.application.news import News, facet_of, news_in
from search.application.rebuild_ports import EventLog
from search.domain import saved_search
from search.domain.alert_mark import Mark
from search.domain.document import FacetName
from search.domain.saved_search import Change, Match, SavedSearch
from search.domain.wanted import AlertReader, fits

log = logging.get(__name__)

Key = tuple[str, FacetName]

LARGEST_PASS = 100
"""Saved searches that are told in one go."""
PREPARED = 20_000
"""Saved searches whose understanding is kept."""
PATIENCE_SECONDS = 2.5
"""How long an event waits here for the projection, which hears of it at the same moment; then it is put back."""
FIRST_PAUSE_SECONDS = 0.02
TOGETHER = 50
"""Saved searches that are compared, and told, at the same time."""


class Alerts:
    """What is new is compared with every saved search that listens, and told or kept.

    An event is dealt with once it was told to every saved search; then its mark is moved. When that is cut off and done
    again, each saved search remembers what it has heard.
    """

    def __init__(
        self,
        *,
        saved: SavedSearches,
        solutions: Solutions,
        marks: Marks,
        event_log: EventLog,
        reader: AlertReader,
        times: DigestTimes,
        clock: Clock,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._saved = saved
        self._solutions = solutions
        self._marks = marks
        self._log = event_log
        self._times = times
        self._clock = clock
        self._patience = patience_seconds
        self._wanted = lru_cache(maxsize=PREPARED)(reader.wanted)

    async def hear(self, batch: Sequence[tuple[Event, int]]) -> None:
        """Deal with events, each with its stream sequence.

        Raises ProblemError `event-log-ahead` (unavailable) for those that the index does not hold yet, after the
        others were dealt with, and `event-log-skipped` (conflict) for those that it never will.
        """
        stream = await self._log.identity()
        moved, news = await self._news(batch, stream)
        late = await self._tell(news) if news else []
        waiting = {each.solution_id for each in late}
        await self._marks.save(mark for mark in moved.values() if mark.solution_id not in waiting)
        if late:
            await self._refuse(late)

    async def tell_due(self) -> int:
        """Tell what was collected and is due; return how many saved searches that were, 0 when none is left."""
        due = await self._saved.due(self._clock.now(), LARGEST_PASS)
        done = 0
        for saved in due:
            try:
                found = await self._still_found(saved)
                await self._saved.change(saved.id, partial(self._told, found=found))
                done += 1
            except Exception as error:  # whatever is wrong with this one must not hold up the others
                if is_transient(error):
                    raise
                log.error("alert could not be made", saved_search=saved.id, exc_info=error)
        return done

    async def _news(self, batch: Sequence[tuple[Event, int]], stream: str) -> tuple[dict[Key, Mark], list[News]]:
        """Return the marks as they will be, and what is new, in the order of the stream."""
        keys = {(event.data.solution_id, facet_of(event)) for event, _ in batch}
        marks: dict[Key, Mark] = dict(await self._marks.read(keys))
        moved: dict[Key, Mark] = {}
        found: list[News] = []
        for event, sequence in sorted(batch, key=lambda entry: entry[1]):
            key = (event.data.solution_id, facet_of(event))
            mark = marks.get(key) or Mark(*key)
            if mark.covers(stream, sequence):
                continue
            mark, news = news_in(event, sequence, mark)
            marks[key] = moved[key] = mark.moved(stream, sequence)
            if news is not None:
                found.append(news)
        return moved, found

    async def _tell(self, news: list[News]) -> list[News]:
        """Tell every saved search that listens; return what is too early, because the index does not hold it yet."""
        found: Mapping[str, Found] | None = None
        ready: dict[str, list[News]] = {}
        late: list[News] = []
        async for page in self._saved.listening(until=max(each.at for each in news)):
            if found is None:
                found = await self._arrived(news)
                ready, late = _sorted_out(news, found)
            for start in range(0, len(page), TOGETHER):
                await self._tell_some(page[start : start + TOGETHER], ready, found)
        return late

    async def _tell_some(
        self, listeners: Sequence[Listener], ready: Mapping[str, Sequence[News]], found: Mapping[str, Found]
    ) -> None:
        changes = [
            self._saved.change(listener.id, partial(self._heard, listener=listener, matches=matches))
            for listener in listeners
            if (matches := self._matches(listener, ready, found))
        ]
        outcomes = await asyncio.gather(asyncio.sleep(0), *changes, return_exceptions=True)  # others have their turn
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _arrived(self, news: list[News]) -> Mapping[str, Found]:
        """Read what the news are about, and wait a moment for what is not in the index yet."""
        found: dict[str, Found] = {}
        waited, pause = 0.0, FIRST_PAUSE_SECONDS
        while True:
            missing = {each.solution_id for each in news if not _holds(found, each)}
            found.update(await self._solutions.read(list(missing)))
            if waited >= self._patience or all(_holds(found, each) for each in news):
                return found
            await asyncio.sleep(pause)
            waited, pause = waited + pause, pause * 2

    def _matches(
        self, listener: Listener, ready: Mapping[str, Sequence[News]], found: Mapping[str, Found]
    ) -> list[Match]:
        matches: list[Match] = []
        for solution_id, news in ready.items():
            fresh = [each for each in news if _concerns(each, listener)]
            solution = found[solution_id]
            if fresh and solution.offer is not None and fits(self._wanted(listener.query), solution.offer):
                named = {"slug": solution.slug, "name": solution.name, "summary": solution.summary}
                matches += [each.match(**named) for each in fresh]
        return matches

    def _heard(self, saved: SavedSearch, *, listener: Listener, matches: list[Match]) -> Change:
        if saved.query != listener.query:  # its owner changed it while we compared
            return Change(saved)
        return saved_search.hear(saved, matches, times=self._times, now=self._clock.now())

    async def _still_found(self, saved: SavedSearch) -> frozenset[str]:
        """Return which of the collected solutions the search finds at this moment."""
        ids = list(dict.fromkeys(match.solution_id for match in saved.pending))
        search = self._wanted(saved.query)
        solutions = await self._solutions.read(ids)
        return frozenset(
            key for key, solution in solutions.items() if solution.offer is not None and fits(search, solution.offer)
        )

    def _told(self, saved: SavedSearch, *, found: frozenset[str]) -> Change:
        return saved_search.tell(saved, found, now=self._clock.now())

    async def _refuse(self, late: list[News]) -> None:
        """Say whether waiting helps: an event that the projection has given up never comes into the index."""
        settled = await self._solutions.settled()
        found = await self._solutions.read(list({each.solution_id for each in late}))
        missing = [each for each in late if not _holds(found, each)]
        lost = [each for each in missing if each.sequence <= settled]
        if lost:
            names = ", ".join(f"{each.solution_id} ({each.facet})" for each in lost[:5])
            raise errors.conflict("event-log-skipped", f"the index does not hold what is new about {names}")
        raise errors.unavailable("event-log-ahead", f"{len(late)} events are not in the index yet", retry_after=1)


def _concerns(news: News, listener: Listener) -> bool:
    """True for what happened after the search was saved, except for a rating by the owner's own organisation."""
    own = news.rated_by is not None and news.rated_by == listener.organisation_id
    return news.at > listener.listens_from and not own


def _holds(found: Mapping[str, Found], news: News) -> bool:
    solution = found.get(news.solution_id)
    return solution is not None and solution.seq.get(news.facet, 0) >= news.sequence


def _sorted_out(news: list[News], found: Mapping[str, Found]) -> tuple[dict[str, list[News]], list[News]]:
    """Return by solution what can be told now, and what is late; a solution is told of all at once."""
    waiting = {each.solution_id for each in news if not _holds(found, each)}
    ready: dict[str, list[News]] = defaultdict(list)
    for each in news:
        if each.solution_id not in waiting:
            ready[each.solution_id].append(each)
    return ready, [each for each in news if each.solution_id in waiting]
