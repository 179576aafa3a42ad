"""Reads messages of the event stream as what they say about one solution."""

from collections.abc import Iterable

from contracts import registry

from search.application.mapping import fact_of
from search.application.rebuild_ports import Logged
from search.domain.document import SolutionDocument, join


class Unreadable(ValueError):
    """A message says nothing of the solution that its subject names; the text says why."""


def said_by(logged: Logged) -> SolutionDocument:
    """Return what a message says; raises Unreadable (the live projection has made it a dead letter)."""
    try:
        said = fact_of(registry.parse(logged.data), logged.sequence)
    except (registry.MalformedEvent, registry.UnknownEventType) as error:
        raise Unreadable(str(error)) from error
    if said is None or said.id != logged.solution_id:
        raise Unreadable(f"{logged.subject} carries what belongs elsewhere")
    return said


def document_of(messages: Iterable[Logged]) -> SolutionDocument | None:
    """Return what the messages of one solution say together, None when there are none; raises Unreadable."""
    document: SolutionDocument | None = None
    for logged in messages:
        document = join(document, said_by(logged))
    return document
