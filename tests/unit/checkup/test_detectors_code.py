"""Detectors of code quality, on small trees."""

from collections.abc import Callable
from typing import Any

import pytest
from checkup.analysis import credentials, safeguards, units
from checkup.analysis.paths import Kind, kind_of
from checkup.analysis.survey import Survey

Raw = Callable[..., dict[str, Any]]
SIMPLE = "".join(f"def f{n}(a):\n    return a + {n}\n\n\n" for n in range(40))
COMPLEX = "def monster(a):\n" + "".join(f"    if a == {n}:\n        a += {n}\n" for n in range(30)) + "    return a\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/app.py", Kind.PRODUCTION),
        ("tests/test_app.py", Kind.TEST),
        ("src/app.test.ts", Kind.TEST),
        ("src/test/java/AppTest.java", Kind.TEST),
        ("src/main/java/Latest.java", Kind.PRODUCTION),
        ("vendor/x/y.py", Kind.GENERATED),
        ("app/migrations/0001_initial.py", Kind.GENERATED),
        ("static/jquery.min.js", Kind.GENERATED),
        ("package-lock.json", Kind.GENERATED),
        ("docs/index.md", Kind.DOCUMENTATION),
        ("README.md", Kind.DOCUMENTATION),
        ("docs/conf.py", Kind.DOCUMENTATION),
        ("examples/demo.py", Kind.OTHER),
        ("logo.svg", Kind.OTHER),
    ],
)
def test_a_path_tells_what_a_file_is_for(path: str, kind: Kind) -> None:
    assert kind_of(path) is kind


def test_complexity_is_a_share_of_the_code(raw: Raw) -> None:
    found = raw(units.measure, {"src/a.py": SIMPLE, "src/b.py": COMPLEX})
    lines = 40 * 2 + 62
    assert found["Q1"]["percent_over_25"] == pytest.approx(100 * 62 / lines, abs=1)
    assert found["Q2"]["percent_over_60"] == pytest.approx(100 * 62 / lines, abs=1)
    assert found["Q1"]["functions"] == 41


@pytest.mark.parametrize(
    "marker",
    ["#lizard forgives", "# lizard forgives(cyclomatic_complexity)", "#lizard forgive global", "# GENERATED CODE"],
)
def test_markers_that_ask_to_be_left_out_have_no_effect(raw: Raw, marker: str) -> None:
    plain = raw(units.measure, {"src/a.py": SIMPLE, "src/b.py": COMPLEX})
    hidden = COMPLEX.replace("def monster(a):\n", f"def monster(a):\n    {marker}\n")
    assert raw(units.measure, {"src/a.py": SIMPLE, "src/b.py": f"{marker}\n{hidden}"})["Q1"] == plain["Q1"]


def test_javascript_markers_have_no_effect_either(raw: Raw) -> None:
    simple = "".join(f"function f{n}(a) {{ return a + {n}; }}\n" for n in range(40))
    body = "".join(f"  if (a === {n}) {{ a += {n}; }}\n" for n in range(30))
    plain = raw(units.measure, {"src/a.js": simple, "src/b.js": f"function monster(a) {{\n{body}}}\n"})
    hidden = f"/* GENERATED CODE */\n// #lizard forgives\nfunction monster(a) {{\n  // #lizard forgives\n{body}}}\n"
    assert plain["Q1"]["percent_over_25"] > 20
    assert raw(units.measure, {"src/a.js": simple, "src/b.js": hidden})["Q1"] == plain["Q1"]


def test_suppressions_are_counted_as_evidence(survey: Callable[..., Survey]) -> None:
    files = {"src/a.py": SIMPLE + "import os  # noqa: F401\nx = 1  # type: ignore\n"}
    evidence = units.measure(survey(files))[0].evidence
    assert "2 Hinweise im Code, die Prüfungen abschalten" in evidence[-1].text
    assert evidence[-1].path == "src/a.py"


