"""What search makes of answers to the standard profile: filters, words, the picture of a result."""

from typing import Any

from search.domain.compounds import Splitter
from search.domain.facets import FACETS_BY_NAME, PROFILE_FILTERS

from .test_standing import Make, stored


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
