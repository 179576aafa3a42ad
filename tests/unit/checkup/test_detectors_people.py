"""Detectors of usability and community, on small trees and histories."""

from collections.abc import Callable
from typing import Any

import pytest
from checkup.analysis import community, usability
from checkup.analysis.analyse import ARCHIVED
from checkup.analysis.history import BOT, History
from checkup.analysis.survey import Survey

Raw = Callable[..., dict[str, Any]]
MakeHistory = Callable[..., History]
WORDS = "Diese Anwendung hilft kleinen Gemeinden, ihre Angebote zu pflegen und mit anderen zu teilen. " * 4


def test_weeks_with_contributions(raw: Raw, history: MakeHistory) -> None:
    commits = [(week * 7 + 1, 0, "") for week in range(20)] + [(2, 0, ""), (400, 0, "")]
    assert raw(community.weeks, {}, history(commits))["C1"] == {"weeks": 20}
    assert raw(community.weeks, {}, history([(1, 0, ""), (50, 0, "")]))["C1"] == "not_applicable"
    assert raw(community.weeks, {}, history())["C1"] == {"weeks": 0}


def test_how_many_people_make_half_of_the_contributions(raw: Raw, history: MakeHistory) -> None:
    one = [(n + 1.0, 0, "") for n in range(12)] + [(n + 1.0, 1, "") for n in range(4)]
    assert raw(community.knowledge, {}, history(one))["C2"] == {"people_for_half": 1}
    even = [(n + 1.0, n % 4, "") for n in range(40)]
    assert raw(community.knowledge, {}, history(even))["C2"] == {"people_for_half": 2}
    assert raw(community.knowledge, {}, history(one[:9]))["C2"] == "not_applicable"
    assert raw(community.people, {}, history(even))["C3"] == {"people": 4}


def test_organisations_are_named_only_when_nobody_is_identified_by_it(
    survey: Callable[..., Survey], history: MakeHistory
) -> None:
    commits = [(1, 0, "stadt.example"), (2, 1, "stadt.example"), (3, 2, "mueller.example"), (4, 3, "")]
    (found,) = community.organisations(survey({}, history(commits)))
    assert found.raw == {"organisations": 2}
    assert found.evidence[0].text == "2 Organisationen nach Domänen der Beitragenden"
    (alone,) = community.organisations(survey({}, history(commits[:1])))
    assert alone.evidence[0].text == "1 Organisation nach Domänen der Beitragenden"
    assert "stadt.example" in repr(found.evidence)
    assert "mueller" not in repr(found.evidence)


def test_releases_of_two_years(raw: Raw, history: MakeHistory) -> None:
    assert raw(community.releases, {}, history(tags=[("v2", 10), ("v1", 700), ("v0", 800), ("v3", -5)]))["C5"] == {
        "releases": 2
    }


@pytest.mark.parametrize("name", ["dependabot[bot]", "renovate", "Weblate", "ci-bot", "github-actions"])
def test_bots_are_known(name: str) -> None:
    assert BOT.search(name)


@pytest.mark.parametrize("name", ["Robota", "Abbott", "Person Eins", "Roboter Meier"])
def test_people_are_no_bots(name: str) -> None:
    assert not BOT.search(name)


def test_the_welcome_set(raw: Raw) -> None:
    files = {
        "CONTRIBUTING.md": WORDS * 3,
        "CODE_OF_CONDUCT.md": "x",
        ".github/ISSUE_TEMPLATE/bug.md": "x",
        ".github/CODEOWNERS": "*",
        "README.md": "# A\n\n## Hilfe\n\nForum",
    }
    expected = {"contributing": 1, "conduct": 1, "templates": 0.5, "governance": 1, "support": 1}
    assert raw(community.welcome, files)["C7"] == expected
    assert set(raw(community.welcome, {})["C7"].values()) == {0}
    assert raw(community.welcome, {"CONTRIBUTING.md": "Bitte beitragen."})["C7"]["contributing"] == 0.5


def test_reuse_is_unknown_without_publiccode(raw: Raw) -> None:
    assert raw(community.reuse, {"publiccode.yml": "usedBy: [A, B, B]"})["C8"] == {"users": 2}
    assert raw(community.reuse, {})["C8"] == "not_available"


