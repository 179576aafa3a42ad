"""Deployments, conversations and blocklists as documents and back."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any

from contracts.vocabulary import Bundesland, DeploymentVisibility, ReportReason, SizeClass

from catalog.adapters.aggregates import Document
from catalog.domain.blocklist import Block, Blocklist
from catalog.domain.deployment import (
    Answer,
    Claim,
    ClaimSource,
    Contact,
    DeploymentBook,
    Ended,
    Terms,
    Told,
    Use,
    name_key,
)
from catalog.domain.peer import Complaint, Party, PeerMessage, Ruling, Side, Thread, ThreadState


def from_book(book: DeploymentBook) -> Document:
    """Return the fields of a solution's deployments: one per municipality, so that each is saved by itself."""
    return {**_repeated(book), **{f"uses.{key}": plain(asdict(use)) for key, use in book.uses.items()}}


def new_book(book: DeploymentBook) -> Document:
    """Return the body of the document that the first claim or use makes."""
    return {**_repeated(book), "uses": {key: plain(asdict(use)) for key, use in book.uses.items()}}


def _repeated(book: DeploymentBook) -> Document:
    """The claims, and what queries look for."""
    claims = book.claims.values()
    about = {f"id:{claim.organisation_id}" for claim in claims if claim.organisation_id}
    about |= {f"name:{name_key(claim.name)}" for claim in claims if not claim.organisation_id}
    return {
        "claims": [plain(asdict(claim)) for claim in claims],
        "about": sorted(about),
        "users": sorted(book.uses),
        "next_at": book.next_at,
    }


def to_book(solution_id: str, body: Mapping[str, Any]) -> DeploymentBook:
    """Read a solution's deployments back."""
    claims = [_to_claim(claim) for claim in body.get("claims", ())]
    uses: Mapping[str, Mapping[str, Any]] = body.get("uses", {})
    return DeploymentBook(
        solution_id, {claim.id: claim for claim in claims}, {key: _to_use(use) for key, use in uses.items()}
    )


def _to_claim(body: Mapping[str, Any]) -> Claim:
    answer = Answer(**body["answer"]) if body["answer"] else None
    return Claim(**{**body, "source": ClaimSource(body["source"]), "answer": answer})


def _to_use(body: Mapping[str, Any]) -> Use:
    terms = {**body["terms"], "visibility": DeploymentVisibility(body["terms"]["visibility"])}
    return Use(
        **{
            **body,
            "size_class": SizeClass(body["size_class"]) if body["size_class"] else None,
            "bundesland": Bundesland(body["bundesland"]) if body["bundesland"] else None,
            "terms": Terms(**terms),
            "told": Told(body["told"]),
            "ended": Ended(**body["ended"]) if body["ended"] else None,
            "contacts": tuple(Contact(**contact) for contact in body["contacts"]),
        }
    )


def from_thread(thread: Thread) -> Document:
    """Return the body of a conversation's document; `organisations`, `people` and `reported` are for queries."""
    body: Document = plain(asdict(thread))
    del body["id"]
    people = {message.by for message in thread.messages} | {complaint.by for complaint in thread.complaints}
    return {
        **body,
        "organisations": [thread.asking.organisation_id, thread.answering.organisation_id],
        "people": sorted(person for person in people if person),
        "reported": bool(thread.complaints),
    }


def to_thread(thread_id: str, body: Mapping[str, Any]) -> Thread:
    """Read a conversation back."""
    return Thread(
        id=thread_id,
        solution_id=body["solution_id"],
        slug=body["slug"],
        solution_name=body["solution_name"],
        provider_organisation_id=body["provider_organisation_id"],
        asking=Party(**body["asking"]),
        answering=Party(**body["answering"]),
        messages=tuple(PeerMessage(**{**each, "side": Side(each["side"])}) for each in body["messages"]),
        state=ThreadState(body["state"]),
        closed_by=Side(body["closed_by"]) if body["closed_by"] else None,
        complaints=tuple(
            Complaint(**{**each, "side": Side(each["side"]), "reason": ReportReason(each["reason"])})
            for each in body["complaints"]
        ),
        rulings=tuple(Ruling(**each) for each in body["rulings"]),
        created_at=body["created_at"],
        updated_at=body["updated_at"],
    )


def from_blocklist(blocklist: Blocklist) -> Document:
    """Return the body of a blocklist's document."""
    return {"blocked": {key: asdict(block) for key, block in blocklist.blocked.items()}}


def to_blocklist(organisation_id: str, body: Mapping[str, Any]) -> Blocklist:
    """Read a blocklist back."""
    return Blocklist(organisation_id, {key: Block(**block) for key, block in body["blocked"].items()})


def plain(value: Any) -> Any:
    """Return the value with enumerations as their plain values and tuples as lists."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value
