"""Previews of a file beside a listing, and taking answers over into the draft."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts import web_address
from contracts.listing import Listing
from contracts.profile.checking import check as check_answers
from contracts.profile.questionnaire import Questionnaire
from servicekit import errors
from servicekit.clock import BERLIN
from servicekit.errors import FieldError

from catalog.application import queries
from catalog.application.actor import Actor, require_member
from catalog.application.commands.solutions import provider_of, save_draft
from catalog.application.ports import Loaded
from catalog.application.publiccode.ports import Fetched, NotFetched, PubliccodePorts
from catalog.domain.draft import DraftListing, listing_of
from catalog.domain.organisation import MemberRole
from catalog.domain.publiccode import mapping
from catalog.domain.publiccode.checking import Checked, check
from catalog.domain.publiccode.drift import Compared, compare
from catalog.domain.publiccode.violations import Violation
from catalog.domain.solution import Solution


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file says beside what the listing says.

    `answers` are all that can be taken over, `language` that of the texts, `left` the keys that are not, `source` the
    address that the file came from.
    """

    checked: Checked
    fields: tuple[Compared, ...]
    answers: Mapping[str, Any]
    language: str | None
    left: tuple[str, ...]
    source: str | None = None


async def fetched(ports: PubliccodePorts, address: str) -> Fetched:
    """Return the file of a repository; raises ProblemError `publiccode-not-fetched` (422) with the reason."""
    try:
        return await ports.files.publiccode(address)
    except NotFetched as failure:
        detail = f"{failure.en} ({failure.kind})"
        raise errors.invalid("publiccode-not-fetched", detail, [FieldError("url", failure.de)]) from failure


async def preview_new(ports: PubliccodePorts, content: bytes, *, source: Fetched | None = None) -> Preview:
    """Return what a file says for a solution that is not there yet."""
    blank = DraftListing(name="-", kind="software")
    return await asyncio.to_thread(preview, content, blank, ports.catalog.profile, source)


async def preview_existing(
    ports: PubliccodePorts, actor: Actor, solution_id: str, content: bytes, *, source: Fetched | None = None
) -> Preview:
    """Return what a file says beside the newest version of a solution (editors of its provider)."""
    found = await editable(ports, actor, solution_id)
    return await asyncio.to_thread(preview, content, found.state.newest.listing, ports.catalog.profile, source)


def preview(content: bytes, listing: Listing, profile: Questionnaire, source: Fetched | None = None) -> Preview:
    """Judge a file and lay it beside a listing."""
    checked = check(content)
    taken = mapping.answers_in(checked.document, profile)
    violations = checked.violations
    if source is not None and (fork := _fork(checked.document, source.url)):
        violations = (*violations, fork)
    return Preview(
        checked=Checked(checked.document, violations),
        fields=tuple(compare(listing, taken.answers, profile)),
        answers=taken.answers,
        language=taken.language,
        left=taken.left,
        source=source.url if source else None,
    )


async def take_over(
    ports: PubliccodePorts, actor: Actor, solution_id: str, answers: Mapping[str, Any], *, expected: int
) -> Loaded[Solution]:
    """Keep answers of a file in the draft, beside what it says otherwise; they are judged like any other.

    Raises ProblemError `not-in-publiccode` (422) for a question that no file answers, `invalid-listing` (422), and what
    saving a draft raises.
    """
    known = {each.id: each for each in mapping.mapped(ports.catalog.profile)}
    if strangers := sorted(set(answers) - set(known)):
        raise errors.invalid("not-in-publiccode", f"no publiccode.yml answers {', '.join(strangers)}"[:300])
    found = await editable(ports, actor, solution_id)
    document = found.state.newest.listing.model_dump(mode="json")
    for question_id, answer in answers.items():
        (document if known[question_id].typed else document["answers"])[question_id] = answer
    today = ports.catalog.clock.now().astimezone(BERLIN).date()
    if faults := check_answers(ports.catalog.profile, document, complete=False, today=today):
        fields = [FieldError(f"listing.{fault.place}", fault.message) for fault in faults]
        raise errors.invalid("invalid-listing", f"{len(faults)} answers cannot be kept", fields)
    return await save_draft(ports.catalog, actor, solution_id, listing_of(document), expected=expected)


async def editable(ports: PubliccodePorts, actor: Actor, solution_id: str) -> Loaded[Solution]:
    """Return the solution for an editor of its provider; raises ProblemError 403 or 404."""
    found = await queries.find_solution(ports.catalog, solution_id)
    require_member(actor, await provider_of(ports.catalog, found.state), MemberRole.EDITOR)
    return found


def _fork(document: Mapping[str, Any], source: str) -> Violation | None:
    """A file that names another repository on the same host than the one it was found in describes the other one."""
    named = document.get("url")
    if not isinstance(named, str):
        return None
    path = web_address.same_repository(named).partition("://")[2].partition("/")[2].lower()
    return None if path and path in source.lower() else Violation("url", "fork", None, {"value": named[:200]})