def test_few_functions_say_nothing(raw: Raw) -> None:
    assert raw(units.measure, {"src/a.py": COMPLEX}) == dict.fromkeys(("Q1", "Q2", "Q4"), "not_applicable")


def test_broken_and_minified_files_cost_nothing(raw: Raw) -> None:
    files = {"src/a.py": SIMPLE, "src/x.tsx": "const a = <div>{`${", "src/m.js": "function a(){if(b){c()}}" * 900}
    assert raw(units.measure, files)["Q1"]["functions"] == 40


def test_wide_functions_are_found(raw: Raw) -> None:
    files = {"src/a.py": SIMPLE + "def wide(a, b, c, d, e):\n    return a\n"}
    assert raw(units.measure, files)["Q4"]["percent_over_4"] == pytest.approx(100 * 2 / 82, abs=0.5)


def test_tests_are_weighed_against_production_code(raw: Raw) -> None:
    files = {"src/a.py": "x = 1\n" * 100, "tests/test_a.py": "y = 1\n\n" * 40, "vendor/v.py": "z = 1\n" * 900}
    assert raw(safeguards.tests, files)["Q5"] == {"ratio": 0.4, "test_lines": 40, "production_lines": 100}
    assert raw(safeguards.tests, {"README.md": "# x"})["Q5"] == "not_applicable"


WORKFLOW = "on:\n  {on}:\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("files", "level"),
    [
        ({}, 0),
        ({".github/workflows/ci.yml": WORKFLOW.format(on="pull_request", run="pytest -q")}, 2),
        ({".github/workflows/ci.yml": WORKFLOW.format(on="push", run="npm test")}, 2),
        ({".github/workflows/ci.yml": WORKFLOW.format(on="push", run="npm ci")}, 1),
        ({".github/workflows/ci.yml": WORKFLOW.format(on="workflow_dispatch", run="pytest")}, 1),
        ({".github/workflows/ci.yml": WORKFLOW.format(on="push", run="mvn -DskipTests package")}, 1),
        ({".github/workflows/ci.yml": "name: pytest\n# pytest\non: [push]\n"}, 1),
        ({".github/workflows/ci.yml": "on: [push\n  run: pytest"}, 1),
        ({".gitlab-ci.yml": "test:\n  script:\n    - ./gradlew check\n"}, 2),
        ({".ci/run": "#!/bin/sh\nmake test\n"}, 2),
    ],
)
def test_ci_counts_when_it_tests_changes(raw: Raw, files: dict[str, str], level: int) -> None:
    assert raw(safeguards.ci_tests, files)["Q6"] == {"level": level}


@pytest.mark.parametrize(
    ("files", "level"),
    [
        ({".editorconfig": "root = true"}, 0),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}, 1),
        ({".gitlab-ci.yml": "lint:\n  script: ruff check .\n"}, 2),
    ],
)
def test_style_counts_fully_when_it_is_enforced(raw: Raw, files: dict[str, str], level: int) -> None:
    assert raw(safeguards.style, files)["Q7"] == {"level": level}


def test_dependencies_locked_updated_and_pinned(raw: Raw) -> None:
    good = {
        "package.json": "{}",
        "package-lock.json": "{}",
        "api/requirements.txt": "fastapi==0.1\nuvicorn==0.2\n",
        "renovate.json": "{}",
        "Dockerfile": "FROM python:3.12 AS build\nFROM build\n",
        ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n",
    }
    assert raw(safeguards.dependencies, good)["Q10"] == {"locked": 1, "update_bot": 1, "pinned": 1}
    bad = {"package.json": "{}", "requirements.txt": "fastapi\nuvicorn>=0.2\n", "compose.yaml": "image: nginx:latest\n"}
    assert raw(safeguards.dependencies, bad)["Q10"] == {"locked": 0, "update_bot": 0, "pinned": 0}
    assert raw(safeguards.dependencies, {"a.py": ""})["Q10"] == "not_applicable"
    own = {"package.json": "{}", "compose.yaml": "services:\n  api:\n    build: .\n    image: own-api\n"}
    assert raw(safeguards.dependencies, own)["Q10"]["pinned"] == 1


