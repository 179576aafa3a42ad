"""Official regional keys (Amtlicher Regionalschlüssel, ARS): 12 digits, 2 of them for the federal state.

Source: the municipality directory of Destatis. A key of a larger area is given with its own digits and filled up with
zeros; there is no check digit.
"""

from contracts.vocabulary import Bundesland
from servicekit import errors
from servicekit.errors import FieldError

DIGITS = 12
AREAS = (2, 3, 5, 9, DIGITS)
"""Digits of a federal state, an administrative region, a district, an association of municipalities, a municipality."""
STATES: dict[str, Bundesland] = {
    "01": Bundesland.SH,
    "02": Bundesland.HH,
    "03": Bundesland.NI,
    "04": Bundesland.HB,
    "05": Bundesland.NW,
    "06": Bundesland.HE,
    "07": Bundesland.RP,
    "08": Bundesland.BW,
    "09": Bundesland.BY,
    "10": Bundesland.SL,
    "11": Bundesland.BE,
    "12": Bundesland.BB,
    "13": Bundesland.MV,
    "14": Bundesland.SN,
    "15": Bundesland.ST,
    "16": Bundesland.TH,
}


def settle(ars: str, chosen: Bundesland | None) -> tuple[str, Bundesland]:
    """Return the key in 12 digits and the federal state that it names.

    Raises ProblemError `ars-invalid` for what is no key, `ars-elsewhere` when it lies in a state that is not `chosen`
    (422).
    """
    state = STATES.get(ars[:2])
    if state is None or len(ars) not in AREAS or not (ars.isascii() and ars.isdigit()):
        message = "must be an official regional key: 2, 3, 5, 9 or 12 digits that begin with 01 to 16"
        raise errors.invalid("ars-invalid", message, [FieldError("ars", message)])
    if chosen not in (None, state):
        message = f"the key lies in {state}, not in {chosen}"
        raise errors.invalid("ars-elsewhere", message, [FieldError("ars", message)])
    return ars.ljust(DIGITS, "0"), state
