"""Two who write one draft: what was typed beside what was saved meanwhile, to choose from field by field."""

from dataclasses import dataclass

from contracts.profile.differing import Difference, differences
from contracts.vocabulary import Language

from web.api.catalog import Listing
from web.forms.listing import ListingForm

TAKEN = "gespeichert"
"""Name of the boxes that take what is stored."""


@dataclass(frozen=True)
class Conflict:
    """A question with both answers, and how the stored one becomes the typed one."""

    difference: Difference

    @property
    def stored(self) -> str:
        """What was saved meanwhile."""
        return self._without("added")

    @property
    def typed(self) -> str:
        """What is in the form."""
        return self._without("removed")

    def _without(self, mark: str) -> str:
        between = "; " if self.difference.entries else ""
        return between.join(piece.text for piece in self.difference.pieces if piece.mark != mark)


def conflicts(typed: ListingForm, stored: Listing, language: Language) -> list[Conflict]:
    """Return the questions whose answers differ; uploads are not typed."""
    document = stored.model_dump()
    document.pop("media")
    return [Conflict(each) for each in differences(typed.profile, document, typed.listing(), language)]