FOUND = [  # put together from parts, so that no scanner takes this file for a leak
    "aws = '" + "AKIA" + "QXJTRNVBWPLZKHGD'",
    "token = '" + "ghp_" + "a8Fk2LmQ9xZrT4vWbN7cYpH1sJd6GuE3oKiR'",
    "GITLAB=" + "glpat-" + "xK9fLm2QpR7sTvWbN3cY",
    "url = 'postgres://app:" + "q9Zk7LmVw2Xr@" + "db.internal.net/app'",
    "npm = '" + "npm_" + "a8Fk2LmQ9xZrT4vWbN7cYpH1sJd6GuE3oKiR'",
    "maps = '" + "AIza" + "SyB9kFmQ2xZrT4vWbN7cYpH1sJd6GuE3oKi'",
    "runner = '" + "glrt-" + "xK9fLm2QpR7sTvWbN3cY'",
    "model = '" + "hf_" + "aKFkZLmQpxZrTqvWbNxcYpHysJdzGuEwoK'",
    "bot = '" + "5839201746:A" + "AFk2LmQ9xZrT4vWbN7cYpH1sJd6GuE3oKi'",
    "vault = '" + "hvs." + "a8Fk2LmQ9xZrT4vWbN7cYpH1sJd6GuE3oKiR" * 3 + "'",
    "smtp_password = '" + "q9Zk7LmVw2XrT8bN4cYp'",
    "config['api_key'] => '" + "q9Zk7LmVw2XrT8bN4cYp'",
]
NOT_FOUND = [
    "url = 'postgres://user:password@localhost/app'",
    "url = 'postgres://app:${DB_PASSWORD}@db.internal.net/app'",
    "key = '" + "AKIA" + "IOSFODNN7EXAMPLE'",
    "token = '" + "ghp_" + "x" * 36 + "'",
    "see https://example.org/a:b@c",
    "password = 'changeme-before-Going-live1'",
    "password = os.environ['DB_PASSWORD_2_For_Production']",
    "cache_key = 'userProfileSettingsForOrganisationV2'",
    "password_label = 'Bitte2PasswortEingeben!'",
    "secret_name = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaB1'",
    "integrity = 'sha384-" + "q9Zk7LmVw2XrT8bN" * 4 + "'",
]


@pytest.mark.parametrize("line", FOUND)
def test_credentials_are_found_and_shown_redacted(survey: Callable[..., Survey], line: str) -> None:
    (found,) = credentials.measure(survey({"src/settings.py": f"x = 1\n{line}\n"}))
    assert found.raw == {"secrets": 1}
    assert (found.evidence[0].path, found.evidence[0].line) == ("src/settings.py", 2)
    assert "geschwärzt" in found.evidence[0].text
    assert line.split("'")[-2][6:] not in repr(found) if "'" in line else True


@pytest.mark.parametrize("line", NOT_FOUND)
def test_placeholders_are_no_credentials(raw: Raw, line: str) -> None:
    assert raw(credentials.measure, {"src/settings.py": line})["Q9"] == {"secrets": 0}


@pytest.mark.parametrize("path", ["tests/test_x.py", "docs/x.md", "examples/x.py", ".env.example", "vendor/x.py"])
def test_credentials_of_tests_documents_and_examples_do_not_count(raw: Raw, path: str) -> None:
    assert raw(credentials.measure, {path: FOUND[0]})["Q9"] == {"secrets": 0}


def test_the_same_secret_twice_is_one_and_a_private_key_is_one(raw: Raw) -> None:
    key = (
        "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 10 + "-----END PRIVATE KEY-----\n"
    )
    files = {"a.py": FOUND[0], "b.py": FOUND[0], "server.key": key}
    assert raw(credentials.measure, files)["Q9"] == {"secrets": 2}
