"""Metrics taken by programs on copies of the code: duplicates, defect-prone patterns; and hotspots by git."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from checkup.analysis import copies, duplication, history, hotspots, patterns, programs
from checkup.analysis.repository import Repository
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Measurement, Status
from checkup.testing.repositories import RepositoryMaker

Measure = Callable[[Callable[[Survey], list[Measurement]], Mapping[str, str]], Measurement]
BODY = "".join(f"    x{n} = compute(a, b, {n}) + other(c, {n * 7}) - third(d)\n" for n in range(30))
UNIQUE = "".join(f"def g{n}(a):\n    return {' + '.join(f'a.v{n}_{m}' for m in range(n % 7 + 1))}\n" for n in range(60))
TWICE = {"src/a.py": f"def f(a, b, c, d):\n{BODY}", "src/b.py": f"def g(a, b, c, d):\n{BODY}", "src/c.py": UNIQUE}


@pytest.fixture
def measure(survey: Callable[..., Survey], tmp_path: Path) -> Measure:
    count = 0

    def run(detector: Callable[[Survey], list[Measurement]], files: Mapping[str, str]) -> Measurement:
        nonlocal count
        count += 1
        made = survey(files)
        made.scratch = tmp_path / str(count)
        made.scratch.mkdir()
        (found,) = detector(made)
        return found

    return run


def test_duplicates_are_lines_of_production_code_that_occur_twice(measure: Measure) -> None:
    found = measure(duplication.measure, TWICE)
    assert found.raw["clones"] == 1
    assert found.raw["duplicated_percent"] == pytest.approx(100 * 60 / 182, abs=2)
    place = found.evidence[1]
    assert (place.path, place.line in (1, 2)) == ("src/a.py", True)
    assert "auch in src/b.py:" in place.text


@pytest.mark.parametrize("folder", ["tests", "vendor", "docs", "examples"])
def test_tests_and_foreign_code_may_repeat(measure: Measure, folder: str) -> None:
    files = {"src/a.py": TWICE["src/a.py"], f"{folder}/b.py": TWICE["src/b.py"], "src/c.py": UNIQUE}
    assert measure(duplication.measure, files).raw["duplicated_percent"] == 0


def test_licence_headers_are_no_duplicates(measure: Measure) -> None:
    header = "".join(f"# Line {n} of a licence that every file begins with, word for word\n" for n in range(30))
    files = {"src/a.py": header + UNIQUE, "src/b.py": header + "x = 1\n"}
    assert measure(duplication.measure, files).raw["duplicated_percent"] == 0


SUPPRESSED = {
    ".jscpd.json": '{"ignore": ["**/*"], "minTokens": 100000}',
    "src/.jscpd.json": '{"ignore": ["**/*"]}',
    "package.json": '{"jscpd": {"ignore": ["**/*"]}}',
    ".gitignore": "src/\n",
    "src/a.py": f"# jscpd:ignore-start\n{TWICE['src/a.py']}# jscpd:ignore-end\n",
    "src/b.py": f"# CPD-OFF\n# jscpd:ignore-start\n{TWICE['src/b.py']}# jscpd:ignore-end\n",
    "src/c.py": UNIQUE,
}


def test_a_repository_cannot_hide_its_duplicates(measure: Measure) -> None:
    found = measure(duplication.measure, SUPPRESSED)
    assert found.raw["clones"] == 1
    assert found.raw["duplicated_percent"] > 25


FAULTY = "import os\n\n\ndef f(items=[]):\n    return eval(items)\n\n\n" + "y = 2\n" * 120


def test_defect_prone_patterns_are_counted_with_their_place(measure: Measure) -> None:
    found = measure(patterns.measure, {"src/a.py": FAULTY})
    assert found.raw["findings"] == 3
    assert found.raw["per_1000_lines"] == pytest.approx(1000 * 3 / 123, abs=0.1)
    assert {(e.text.split(" ")[0], e.path, e.line) for e in found.evidence[1:]} == {
        ("F401", "src/a.py", 1),
        ("B006", "src/a.py", 4),
        ("S307", "src/a.py", 5),
    }


@pytest.mark.parametrize(
    "hide",
    [
        {"src/a.py": "# ruff: noqa\n" + FAULTY},
        {"src/a.py": "# flake8: noqa\n" + FAULTY},
        {"src/a.py": "# ruff: disable[F401, B006, S307]\n" + FAULTY},
        {"src/a.py": FAULTY.replace("import os", "import os  # noqa: F401").replace("(items)", "(items)  #noqa")},
        {"src/a.py": FAULTY, "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n[tool.ruff.lint]\nignore = ['ALL']\n"},
        {"src/a.py": FAULTY, "ruff.toml": "exclude = ['*']\n", "src/ruff.toml": "exclude = ['*']\n"},
    ],
)
def test_a_repository_cannot_hide_its_patterns(measure: Measure, hide: dict[str, str]) -> None:
    assert measure(patterns.measure, hide).raw["findings"] == 3


def test_other_languages_and_other_pythons_do_not_count(measure: Measure) -> None:
    assert measure(patterns.measure, {"src/a.ts": "let x = 1\n" * 200}).status is Status.NOT_APPLICABLE
    old = measure(patterns.measure, {"src/old.py": "print 'x'\n" * 50, "src/a.py": FAULTY})
    assert old.raw["findings"] == 3
    assert "1 Dateien sind kein Python 3" in old.evidence[1].text
    assert measure(patterns.measure, {"src/old.py": "print 'x'\n" * 500}).status is Status.NOT_APPLICABLE


def test_without_the_program_nothing_is_zero(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "path_of", lambda name: None)
    for detector in (duplication.measure, patterns.measure):
        found = measure(detector, TWICE)
        assert found.status is Status.NOT_AVAILABLE
        assert "fehlt auf diesem Rechner" in str(found.reason)


def test_copies_have_no_names_of_the_repository(survey: Callable[..., Survey], tmp_path: Path) -> None:
    made = survey({"src/--config=x.py": "x = 1\n", "src/pkg/__init__.py": "y = 1\n", "src/.ruff.toml.py": "z = 1\n"})
    made.scratch = tmp_path
    names = [str(Path(path).relative_to(tmp_path)) for path in copies.made(made)]
    assert names == ["code/00000.py", "code/00001.py", "code/00002/__init__.py"]


def test_hotspots_are_complex_functions_in_what_changes_most(tmp_path: Path, as_of: datetime) -> None:
    knot = "def knot(a):\n" + "".join(f"    if a == {n}:\n        a += {n}\n" for n in range(12)) + "    return a\n"
    simple = "".join(f"def f{n}(a):\n    return a + {n}\n" for n in range(4))
    maker = RepositoryMaker()
    maker.commit({f"src/m{n}.py": (knot if n < 4 else "") + simple for n in range(12)}, as_of - timedelta(days=300))
    for day in range(12):
        changed = {f"src/m{day}.py": (knot if day < 4 else "") + simple + f"# {day}\n"}
        maker.commit(changed, as_of - timedelta(days=200 - day))
    maker.commit({"src/m0.py": knot + simple + "# much\n" * 50}, as_of - timedelta(days=20))
    maker.commit({"src/m9.py": "# bot\n" * 500 + simple}, as_of - timedelta(days=10), who="renovate[bot]")
    git_dir = maker.make(tmp_path / "app.git")
    with Repository.open(git_dir) as repository:
        (found,) = hotspots.measure(Survey(repository, history.read(git_dir, as_of)))
        (years_later,) = hotspots.measure(Survey(repository, history.read(git_dir, as_of + timedelta(days=900))))
    # 12 changed files: two are the tenth, the much changed one and one of the others; the bot's does not count
    assert found.raw["complex_functions"] == 4
    assert found.raw["hotspot_percent"] == 50
    assert found.evidence[1].path == "src/m0.py"
    assert years_later.status is Status.NOT_APPLICABLE
