"""The standard profile over HTTP: as data, as judge of drafts and submissions, as measure, as comparison."""

from .conftest import LISTING, Catalog


async def test_the_questionnaire_is_served_as_data_and_cacheable(catalog: Catalog) -> None:
    response = await catalog(None, "GET", "/profile")
    assert response.headers["cache-control"] == "public, max-age=300"
    served = response.json()
    assert served["version"] == catalog.container.ports.profile.version
    questions = {each["id"]: each for section in served["sections"] for each in section["questions"]}
    assert questions["licence"]["export"]["publiccode"] == "legal.license"
    assert {"value": "web", "de": "Web", "en": "Web"} in questions["platforms"]["choices"]
    again = await catalog(None, "GET", "/profile", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_draft_may_be_incomplete_and_a_submission_may_not(catalog: Catalog, person: str, provider: str) -> None:
    wanted = {"name": "Halb fertig", "kind": "software", "answers": {"data_export": True}}
    body = {"organisation_id": provider, "listing": wanted}
    draft = await catalog.ok(person, "POST", "/solutions", json=body)
    required = [
        each["question"] for part in draft["completeness"]["sections"] for each in part["missing"] if each["required"]
    ]
    assert required == ["summary", "description", "fields_of_action", "data_export_formats"]
    path = f"/solutions/{draft['id']}"
    refused = await catalog(person, "POST", f"{path}/submit")
    assert refused.status_code == 422
    told = refused.json()
    assert told["slug"] == "incomplete-listing"
    assert told["errors"] == [
        {"field": f"listing.{field}", "message": "must be answered"}
        for field in ("summary", "description", "fields_of_action", "answers.data_export_formats")
    ]
    full = {**LISTING, "answers": {"data_export": True, "data_export_formats": ["CSV"]}}
    saved = await catalog.ok(person, "PUT", f"{path}/draft", json={"listing": full}, headers={"If-Match": '"1"'})
    assert saved["completeness"]["percent"] > draft["completeness"]["percent"]
    submitted = await catalog.ok(person, "POST", f"{path}/submit")
    assert submitted["working"]["listing"]["answers"] == full["answers"]


async def test_a_draft_has_limits_too(catalog: Catalog, person: str, provider: str) -> None:
    listing = {**LISTING, "answers": {"colour": "red", "certificates": [{"kind": "iso_27001", "until": "bald"}]}}
    refused = await catalog(person, "POST", "/solutions", json={"organisation_id": provider, "listing": listing})
    assert (refused.status_code, refused.json()["slug"]) == (422, "invalid-listing")
    assert refused.json()["errors"] == [
        {"field": "listing.answers.certificates.0.until", "message": "must be a date such as 2026-11-22"},
        {"field": "listing.answers.colour", "message": "is no question of the profile"},
    ]


async def test_hostile_texts_come_back_as_they_went_in(catalog: Catalog, person: str, provider: str) -> None:
    """The catalog keeps texts as they are; whoever prints them escapes them."""
    text = "<script>alert(1)</script> ẞäöüßéñçčšžłøåœ ŵ İı ﷽ 🏛️"
    listing = {**LISTING, "name": text, "answers": {"onboarding_note": text, "data_export_formats": [text]}}
    draft = await catalog.draft(person, provider, **listing)
    assert draft["working"]["listing"]["name"] == text
    assert draft["working"]["listing"]["answers"]["data_export_formats"] == [text]


async def test_published_solutions_are_compared_row_by_row(catalog: Catalog, person: str, provider: str) -> None:
    one = await catalog.published(person, provider, name="Eins", licence="EUPL-1.2", answers={"platforms": ["web"]})
    two = await catalog.published(person, provider, name="Zwei", licence="proprietary")
    asked = {"solution": [one["slug"], two["id"]], "language": "en"}
    found = await catalog.ok(None, "GET", "/comparison", params=asked)
    assert [each["name"] for each in found["solutions"]] == ["Eins", "Zwei"]
    rows = {row["question"]: row for row in found["rows"]}
    assert rows["licence"] == {
        "question": "licence",
        "label": "Licence",
        "differs": True,
        "texts": [["EUPL-1.2"], ["proprietary"]],
    }
    assert rows["platforms"]["texts"] == [["Web"], []]
    assert rows["kind"]["differs"] is False
    twice = await catalog(None, "GET", "/comparison", params={"solution": [one["slug"], one["slug"]]})
    assert (twice.status_code, twice.json()["slug"]) == (422, "compared-twice")
    many = await catalog(None, "GET", "/comparison", params={"solution": list("abcdef")})
    assert many.status_code == 422
    hidden = await catalog.draft(person, provider, name="Noch geheim")
    answer = await catalog(None, "GET", "/comparison", params={"solution": [hidden["id"]]})
    assert answer.status_code == 404
