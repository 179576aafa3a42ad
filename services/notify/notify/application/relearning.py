"""Who uses which solution is learnt from events; where that is not complete, it is made up for from the stream."""

from contracts.catalog import DeploymentConfirmed, DeploymentEnded
from contracts.uses import DeploymentDue
from servicekit import logging

from notify.application.ports import History, Ports

STATES = (DeploymentConfirmed, DeploymentDue, DeploymentEnded)
"""Events that carry all deployments of a solution."""
log = logging.get(__name__)


async def learn_users(
    ports: Ports, event: DeploymentConfirmed | DeploymentDue | DeploymentEnded, *, sequence: int
) -> None:
    """Remember which municipalities use the solution now."""
    users = [each.organisation_id for each in event.data.deployments]
    await ports.users.learn(event.data.solution_id, users, sequence=sequence)


async def catch_up(ports: Ports, history: History) -> int:
    """Learn everything anew unless that was done before; return how many events that were.

    The database may be new while the durables have moved on. Newer ones that arrive meanwhile are not undone.
    """
    if await ports.users.complete():
        return 0
    count = 0
    for kind in STATES:
        async for event, sequence in history.of(kind):
            if isinstance(event, STATES):
                await learn_users(ports, event, sequence=sequence)
                count += 1
    await ports.users.completed()
    log.info("users of solutions learnt anew", events=count)
    return count
