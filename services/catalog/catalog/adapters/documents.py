"""Aggregates as documents and back."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any

from contracts.listing import Finding, Listing
from contracts.vocabulary import Bundesland, OrganisationKind, SizeClass

from catalog.application.ports import LiveSolution
from catalog.domain import guarding
from catalog.domain.correction import Correction, CorrectionState, FieldChange
from catalog.domain.deployment import name_key
from catalog.domain.draft import listing_of
from catalog.domain.mandate import Proof, ProofFile
from catalog.domain.organisation import Member, MemberRole, Organisation, OrganisationState
from catalog.domain.solution import Mark, Solution, Version, VersionState
from catalog.domain.term import Told

Document = dict[str, Any]


def from_organisation(organisation: Organisation) -> Document:
    """Return the body of an organisation's document."""
    return {
        "name": organisation.name,
        "name_key": name_key(organisation.name),
        "kinds": [kind.value for kind in organisation.kinds],
        "state": organisation.state.value,
        "bundesland": _value(organisation.bundesland),
        "size_class": _value(organisation.size_class),
        "ars": organisation.ars,
        "website_url": organisation.website_url,
        "description": organisation.description,
        "proof": asdict(organisation.proof) if organisation.proof else None,
        "shares_ars_with": list(organisation.shares_ars_with),
        "ars_reason": organisation.ars_reason,
        "note": organisation.note,
        "reason": organisation.reason,
        "members": [{**asdict(member), "role": member.role.value} for member in organisation.members],
        "created_at": organisation.created_at,
        "decided_at": organisation.decided_at,
    }


def to_organisation(organisation_id: str, body: Mapping[str, Any]) -> Organisation:
    """Read an organisation back."""
    return Organisation(
        id=organisation_id,
        name=body["name"],
        kinds=tuple(OrganisationKind(kind) for kind in body["kinds"]),
        state=OrganisationState(body["state"]),
        bundesland=Bundesland(body["bundesland"]) if body["bundesland"] else None,
        size_class=SizeClass(body["size_class"]) if body["size_class"] else None,
        ars=body["ars"],
        website_url=body.get("website_url"),
        description=body.get("description"),
        proof=_to_proof(body.get("proof")),
        shares_ars_with=tuple(body.get("shares_ars_with", ())),
        ars_reason=body.get("ars_reason"),
        note=body["note"],
        reason=body["reason"],
        members=tuple(Member(**{**member, "role": MemberRole(member["role"])}) for member in body["members"]),
        created_at=body["created_at"],
        decided_at=body["decided_at"],
    )


def _to_proof(body: Mapping[str, Any] | None) -> Proof | None:
    if body is None:
        return None
    return Proof(**{**body, "file": ProofFile(**body["file"]) if body["file"] else None})


def from_solution(solution: Solution) -> Document:
    """Return the body of a solution's document; `state`, `live`, `guard_at` follow from the rest, for reading."""
    live = solution.live
    return {
        "slug": solution.slug,
        "organisation_id": solution.organisation_id,
        "organisation_name": solution.organisation_name,
        "versions": [_from_version(version) for version in solution.versions],
        "published_version": solution.published_version,
        "withdrawn": _optional(solution.withdrawn),
        "suspended": _optional(solution.suspended),
        "expired": _optional(solution.expired),
        "confirmed_at": solution.confirmed_at,
        "told": [asdict(each) for each in solution.told],
        "guard_at": guarding.next_at(solution),
        "corrections": [asdict(each) | {"state": each.state.value} for each in solution.corrections],
        "unapproved_at": solution.open_correction.at if solution.open_correction else None,
        "created_at": solution.created_at,
        "updated_at": solution.updated_at,
        "published_at": solution.published_at,
        "first_published_at": solution.first_published_at,
        "renamed_at": solution.renamed_at,
        "state": solution.state.value,
        "live": _from_live(live) if live else None,
    }


