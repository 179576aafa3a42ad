"""From a file to the answers of the profile, from a listing to a file, and what differs."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from catalog.domain.publiccode import mapping
from catalog.domain.publiccode.checking import check
from catalog.domain.publiccode.drift import compare, fingerprint
from catalog.domain.publiccode.exporting import CannotExport, export
from contracts.listing import Listing
from contracts.profile import questionnaire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROFILE = questionnaire.load()
FILES = Path(__file__).resolve().parents[2] / "data" / "publiccode"
NAMES = sorted(path.name for path in FILES.iterdir())
ANSWERS: dict[str, Any] = {
    "development_status": "stable",
    "software_type": "standalone/web",
    "platforms": ["web", "android"],
    "categories": ["procurement"],
    "maintenance_type": "contract",
    "maintenance_until": "2027-01-31",
}


def listing(**given: Any) -> Listing:
    """A listing that can be exported."""
    values: dict[str, Any] = {
        "name": "Räume",
        "summary": "Räume finden und buchen",
        "description": "Vereine finden freie Räume der Kommune.\n\n" * 5,
        "features": ["Suchen", "Buchen"],
        "kind": "software",
        "fields_of_action": ["networking"],
        "licence": "EUPL-1.2",
        "repository_url": "https://code.example.org/team/raeume",
        "languages": ["de", "en"],
        "answers": ANSWERS,
    }
    return Listing.model_validate({**values, **given})


def exported(said: Listing, **given: Any) -> dict[str, Any]:
    content = export(said, provider="Musterlösungen GmbH", profile=PROFILE, **given)
    document: dict[str, Any] = yaml.safe_load(content)
    return document


def test_a_german_file_is_taken_over_question_by_question() -> None:
    taken = mapping.answers_in(check((FILES / "Aitema-gmbh__terminvergabe.yml").read_bytes()).document, PROFILE)
    assert taken.language == "de"
    assert taken.answers["name"] == "aitema|Termin"
    assert taken.answers["licence"] == "AGPL-3.0-only"
    assert taken.answers["features"][:2] == [
        "Online-Terminbuchung für Bürgerinnen und Bürger",
        "Echtzeit-Warteschlangenmanagement",
    ]
    assert taken.answers["categories"] == ["appointment-scheduling", "it-service-management"]  # not the unknown one
    assert "maintenance_type" not in taken.answers  # "commercial" is no value of the standard
    assert "description.en.features" in taken.left
    assert "legal.mainCopyrightOwner" in taken.left


@pytest.mark.parametrize("name", NAMES)
def test_no_contact_is_taken_over(name: str) -> None:
    taken = mapping.answers_in(check((FILES / name).read_bytes()).document, PROFILE)
    assert taken.answers["name"]
    assert "example.org" not in str(taken.answers)
    assert "Kontaktstelle" not in str(taken.answers)


def test_the_contract_that_runs_is_found_among_contractors() -> None:
    taken = mapping.answers_in(check((FILES / "swiss__oss-catalog.yml").read_bytes()).document, PROFILE)
    assert taken.answers["maintenance_until"] == "2026-12-31"
    assert taken.language == "en"


def test_an_export_is_complete_and_names_no_person() -> None:
    document = exported(listing(), pictures=["https://markt.example.org/api/catalog/media/1"])
    assert document["publiccodeYmlVersion"] == "0.7"
    assert document["description"]["de"]["shortDescription"] == "Räume finden und buchen"
    assert document["description"]["de"]["screenshots"] == ["https://markt.example.org/api/catalog/media/1"]
    assert document["legal"] == {"license": "EUPL-1.2"}
    assert document["maintenance"] == {
        "type": "contract",
        "contractors": [{"name": "Musterlösungen GmbH", "until": "2027-01-31"}],
    }
    assert document["localisation"] == {"localisationReady": True, "availableLanguages": ["de", "en"]}
    assert list(document)[:3] == ["publiccodeYmlVersion", "name", "url"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"licence": "proprietary"}, "legal"),
        ({"licence": "LicenseRef-open-source"}, "legal"),
        ({"licence": None}, "legal"),
        ({"licence": "nur für uns"}, "legal.license"),
        ({"repository_url": None}, "url"),
        ({"description": "Zu kurz."}, "description.de.longDescription"),
        ({"features": []}, "description.*.features"),
        ({"answers": {}}, "maintenance"),
        ({"languages": ["zz"]}, "localisation.availableLanguages"),
    ],
)
def test_what_is_missing_is_named(given: dict[str, Any], path: str) -> None:
    with pytest.raises(CannotExport) as caught:
        exported(listing(**given))
    assert path in [each.path for each in caught.value.missing]


def test_optional_answers_that_the_standard_does_not_allow_are_left_out() -> None:
    answers = {**ANSWERS, "categories": ["procurement", "moonwalking"]}
    document = exported(listing(answers=answers, languages=["de", "zz"], website_url="ftp://x.example.org"))
    assert document["categories"] == ["procurement"]
    assert document["localisation"]["availableLanguages"] == ["de"]
    assert "landingURL" not in document


def test_a_long_summary_is_cut_at_a_word() -> None:
    said = listing(summary="Räume " * 45)
    short = exported(said)["description"]["de"]["shortDescription"]
    assert len(short) <= 150
    assert short.endswith("Räume…")
    (summary,) = compare(said, {"summary": short}, PROFILE)
    assert summary.same  # the file says as much as it can


def test_what_the_file_says_otherwise_is_a_difference_and_silence_is_none() -> None:
    said = listing()
    answers = {
        "licence": "AGPL-3.0-only",
        "repository_url": "https://code.example.org/team/raeume.git",
        "platforms": ["android", "web"],
        "description": said.description.replace("\n\n", "\n"),
        "website_url": "https://raeume.example.org",
    }
    compared = {each.question.id: each for each in compare(said, answers, PROFILE)}
    assert {name for name, each in compared.items() if not each.same} == {"licence", "website_url"}
    assert (compared["licence"].present, compared["licence"].incoming) == ("EUPL-1.2", "AGPL-3.0-only")
    assert compared["licence"].path == "legal.license"
    mark = fingerprint(list(compared.values()), None)
    assert mark == fingerprint(list(compared.values()), None)
    assert mark != fingerprint(list(compared.values()), "Die Datei ist leer.")
    assert fingerprint([each for each in compared.values() if each.same], None) is None


LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split()) or "x"
)
LINES = st.lists(LINE, min_size=1, max_size=5, unique=True)
TRICKY = st.sampled_from(
    ["no", "null", "1.0", "1e3", "0o7", "2026-01-01", "~", "- a", "a: b", "# x", "'", '"', "%x", "@x"]
)
MARKDOWN = st.lists(st.one_of(LINE, TRICKY), min_size=1, max_size=6).map(
    lambda lines: "\n".join(lines) + "\n" + "Vereine finden freie Räume der Kommune. " * 5
)
VOCABULARIES = {each.id: [choice.value for choice in each.choices] for each in PROFILE.questions if each.choices}


def some(question: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(VOCABULARIES[question]), min_size=1, max_size=5, unique=True)


@st.composite
def exportable(draw: st.DrawFn) -> Listing:
    """Any listing that says what a file must say."""
    kind = draw(st.sampled_from(VOCABULARIES["maintenance_type"]))
    answers: dict[str, Any] = {
        "development_status": draw(st.sampled_from(VOCABULARIES["development_status"])),
        "software_type": draw(st.sampled_from(VOCABULARIES["software_type"])),
        "platforms": draw(some("platforms")),
        "categories": draw(some("categories")),
        "maintenance_type": kind,
    }
    if kind == "contract":
        answers["maintenance_until"] = str(draw(st.dates()))
    return listing(
        name=draw(st.one_of(LINE, TRICKY)),
        summary=draw(st.one_of(LINE, TRICKY)),
        description=draw(MARKDOWN).strip(),
        features=draw(st.one_of(LINES, st.lists(TRICKY, min_size=1, unique=True))),
        used_by=draw(st.one_of(LINES, st.just([]))),
        licence=draw(st.sampled_from(["EUPL-1.2", "MIT OR Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"])),
        languages=draw(st.lists(st.sampled_from(["de", "en", "fr", "de-AT", "zh-Hant"]), min_size=1, unique=True)),
        operator_name=draw(st.one_of(st.none(), LINE)),
        answers=answers,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exportable())
def test_every_export_is_valid_and_comes_back_as_it_went(said: Listing) -> None:
    content = export(said, provider="Musterlösungen GmbH", profile=PROFILE)
    checked = check(content)
    assert checked.violations == ()
    answers = mapping.answers_in(checked.document, PROFILE).answers
    assert [each.question.id for each in compare(said, answers, PROFILE) if not each.same] == []
    given = PROFILE.answers_of(said)
    mapped = {each.id for each in mapping.mapped(PROFILE)}
    assert set(answers) == set(given) & mapped
