"""The same commit, rubric and reference date give the same analysis and report, byte for byte."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from checkup.adapters.rubric_files import load
from checkup.domain.measurement import Analysis
from checkup.domain.report import Report, of_analysis
from checkup.testing.languages import LANGUAGES, code_base
from checkup.testing.repositories import RepositoryMaker, git, init
from pydantic import TypeAdapter

MIT = "Permission is hereby granted, free of charge, to any person, without restriction"
FILES = {
    **code_base(LANGUAGES["python"]),
    **code_base(LANGUAGES["typescript"], files=4),
    "README.md": "# Portal\n\n## Start\n\n```sh\nmake run\n```\n\n![Start](a.png)\n\n" + "Ein Satz mit Inhalt. " * 40,
    "LICENSE": MIT,
    "SECURITY.md": "Bitte melden Sie Lücken an die Adresse, die hier steht. " * 5,
    "package.json": '{"license": "MIT"}',
    "templates/a.html": "<html lang=de>" + "<p>Hallo</p><img src=a.png><script src=//a.example.org/x.js></script>" * 40,
    "docs/adr/0001-x.md": "# X\n\nStatus: accepted\n\n## Context\n\n" + "Wegen vieler Gründe. " * 20,
    "Dockerfile": "FROM python:3.12\nUSER 1000\n",
    "src/leak.py": "token = '" + "ghp_" + "a8Fk2LmQ9xZrT4vWbN7cYpH1sJd6GuE3oKiR'\n",
}


def packed_otherwise(git_dir: Path, place: Path) -> Path:
    """The same commit and tags with every object in a file of its own, written in another order."""
    init(place)
    pack = next((git_dir / "objects" / "pack").glob("*.pack")).read_bytes()
    git(place, "unpack-objects", "-q", stdin=pack)
    for line in git(git_dir, "for-each-ref", "--format=%(objectname) %(refname)", "--sort=-refname").splitlines():
        oid, name = line.split()
        git(place, "update-ref", name, oid)
    return place


def analysed(git_dir: Path, as_of: datetime, *, seed: str, scratch: Path) -> bytes:
    scratch.mkdir()
    zone = "Pacific/Auckland" if seed == "7" else "UTC"
    environment = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed, "TZ": zone}
    done = subprocess.run(
        [sys.executable, "-m", "checkup.analysis", str(git_dir), as_of.isoformat(), str(scratch)],
        capture_output=True,
        check=True,
        env=environment,
        cwd=scratch,
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, as_of: datetime) -> Path:
    maker = RepositoryMaker()
    for month in range(12):
        changed = {path: f"{text}\n" * (month == 0) or f"{text}\n# {month}\n" for path, text in FILES.items()}
        who = f"Person {month % 3}"
        maker.commit(changed, as_of - timedelta(days=330 - 30 * month), who=who, address=f"p{month % 3}@example.org")
        maker.tag(f"v1.{month}.0", as_of - timedelta(days=330 - 30 * month))
    return maker.make(tmp_path / "app.git")


def test_two_processes_and_two_disk_layouts_give_the_same_bytes(
    repository: Path, tmp_path: Path, as_of: datetime
) -> None:
    first = analysed(repository, as_of, seed="1", scratch=tmp_path / "a")
    other = packed_otherwise(repository, tmp_path / "loose.git")
    second = analysed(other, as_of, seed="7", scratch=tmp_path / "elsewhere")
    assert first == second
    reports = []
    for found in (first, second):
        analysis = TypeAdapter(Analysis).validate_json(found)
        assert len([m for m in analysis.measurements if m.status == "measured"]) > 30
        made = of_analysis(analysis, load(), as_of=as_of, repository_url="https://example.org/app.git")
        reports.append(TypeAdapter(Report).dump_json(made))
    assert reports[0] == reports[1]
    assert b"Q3" in reports[0]


def test_a_report_names_its_tools_and_their_digest(repository: Path, tmp_path: Path, as_of: datetime) -> None:
    analysis = TypeAdapter(Analysis).validate_json(analysed(repository, as_of, seed="1", scratch=tmp_path / "a"))
    report = of_analysis(analysis, load(), as_of=as_of, repository_url="https://example.org/app.git")
    assert {"git", "lizard", "jscpd", "ruff", "licenseclassifier", "detectors"} <= set(report.tools)
    assert all(version[0].isdigit() for version in report.tools.values())
    assert report.toolset == analysis.toolset
    assert len(str(report.toolset)) == 16
