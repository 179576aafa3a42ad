"""Onboarding of organisations: asking for it, showing a proof of mandate, deciding."""

from dataclasses import dataclass, replace
from pathlib import Path

from contracts.ids import derived_id
from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass
from servicekit import errors

from catalog.application import mapping
from catalog.application.actor import Actor, require_curator, require_member
from catalog.application.commands.media import digest, keep
from catalog.application.commands.organisations import change_organisation, found_organisation
from catalog.application.commands.regional_keys import same_ars
from catalog.application.media_ports import ORIGINAL, MediaPorts, MediaRecord
from catalog.application.ports import Loaded, Ports, Write
from catalog.domain import mandate
from catalog.domain import onboarding as rules
from catalog.domain.ars import settle
from catalog.domain.mandate import ProofFile
from catalog.domain.organisation import MemberRole, Organisation, OrganisationChange, OrganisationState

AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOrganisation:
    """What a person says about the organisation that wants to take part; `mandate` says why they may act for it."""

    name: str
    kinds: tuple[OrganisationKind, ...]
    bundesland: Bundesland | None = None
    size_class: SizeClass | None = None
    ars: str | None = None
    website_url: str | None = None
    description: str | None = None
    note: str | None = None
    mandate: str | None = None


async def request_organisation(
    ports: Ports, actor: Actor, organisation_id: str, wanted: RequestOrganisation
) -> Loaded[Organisation]:
    """Ask for onboarding; the actor becomes the first admin. The same id again returns what is there.

    A regional key names the federal state. Raises ProblemError `ars-required`, `ars-invalid`, `ars-elsewhere`,
    `website-required` (422).
    """
    change = rules.request(_requested(ports, actor, organisation_id, wanted))
    messages = mapping.of_organisation(change, now=ports.clock.now())
    if await ports.organisations.add(organisation_id, change.state, messages):
        return Loaded(change.state, 1)
    return found_organisation(await ports.organisations.get(organisation_id), organisation_id)


async def request_again(
    ports: Ports, actor: Actor, organisation_id: str, wanted: RequestOrganisation
) -> Loaded[Organisation]:
    """Ask once more after a refusal (who asked before). Raises ProblemError `wrong-state` (409), and as above."""
    again = _requested(ports, actor, organisation_id, wanted)

    def decide(found: Organisation) -> OrganisationChange:
        require_member(actor, found, MemberRole.ADMIN)
        return rules.request_again(found, again)

    return await change_organisation(ports, organisation_id, decide)


async def require_proving(ports: Ports, actor: Actor, organisation_id: str) -> None:
    """Raise unless the actor may give a proof: asked before any of a file is received."""
    found = found_organisation(await ports.organisations.get(organisation_id), organisation_id).state
    require_member(actor, found, MemberRole.ADMIN)
    rules.give_proof(found, mandate.Proof())


async def give_proof(
    ports: Ports, files: MediaPorts, actor: Actor, organisation_id: str, file: Path
) -> Loaded[Organisation]:
    """Show a picture or document as proof of mandate (who asked for the onboarding); it takes an earlier one's place.

    Raises ProblemError `media-…` (422) for what is neither, or dangerous, `wrong-state` (409) once it is decided.
    """
    now = ports.clock.now()
    async with files.examiner.examined(file) as found:
        original = tuple(variant for variant in found.variants if variant.name == ORIGINAL)
        kept = ProofFile(derived_id("proof", organisation_id, digest(file)), found.kind, found.media_type, found.size)
        record = MediaRecord(
            kept.id,
            "",
            kept.kind,
            kept.media_type,
            (ORIGINAL,),
            now + files.rules.abandoned_after,
            organisation_id=organisation_id,
        )
        await keep(files, record, replace(found, variants=original))

    def decide(held: Organisation) -> OrganisationChange:
        require_member(actor, held, MemberRole.ADMIN)
        return rules.give_proof(held, mandate.with_file(held.proof, kept, by=actor.user, at=now))

    return await change_organisation(ports, organisation_id, decide)


