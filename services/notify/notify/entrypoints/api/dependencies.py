"""What the routes of notify are handed."""

from typing import Annotated

from fastapi import Depends, Request
from servicekit import http
from servicekit.auth import CurrentUser, Principal

from notify.application import contacts
from notify.application.ports import Ports, Reader


def ports(request: Request) -> Ports:
    """Return what the use cases are handed."""
    held: Ports = http.container(request).ports
    return held


Given = Annotated[Ports, Depends(ports)]


async def known_user(given: Given, user: CurrentUser) -> Principal:
    """Return the user, after remembering the address that the log-in names."""
    await contacts.learn_from_token(given, user=user.sub, email=user.email, name=user.name)
    return user


KnownUser = Annotated[Principal, Depends(known_user)]


async def reader(user: KnownUser) -> Reader:
    """Return the user as a reader of the inbox."""
    return Reader(user.sub, user.roles)


CurrentReader = Annotated[Reader, Depends(reader)]
