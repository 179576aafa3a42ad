"""Tells what a query does not want: `nicht kostenlos` asks for no filter."""

from collections.abc import Sequence

from search.domain.words import fold

_NEGATIONS = frozenset(
    """
    nicht nie niemals kein keine keinen keinem keiner keines ohne ausser ausserhalb statt anstatt weder
    """.split()  # noqa: SIM905 - a list literal would be unreadable
)
_BETWEEN = frozenset(
    """
    in im aus fur von vom mit als auf bei nach der die das dem den des ein eine einen einem einer unbedingt zwingend
    ganz wirklich komplett vollig immer sein
    """.split()  # noqa: SIM905
)
"""Words that may stand between a negation and what it denies; `nicht nur` denies nothing."""
_EITHER, _OR = "weder", "noch"


def is_denied(spelled: Sequence[str], start: int) -> bool:
    """True when the words of a query deny what begins at `start`; `weder ... noch` denies both."""
    at = start - 1
    while at >= 0 and fold(spelled[at]) in _BETWEEN:
        at -= 1
    if at < 0:
        return False
    last = fold(spelled[at])
    return last in _NEGATIONS or (last == _OR and _EITHER in map(fold, spelled[:at]))
