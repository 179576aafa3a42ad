"""The concepts that a solution speaks of, as tokens to be indexed: what a query means is found without its words."""

from dataclasses import dataclass

from search.domain.compounds import Splitter
from search.domain.texts import Texts, words_of
from search.domain.thesaurus import Thesaurus

MOST_SAID = 400


@dataclass(frozen=True, slots=True)
class Concepts:
    """Ids of concepts separated by spaces, once per mention; `wide` are broader ones of all that are mentioned.

    `said` holds, by concept, the words of the solution that mean it: so a result can say why it was found.
    """

    title: str
    body: str
    wide: str
    said: dict[str, str]


def concepts_of(texts: Texts, splitter: Splitter, thesaurus: Thesaurus) -> Concepts:
    """Return the concepts that the texts of a solution mention."""
    said: dict[str, str] = {}

    def mentioned(*fields: str) -> list[str]:
        found = []
        for mention in thesaurus.mentions([word for field in fields for word in words_of(field)], splitter):
            found.append(mention.concept)
            said.setdefault(mention.concept, mention.text)
        return found

    title = mentioned(texts.name, texts.aliases)
    body = mentioned(texts.summary, texts.features, texts.description, texts.audience, texts.topics, texts.notes)
    wide = dict.fromkeys(wider for concept in dict.fromkeys((*title, *body)) for wider in thesaurus.widened(concept))
    return Concepts(" ".join(title), " ".join(body), " ".join(wide), dict(list(said.items())[:MOST_SAID]))
