"""What the review shows as changed."""

from review.domain.listing_changes import FieldChange, changes


def test_answers_without_a_field_of_their_own_are_told_one_by_one() -> None:
    before = {"name": "A", "answers": {"backup": "daily", "training": ["online"]}}
    after = {"name": "A", "summary": "Neu", "answers": {"backup": "weekly", "audit_log": True, "training": ["online"]}}
    assert changes(before, after) == (
        FieldChange("summary", None, "Neu"),
        FieldChange("answers.backup", "daily", "weekly"),
        FieldChange("answers.audit_log", None, True),
    )
    assert changes({"answers": {"backup": "daily"}}, {}) == (FieldChange("answers.backup", "daily", None),)
