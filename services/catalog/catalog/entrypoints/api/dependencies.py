"""What routers ask for: the container, the actor, the parts of the address."""

from typing import Annotated

from fastapi import Depends, Path, Request
from servicekit.auth import CurrentUser, OptionalUser, Principal

from catalog.application.actor import Actor
from catalog.wiring import Container


def _container(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


def _actor_of(user: Principal) -> Actor:
    return Actor(user.sub, user.name, user.email, user.roles)


async def _actor(user: CurrentUser) -> Actor:
    return _actor_of(user)


async def _optional_actor(user: OptionalUser) -> Actor | None:
    return None if user is None else _actor_of(user)


Wired = Annotated[Container, Depends(_container)]
CurrentActor = Annotated[Actor, Depends(_actor)]
"""Who asks; 401 without a token."""
OptionalActor = Annotated[Actor | None, Depends(_optional_actor)]
"""Who asks, or None."""
SolutionId = Annotated[str, Path(min_length=1, max_length=100)]
OrganisationId = Annotated[str, Path(min_length=1, max_length=100)]