def to_solution(solution_id: str, body: Mapping[str, Any]) -> Solution:
    """Read a solution back."""
    return Solution(
        id=solution_id,
        slug=body["slug"],
        organisation_id=body["organisation_id"],
        organisation_name=body["organisation_name"],
        versions=tuple(_to_version(version) for version in body["versions"]),
        published_version=body["published_version"],
        withdrawn=Mark(**body["withdrawn"]) if body["withdrawn"] else None,
        suspended=Mark(**body["suspended"]) if body["suspended"] else None,
        expired=Mark(**body["expired"]) if body.get("expired") else None,
        confirmed_at=body.get("confirmed_at", body["published_at"]),
        told=tuple(Told(**each) for each in body.get("told", ())),
        corrections=tuple(_to_correction(each) for each in body.get("corrections", ())),
        renamed_at=body.get("renamed_at"),
        created_at=body["created_at"],
        updated_at=body["updated_at"],
        published_at=body["published_at"],
        first_published_at=body["first_published_at"],
    )


LIVE_FIELDS = (
    "slug",
    "organisation_id",
    "organisation_name",
    "live",
    "created_at",
    "updated_at",
    "published_at",
    "first_published_at",
)
"""What a public view needs of a solution's document, beside `_id` and `version`."""


def to_live(solution_id: str, body: Mapping[str, Any]) -> LiveSolution:
    """Read the public view of a solution that is online."""
    return LiveSolution(
        id=solution_id,
        slug=body["slug"],
        organisation_id=body["organisation_id"],
        organisation_name=body["organisation_name"],
        number=body["live"]["number"],
        listing=Listing.model_validate(body["live"]["listing"]),
        created_at=body["created_at"],
        updated_at=body["updated_at"],
        published_at=body["published_at"],
        first_published_at=body["first_published_at"],
    )


def _from_live(live: Version) -> Document:
    return {"number": live.number, "listing": _from_listing(live.shown), "corrected_at": live.corrected_at}


def _from_version(version: Version) -> Document:
    return {
        "number": version.number,
        "state": version.state.value,
        "listing": _from_listing(version.listing),
        "round": version.round,
        "reviewed": _from_listing(version.reviewed) if version.reviewed else None,
        "message": version.message,
        "findings": [finding.model_dump() for finding in version.findings],
        "submitted_by": version.submitted_by,
        "submitted_at": version.submitted_at,
        "decided_at": version.decided_at,
        "created_by": version.created_by,
        "created_at": version.created_at,
        "edited_by": version.edited_by,
        "edited_at": version.edited_at,
        "corrected": _from_listing(version.corrected) if version.corrected else None,
        "corrected_at": version.corrected_at,
        "revision": version.revision,
    }


def _to_version(body: Mapping[str, Any]) -> Version:
    return Version(
        number=body["number"],
        state=VersionState(body["state"]),
        listing=listing_of(body["listing"]),
        round=body["round"],
        reviewed=listing_of(body["reviewed"]) if body["reviewed"] else None,
        message=body["message"],
        findings=tuple(Finding.model_validate(finding) for finding in body["findings"]),
        submitted_by=body["submitted_by"],
        submitted_at=body["submitted_at"],
        decided_at=body["decided_at"],
        created_by=body.get("created_by"),
        created_at=body.get("created_at"),
        edited_by=body.get("edited_by"),
        edited_at=body.get("edited_at"),
        corrected=listing_of(body["corrected"]) if body.get("corrected") else None,
        corrected_at=body.get("corrected_at"),
        revision=body.get("revision", 0),
    )


def _to_correction(body: Mapping[str, Any]) -> Correction:
    changes = tuple(FieldChange(**each) for each in body["changes"])
    return Correction(**{**body, "changes": changes, "state": CorrectionState(body["state"])})


def _from_listing(listing: Listing) -> Document:
    return listing.model_dump(mode="json")


def _optional(part: Mark | None) -> Document | None:
    return asdict(part) if part else None


def _value(choice: Enum | None) -> Any:
    return choice.value if choice else None
