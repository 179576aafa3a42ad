"""Onboarding: a request with a proof, the team's decision, and asking once more."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from catalog.domain import mandate
from catalog.domain.change import Change
from catalog.domain.mandate import Proof
from catalog.domain.organisation import (
    Member,
    MemberJoined,
    MembershipChanged,
    Onboarded,
    Organisation,
    OrganisationChange,
    OrganisationEvent,
    OrganisationState,
    Refused,
    Requested,
    wrong_state,
)


def request(organisation: Organisation) -> OrganisationChange:
    """Ask for onboarding. Raises ProblemError `ars-required` (422)."""
    mandate.require_key(organisation.kinds, organisation.ars)
    return Change(organisation, (Requested(),))


def request_again(refused: Organisation, wanted: Organisation) -> OrganisationChange:
    """Ask once more after a refusal, with other words or another proof; an earlier proof stays unless it is replaced.

    `wanted` has what is said now, and the requester. Raises ProblemError `wrong-state` (409), `ars-required` (422).
    """
    if refused.state is not OrganisationState.REFUSED:
        raise wrong_state("ask again", refused)
    mandate.require_key(wanted.kinds, wanted.ars)
    proof = refused.proof
    if wanted.proof is not None:
        proof = replace(wanted.proof, file=proof.file if proof else None)
    proof = mandate.kept_until(proof, None)
    return Change(replace(wanted, id=refused.id, created_at=refused.created_at, proof=proof), (Requested(again=True),))


def give_proof(organisation: Organisation, proof: Proof) -> OrganisationChange:
    """Show that the requester may act for the organisation; only while a request waits, or before it is made again."""
    if organisation.state not in (OrganisationState.REQUESTED, OrganisationState.REFUSED):
        raise wrong_state("give a proof", organisation)
    return Change(replace(organisation, proof=proof))


def erase_proof(organisation: Organisation, *, at: datetime) -> OrganisationChange:
    """Erase the proof of a request that was decided long enough ago."""
    due = organisation.proof.erase_at if organisation.proof else None
    if due is None or due > at:
        return Change(organisation)
    return Change(replace(organisation, proof=mandate.erased(organisation.proof, at=at)))


def approve(
    organisation: Organisation,
    *,
    at: datetime,
    same_ars: Collection[str] = (),
    confirmed: Collection[str] = (),
    keep_proof: timedelta = timedelta(),
) -> OrganisationChange:
    """Onboard a requested organisation, or lift a suspension: its members may act.

    `same_ars` are the other organisations with its regional key, requests included; each must be `confirmed`. Raises
    ProblemError `wrong-state`, `mandate-unproven`, `ars-shared` (409).
    """
    if organisation.state not in (OrganisationState.REQUESTED, OrganisationState.SUSPENDED):
        raise wrong_state("approve", organisation)
    first = organisation.state is OrganisationState.REQUESTED
    events: list[OrganisationEvent] = [MembershipChanged(member, active=True) for member in organisation.members]
    events.append(Onboarded())
    if first:
        mandate.require_proof(organisation.kinds, organisation.proof)
        mandate.require_confirmed(organisation.ars, same_ars, confirmed)
        events += [MemberJoined(member) for member in organisation.members]
    onboarded = replace(
        organisation,
        state=OrganisationState.ONBOARDED,
        reason=None,
        decided_at=at,
        proof=mandate.kept_until(organisation.proof, at + keep_proof) if first else organisation.proof,
        shares_ars_with=tuple(sorted(same_ars)) if first else organisation.shares_ars_with,
    )
    return Change(onboarded, tuple(events))


def refuse(
    organisation: Organisation, *, reason: str, at: datetime, keep_proof: timedelta = timedelta()
) -> OrganisationChange:
    """Turn a request down; the contact data of the requester is dropped."""
    if organisation.state is not OrganisationState.REQUESTED:
        raise wrong_state("refuse", organisation)
    events = tuple(Refused(member, reason) for member in organisation.members)
    members = tuple(Member(member.user, member.role) for member in organisation.members)
    refused = replace(
        organisation,
        state=OrganisationState.REFUSED,
        reason=reason,
        members=members,
        decided_at=at,
        proof=mandate.kept_until(organisation.proof, at + keep_proof),
    )
    return Change(refused, events)
