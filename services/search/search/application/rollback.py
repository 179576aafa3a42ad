"""Goes back to the index that was searched before, brought up to date first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from servicekit import errors

from search.application.mapping import facet_of_subject
from search.application.ports import SolutionStore
from search.application.rebuild_ports import EventLog, Gather, IndexAdministration, IndexContent, IndexState, Logged
from search.application.replaying import Replayer
from search.application.tracking import Tracker
from search.application.verification import Verification
from search.domain.document import FacetName

CHUNK = 500


class Rollback:
    """Brings the previous index up to date by reading the stream once more.

    No recorded position would do: what the index misses is not only what came after it was left. An event that was
    under way at that moment, or a dead letter that was sent again since, lies anywhere in the stream. Comparing the
    newest sequence of every subject with what the index knows is cheap, and only what it misses is written.
    """

    def __init__(
        self,
        administration: IndexAdministration,
        store: SolutionStore,
        content: IndexContent,
        event_log: EventLog,
        gather: Callable[[], Gather],
    ) -> None:
        self._administration = administration
        self._store = store
        self._content = content
        self._log = event_log
        self._gather = gather
        self._verification = Verification(administration, content)

    async def target(self, state: IndexState) -> str:
        """Return the index to go back to; raises ProblemError `rollback-impossible` (conflict) saying why."""
        if state.previous is None:
            why = "no earlier index is kept"
        elif (made := state.previous_made).schema != self._administration.schema:
            why = (
                f"{state.previous} has schema {made.schema}, this version of the service needs "
                f"{self._administration.schema}: install the version that made it, then roll back"
            )
        elif made.vectors != self._administration.vectors:
            why = f"{state.previous} was made with another SEARCH_VECTORS or another model"
        elif made.stream != await self._log.identity():
            why = f"{state.previous} was built from another event stream"
        else:
            return state.previous
        raise errors.conflict("rollback-impossible", f"{why}; a rebuild is possible at any time")

    async def bring_up_to_date(self, index: str, tracker: Tracker) -> None:
        """Let live writes in, then bring in everything that the index misses of what the stream held by then."""
        await self._administration.open_for_writing(index)
        upto = await self._log.last_sequence()
        replayer = Replayer(self._log, tracker)
        with self._gather() as gathering:
            await replayer.gather(gathering, upto=upto, mode="last_per_subject")
            tracker.progress.expect("verifying", 0)  # that happens with each chunk
            await tracker.enter("writing", gathering.messages)
            solutions = gathering.solutions()
            while chunk := list(islice(solutions, CHUNK)):
                await self._join(index, chunk, replayer, tracker)
        await self._administration.make_searchable(index)

    async def _join(self, index: str, chunk: Sequence[list[Logged]], replayer: Replayer, tracker: Tracker) -> None:
        known = await self._content.positions(index, [messages[0].solution_id for messages in chunk])
        documents = []
        for messages in chunk:
            if any(_news(messages, known.get(messages[0].solution_id, {}))):
                document = await replayer.document(messages)
                if document is not None:
                    documents.append(document)
            await tracker.step(len(messages))
        faults = await self._store.join(index, documents)
        tracker.progress.refused += len(faults)
        await self._verification.knows(index, [each for each in documents if each.id not in faults])


def _news(messages: Sequence[Logged], positions: Mapping[FacetName, int]) -> Iterator[bool]:
    """Tell of each message whether it is newer than what the index knows of its facet."""
    for logged in messages:
        facet = facet_of_subject(logged.subject)
        yield facet is None or logged.sequence > positions.get(facet, 0)
