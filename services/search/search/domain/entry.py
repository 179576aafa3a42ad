"""What the memory of a process keeps of one solution that can be found, and what the feed says about it."""

from dataclasses import dataclass
from itertools import chain
from sys import intern
from typing import Any

from search.domain.compounds import Splitter
from search.domain.document import SolutionDocument
from search.domain.texts import Texts, content_hash, embedded_text, words_of
from search.domain.words import clean

MOST_WORDS = 600
SHORTEST_WORD = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One solution that can be found.

    `words` and `parts` are there when listeners of the mirror are told; the mirror itself does not keep them, since
    they are most of the memory.
    """

    id: str
    slug: str
    name: str
    aliases: tuple[str, ...]
    provider: str
    fields_of_action: tuple[str, ...]
    content_hash: str
    """Of the text that is embedded; vectors are looked up by it."""
    sequence: int
    """Stream sequence of the published version."""
    words: tuple[str, ...] = ()
    """Distinct words of its texts as written."""
    parts: tuple[str, ...] = ()
    """Folded parts of the compounds in its name and aliases."""


@dataclass(frozen=True, slots=True)
class Revision:
    """How far the index is with one solution.

    `position` is the newest stream sequence an entry is made of, `version` grows with every event it is made of. Late
    events raise the version and may leave the position.
    """

    id: str
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One solution in the index; `entry` is None when it cannot be found (any more)."""

    revision: Revision
    entry: Entry | None


def revision_of(document: SolutionDocument) -> Revision | None:
    """Return how far a document is; None while nothing was said about its listing."""
    if "listing" not in document.seq:
        return None
    sequences = [document.seq[name] for name in ("listing", "deployments") if name in document.seq]
    return Revision(document.id, position=max(sequences), version=sum(sequences))


def kept_of(document: SolutionDocument, texts: Texts | None, splitter: Splitter) -> dict[str, Any] | None:
    """Return what the index keeps for `entry_from`; None when the solution cannot be found."""
    facet = document.listing
    if facet is None or texts is None:
        return None
    listing = facet.listing
    return {
        "slug": facet.slug,
        "name": texts.name,
        "aliases": [clean(alias) for alias in listing.aliases],
        "provider": facet.organisation_name,
        "fields_of_action": [each.value for each in listing.fields_of_action],
        "content_hash": content_hash(embedded_text(listing)),
        "sequence": document.seq["listing"],
        "words": " ".join(distinct_words(texts)),
        "parts": " ".join(splitter.of_text(f"{texts.name} {texts.aliases}")),
    }


def entry_from(solution_id: str, kept: dict[str, Any]) -> Entry:
    """Read back what `kept_of` made."""
    return Entry(
        id=solution_id,
        slug=kept["slug"],
        name=kept["name"],
        aliases=tuple(kept["aliases"]),
        provider=intern(kept["provider"]),
        fields_of_action=tuple(map(intern, kept["fields_of_action"])),
        content_hash=kept["content_hash"],
        sequence=kept["sequence"],
        words=tuple(kept["words"].split()),
        parts=tuple(map(intern, kept["parts"].split())),
    )


def distinct_words(texts: Texts) -> list[str]:
    """Return the distinct words of the texts as written, at most MOST_WORDS, those of the shorter texts first."""
    in_order = (
        *(texts.name, texts.aliases, texts.summary, texts.provider, texts.place, texts.topics, texts.audience),
        *(texts.features, texts.description),
    )
    distinct = dict.fromkeys(chain.from_iterable(map(words_of, in_order)))
    return [word for word in distinct if len(word) >= SHORTEST_WORD and not word.isdigit()][:MOST_WORDS]
