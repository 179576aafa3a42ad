"""What a search can be narrowed by: one table that mapping, query, validation and labels are made from."""

from dataclasses import dataclass

from contracts import vocabulary
from contracts.vocabulary import label


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: its name in the API and in the index, and its vocabulary; None when any value may occur.

    `ordered` ones are shown in the order of their vocabulary (bands, sizes), the others most frequent first.
    """

    name: str
    vocabulary: type[vocabulary.Term] | None
    ordered: bool = False

    def knows(self, value: str) -> bool:
        """True when a value may be asked for."""
        if self.vocabulary is None:
            return 0 < len(value) <= LONGEST_OPEN_VALUE
        return value in self.vocabulary.__members__.values()

    def place(self, value: str) -> int:
        """Return the place of a value in the order of an ordered facet; 0 in others."""
        return [*self.vocabulary].index(self.vocabulary(value)) if self.ordered and self.vocabulary is not None else 0

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
    Facet("target_group", vocabulary.TargetGroup),
    Facet("checkup_score", vocabulary.ScoreBand, ordered=True),
    Facet("award", vocabulary.CheckupAward),
    Facet("rating", vocabulary.RatingBand, ordered=True),
    Facet("used_by_size", vocabulary.SizeClass, ordered=True),
)
FACETS_BY_NAME = {facet.name: facet for facet in FACETS}
