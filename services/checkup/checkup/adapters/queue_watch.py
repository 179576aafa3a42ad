"""The work queue as JetStream and the runs show it."""

from nats.js import JetStreamContext
from servicekit.clock import Clock

from checkup.adapters.runs import MongoRuns
from checkup.application.ports import Queue
from checkup.domain.run import RunState

STREAM, DURABLE = "JOBS", "checkup-runs"
MOST_SHOWN = 100


class JetStreamQueue:
    """Looks at the durable that the workers share."""

    def __init__(self, js: JetStreamContext, runs: MongoRuns, clock: Clock) -> None:
        self._js, self._runs, self._clock = js, runs, clock

    async def look(self) -> Queue:
        """Return the queue as it is now."""
        info = await self._js.consumer_info(STREAM, DURABLE)
        oldest = await self._runs.in_state(RunState.QUEUED, limit=1)
        age = round((self._clock.now() - oldest[0].requested_at).total_seconds(), 1) if oldest else None
        return Queue(
            waiting=info.num_pending or 0,
            in_flight=info.num_ack_pending or 0,
            redelivered=info.num_redelivered or 0,
            queued=await self._runs.count(RunState.QUEUED),
            running=await self._runs.count(RunState.RUNNING),
            oldest_seconds=age,
            runs=await self._runs.in_state(RunState.RUNNING, limit=MOST_SHOWN),
        )
