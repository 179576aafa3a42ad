"""Requirements: what meets them, what does not, and what was not said."""

from typing import Any

import pytest
from catalog.application.requirements import fulfilment, require_sound, wanted
from catalog.domain.requirement import Fulfilment, Need, Requirement, judge, judge_all
from contracts.listing import Listing
from contracts.profile import questionnaire
from servicekit.errors import ProblemError

from .given import START, a_listing

PROFILE = questionnaire.load()


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
        ({"contains": "ISO 27001"}, ["ISO/IEC 27001", "BSI C5"], Fulfilment.MET),
        ({"contains": "ISO C5"}, ["ISO/IEC 27001", "BSI C5"], Fulfilment.NOT_MET),
        ({"contains": "oidc"}, [], Fulfilment.NOT_MET),
        ({}, [], Fulfilment.NOT_MET),
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


@pytest.mark.parametrize(
    ("question", "condition", "words"),
    [
        ("price_to", {"at_most": 1_250_000}, "höchstens 1.250.000 Euro, netto"),
        (
            "availability_percent",
            {"at_least": 99.9, "at_most": 100},
            "mindestens 99,90 Prozent und höchstens 100 Prozent",
        ),
        ("features", {"contains": "Termin"}, "enthält „Termin“"),
        ("data_export", {"any_of": ("yes",)}, "ja"),
        ("price_from", {}, "eine Angabe"),
    ],
)
def test_a_condition_reads_as_people_say_it(question: str, condition: dict[str, Any], words: str) -> None:
    requirement = Requirement(question=question, need=Need.MUST, **condition)
    require_sound(PROFILE, [requirement])
    assert wanted(requirement, PROFILE.by_id[question]) == words


@pytest.mark.parametrize(
    ("question", "condition", "field"),
    [
        ("price_to", {"contains": "5"}, "contains"),
        ("features", {"at_least": 1}, "at_least"),
        ("features", {"any_of": ("x",)}, "any_of"),
        ("kind", {"any_of": ("x",)}, "any_of"),
        ("availability_percent", {"at_least": 101}, "at_least"),
        ("availability_percent", {"at_most": 49}, "at_most"),
        ("price_to", {"at_least": 5, "at_most": 4}, "at_most"),
        ("nothing", {}, "question"),
    ],
)
def test_a_condition_that_nothing_could_meet_is_refused(question: str, condition: dict[str, Any], field: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        require_sound(PROFILE, [Requirement(question=question, need=Need.MUST, **condition)], "wanted")
    assert refusal.value.slug == "invalid-requirements"
    assert [each.field for each in refusal.value.fields] == [f"wanted.0.{field}"]


def test_a_certificate_is_found_by_its_name_while_it_holds() -> None:
    def listed(until: str) -> Listing:
        certificate = {"kind": "iso_27001", "until": until}
        return a_listing().model_copy(update={"answers": {"certificates": [certificate]}})

    asked = [Requirement(question="certificates", need=Need.MUST, contains="iso 27001")]
    day = START.date()
    for until, expected in ((day, Fulfilment.MET), (day.replace(year=day.year - 1), Fulfilment.NOT_MET)):
        assert fulfilment(PROFILE, asked, listed(until.isoformat()), START).each == (expected,)
    assert fulfilment(PROFILE, asked, None, START).each == (Fulfilment.NOT_STATED,)
