"""Pages that follow each other without gaps or repeats, although an engine's scores waver.

Field values are exact: the next page starts after the last one's values. Scores are not. Their last digits depend on
the order of summation (on the embedded engine they differ from request to request, and more digits are compared than
are shown), so a page that started exactly at a score would repeat or skip results, or never end. By relevance the next
page therefore starts a hair above the last score, and the cursor names the results in that breadth that were shown.
It also names those that were shown in a better order before the engine's begins, wherever the engine has them.
"""

import math
from typing import Any

from search.domain.search_request import Position, SearchRequest, Sort
from search.domain.shown import DIGEST_CHARACTERS, digest, names_of

BREADTH = 1e-6
"""Relative; scores waver by about 1e-8."""
MOST_NAMED = 500
"""Results of one breadth that a cursor names; with more equal ones than that, some may be shown again."""

Hit = dict[str, Any]


def fetch_size(request: SearchRequest) -> int:
    """Return how many hits to ask for: one more than the page tells whether there is another, plus those left out.

    A search that only counts asks for none.
    """
    return request.size + 1 + len(_shown(request)) if request.size else 0


def search_after(request: SearchRequest) -> list[float | int | str] | None:
    """Return where the engine is to start, or None for the first page."""
    if request.after is None:
        return None
    if request.order is not Sort.RELEVANCE:
        return list(request.after)
    return [_above(float(request.after[0])), ""]


def page(hits: list[Hit], request: SearchRequest) -> tuple[list[Hit], Position | None]:
    """Return the hits to show, and the position of the next page if there is one."""
    before = _shown(request)
    left = [hit for hit in hits if digest(hit["_id"]) not in before] if before else hits
    shown = left[: request.size]
    if len(left) <= request.size:
        return shown, None
    if request.order is not Sort.RELEVANCE:
        return shown, tuple(shown[-1]["sort"])
    last = float(shown[-1]["_score"])
    near = "".join(digest(hit["_id"]) for hit in shown if hit["_score"] <= _above(_above(last)))
    of_others = ""
    if request.after is not None:
        score, named, of_others = float(request.after[0]), str(request.after[1]), str(request.after[2])
        if score <= _above(_above(last)):
            near = named + near
    return shown, (last, near[-MOST_NAMED * DIGEST_CHARACTERS :], of_others)


def _shown(request: SearchRequest) -> frozenset[str]:
    if request.after is None or request.order is not Sort.RELEVANCE:
        return frozenset()
    return names_of(str(request.after[1])) | names_of(str(request.after[2]))


def _above(score: float) -> float:
    return math.nextafter(score * (1 + BREADTH), math.inf)
