"""What requests must look like."""

from typing import Any

import pytest
from catalog.entrypoints.api.schemas.deployments import ClaimRequest, UseRequest
from catalog.entrypoints.api.schemas.listing import ListingIn
from catalog.entrypoints.api.schemas.organisations import MemberRequest, OrganisationRequest
from catalog.entrypoints.api.schemas.peers import ThreadRequest
from catalog.entrypoints.api.schemas.ratings import RatingRequest
from contracts.listing import Listing
from pydantic import ValidationError

MINIMAL = {"name": "Comby", "summary": "Kurz", "kind": "software", "fields_of_action": ["health"]}


def faults(model: type[Any], value: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(value)
    return [(".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in refused.value.errors()]


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"colour": "red"}, "colour", "Extra inputs are not permitted"),
        ({"name": " "}, "name", "String should have at least 1 character"),
        ({"name": "x" * 121}, "name", "String should have at most 120 characters"),
        ({"name": 5}, "name", "Input should be a valid string"),
        ({"name": "Zeile\r\nBcc: x"}, "name", "Value error, must not contain control characters or line breaks"),
        ({"summary": "x" * 301}, "summary", "String should have at most 300 characters"),
        ({"description": "x" * 20_001}, "description", "String should have at most 20000 characters"),
        ({"description": "a\0b"}, "description", "Value error, must not contain control characters"),
        ({"features": ["x"] * 51}, "features", "List should have at most 50 items after validation, not 51"),
        ({"features": ["a\nb"]}, "features", "Value error, must not contain control characters or line breaks"),
        ({"languages": ["Deutsch!"]}, "languages.0", "String should match pattern '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'"),
    ],
)
def test_a_listing_that_is_not_right_is_refused_field_by_field(given: dict[str, Any], field: str, message: str) -> None:
    assert faults(ListingIn, {**MINIMAL, **given}) == [(field, message)]


COMPLETE = "Value error, must be a complete URL that starts with https:// or http://"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("javascript:alert(1)", COMPLETE),
        ("file:///etc/passwd", COMPLETE),
        ("git@example.org:a/b.git", COMPLETE),
        ("ssh://git@example.org/a/b.git", COMPLETE),
        ("example.org/a", COMPLETE),
        ("//example.org/a", COMPLETE),
        ("https://", COMPLETE),
        ("https://user:secret@example.org/a", "Value error, must not contain a user name or a password"),
        ("https://user@example.org/a", "Value error, must not contain a user name or a password"),
        ("https://example.org/a b", "Value error, must not contain blanks"),
        ("https://[::1", "Value error, is not a URL"),
        ("https://example.org:99999/", "Value error, is not a URL"),
    ],
)
@pytest.mark.parametrize("field", ["repository_url", "demo_url", "support_url"])
def test_only_web_addresses_are_taken(field: str, url: str, message: str) -> None:
    assert faults(ListingIn, {**MINIMAL, field: url}) == [(field, message)]


def test_a_list_of_addresses_is_checked_too() -> None:
    given = {**MINIMAL, "information_material_urls": ["https://example.org/a.pdf", "data:,x"]}
    assert faults(ListingIn, given) == [("information_material_urls", COMPLETE)]


@pytest.mark.parametrize(
    "url", ["https://example.org/a/b.git", "http://127.0.0.1:8123/gut.git", "https://münchen.example.org/ä?q=1#x"]
)
def test_web_addresses_are_kept_as_they_are(url: str) -> None:
    assert ListingIn.model_validate({**MINIMAL, "repository_url": url}).repository_url == url


def test_all_texts_together_have_a_limit() -> None:
    lists = {name: ["x" * 300] * 50 for name in ("features", "aliases", "use_cases", "target_groups", "interfaces")}
    lists |= {name: ["x" * 300] * 50 for name in ("integrations", "tech_stack")}
    [(field, message)] = faults(ListingIn, {**MINIMAL, **lists})
    assert field == ""
    assert message.startswith("Value error, is too large: 10")
    assert message.endswith("bytes in all, at most 100000 are kept")


def test_a_listing_becomes_the_one_of_the_contracts_without_blanks_around() -> None:
    listing = ListingIn.model_validate({**MINIMAL, "name": "  Comby "}).to_listing()
    assert type(listing) is Listing
    assert listing == Listing.model_validate(MINIMAL)


@pytest.mark.parametrize(
    ("model", "given", "field"),
    [
        (OrganisationRequest, {"name": "x", "kinds": []}, "kinds"),
        (OrganisationRequest, {"name": "x", "kinds": ["provider", "provider"]}, "kinds"),
        (OrganisationRequest, {"name": "x", "kinds": ["bank"]}, "kinds.0"),
        (OrganisationRequest, {"name": "x" * 201, "kinds": ["provider"]}, "name"),
        (OrganisationRequest, {"name": "x", "kinds": ["provider"], "ars": "12-34"}, "ars"),
        (OrganisationRequest, {"name": "x", "kinds": ["provider"], "bundesland": "DE-XX"}, "bundesland"),
        (MemberRequest, {"user": "", "role": "member"}, "user"),
        (MemberRequest, {"user": "x", "email": "no-address"}, "email"),
        (MemberRequest, {"user": "x", "email": "a@example.org\nBcc: b@example.org"}, "email"),
        (MemberRequest, {"user": "x", "role": "owner"}, "role"),
        (RatingRequest, {"overall": 0}, "overall"),
        (RatingRequest, {"overall": 6}, "overall"),
        (RatingRequest, {"overall": 4.5}, "overall"),
        (RatingRequest, {"overall": "4"}, "overall"),
        (RatingRequest, {"overall": 4, "dimensions": {"support": 9}}, "dimensions.support"),
        (RatingRequest, {"overall": 4, "dimensions": {"colour": 3}}, "dimensions.colour.[key]"),
        (RatingRequest, {"overall": 4, "report": "x" * 5001}, "report"),
        (RatingRequest, {"overall": 4, "used_since": "2024-05"}, "used_since"),
        (UseRequest, {"since": "gestern"}, "since"),
        (UseRequest, {"since": "2024-13"}, "since"),
        (UseRequest, {"visibility": "secret"}, "visibility"),
        (UseRequest, {"version": "x" * 101}, "version"),
        (UseRequest, {"module": "a\u0000b"}, "module"),
        (UseRequest, {"contacts_per_month": 0}, "contacts_per_month"),
        (ClaimRequest, {}, ""),
        (ClaimRequest, {"name": "Stadt", "organisation_id": "1"}, ""),
        (ThreadRequest, {"solution_id": "1", "to": "2", "text": " "}, "text"),
        (RatingRequest, {"overall": 4, "stars": 4}, "stars"),
    ],
)
def test_other_requests_are_refused_field_by_field(model: type[Any], given: dict[str, Any], field: str) -> None:
    assert [fault[0] for fault in faults(model, given)] == [field]
