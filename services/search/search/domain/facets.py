"""What a search can be narrowed by: one table that mapping, query, validation, labels and documentation come from."""

from dataclasses import dataclass

from contracts import vocabulary
from contracts.profile import questionnaire
from contracts.profile.filters import filters
from contracts.vocabulary import label


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet: its name in the API and in the index, what it says, and its vocabulary; None when any value may occur.

    `ordered` ones are shown in the order of their vocabulary (bands, sizes), the others most frequent first.
    """

    name: str
    meaning: str
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

PROFILE_FILTERS = filters(questionnaire.load())
"""Facets that follow from questions of the standard profile: a question with choices and `filter` is one more."""

FACETS: tuple[Facet, ...] = (
    Facet("field_of_action", "What it helps with.", vocabulary.FieldOfAction),
    Facet("kind", "What is offered.", vocabulary.SolutionKind),
    Facet("offer_form", "The form it comes in.", vocabulary.OfferForm),
    Facet("bundesland", "Where it comes from (ISO 3166-2).", vocabulary.Bundesland),
    Facet("licence_group", "Its licence.", vocabulary.LicenceGroup),
    Facet("operating_model", "How it can be operated.", vocabulary.OperatingModel),
    Facet("price_model", "How it is paid for.", vocabulary.PriceModel),
    Facet("provider", "The organisation that offers it, by its full name.", None),
    Facet("hosting_location", "Where data is hosted.", vocabulary.HostingLocation),
    Facet("accessibility_level", "Conformance as declared by the provider.", vocabulary.AccessibilityLevel),
    *(Facet(each.name, f"{each.question.label.en}.", each.vocabulary) for each in PROFILE_FILTERS),
    Facet("target_group", "Whom it is for, by what the listing says in its own words.", vocabulary.TargetGroup),
    Facet(
        "checkup_score",
        "Mean of the scored dimensions of the checkup; a band holds those above it too.",
        vocabulary.ScoreBand,
        ordered=True,
    ),
    Facet(
        "validity",
        "Whether what is stated for a time, such as certificates, still holds.",
        vocabulary.Validity,
        ordered=True,
    ),
    Facet(
        "checkup_grade",
        "Stage of the overall result of the checkup; a stage holds those above it too.",
        vocabulary.CheckupGrade,
        ordered=True,
    ),
    Facet("award", "Dimensions of the checkup that it holds an award for.", vocabulary.CheckupAward),
    Facet("rating", "Average rating; a band holds those above it too.", vocabulary.RatingBand, ordered=True),
    Facet(
        "used_by_size",
        "Inhabitants of municipalities that confirmed for everybody to see that they use it.",
        vocabulary.SizeClass,
        ordered=True,
    ),
)
FACETS_BY_NAME = {facet.name: facet for facet in FACETS}
