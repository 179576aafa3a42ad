"""Files are judged by the standard: real ones with known faults, and what nobody would call a publiccode.yml."""

from pathlib import Path

import pytest
from catalog.domain.publiccode import standard
from catalog.domain.publiccode.checking import Checked, check
from catalog.domain.publiccode.reading import MAX_BYTES
from catalog.domain.publiccode.violations import Severity

FILES = Path(__file__).resolve().parents[2] / "data" / "publiccode"
OLD_COUNTRY = "intendedAudience.countries[0]"
WHOLE = """\
publiccodeYmlVersion: "{version}"
name: Räume
url: https://code.example.org/team/raeume
platforms: web
developmentStatus: stable
softwareType: standalone/web
description:
  de:
    shortDescription: Räume finden und buchen
    longDescription: >
      {long}
    features: [Suchen, Buchen]
legal:
  license: EUPL-1.2
maintenance:
  type: none
localisation:
  localisationReady: false
  availableLanguages: [de]
{more}"""


def whole(version: str = "0.7", more: str = "") -> bytes:
    """A valid file."""
    return WHOLE.format(version=version, more=more, long="Vereine finden freie Räume der Kommune. " * 5).encode()


def faults(content: bytes, severity: Severity = Severity.ERROR) -> list[tuple[str, str, int | None]]:
    return [(each.path, each.rule, each.line) for each in check(content).violations if each.severity is severity]


EXPECTED: dict[str, tuple[list[tuple[str, str, int]], set[str]]] = {
    "AgID__pat.yml": ([], {"description.it.genericName", OLD_COUNTRY, "it", "legal.repoOwner"}),
    "AgID__wai-portal.yml": ([], {"description.it.genericName", OLD_COUNTRY, "it", "legal.repoOwner"}),
    "Aitema-gmbh__terminvergabe.yml": (
        [("categories[1]", "choice", 13), ("maintenance.type", "choice", 74)],
        {
            "description.de.genericName",
            "description.en.genericName",
            "legal.repoOwner",
            "dependsOn.open[0].versionMin",
            "dependsOn.open[1].versionMin",
        },
    ),
    "Amsterdam__signals-frontend.yml": (
        [],
        {"description.en.genericName", "description.nl.genericName", "legal.repoOwner"},
    ),
    "Chrisdo82__kolibri.yml": ([("description.*.features", "missing-in-every-language", 29)], {"legal.repoOwner"}),
    "Comune-Milano__Whistleblowing.yml": ([], {"it"}),
    "digitalfabrik__entitlementcard.yml": ([("description.en.longDescription", "too-short", 22)], {"legal.repoOwner"}),
    "open-formulieren__open-forms.yml": (
        [("maintenance.contractors[0].until", "missing", 107)],
        {
            "description.en.genericName",
            "description.nl.genericName",
            "legal.repoOwner",
            "inputTypes",
            "outputTypes",
            OLD_COUNTRY,
        },
    ),
    "swiss__oss-catalog.yml": ([], set()),
}


