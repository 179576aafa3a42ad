"""Code quality is measured in every common language, and code that makes tools slow ends in bounded time."""

import sys
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from checkup.analysis import analyse as analysing
from checkup.analysis import groups, limits, programs
from checkup.analysis.analyse import analyse
from checkup.analysis.groups import GroupDone
from checkup.analysis.survey import Survey
from checkup.domain.measurement import Measurement, Status, measured
from checkup.testing.languages import LANGUAGES, code_base
from checkup.testing.repositories import RepositoryMaker


@pytest.mark.parametrize("name", LANGUAGES)
def test_functions_duplicates_and_tests_are_measured(name: str, tmp_path: Path, as_of: datetime) -> None:
    git_dir = RepositoryMaker().commit(code_base(LANGUAGES[name]), as_of).make(tmp_path / "app.git")
    found = {measurement.id: measurement for measurement in analyse(git_dir, as_of).measurements}
    assert {found[metric].status for metric in ("Q1", "Q2", "Q3", "Q4", "Q5")} == {Status.MEASURED}
    assert found["Q1"].raw["functions"] == 58, "6 simple and 1 branching function in 8 files, 2 repeated ones"
    assert 35 < found["Q1"].raw["percent_over_10"] < 42
    assert found["Q2"].raw["percent_over_30"] > 5
    assert (found["Q3"].raw["clones"], 8 < found["Q3"].raw["duplicated_percent"] < 10) == (1, True)
    assert 0.2 < found["Q5"].raw["ratio"] < 0.35


SLOW = {
    "src/nested.py": "x = " + "[" * 50_000 + "]" * 50_000 + "\n",
    "src/deep.js": "".join(f"{' ' * 2}if (a) {{" for _ in range(8_000)) + "}" * 8_000,
    "src/line.ts": "const a = '" + "x" * 390_000 + "'\n",
    "src/words.py": "password = " + "a" * 100_000 + "!\n" + ("x-" * 50_000) + "@\n",
    "src/expr.py": "y = " + "+".join(["1"] * 30_000) + "\n",
    "README.md": "[" * 60_000 + "\n" + "> " * 2_000 + "a\n" + "*a_" * 20_000 + "\n" + "<img " * 20_000,
    "docs/list.md": "".join(f"{' ' * (2 * n)}- a\n" for n in range(600)),
    "templates/a.html": "<img " * 60_000 + "<script " * 10_000 + "<link rel" * 10_000,
    "openapi.yaml": "a: " + "[" * 30_000,
    "api/openapi.yaml": "- " * 30_000,
    "docs/swagger.yaml": "a: " + '{"a": ' * 30_000 + "1" + "}" * 30_000,
    "compose.yaml": "a: &a [x]\n" + "".join(f"k{n}: &k{n} [{', '.join(['*a'] * 9)}]\n" for n in range(200)),
    ".github/workflows/a.yml": "on: push\n" + "      - run: " + "npm run -a " * 30_000,
    "LICENSE": "permission " * 50_000,
    "Dockerfile": "FROM " + "--a " * 40_000 + "\n",
}


def test_code_that_makes_tools_slow_ends_with_every_other_metric(tmp_path: Path, as_of: datetime) -> None:
    git_dir = RepositoryMaker().commit({**code_base(LANGUAGES["go"]), **SLOW}, as_of).make(tmp_path / "slow.git")
    told: list[GroupDone] = []
    found = {m.id: m for m in analyse(git_dir, as_of, tell=told.append).measurements}
    assert not [m for m in found.values() if m.status is Status.ERROR], "nothing of it breaks a detector"
    assert found["Q1"].status is Status.MEASURED
    assert max(group.seconds for group in told) < limits.GROUP_SECONDS
    assert max(group.peak_bytes for group in told) < 1_500_000_000


def test_a_group_that_runs_away_costs_its_own_metrics_only(
    tmp_path: Path, as_of: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(survey: Survey) -> list[Measurement]:
        while True:
            pass

    detectors = tuple((ids, endless if ids == ("D2",) else detector) for ids, detector in analysing.DETECTORS)
    monkeypatch.setattr(analysing, "DETECTORS", detectors)
    monkeypatch.setattr(limits, "GROUP_SECONDS", 0.3)
    git_dir = RepositoryMaker().commit({"README.md": "# A\n"}, as_of).make(tmp_path / "app.git")
    told: list[GroupDone] = []
    found = {m.id: m.status for m in analyse(git_dir, as_of, tell=told.append).measurements}
    assert found["D2"] is Status.TIMEOUT
    assert Status.TIMEOUT not in {status for metric, status in found.items() if metric != "D2"}
    assert [group.done for group in told] == list(range(1, len(detectors) + 1))


def test_waiting_for_a_busy_machine_costs_a_group_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is that of the processor: other processes do not change what comes of the same commit."""

    def waiting(survey: Survey) -> list[Measurement]:
        Event().wait(0.3)
        return [measured("D2", (), words=1)]

    monkeypatch.setattr(limits, "GROUP_SECONDS", 0.2)
    (found,) = groups.taken(("D2",), waiting, Survey.__new__(Survey), groups.Clock(60))
    assert found.status is Status.MEASURED


def test_a_program_that_runs_away_is_ended_by_its_processor_time(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        programs.run(Path(sys.executable), "-c", "while True: pass", scratch=tmp_path, seconds=0.1)


def test_code_beyond_the_limit_is_left_out_and_said(
    tmp_path: Path, as_of: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = code_base(LANGUAGES["python"])
    production = sum(len(text) for path, text in tree.items() if path.startswith("src/"))
    monkeypatch.setattr(limits, "MAX_UNITS_TOTAL_BYTES", production - 1)
    git_dir = RepositoryMaker().commit(tree, as_of).make(tmp_path / "large.git")
    found = {m.id: m for m in analyse(git_dir, as_of).measurements}
    for metric in ("Q1", "Q3"):
        assert "1 Dateien über der Größengrenze nicht ausgewertet" in [e.text for e in found[metric].evidence]


def test_when_the_time_of_all_is_used_up_the_rest_says_so(tmp_path: Path, as_of: datetime) -> None:
    git_dir = RepositoryMaker().commit({"README.md": "# A\n"}, as_of).make(tmp_path / "app.git")
    found = analyse(git_dir, as_of, seconds=0)
    assert {m.status for m in found.measurements} == {Status.TIMEOUT}
    assert found.measurements[0].reason == "Die Zeit für diesen Checkup war aufgebraucht."


def test_what_several_metrics_share_fails_once(tmp_path: Path, as_of: datetime) -> None:
    tries = 0

    def make() -> int:
        nonlocal tries
        tries += 1
        raise TimeoutError

    survey = Survey.__new__(Survey)
    survey._made = {}
    for _ in range(2):
        with pytest.raises(TimeoutError), groups.deadline(5):
            survey.once("x", make)
    assert tries == 1
