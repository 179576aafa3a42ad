"""What a search can be narrowed by: one table that mapping, query, validation and labels are made from."""

from dataclasses import dataclass

from contracts import vocabulary
from contracts.vocabulary import label


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: its name in the API and in the index, and its vocabulary; None when any value may occur."""

    name: str
    vocabulary: type[vocabulary.Term] | None

    def knows(self, value: str) -> bool:
        """True when a value may be asked for."""
        if self.vocabulary is None:
            return 0 < len(value) <= LONGEST_OPEN_VALUE
        return value in self.vocabulary.__members__.values()

    def label(self, value: str) -> str:
        """Return the German label of a value; open facets show the value itself."""
        return label(self.vocabulary(value)) if self.vocabulary is not None and self.knows(value) else value


LONGEST_OPEN_VALUE = 200

FACETS: tuple[Facet, ...] = (
    Facet("field_of_action", vocabulary.FieldOfAction),
    Facet("kind", vocabulary.SolutionKind),
    Facet("offer_form", vocabulary.OfferForm),
    Facet("bundesland", vocabulary.Bundesland),
    Facet("licence_group", vocabulary.LicenceGroup),
    Facet("operating_model", vocabulary.OperatingModel),
    Facet("price_model", vocabulary.PriceModel),
    Facet("provider", None),
    Facet("hosting_location", vocabulary.HostingLocation),
    Facet("accessibility_level", vocabulary.AccessibilityLevel),
)
FACETS_BY_NAME = {facet.name: facet for facet in FACETS}
