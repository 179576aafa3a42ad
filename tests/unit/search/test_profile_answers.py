"""What search makes of answers to the standard profile: filters, words, the picture of a result."""

import json
import subprocess
import sys
from typing import Any

from search.domain.compounds import Splitter
from search.domain.facets import FACETS_BY_NAME, PROFILE_FILTERS

from tests.unit import added_questions

from .test_standing import Make, stored

WITH_ADDED_QUESTIONS = """
import json, sys
from contracts.profile import questionnaire
added = questionnaire.parse(sys.stdin.read())
questionnaire.load = lambda *_: added
from search.adapters.lexicon import load_splitter
from search.adapters.opensearch import schema
from search.domain.facets import FACETS_BY_NAME
from search.entrypoints.api import parameters
from search.testing import Events
from tests.unit.search.test_standing import stored

facet = FACETS_BY_NAME["introduction_pace"]
answers = {"introduction_pace": "slow", "sandbox": "Am Zwiebelturm"}
fields = stored(load_splitter(), Events().published(answers=answers))
told = {
    "label": facet.label("slow"),
    "knows": [facet.knows("slow"), facet.knows("never")],
    "indexed": schema._PROPERTIES["introduction_pace"]["type"],
    "filtered": fields["introduction_pace"],
    "found": "Zwiebelturm" in fields["topics"],
    "asked": "introduction_pace" in str(vars(parameters)),
}
print(json.dumps(told))
"""


def test_every_question_with_choices_and_a_filter_is_a_facet() -> None:
    names = [each.name for each in PROFILE_FILTERS]
    assert names == ["development_status", "platform", "login"]
    assert FACETS_BY_NAME["platform"].label("ios") == "iOS"
    assert FACETS_BY_NAME["login"].knows("bundid")
    assert not FACETS_BY_NAME["login"].knows("fax")


def test_answers_are_filtered_by_and_found(splitter: Splitter, events: Make) -> None:
    answers: dict[str, Any] = {
        "platforms": ["web", "ios", "abolished"],
        "login": ["bundid"],
        "ozg_ids": ["OZG10001"],
        "onboarding_note": "Unauffindbar",
    }
    fields = stored(splitter, events().published(answers=answers))
    assert (fields["platform"], fields["login"], fields["development_status"]) == (["web", "ios"], ["bundid"], [])
    assert "platform=ios" in fields["facet_values"]
    for word in ("iOS", "BundID", "OZG10001"):
        assert word in fields["topics"]
    assert "Unauffindbar" not in fields["topics"], "only what the profile marks as searched"


def test_a_result_shows_the_first_picture(splitter: Splitter, events: Make) -> None:
    manual = {"id": "m1", "kind": "document", "media_type": "application/pdf", "alt": "Handbuch", "size": 9, "pages": 2}
    picture = {
        "id": "m2",
        "kind": "image",
        "media_type": "image/webp",
        "alt": "Karte",
        "size": 9,
        "width": 4,
        "height": 3,
    }
    card = stored(splitter, events().published(media=[manual, picture]))["card"]
    assert card["image"] == {"id": "m2", "alt": "Karte", "width": 4, "height": 3}
    assert stored(splitter, events().published())["card"]["image"] is None


def test_questions_that_are_added_to_the_data_are_filtered_by_and_found() -> None:
    """In a process of its own, since the profile is read when the modules are."""
    run = [sys.executable, "-c", WITH_ADDED_QUESTIONS]
    told = subprocess.run(run, input=added_questions.text(), check=True, capture_output=True, text=True).stdout
    assert json.loads(told.splitlines()[-1]) == {
        "label": "Binnen Monaten",
        "knows": [True, False],
        "indexed": "keyword",
        "filtered": ["slow"],
        "found": True,
        "asked": True,
    }
