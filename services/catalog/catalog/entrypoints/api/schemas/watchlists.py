"""Watchlists over HTTP."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from catalog.application.watch_queries import ListBrief, WatchedNow
from catalog.domain.watchlist import MAX_ENTRIES
from catalog.entrypoints.api.schemas.texts import Note, Request


class WatchRequest(Request):
    """A solution to note; the note only counts for one that is not on the list yet."""

    note: Note | None = None


class NoteRequest(Request):
    """The note beside an entry; null deletes it."""

    note: Note | None


class ListView(BaseModel):
    """A list that you may use: `id` is `me` or the organisation's; `watched` are those of the asked solutions."""

    id: str
    name: str
    entries: int
    limit: int = MAX_ENTRIES
    may_write: bool
    watched: list[str]

    @classmethod
    def of(cls, brief: ListBrief) -> Self:
        """Return the view."""
        return cls(
            id=brief.id,
            name=brief.name,
            entries=brief.entries,
            may_write=brief.may_write,
            watched=list(brief.watched),
        )


class Lists(BaseModel):
    """Your own list first, then those of your organisations."""

    items: list[ListView]


class MovedView(BaseModel):
    """A figure that differs from when the solution was noted: `rating`, or a dimension of the checkup."""

    figure: str
    before: float | None
    now: float | None


class EntryView(BaseModel):
    """A solution on a list as it is public now; `revision` goes back as If-Match.

    `online`: whether it is public now; what is shown of one that is not is what was public when it was noted. `newer`:
    another version is public than the one that was noted.
    """

    solution_id: str
    slug: str
    name: str
    organisation_name: str
    note: str | None
    added_at: datetime
    revision: int
    online: bool
    newer: bool
    changed: bool
    noted_version: int
    noted_at: datetime
    version: int | None
    published_at: datetime | None
    rating: float | None
    ratings: int
    checkup: dict[str, float]
    moved: list[MovedView]

    @classmethod
    def of(cls, found: WatchedNow) -> Self:
        """Return the view."""
        entry, live = found.entry, found.live
        return cls(
            solution_id=entry.solution_id,
            slug=live.slug if live else entry.slug,
            name=found.name,
            organisation_name=found.organisation_name,
            note=entry.note,
            added_at=entry.added_at,
            revision=entry.revision,
            online=live is not None,
            newer=found.newer,
            changed=found.changed,
            noted_version=entry.noted.version,
            noted_at=entry.noted.at,
            version=live.number if live else None,
            published_at=live.published_at if live else None,
            rating=found.rating,
            ratings=found.ratings,
            checkup=dict(found.scores),
            moved=[MovedView(figure=each.figure, before=each.before, now=each.now) for each in found.moved],
        )
