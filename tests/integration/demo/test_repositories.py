"""The generated repositories, with git itself: generated, served, cloned."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from local_stack.demo import gitserver
from local_stack.demo.history import Plan
from local_stack.demo.pages import pages
from local_stack.demo.repositories import OWN, PLANS, Repository, generate
from servicekit.testing import wait

AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    **{f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in
       (("NAME", "Test"), ("EMAIL", "test@example.org"))},
}  # fmt: skip


def git(*arguments: str, folder: Path, check: bool = True) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip() if check else done.stderr


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small git checkout that stands for the project's own."""
    folder = tmp_path_factory.mktemp("checkout")
    git("init", "--quiet", "--initial-branch=work", folder=folder)
    (folder / "README.md").write_text("# Own\n")
    git("add", "README.md", folder=folder)
    git("commit", "--quiet", "--message", "first", folder=folder)
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    folder = tmp_path_factory.mktemp("repositories")
    (folder / "mitfahrbank.git.new").mkdir()  # what an interrupted run leaves behind
    made = generate(folder, as_of=AS_OF, checkout=checkout)
    assert [repository.skipped for repository in made] == [None] * 4
    return folder


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    (root / "secret").write_text("not a repository")
    server = gitserver.create_server(root, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def answer(address: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> int:
    """The status of a request that is sent exactly as it is written."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.putrequest(method, path)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(body)
    status = connection.getresponse().status
    connection.close()
    return status


def heads(made: list[Repository]) -> dict[str, str | None]:
    return {repository.name: repository.head for repository in made}


def test_the_same_day_gives_the_same_commits(root: Path, checkout: Path, tmp_path: Path) -> None:
    again = generate(tmp_path, as_of=AS_OF, checkout=checkout)
    assert heads(again) == {plan.name: git("rev-parse", "main", folder=root / f"{plan.name}.git") for plan in PLANS} | {
        OWN: git("rev-parse", "HEAD", folder=checkout)
    }


def test_what_is_there_is_left_alone(root: Path, checkout: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.glob("*.git/HEAD")}
    generate(root, as_of=AS_OF, checkout=checkout)
    assert {path: path.stat().st_mtime_ns for path in root.glob("*.git/HEAD")} == before
    assert not list(root.glob("*.new"))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_git_finds_no_fault(root: Path, plan: Plan) -> None:
    folder = root / f"{plan.name}.git"
    git("fsck", "--strict", "--full", folder=folder)
    assert git("symbolic-ref", "HEAD", folder=folder) == "refs/heads/main"


def test_a_new_commit_of_the_checkout_is_fetched(checkout: Path, tmp_path: Path) -> None:
    plans = ()
    (first,) = generate(tmp_path, checkout=checkout, plans=plans)
    git("commit", "--quiet", "--allow-empty", "--message", "next", folder=checkout)
    (second,) = generate(tmp_path, checkout=checkout, plans=plans)
    assert second.head == git("rev-parse", "HEAD", folder=checkout) != first.head
    git("reset", "--quiet", "--hard", "HEAD~1", folder=checkout)


def test_without_a_checkout_the_own_repository_is_skipped_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (own,) = generate(tmp_path / "root", checkout=tmp_path / "plain", plans=())
    assert own.head is None
    assert "is not a git checkout" in (own.skipped or "")


def test_a_folder_inside_another_checkout_is_not_ours(checkout: Path, tmp_path: Path) -> None:
    inner = checkout / "inner"
    inner.mkdir()
    (own,) = generate(tmp_path, checkout=inner, plans=())
    assert "only a folder inside another git checkout" in (own.skipped or "")


def test_without_git_everything_is_skipped_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    made = generate(tmp_path / "root")
    assert {repository.skipped for repository in made} == {"git is not installed"}


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_it_can_be_cloned_whole_and_shallow(address: str, tmp_path: Path, version: str) -> None:
    protocol = ("-c", f"protocol.version={version}")
    git(*protocol, "clone", "--quiet", f"{address}/mitfahrbank.git", "whole", folder=tmp_path)
    git(*protocol, "clone", "--quiet", "--bare", "--depth", "1", f"{address}/mitfahrbank.git", "top", folder=tmp_path)
    since = "--shallow-since=2025-10-01"
    git(*protocol, "clone", "--quiet", "--bare", since, f"{address}/mitfahrbank.git", "year", folder=tmp_path)
    counts = [int(git("rev-list", "--count", "HEAD", folder=tmp_path / name)) for name in ("top", "year", "whole")]
    assert counts[0] == 1 < counts[1] < counts[2]
    assert "v1.6.0" in git("tag", folder=tmp_path / "whole")
    assert "# Mitfahrbank" in (tmp_path / "whole/README.md").read_text(encoding="utf-8")


def test_the_good_repository_passes_its_own_tests(address: str, tmp_path: Path) -> None:
    git("clone", "--quiet", "--depth", "1", f"{address}/mitfahrbank.git", "good", folder=tmp_path)
    options = ("-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path / "good"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "tests"],
        cwd=tmp_path / "good",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "good"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_file_of_the_root_folder_is_served_as_gitlab_does(address: str) -> None:
    for name in ("mitfahrbank", "mitfahrbank.git"):
        found = httpx.get(f"{address}/{name}/-/raw/HEAD/publiccode.yml")
        assert (found.status_code, found.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        assert found.text.startswith("publiccodeYmlVersion:")
    for path in ("mitfahrbank/-/raw/HEAD/none.yml", "mitfahrbank/-/raw/HEAD/../HEAD", "secret/-/raw/HEAD/x"):
        assert answer(address, "GET", f"/{path}") == 404


def test_the_list_names_repositories_only(address: str) -> None:
    assert httpx.get(f"{address}/").text.split() == [
        "/heckenkarte.git",
        "/kulturangebote.git",
        "/marktplatz.git",
        "/mitfahrbank.git",
    ]
    assert httpx.get(f"{address}/mitfahrbank.git").text == f"git clone {address}/mitfahrbank.git\n"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/secret", 404),
        ("GET", "/../secret", 404),
        ("GET", "/mitfahrbank.git/../secret", 403),
        ("GET", "/%2e%2e/secret", 404),
        ("GET", "/mitfahrbank.git/config", 403),
        ("GET", "/mitfahrbank.git/objects/info/packs", 403),
        ("GET", "/mitfahrbank.git/info/refs", 403),
        ("GET", "/mitfahrbank.git/info/refs?service=git-receive-pack", 403),
        ("GET", "/nothing.git/info/refs?service=git-upload-pack", 404),
        ("POST", "/mitfahrbank.git/git-receive-pack", 403),
        ("POST", "/nothing.git/git-upload-pack", 403),
        ("PUT", "/mitfahrbank.git/HEAD", 501),
    ],
)
def test_nothing_else_can_be_reached(address: str, method: str, path: str, status: int) -> None:
    assert answer(address, method, path) == status


def test_requests_that_are_too_large_or_broken_are_refused(address: str) -> None:
    path = "/mitfahrbank.git/git-upload-pack"
    assert answer(address, "POST", path, {"Content-Length": str(gitserver.LARGEST_REQUEST + 1)}) == 400
    assert answer(address, "POST", path, {"Content-Encoding": "gzip"}, b"no gzip") == 400
    assert answer(address, "POST", path, {"Transfer-Encoding": "chunked"}, b"zz\r\n") == 400
    assert answer(address, "POST", path, body=b"nonsense") == 500


def test_a_push_is_refused(address: str, tmp_path: Path) -> None:
    git("clone", "--quiet", "--depth", "1", f"{address}/heckenkarte.git", "bad", folder=tmp_path)
    git("commit", "--quiet", "--allow-empty", "--message", "x", folder=tmp_path / "bad")
    assert "403" in git("push", folder=tmp_path / "bad", check=False)


async def test_the_process_generates_serves_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local_stack.demo.gitserver", "--root", str(tmp_path / "repos"), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("serving heckenkarte.git, kulturangebote.git, ")
        url = line.split()[-1]
        assert "/mitfahrbank.git" in httpx.get(f"{url}/").text
        process.terminate()
        await wait.until(lambda: process.poll() is not None, message="the server has stopped")
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()


def test_pages_of_the_demos_are_served_and_every_link_in_them_leads_somewhere(address: str) -> None:
    start = httpx.get(f"{address}/demo/mitfahrbank/")
    assert start.headers["content-security-policy"] == "default-src 'self'"
    assert {path for path in pages() if path.endswith("/")} == {"/demo/mitfahrbank/", "/demo/kulturangebote/"}
    for path, page in pages().items():
        answered = httpx.get(f"{address}{path}")
        assert (answered.status_code, answered.headers["content-type"]) == (200, page.kind)
        assert set(re.findall(r'(?:href|action)="(/[^"]*)"', answered.text)) <= pages().keys()
    assert answer(address, "GET", "/demo/heckenkarte/") == 404
    assert answer(address, "GET", "/demo/mitfahrbank/../../secret") == 404
