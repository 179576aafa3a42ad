"""Who may see which picture or document."""

from dataclasses import dataclass

from servicekit import errors

from catalog.application.actor import Actor, may_see
from catalog.application.commands.solutions import provider_of
from catalog.application.media_ports import ORIGINAL, MediaPorts, MediaRecord, key_of
from catalog.application.ports import Ports
from catalog.domain import media


@dataclass(frozen=True, slots=True)
class Readable:
    """A file that may be read; `public` when everybody may."""

    record: MediaRecord
    variant: str
    public: bool

    @property
    def key(self) -> str:
        """Where its bytes are."""
        return key_of(self.record.id, self.variant)


async def readable(ports: Ports, files: MediaPorts, actor: Actor | None, media_id: str, width: int | None) -> Readable:
    """Return what to show of a file: of a picture the smallest size that is at least `width` pixels wide.

    What the published version shows is public; the rest is for the provider's members and the team. Raises
    ProblemError `media-not-found` (404) for everybody else, so that nobody learns what is there.
    """
    record = await files.records.get(media_id)
    if record is None or record.organisation_id:
        raise _not_found(media_id)
    live = await ports.solutions.live(record.solution_id)
    public = live is not None and media.is_public(live.state.listing, media_id)
    if not public and not await _inside(ports, actor, record):
        raise _not_found(media_id)
    return Readable(record, _variant(record, width), public)


async def _inside(ports: Ports, actor: Actor | None, record: MediaRecord) -> bool:
    found = await ports.solutions.get(record.solution_id) if actor is not None else None
    return found is not None and may_see(actor, await provider_of(ports, found.state))


def _variant(record: MediaRecord, width: int | None) -> str:
    sizes = sorted(int(name) for name in record.variants if name.isdecimal())
    return next((str(size) for size in sizes if width is not None and size >= width), ORIGINAL)


def _not_found(media_id: str) -> errors.ProblemError:
    return errors.not_found("media-not-found", f"there is no file {media_id}")
