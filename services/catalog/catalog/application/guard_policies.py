"""The lifecycle guard at work: what is due is told or taken offline, by any number of workers beside each other."""

from prometheus_client import Counter, Gauge
from servicekit import logging
from servicekit.settling import is_transient

from catalog.application import mapping
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import guarding
from catalog.domain.solution import Delisted, Solution, SolutionEvent, TermDue

log = logging.get(__name__)
AT_ONCE = 100
"""Solutions that are dealt with in one go."""
STEPS = Counter(
    "catalog_guard_steps_total", "What the lifecycle guard told or did, by term and days left", ["term", "days_left"]
)
EXPIRED = Gauge("catalog_guard_expired", "Listings that are offline because nobody confirmed them")
NEXT_DUE = Gauge(
    "catalog_guard_next_due_timestamp_seconds",
    "When the lifecycle guard has something to do next, in the past when it is behind; 0: never",
)


async def pass_time(ports: Ports) -> int:
    """Remind of what runs out and let expire what nobody confirmed; return how many solutions were changed."""
    done = 0
    for solution_id in await ports.solutions.due(ports.clock.now(), AT_ONCE):
        try:
            done += bool(await pass_time_of(ports, solution_id))
        except Exception as error:  # whatever is wrong with this one must not hold up the others
            if is_transient(error):
                raise
            log.error("guard could not deal with a solution", solution=solution_id, exc_info=error)
    if not done:
        guarded = await ports.solutions.guarded()
        EXPIRED.set(guarded.expired)
        NEXT_DUE.set(guarded.next_at.timestamp() if guarded.next_at else 0)
    return done


async def pass_time_of(ports: Ports, solution_id: str) -> tuple[SolutionEvent, ...]:
    """Do what is due for one solution; return what was told or done, nothing when another worker was faster."""
    events: tuple[SolutionEvent, ...] = ()

    async def decide(loaded: Loaded[Solution]) -> Write[Solution]:
        nonlocal events
        now = ports.clock.now()
        change = guarding.pass_time(loaded.state, now)
        events = change.events
        return Write(change.state, mapping.of_solution(change, now=now))

    await ports.solutions.change(solution_id, decide)
    for event in events:
        if isinstance(event, TermDue):
            STEPS.labels(event.term.kind.value, str(event.days)).inc()
    return events


async def preview(ports: Ports, solution_id: str) -> tuple[SolutionEvent, ...]:
    """Return what would be told or done for a solution now; nothing is changed."""
    found = await ports.solutions.get(solution_id)
    return guarding.pass_time(found.state, ports.clock.now()).events if found else ()


def sentence(solution: Solution, event: SolutionEvent) -> str | None:
    """Return what an event of the guard means, for operators; None for what it does not do."""
    who = f"{solution.slug} ({solution.id})"
    match event:
        case TermDue():
            term = event.term
            what = " ".join(part for part in (term.kind.value, term.certificate, term.number) if part)
            when = f"{event.days} days or less" if event.days else "passed"
            return f"remind   {who}: {what} until {term.until}, {when}"
        case Delisted():
            return f"expire   {who}"
    return None
