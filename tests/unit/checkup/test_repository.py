"""Reading repositories of every kind out of the object database."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from checkup.adapters.rubric_files import load
from checkup.analysis import limits
from checkup.analysis.analyse import analyse
from checkup.analysis.repository import EmptyRepository, Repository, is_strange, printable
from checkup.domain.measurement import Status
from checkup.domain.scoring import Standing, score
from checkup.testing.repositories import (
    RepositoryMaker,
    Submodule,
    Symlink,
    git_bomb,
    init,
    raw_repository,
    write_blob,
    write_tree,
)

AT = datetime(2026, 8, 1, tzinfo=UTC)
AS_OF = datetime(2026, 9, 1, tzinfo=UTC)


def test_files_are_read_without_a_checkout(tmp_path: Path) -> None:
    made = RepositoryMaker().commit({"README.md": "# Hallo\r\n", "src/app.py": "x = 1\n"}, AT).make(tmp_path / "r.git")
    with Repository.open(made) as repository:
        assert [file.path for file in repository.files] == ["README.md", "src/app.py"]
        assert repository.text(repository.files[0]) == "# Hallo\n"
        assert len(repository.commit) == 40
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.git"]


def test_an_empty_repository_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(EmptyRepository):
        Repository.open(init(tmp_path / "r.git"))


def test_links_and_submodules_are_never_followed(tmp_path: Path) -> None:
    files = {"passwd": Symlink("/etc/passwd"), "up": Symlink("../../secret"), "lib": Submodule(), "README.md": "# Ja\n"}
    made = RepositoryMaker().commit(files, AT).make(tmp_path / "r.git")
    found = analyse(made, AS_OF)
    assert found.notes == ("2 symbolische Verweise übersprungen", "1 Untermodule nicht gelesen")
    assert found.facts["files"] == 1


def test_tricky_paths_are_skipped_and_counted(tmp_path: Path) -> None:
    path = init(tmp_path / "r.git")
    blob = write_blob(path, b"#!/bin/sh\n")
    hooks = write_tree(path, [(b"100755", b"post-checkout", blob)])
    entries = [
        (b"100644", b"..", blob),
        (b"40000", b".GIT", hooks),
        (b"100644", b"C:\\windows\\x", blob),
        (b"100644", b"README.md", blob),
        (b"100644", b"line\nbreak", blob),
        (b"100777", b"strange-mode", blob),
    ]
    raw_repository(path, write_tree(path, entries), AT)
    with Repository.open(path) as repository:
        assert "README.md" in [file.path for file in repository.files]
        assert repository.skipped.strange_paths >= 4
        assert not any(".." in file.path or ".GIT" in file.path for file in repository.files)


@pytest.mark.parametrize(
    "path", [b"../x", b"a/../b", b"/etc/passwd", b".git/config", b"a/.Git/x", b"a\x00b", b"a\\b", b"x/" * 120 + b"y"]
)
def test_paths_no_honest_tree_has(path: bytes) -> None:
    assert is_strange(path)


def test_invalid_utf8_in_paths_and_contents_is_shown_safely(tmp_path: Path) -> None:
    files = {b"caf\xe9.py": b"name = '\xff\xfe'\n", "ok.md": b"# T\xc3\xbcr \xff\n", "bin.md": b"\x00\x01\x02"}
    made = RepositoryMaker().commit(files, AT).make(tmp_path / "r.git")
    with Repository.open(made) as repository:
        texts = {file.path: repository.text(file) for file in repository.files}
    assert texts["caf\ufffd.py"] == "name = '\ufffd\ufffd'\n"
    assert texts["ok.md"] == "# Tür \ufffd\n"
    assert texts["bin.md"] == ""


def test_directions_and_control_characters_never_reach_a_report() -> None:
    assert printable("a\u202eb\x1b[31mc\u200b") == "a?b?[31mc?"
    assert len(printable("x" * 1000)) == 300


def test_many_files_are_cut_at_a_fixed_place_and_halve_the_coverage(tmp_path: Path) -> None:
    files: dict[str | bytes, str] = {f"data/{n // 1000:02}/{n:05}.txt": "x\n" for n in range(30_000)}
    made = RepositoryMaker().commit({**files, "README.md": "# Viele\n"}, AT).make(tmp_path / "r.git")  # type: ignore[dict-item]
    found = analyse(made, AS_OF)
    assert found.facts["files"] == limits.MAX_FILES
    assert found.share_read == 0.5
    assert "Nach 20000 Dateien abgeschnitten" in found.notes[0]
    assert all(result.standing is not Standing.SCORED for result in score(found, load()).dimensions)


def test_a_git_bomb_ends_at_the_cap(tmp_path: Path) -> None:
    path = init(tmp_path / "r.git")
    raw_repository(path, git_bomb(path), AT)
    started = time.monotonic()
    with Repository.open(path) as repository:
        assert repository.skipped.over_limit
        assert len(repository.files) == limits.MAX_FILES
    assert time.monotonic() - started < 10


def test_a_very_long_line_ends_in_time(tmp_path: Path) -> None:
    files: dict[str | bytes, str] = {
        "app.py": "x = '" + "a/" * 900_000 + "'\n",
        "min.js": "function a(){" + "if(b){c()}" * 30_000 + "}",
        "README.md": "[" * 100_000 + "\n" + "a@b:" * 20_000,
        "conf.yml": "a: " + "[" * 5_000,
        "page.html": "<img " * 50_000,
    }
    made = RepositoryMaker().commit(files, AT).make(tmp_path / "r.git")  # type: ignore[arg-type]
    started = time.monotonic()
    found = analyse(made, AS_OF)
    assert time.monotonic() - started < 30
    assert all(m.status is not Status.ERROR for m in found.measurements)


def test_a_missing_object_costs_one_file(tmp_path: Path) -> None:
    path = init(tmp_path / "r.git")
    blob = write_blob(path, b"# Da\n")
    entries = [(b"100644", b"README.md", blob), (b"100644", b"gone.py", "2" * 40)]
    raw_repository(path, write_tree(path, entries), AT)
    found = analyse(path, AS_OF)
    assert found.facts["files"] == 1
    assert found.notes == ("1 Objekte fehlten im Repository",)


def test_the_same_commit_and_date_give_the_same_analysis(tmp_path: Path) -> None:
    maker = RepositoryMaker()
    for week in range(20):
        files: dict[str | bytes, str] = {
            f"src/m{week}.py": f"def f{week}(a):\n    return a\n",
            "README.md": f"# App {week}\n",
        }
        maker.commit(files, AT - timedelta(weeks=week), who=f"P{week % 3}", address=f"p{week % 3}@example.org")  # type: ignore[arg-type]
    made = maker.tag("v1.0.0", AT).make(tmp_path / "r.git")
    first, second = analyse(made, AS_OF), analyse(made, AS_OF)
    assert first == second
    assert score(first, load()) == score(second, load())
    later = analyse(made, AS_OF + timedelta(days=200))
    assert later != first
    assert later.commit == first.commit


def test_nobody_is_named_in_an_analysis(tmp_path: Path) -> None:
    maker = RepositoryMaker()
    for day in range(30):
        maker.commit(
            {"a.txt": str(day)}, AT - timedelta(days=day), who="Erika Musterfrau", address="erika@solo.example.org"
        )
    text = repr(analyse(maker.make(tmp_path / "r.git"), AS_OF))
    assert "Person A 100%" in text
    assert "Erika" not in text
    assert "solo" not in text
    assert "@" not in text


def test_what_a_stranger_wrote_is_shown_without_tricks(tmp_path: Path) -> None:
    text = "[a](gone\u202egnp.md) [b](" + "x" * 2_000 + ".md)\n\n## Install\u202e\x07ation\n\nmake x\n"
    made = RepositoryMaker().commit({"README.md": text, "compose.yaml": 'services: {"a\\e[31m": {}, b: {}}\n'}, AT)
    for measurement in analyse(made.make(tmp_path / "r.git"), AS_OF).measurements:
        for evidence in measurement.evidence:
            assert evidence.text.isprintable()
            assert len(evidence.text) <= 300
