"""Fuses what matches in words with what is alike in meaning into one order.

Lexical scores have no unit and cosines of small models lie close together, so both are brought to 0..1 per query
before they are added (the "relative score fusion" of hybrid search engines).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

DIGITS = 6
"""Fused scores are rounded, since an engine's scores waver in their last digits."""


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What the best match in words counts, and the other parts beside it."""

    words: float = 1.0
    meaning: float = 0.55
    stated: float = 0.4
    """A filter in words that the solution states; half of it when only its texts say so."""


def _always(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near solutions are in meaning: cosines by id, and the mean over all solutions.

    `compared` tells whether a solution was compared at all; one that is not named in `cosines` and was is far away.
    """

    cosines: Mapping[str, float]
    mean: float
    compared: Callable[[str], bool] = field(default=_always, compare=False)

    @property
    def relative(self) -> Mapping[str, float]:
        """Nearness by id: 0 for the mean of all solutions, 1 for the nearest."""
        reach = max(self.cosines.values(), default=0.0) - self.mean
        if reach <= 0:
            return {}
        return {key: max(cosine - self.mean, 0.0) / reach for key, cosine in self.cosines.items()}


NOTHING_NEAR = Nearness({}, 0.0)


def fuse(
    matches: Mapping[str, float],
    near: Nearness,
    stated: Mapping[str, float],
    weights: FusionWeights,
) -> dict[str, float]:
    """Return the fused score by id, best first, equal ones by id.

    `matches` are the engine's scores of everything that is found (0 for what is found by meaning only), `stated` is the
    sum over filters in words: 1 for a stated one, 0.5 for one that is only said in a text. What could not be compared
    in meaning yet counts as being as near as it matches in words, so that a new listing is not put behind older ones.
    """
    best = max(matches.values(), default=0.0) or 1.0
    relative = near.relative
    scores: dict[str, float] = {}
    for key, score in matches.items():
        words = score / best
        meaning = relative.get(key, 0.0) if not relative or near.compared(key) else words
        total = weights.words * words + weights.meaning * meaning + weights.stated * stated.get(key, 0.0)
        scores[key] = round(total, DIGITS)
    return dict(sorted(scores.items(), key=lambda entry: (-entry[1], entry[0])))
