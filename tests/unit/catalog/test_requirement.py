"""Requirements: what meets them, what does not, and what was not said."""

from typing import Any

import pytest
from catalog.domain.requirement import Fulfilment, Need, Requirement, judge, judge_all


def wanting(need: Need = Need.MUST, weight: int = 1, **given: Any) -> Requirement:
    return Requirement(question="question", need=need, weight=weight, **given)


@pytest.mark.parametrize(
    ("condition", "answer", "expected"),
    [
        ({}, "anything", Fulfilment.MET),
        ({}, None, Fulfilment.NOT_STATED),
        ({"any_of": ("yes",)}, True, Fulfilment.MET),
        ({"any_of": ("yes",)}, False, Fulfilment.NOT_MET),
        ({"any_of": ("eu", "germany")}, "germany", Fulfilment.MET),
        ({"any_of": ("eu",)}, ["world", "eu"], Fulfilment.MET),
        ({"any_of": ("eu",)}, ["world"], Fulfilment.NOT_MET),
        ({"contains": "oidc"}, ["SAML", "Anmeldung mit OIDC"], Fulfilment.MET),
        ({"contains": "ISO 27001"}, [{"kind": "iso", "number": "ISO 27001-7"}], Fulfilment.MET),
        ({"contains": "oidc"}, "SAML", Fulfilment.NOT_MET),
        ({"at_least": 99.5}, 99.9, Fulfilment.MET),
        ({"at_least": 1, "at_most": 10}, 10, Fulfilment.MET),
        ({"at_most": 10}, 10.5, Fulfilment.NOT_MET),
        ({"at_least": 0}, True, Fulfilment.NOT_MET),
        ({"at_least": 0}, "5", Fulfilment.NOT_MET),
        ({"at_least": 0}, 0, Fulfilment.MET),
    ],
)
def test_a_condition(condition: dict[str, Any], answer: Any, expected: Fulfilment) -> None:
    assert judge(wanting(**condition), answer) is expected


def test_the_score_weighs_what_should_be_and_counts_what_must_be() -> None:
    wanted = [
        Requirement(question="a", need=Need.MUST),
        Requirement(question="b", need=Need.MUST, any_of=("x",)),
        Requirement(question="a", need=Need.SHOULD, weight=3),
        Requirement(question="c", need=Need.SHOULD, weight=1),
    ]
    judged = judge_all(wanted, {"a": "yes", "b": "y"})
    assert judged.each == (Fulfilment.MET, Fulfilment.NOT_MET, Fulfilment.MET, Fulfilment.NOT_STATED)
    assert (judged.musts, judged.musts_met, judged.score) == (2, 1, 75)


def test_without_shoulds_there_is_no_score() -> None:
    assert judge_all([wanting()], {}).score is None
