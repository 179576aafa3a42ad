"""What providers do with pictures and documents of a draft, and what is forgotten by itself."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from contracts.ids import derived_id
from contracts.listing import Listing, Media
from servicekit import errors

from catalog.application.actor import Actor, require_member
from catalog.application.commands.solutions import as_provider, provider_of
from catalog.application.media_ports import Examined, MediaPorts, MediaRecord, key_of
from catalog.application.ports import Loaded, Ports
from catalog.application.queries import find_solution
from catalog.domain import lifecycle, media
from catalog.domain.organisation import MemberRole, require_onboarded
from catalog.domain.solution import Solution


async def require_upload(ports: Ports, files: MediaPorts, actor: Actor, solution_id: str) -> None:
    """Raise unless the actor may add a file: asked before any of it is received."""
    solution = (await find_solution(ports, solution_id)).state
    provider = await provider_of(ports, solution)
    require_member(actor, provider, MemberRole.EDITOR)
    require_onboarded(provider)
    if await files.records.count(solution.id) >= files.rules.max_kept:
        raise errors.conflict("too-many-media", f"at most {files.rules.max_kept} files are kept for one solution")


async def upload(
    ports: Ports, files: MediaPorts, actor: Actor, solution_id: str, file: Path, *, alt: str, caption: str | None
) -> Loaded[Solution]:
    """Add a picture or a document to the draft. The same file has the same id, so that it is kept once."""
    async with files.examiner.examined(file) as found:
        item = _described(found, derived_id("media", solution_id, digest(file)), alt=alt, caption=caption)
        solution = (await find_solution(ports, solution_id)).state
        media.with_added(solution.newest.listing, item)
        variants = tuple(variant.name for variant in found.variants)
        check_at = ports.clock.now() + files.rules.abandoned_after
        await keep(files, MediaRecord(item.id, solution_id, item.kind, item.media_type, variants, check_at), found)
    return await _edit(ports, actor, solution_id, lambda listing: media.with_added(listing, item))


async def keep(files: MediaPorts, record: MediaRecord, found: Examined) -> None:
    """Keep what an upload was made into; the record comes before the bytes."""
    await files.records.put(record)
    for variant in found.variants:
        await files.store.put(key_of(record.id, variant.name), variant.path, media_type=record.media_type)


async def describe(
    ports: Ports, actor: Actor, solution_id: str, media_id: str, *, alt: str, caption: str | None, position: int | None
) -> Loaded[Solution]:
    """Say something else about a file of the draft, or show it in another place."""

    def changed(listing: Listing) -> Listing:
        return media.with_changed(listing, media_id, alt=alt, caption=caption, position=position)

    return await _edit(ports, actor, solution_id, changed)


async def remove(ports: Ports, actor: Actor, solution_id: str, media_id: str) -> Loaded[Solution]:
    """Take a file out of the draft; other versions keep it."""
    return await _edit(ports, actor, solution_id, lambda listing: media.without(listing, media_id))


async def sweep(ports: Ports, files: MediaPorts) -> int:
    """Forget uploads that no version of their solution, and no request, shows any more; return how many."""
    swept, now = 0, ports.clock.now()
    async for record in files.records.due(now):
        if await _is_shown(ports, record):
            await files.records.put(replace(record, check_at=now + files.rules.abandoned_after))
            continue
        await files.store.delete(record.keys)
        swept += await files.records.delete(record)
    return swept


async def _is_shown(ports: Ports, record: MediaRecord) -> bool:
    if record.organisation_id:
        organisation = await ports.organisations.get(record.organisation_id)
        proof = organisation.state.proof if organisation else None
        return proof is not None and proof.file is not None and proof.file.id == record.id
    held = await ports.solutions.get(record.solution_id)
    return held is not None and record.id in media.of_solution(held.state)


async def _edit(ports: Ports, actor: Actor, solution_id: str, edit: Callable[[Listing], Listing]) -> Loaded[Solution]:
    return await as_provider(
        ports,
        actor,
        solution_id,
        lambda solution: lifecycle.save_draft(
            solution, edit(solution.newest.listing), by=actor.user, at=ports.clock.now()
        ),
    )


def _described(found: Examined, media_id: str, *, alt: str, caption: str | None) -> Media:
    return Media(
        id=media_id,
        kind=found.kind,
        media_type=found.media_type,
        alt=alt,
        caption=caption,
        size=found.size,
        width=found.width,
        height=found.height,
        pages=found.pages,
    )


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