def test_every_real_file_has_its_expectation() -> None:
    assert {path.name for path in FILES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_real_files(name: str) -> None:
    content = (FILES / name).read_bytes()
    errors, warnings = EXPECTED[name]
    assert faults(content) == errors
    assert {path for path, _, _ in faults(content, Severity.WARNING)} == warnings


@pytest.mark.parametrize("version", standard.load().versions)
def test_every_published_version_is_accepted(version: str) -> None:
    checked = check(whole(version))
    assert (checked.valid, checked.violations) == (True, ())


def test_other_versions_are_refused_with_the_list_of_published_ones() -> None:
    (violation,) = check(whole("9.9")).violations
    assert (violation.path, violation.rule, violation.line) == ("publiccodeYmlVersion", "version", 1)
    assert "9.9" in violation.de
    assert "0.7.0" in violation.de


@pytest.mark.parametrize(
    ("more", "path", "rule"),
    [
        ("colour: red", "colour", "unknown-key"),
        ("roadMap: https://x.example.org", "roadMap", "unknown-key"),
        ("monochromeLogo: logo.svg", "monochromeLogo", "deprecated"),
        ("releaseDate: 2026-02-30", "releaseDate", "date"),
        ("releaseDate: gestern", "releaseDate", "date"),
        ("landingURL: www.example.org", "landingURL", "url"),
        ("logo: /logo.svg", "logo", "resource"),
        ("logo: file:///logo.svg", "logo", "resource"),
        ("supports: [{id: 'alias:hipaa'}]", "supports[0].id", "support"),
        ("supports: [{}]", "supports[0].id", "missing"),
        ("fundedBy: [{name: A, uri: x}]", "fundedBy[0].uri", "uri"),
        ("organisation: {name: A}", "organisation.uri", "missing"),
        ("organisation: A", "organisation", "section"),
        ("usedBy: Stadt", "usedBy", "list-of-one"),
        ("usedBy: {a: b}", "usedBy", "list"),
        ("usedBy:", "usedBy", "empty"),
        ("intendedAudience: {countries: [de, XX]}", "intendedAudience.countries[1]", "country"),
        ("intendedAudience: {scope: [local-authority]}", "intendedAudience.scope[0]", "choice"),
        ("softwareVersion: 1.0", "softwareVersion", "text-unquoted"),
        ("dependsOn: {open: [{name: A, optional: maybe}]}", "dependsOn.open[0].optional", "yes-no"),
        ("dependsOn: {open: [{name: A, optional: yes}]}", "dependsOn.open[0].optional", "yes-no-spelling"),
        ("name: Nochmal", "name", "duplicate-key"),
    ],
)
def test_each_rule_names_its_path_and_speaks_both_languages(more: str, path: str, rule: str) -> None:
    found = {(each.path, each.rule): each for each in check(whole(more=more)).violations}
    assert (path, rule) in found
    violation = found[path, rule]
    assert violation.de
    assert violation.en
    assert violation.de != violation.en
    assert "{" not in violation.de + violation.en


def test_a_word_of_the_standard_that_yaml_1_1_takes_for_no_stays_a_country() -> None:
    assert check(whole(more="intendedAudience: {countries: [NO]}")).document["intendedAudience"] == {
        "countries": ["NO"]
    }


@pytest.mark.parametrize(
    ("kind", "more", "rules"),
    [
        ("contract", "", {"contractors-missing"}),
        ("contract", "  contractors: [{name: A, until: '2027-01-01'}]\n", set()),
        ("internal", "", {"contacts-missing"}),
        ("community", "  contacts: [{name: A}]\n", set()),
        ("none", "  contractors: [{name: A, until: '2027-01-01'}]\n", {"contractors-forbidden"}),
    ],
)
def test_who_maintains_has_to_fit_how(kind: str, more: str, rules: set[str]) -> None:
    content = whole().decode().replace("type: none\n", f"type: {kind}\n{more}").encode()
    assert {rule for _, rule, _ in faults(content)} == rules


@pytest.mark.parametrize(
    ("licence", "rule", "kept"),
    [
        ("eupl-1.2", "licence-case", "EUPL-1.2"),
        ("MIT OR Apache-2.0", None, "MIT OR Apache-2.0"),
        ("proprietary", "licence", None),
        ("GPL", "licence", None),
        ("(" * 250 + "MIT" + ")" * 250, "licence", None),
    ],
)
def test_licences_are_spdx_expressions(licence: str, rule: str | None, kept: str | None) -> None:
    checked = check(whole().replace(b"license: EUPL-1.2", f"license: {licence}".encode()))
    assert [each.rule for each in checked.violations] == ([rule] if rule else [])
    assert checked.document["legal"].get("license") == kept


def test_lengths_count_what_a_reader_sees() -> None:
    family = "👨‍👩‍👧‍👦"
    text = "shortDescription: Räume finden und buchen"
    assert faults(whole().replace(text.encode(), f"shortDescription: {family * 150}".encode())) == []
    assert faults(whole().replace(text.encode(), f"shortDescription: {family * 151}".encode())) == [
        ("description.de.shortDescription", "too-long", 9)
    ]


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(8)
)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty-file"),
        (b"\n  \n", "empty-file"),
        (b"- a\n- b\n", "not-a-mapping"),
        (b"<!DOCTYPE html><html><body>Anmelden</body></html>", "not-a-mapping"),
        (b"nur ein Satz", "not-a-mapping"),
        (b"a" * (MAX_BYTES + 1), "too-large"),
        (b"[" * 100_000, "too-deep"),
        (b"{a: " * 30, "too-deep"),
        (b"&a [*a]", "too-deep"),
        (BOMB, "too-many-values"),
        (b"x: [" + b"a," * 100_000 + b"]", "too-many-values"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not-a-mapping"),
    ],
)
def test_what_is_no_publiccode_is_refused_in_words(content: bytes, rule: str) -> None:
    checked = check(content)
    assert rule in {each.rule for each in checked.violations}
    assert (checked.document, checked.valid) == ({}, False)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_other_encodings_are_told_and_read(encoding: str) -> None:
    checked = check(whole().decode().encode(encoding))
    assert [each.rule for each in checked.violations] == ["encoding"]
    assert checked.document["name"] == "Räume"
    assert not checked.valid


def test_a_byte_order_mark_of_utf_8_is_no_fault() -> None:
    assert check(b"\xef\xbb\xbf" + whole()).violations == ()


@pytest.mark.parametrize(
    ("broken", "rule"),
    [("legal:\n\tlicense: MIT\n", "tab"), ("legal: {license: [}\n", "syntax"), ("legal: 'MIT\n", "syntax")],
)
def test_half_a_file_is_read_as_far_as_it_goes(broken: str, rule: str) -> None:
    content = whole().decode().replace("legal:\n  license: EUPL-1.2\n", broken).encode()
    checked = check(content)
    assert ("legal", rule) in {(each.path, each.rule) for each in checked.violations}
    assert {"name", "url", "description", "localisation"} <= set(checked.document)
    assert "legal" not in checked.document


def test_tags_that_make_objects_make_nothing() -> None:
    checked = check(whole(more="roadmap: !!python/object/apply:os.system ['true']"))
    assert [(each.path, each.rule) for each in checked.violations] == [("roadmap", "text")]


def test_a_file_with_a_thousand_faults_is_told_in_part() -> None:
    many = "".join(f"key{number}: x\n" for number in range(1000))
    checked: Checked = check(whole(more=many))
    assert len(checked.violations) == 200
