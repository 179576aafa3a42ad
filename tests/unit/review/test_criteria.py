"""The criteria are complete, numbered data."""

from dataclasses import replace

import pytest
from review.adapters.criteria_files import CriteriaFiles
from review.domain.criteria import CriteriaSet, CriterionKind


def test_the_criteria_are_those_of_the_marketplace(criteria: CriteriaSet) -> None:
    assert [one.id for one in criteria.of_kind(CriterionKind.MANDATORY)] == [
        "municipal_fit",
        "transferability",
        "operating_concept",
        "german_material",
    ]
    assert [one.id for one in criteria.of_kind(CriterionKind.QUALITY)] == [
        "it_security",
        "usability",
        "comprehensibility",
    ]


def test_every_version_reads_in_german_and_english() -> None:
    files = CriteriaFiles("2026.1")
    assert files.versions() == ["2026.1"]
    for version in files.versions():
        for one in files.get(version):
            texts = [one.title_de, one.title_en, one.question_de, one.question_en, one.help_de, one.help_en]
            assert all(text.strip() for text in texts), one.id
            assert one.question_de.endswith("?")
            assert one.question_en.endswith("?")


@pytest.mark.parametrize("version", ["1999.1", "../2026.1"])
def test_an_unknown_version_is_an_error(version: str) -> None:
    with pytest.raises(KeyError):
        CriteriaFiles(version)


def test_a_set_refuses_to_be_inconsistent(criteria: CriteriaSet) -> None:
    with pytest.raises(ValueError, match="an id occurs twice"):
        replace(criteria, criteria=criteria.criteria * 2)
    with pytest.raises(ValueError, match="no criterion is mandatory"):
        replace(criteria, criteria=criteria.of_kind(CriterionKind.QUALITY))
    with pytest.raises(ValueError, match="grades must be 1 to 5"):
        replace(criteria, grades=criteria.grades[:4])