async def proof_file(ports: Ports, files: MediaPorts, actor: Actor, organisation_id: str) -> MediaRecord:
    """Return what is known of the file (curators, and who gave it); ProblemError `proof-not-found` (404) for others."""
    loaded = await ports.organisations.get(organisation_id)
    proof = loaded.state.proof if loaded else None
    if proof is None or proof.file is None or not may_see_proof(actor, proof):
        raise errors.not_found("proof-not-found", "there is no proof of mandate that you may see")
    record = await files.records.get(proof.file.id)
    if record is None:
        raise errors.not_found("proof-not-found", "there is no proof of mandate that you may see")
    return record


def may_see_proof(actor: Actor | None, proof: mandate.Proof) -> bool:
    """True for those who decide, and for the one who gave it."""
    return actor is not None and (actor.curator or actor.user == proof.given_by)


async def approve_organisation(
    ports: Ports, actor: Actor, organisation_id: str, *, shares_ars_with: frozenset[str] = frozenset()
) -> Loaded[Organisation]:
    """Onboard a requested organisation, or lift its suspension (curator).

    Whoever has the same regional key, be it a request of this moment, must be named: ProblemError `ars-shared` (409).
    """
    require_curator(actor)

    async def decide(loaded: Loaded[Organisation]) -> Write[Organisation]:
        others = (await same_ars(ports, [loaded.state])).get(organisation_id, [])
        change = rules.approve(
            loaded.state,
            at=ports.clock.now(),
            same_ars=[each.id for each in others],
            confirmed=shares_ars_with,
            keep_proof=ports.people.limits.keep_proof,
        )
        return Write(change.state, mapping.of_organisation(change, now=ports.clock.now()))

    return found_organisation(await ports.organisations.change(organisation_id, decide), organisation_id)


async def refuse_organisation(ports: Ports, actor: Actor, organisation_id: str, reason: str) -> Loaded[Organisation]:
    """Turn a request down (curator); the requester is told and may ask once more."""
    require_curator(actor)
    keep_proof = ports.people.limits.keep_proof
    return await change_organisation(
        ports,
        organisation_id,
        lambda found: rules.refuse(found, reason=reason, at=ports.clock.now(), keep_proof=keep_proof),
    )


async def erase_proofs(ports: Ports, files: MediaPorts) -> int:
    """Erase the proofs of requests that were decided long enough ago; return how many.

    Bytes that are still there because the process died in between are found by the sweep of abandoned files.
    """
    now = ports.clock.now()
    due = await ports.organisations.proofs_due(now, AT_ONCE)
    for organisation_id in due:
        found = await ports.organisations.get(organisation_id)
        file = found.state.proof.file if found and found.state.proof else None
        changed = await change_organisation(ports, organisation_id, lambda held: rules.erase_proof(held, at=now))
        if file is not None and changed.state.proof is not None and changed.state.proof.file is None:
            await forget_file(files, file.id)
    return len(due)


async def forget_file(files: MediaPorts, file_id: str) -> None:
    """Delete the bytes of a proof at once."""
    record = await files.records.get(file_id)
    if record is not None:
        await files.store.delete(record.keys)
        await files.records.delete(record)


def _requested(ports: Ports, actor: Actor, organisation_id: str, wanted: RequestOrganisation) -> Organisation:
    now = ports.clock.now()
    ars, bundesland = wanted.ars, wanted.bundesland
    if ars is not None:
        ars, bundesland = settle(ars, bundesland)
    return Organisation(
        id=organisation_id,
        name=wanted.name,
        kinds=wanted.kinds,
        state=OrganisationState.REQUESTED,
        bundesland=bundesland,
        size_class=wanted.size_class,
        ars=ars,
        website_url=wanted.website_url,
        description=wanted.description,
        note=wanted.note,
        proof=mandate.stated(wanted.mandate, wanted.website_url, by=actor.user, at=now),
        members=(actor.as_member(MemberRole.ADMIN),),
        created_at=now,
    )