@pytest.mark.parametrize(
    "text", ["This project is archived.", "no longer actively maintained", "Das Projekt wurde eingestellt."]
)
def test_archived_projects_say_so(text: str) -> None:
    assert ARCHIVED.search(text)


def test_german_interface_by_translations(raw: Raw) -> None:
    files = {
        "src/locales/de.json": '{"a": "x", "b": {"c": "y"}}',
        "src/locales/en.json": '{"a": "x", "b": {"c": "y", "d": "z"}}',
    }
    assert raw(usability.german_interface, files)["U2"] == {"german_share": round(2 / 3, 4), "keys": 3}
    po = 'msgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr ""\n'
    both = {"locale/de_DE/LC_MESSAGES/a.po": po, "locale/en_GB/LC_MESSAGES/a.po": po}
    assert raw(usability.german_interface, both)["U2"] == {"german_share": 1, "keys": 1}


def test_german_interface_by_the_language_of_pages(raw: Raw) -> None:
    assert raw(usability.german_interface, {"templates/a.html": '<html lang="de">'})["U2"] == {"german_share": 1}
    assert raw(usability.german_interface, {"templates/a.html": "<p>Hallo</p>"})["U2"] == "not_available"
    assert raw(usability.german_interface, {"src/a.py": ""})["U2"] == "not_applicable"


def test_german_that_is_translated_from_is_german(raw: Raw) -> None:
    files = {"locales/en.json": '{"Hallo": "Hello"}', "templates/a.html": '<html lang="de">'}
    assert raw(usability.german_interface, files)["U2"] == {"german_share": 1}
    files["templates/a.html"] = '<html lang="en">'
    assert raw(usability.german_interface, files)["U2"]["german_share"] == 0


def test_a_way_to_try_it(raw: Raw) -> None:
    files = {
        "README.md": "# A\n\n```sh\ndocker compose up\n```\n\n[Demo](https://demo.example.org) mit Beispieldaten\n",
        "compose.yaml": "services: {}",
    }
    assert raw(usability.way_to_try, files)["U3"] == {"start_path": 1, "sample_data": 1, "demo_named": 1, "demo_up": 0}
    assert raw(usability.way_to_try, {})["U3"] == {"start_path": 0, "sample_data": 0, "demo_named": 0, "demo_up": 0}


def test_pictures_need_alternative_texts_and_badges_are_none(raw: Raw) -> None:
    text = "![](a.png) ![Startseite](b.png) ![build](https://img.shields.io/x.svg) <img src='c.png'>"
    assert raw(usability.pictures, {"README.md": text})["U4"] == {"pictures": 3, "alt_share": round(1 / 3, 4)}


def test_accessibility_statement_and_tooling(raw: Raw) -> None:
    page = {"templates/a.html": "<p>"}
    full = {
        **page,
        "ACCESSIBILITY.md": WORDS * 3,
        "package.json": '{"devDependencies": {"eslint-plugin-jsx-a11y": "1"}}',
    }
    assert raw(usability.accessibility, full)["U5"] == {"statement": 1, "tooling": 1}
    assert raw(usability.accessibility, {**page, "package.json": '{"axe-core": "4"}'})["U5"] == {
        "statement": 0,
        "tooling": 0.5,
    }
    assert raw(usability.accessibility, {"src/a.py": ""})["U5"] == "not_applicable"


def test_handbook_levels(raw: Raw) -> None:
    pages = {f"docs/handbuch/{n}.md": f"# S\n\n{WORDS}" for n in range(5)}
    assert raw(usability.handbook, pages)["U6"] == {"level": 3}
    assert raw(usability.handbook, {"docs/user-guide.md": WORDS})["U6"] == {"level": 1}
    assert raw(usability.handbook, {"docs/setup.md": WORDS})["U6"] == {"level": 0}


def test_barriers_in_markup(raw: Raw) -> None:
    text = "<html><body>" + "<p>x</p>" * 96 + "<img src='a.png'><input type='text'><input id='x'><img alt='' src='b'>"
    assert raw(usability.markup, {"templates/a.html": text})["U7"] == {"per_1000_elements": round(3000 / 102, 4)}
    assert raw(usability.markup, {"templates/a.html": "<p>"})["U7"] == "not_applicable"
