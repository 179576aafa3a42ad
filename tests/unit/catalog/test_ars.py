"""Official regional keys: which are keys, and where they lie."""

import pytest
from catalog.domain import ars
from contracts.vocabulary import Bundesland
from servicekit.errors import ProblemError


@pytest.mark.parametrize("given", ["12", "120", "12064", "120645408", "120645408084"])
def test_a_key_is_filled_up_and_names_its_state(given: str) -> None:
    key, state = ars.settle(given, None)
    assert (len(key), key.startswith(given), state) == (12, True, Bundesland.BB)
    assert ars.settle(given, Bundesland.BB) == (key, state)


@pytest.mark.parametrize("given", ["", "1", "00", "17", "1206", "12064012", "1206454080841", "12a", "١٢", "12 64"])
def test_what_is_no_key_is_refused(given: str) -> None:
    with pytest.raises(ProblemError, match="ars-invalid"):
        ars.settle(given, None)


def test_a_key_of_another_state_is_refused() -> None:
    with pytest.raises(ProblemError, match="ars-elsewhere"):
        ars.settle("12064", Bundesland.BY)


def test_every_state_has_a_key() -> None:
    assert set(ars.STATES.values()) == set(Bundesland)
