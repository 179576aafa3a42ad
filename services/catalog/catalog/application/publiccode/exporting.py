"""The publiccode.yml of a listing, for everybody and for its provider."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.listing import Listing
from contracts.profile.questionnaire import Question
from servicekit import errors
from servicekit.errors import FieldError

from catalog.application import queries
from catalog.application.ports import LiveSolution
from catalog.application.publiccode.ports import PubliccodePorts
from catalog.domain.publiccode.exporting import CannotExport, export
from catalog.domain.publiccode.violations import Violation


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a listing from being exported; `question` is the one to answer, None where none asks for it."""

    violation: Violation
    question: Question | None


async def public_file(ports: PubliccodePorts, id_or_slug: str) -> tuple[LiveSolution, bytes]:
    """Return a published solution with its publiccode.yml.

    Raises ProblemError `solution-not-found` (404) and `publiccode-incomplete` (409), which names what is missing.
    """
    live = (await queries.public_solution(ports.catalog, id_or_slug)).solution.state
    try:
        content = await asyncio.to_thread(_exported, ports, live.listing, live.organisation_name)
    except CannotExport as refused:
        missing = _missing(refused)
        names = ", ".join(dict.fromkeys(each.violation.path for each in missing))
        raise errors.ProblemError(
            "publiccode-incomplete",
            "conflict",
            f"the listing says too little for a publiccode.yml: {names}",
            fields=[FieldError(each.violation.path, each.violation.en) for each in missing],
        ) from None
    return live, content


async def missing_of(ports: PubliccodePorts, listing: Listing, provider: str) -> Sequence[Missing]:
    """Return what keeps a listing from being exported; nothing when it can be."""
    try:
        await asyncio.to_thread(_exported, ports, listing, provider)
    except CannotExport as refused:
        return _missing(refused)
    return ()


def _exported(ports: PubliccodePorts, listing: Listing, provider: str) -> bytes:
    pictures = [f"{ports.site}/api/catalog/media/{each.id}" for each in listing.media if each.kind == "image"]
    return export(listing, provider=provider, profile=ports.catalog.profile, pictures=pictures if ports.site else ())


def _missing(refused: CannotExport) -> Sequence[Missing]:
    return [Missing(each, _question(each.path, refused)) for each in refused.missing]


def _question(path: str, refused: CannotExport) -> Question | None:
    """The question whose answer is missing: the one at the path, else the first below it."""
    wanted = path.replace(".*.", ".de.").partition("[")[0]
    exact = refused.questions.get(wanted)
    below = (question for at, question in refused.questions.items() if at.startswith(f"{wanted}."))
    return exact or next(below, None)
