"""How a solution stands with others: mean score and stage of the checkup, rating, municipalities known to use it."""

from contracts.catalog import Deployment
from contracts.vocabulary import CheckupGrade, RatingBand, ScoreBand, SizeClass

from search.domain.document import SolutionDocument

_SCORE_BANDS = ((80.0, ScoreBand.FROM_80), (60.0, ScoreBand.FROM_60), (40.0, ScoreBand.FROM_40))
_RATING_BANDS = ((4.0, RatingBand.FROM_4), (3.0, RatingBand.FROM_3), (2.0, RatingBand.FROM_2))


def checkup_score(document: SolutionDocument) -> float | None:
    """Return the mean of the scored dimensions, 0 to 100 with one decimal; None when none is scored."""
    dimensions = document.checkup.dimensions if document.checkup else ()
    scores = [each.score for each in dimensions if each.score is not None]
    return round(sum(scores) / len(scores), 1) if scores else None


def score_bands(score: float | None) -> list[ScoreBand]:
    """Return every band a score reaches: 85 points are over 40 too."""
    if score is None:
        return [ScoreBand.NONE]
    return [band for least, band in _SCORE_BANDS if score >= least] or [ScoreBand.BELOW_40]


def grade(document: SolutionDocument) -> CheckupGrade | None:
    """Return the stage of the checkup; None without one, and for one that this vocabulary does not know."""
    reached = document.checkup.grade if document.checkup else None
    return CheckupGrade(reached) if reached in list(CheckupGrade) else None


def grades(document: SolutionDocument) -> list[CheckupGrade]:
    """Return the stage and those that were reached before it."""
    reached, ordered = grade(document), list(CheckupGrade)
    return [] if reached is None else ordered[ordered.index(reached) :]


def rating_bands(document: SolutionDocument) -> list[RatingBand]:
    """Return every band the average reaches; one under two stars is in none, without an average it is unrated."""
    average = document.rating.average if document.rating else None
    if average is None:
        return [RatingBand.UNRATED]
    return [band for least, band in _RATING_BANDS if average >= least]


def municipalities(document: SolutionDocument) -> int:
    """Return how many municipalities have confirmed for everybody to see, within twelve months, that they use it."""
    return len({each.organisation_id for each in _public(document)})


def sizes(document: SolutionDocument) -> list[SizeClass]:
    """Return the size classes of those municipalities."""
    found = {each.size_class for each in _public(document)}
    return [size for size in SizeClass if size in found]


def _public(document: SolutionDocument) -> list[Deployment]:
    return [each for each in document.deployments or () if each.visibility == "public" and not each.outdated]
