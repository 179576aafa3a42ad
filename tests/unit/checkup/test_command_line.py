"""The operator's command `analyze`, without any server."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from checkup.entrypoints import cli
from checkup.main import service
from checkup.testing.repositories import RepositoryMaker, init
from typer.testing import CliRunner

AT = datetime(2026, 8, 1, tzinfo=UTC)


@pytest.fixture
def commands() -> typer.Typer:
    made = typer.Typer()
    cli.add_to(made, service)
    return made


def test_a_repository_is_measured_as_json(commands: typer.Typer, tmp_path: Path) -> None:
    made = RepositoryMaker().commit({"README.md": "# Portal\n", "LICENSE": "MIT"}, AT).make(tmp_path / "app.git")
    done = CliRunner().invoke(commands, ["analyze", str(made), "--format", "json", "--as-of", "2026-09-01"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["rubric_version"], report["as_of"]) == ("2026.2", "2026-09-01T00:00:00Z")
    assert [dimension["dimension"] for dimension in report["dimensions"]][-1] == "code_quality"


def test_a_repository_is_measured_as_a_table(commands: typer.Typer, tmp_path: Path) -> None:
    made = RepositoryMaker().commit({"README.md": "# Portal\n"}, AT).make(tmp_path / "app.git")
    done = CliRunner().invoke(commands, ["analyze", str(made)])
    assert done.exit_code == 0, done.output
    assert "documentation:" in done.stdout
    assert "Die sechs" in done.stdout


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("http://127.0.0.1:1/app.git", "nur über https://"),
        ("/nonexistent", "kein Git-Repository"),
    ],
)
def test_what_cannot_be_measured_is_said_in_words(commands: typer.Typer, place: str, words: str) -> None:
    done = CliRunner().invoke(commands, ["analyze", place])
    assert done.exit_code == 1
    assert words in done.stderr


def test_an_empty_repository_is_said_in_words(commands: typer.Typer, tmp_path: Path) -> None:
    done = CliRunner().invoke(commands, ["analyze", str(init(tmp_path / "empty.git"))])
    assert (done.exit_code, "leer" in done.stderr) == (1, True)
