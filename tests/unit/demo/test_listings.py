"""The demonstration data: complete, valid, and without personal data."""

import json
import re
from pathlib import Path

import pytest
import yaml
from contracts.listing import Listing
from contracts.vocabulary import LicenceGroup, RatingDimension, licence_group
from local_stack.demo import findings, listings
from local_stack.demo.listings import Record
from local_stack.demo.repositories import OWN, PLANS

ROOT = Path(__file__).resolve().parents[3]
RECORDS = listings.load()
EXTRAS = [listings.CHANGES_REQUESTED, listings.IN_REVIEW]
CRITERIA = [
    criterion
    for path in sorted((ROOT / "services/review/review/criteria").glob("*.y*ml"))
    for criterion in yaml.safe_load(path.read_text(encoding="utf-8"))["criteria"]
]


class Strict(Listing, extra="forbid"):
    """As the catalog takes it: no unknown field."""


def test_there_are_76_listings_with_slugs_of_their_own() -> None:
    assert len(RECORDS) == 76
    assert len({record.slug for record in [*RECORDS, *EXTRAS]}) == 78
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", record.slug) for record in [*RECORDS, *EXTRAS])


@pytest.mark.parametrize("record", [*RECORDS, *EXTRAS], ids=lambda record: record.slug)
def test_each_is_a_valid_listing(record: Record) -> None:
    listing = Strict.model_validate(record.listing)
    assert listing.description
    assert 0 < len(record.provider) <= 200


def test_nobody_is_named_and_no_address_is_kept() -> None:
    text = (ROOT / "data/solutions.json").read_text(encoding="utf-8")
    assert "@" not in text
    assert not re.search(r"\b(Herr|Frau|Dr\.|Prof\.)\s+(?!Dr)[A-ZÄÖÜ]", text)
    assert "sources" not in text
    assert '"notes"' not in text


def test_open_source_under_an_unnamed_licence_is_not_lost() -> None:
    groups = {record.slug: licence_group(record.listing.get("licence")) for record in RECORDS}
    assert groups["consul"] is LicenceGroup.OPEN_UNSPECIFIED
    assert groups["comby"] is LicenceGroup.APACHE
    assert groups["marktplatz-deutschland-digital"] is LicenceGroup.AGPL


def test_the_judged_queries_speak_of_listings_that_exist() -> None:
    queries = json.loads((ROOT / "bench/relevance/relevance_dev.json").read_text(encoding="utf-8"))["queries"]
    slugs = {record.slug for record in RECORDS}
    assert {slug for query in queries for slug in query["judgements"]} <= slugs


def test_listings_point_to_the_repositories_that_are_served() -> None:
    assert set(listings.REPOSITORIES.values()) == {OWN, *(plan.name for plan in PLANS)}
    served = frozenset({"mitfahrbank.git", "kulturangebote.git"})
    pointed = listings.with_repositories(RECORDS, "http://127.0.0.1:1/", served)
    pointing = {r.slug: r.listing["repository_url"] for r in pointed if "repository_url" in r.listing}
    assert pointing == {
        "comby": "http://127.0.0.1:1/mitfahrbank.git",
        "kuubu": "http://127.0.0.1:1/kulturangebote.git",
    }
    assert {r.slug: r.listing["demo_url"] for r in pointed if r.listing.get("demo_url")} == {
        "comby": "http://127.0.0.1:1/demo/mitfahrbank/",
        "kuubu": "http://127.0.0.1:1/demo/kulturangebote/",
    }
    assert all(record.listing.get("licence") for record in RECORDS if record.slug in listings.REPOSITORIES)


def test_a_provider_is_of_the_state_that_its_listings_share() -> None:
    assert listings.bundesland_of("Landkreis Lörrach", RECORDS) == "DE-BW"
    assert listings.bundesland_of("Bund", RECORDS) is None


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = tmp_path / "few.json"
    chosen.write_text(json.dumps([{"slug": "a", "provider": "B", "evidence": "mention", "listing": {}}]))
    monkeypatch.setenv(listings.LISTINGS_FILE, str(chosen))
    assert listings.load() == [Record("a", "B", "mention", {})]


@pytest.mark.parametrize("rating", listings.RATINGS, ids=lambda rating: rating.slug)
def test_ratings_are_about_listings_and_known_dimensions(rating: listings.DemoRating) -> None:
    assert rating.slug in {record.slug for record in RECORDS}
    assert set(rating.dimensions) <= set(RatingDimension)
    assert all(1 <= grade <= 5 for grade in (rating.overall, *rating.dimensions.values()))
    assert (rating.slug, rating.municipality) in {(use.slug, use.municipality) for use in listings.USES}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.slug)
def test_every_mandatory_criterion_gets_a_written_finding(record: Record) -> None:
    found = {finding["criterion"]: finding for finding in findings.favourable(record, CRITERIA)}
    mandatory = {criterion["id"] for criterion in CRITERIA if criterion["kind"] == "mandatory"}
    assert mandatory <= found.keys()
    assert all(found[name]["result"] == "pass" for name in mandatory)
    assert all(1 <= found[name]["result"] <= 5 for name in found.keys() - mandatory)
    assert all(0 < len(finding["finding"]) <= 2000 for finding in found.values())


def test_a_criterion_nobody_knows_yet_is_judged_as_well() -> None:
    (finding,) = findings.favourable(RECORDS[0], [{"id": "new", "kind": "mandatory"}])
    assert finding["result"] == "pass"
    assert RECORDS[0].listing["name"] in finding["finding"]


def test_the_unfinished_submission_is_told_what_to_mend() -> None:
    asked = [finding for finding in findings.unfinished(CRITERIA) if finding["result"] == "needs_work"]
    assert {finding["criterion"] for finding in asked} == {"operating_concept", "german_material"}
    assert findings.unfinished([]) == []
