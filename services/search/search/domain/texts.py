"""What can be searched for in a solution, as plain text per field, with compound parts and folded spellings."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from contracts.listing import Listing
from contracts.profile import questionnaire
from contracts.profile.showing import texts_of as texts_of_answer
from contracts.vocabulary import LicenceGroup, label, licence_group

from search.domain.compounds import Splitter
from search.domain.document import SolutionDocument
from search.domain.words import Memo, clean, fold, words

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[^<>]{1,200}>")
_MARKUP = re.compile(r"(?m)^\s{0,3}(?:#{1,6}|>|[-*+]|\d+\.)\s+|[*_`~]{1,3}|^\s*(?:[-=]{3,}|\|)\s*$")
_SEARCHED = tuple(each for each in questionnaire.load().questions if each.search and not each.typed)
_CLOSED = (LicenceGroup.PROPRIETARY, LicenceGroup.UNKNOWN)

_FOLDED = Memo(fold)

LONGEST_EMBEDDED = 1500
"""About as much as the model was trained on at once; what is longer only costs time, a second per 1,000 words."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The searched fields. `parts` and the grams are computed here, because engines differ in what they can."""

    name: str
    aliases: str
    summary: str
    features: str
    description: str
    audience: str
    provider: str
    place: str
    topics: str
    notes: str
    parts: str
    grams: str


def plain(markdown: str) -> str:
    """Return Markdown as plain text; tags, link targets and markup are dropped, their words are kept."""
    if "[" in markdown:
        markdown = _LINK.sub(r"\1", markdown)
    return clean(_MARKUP.sub(" ", _TAG.sub(" ", markdown)))


def texts_of(document: SolutionDocument, splitter: Splitter) -> Texts | None:
    """Return the searched texts, or None when the solution cannot be found at all."""
    facet = document.listing
    if facet is None:
        return None
    listing = facet.listing
    group = licence_group(listing.licence)
    name, aliases = clean(listing.name), _sentences(listing.aliases)
    summary, features = clean(listing.summary), _sentences(listing.features)
    description = plain(listing.description)
    audience = _sentences([*listing.target_groups, *listing.use_cases])
    provider = _sentences([facet.organisation_name, listing.operator_name])
    users = [each.organisation_name for each in document.deployments or () if each.visibility == "public"]
    place = _sentences(
        [label(listing.bundesland) if listing.bundesland else None, listing.region, *listing.used_by, *users]
    )
    topics = _sentences(
        [
            *(label(each) for each in listing.fields_of_action),
            label(listing.kind),
            label(listing.offer_form),
            *(label(each) for each in listing.operating_models),
            label(group) if group is not LicenceGroup.UNKNOWN else None,
            None if group in _CLOSED else "Open Source",
            *listing.interfaces,
            *listing.integrations,
            *listing.tech_stack,
            *listing.it_security,
            *_answered(listing.answers),
        ]
    )
    notes = _sentences(
        [
            listing.operating_note,
            listing.price_note,
            listing.usage_note,
            listing.it_security_note,
            listing.data_protection_note,
        ]
    )
    everything = (name, aliases, summary, features, description, audience, provider, place, topics, notes)
    spoken = list(chain.from_iterable(map(words_of, everything)))
    return Texts(
        name=name,
        aliases=aliases,
        summary=summary,
        features=features,
        description=description,
        audience=audience,
        provider=provider,
        place=place,
        topics=topics,
        notes=notes,
        parts=" ".join(splitter.of_words(spoken)),
        grams=" ".join(_FOLDED.of_all(spoken)),
    )


def _answered(answers: Mapping[str, Any]) -> list[str]:
    """Return the words of answers to questions that the profile marks as searched."""
    return [text for each in _SEARCHED if each.id in answers for text in texts_of_answer(each, answers[each.id], "de")]


@lru_cache(maxsize=64)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of one text; remembered for as long as one solution needs them again and again."""
    return tuple(words(text))


def embedded_text(listing: Listing) -> str:
    """Return the text whose meaning is compared: what the solution is called, what it is, for whom, what it can do.

    The description is left out: with it the vector says less about each single thing (docs/search.md has the figures).
    At most LONGEST_EMBEDDED characters, in whole words.
    """
    groups = ", ".join(clean(group) for group in listing.target_groups)
    text = _sentences(
        [listing.name, *listing.aliases, listing.summary, f"Für: {groups}" if groups else None, *listing.features]
    )
    return text if len(text) <= LONGEST_EMBEDDED else text[: LONGEST_EMBEDDED + 1].rpartition(" ")[0]


def content_hash(text: str) -> str:
    """Return the name of a text: 128 bits in hexadecimal, equal for equal texts."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _sentences(pieces: Iterable[str | None]) -> str:
    """Join short texts so that a highlight never runs from one into the next."""
    return ". ".join(cleaned for piece in pieces if piece and (cleaned := clean(piece)))
