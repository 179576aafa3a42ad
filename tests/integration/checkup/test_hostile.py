"""A worker meets every kind of bad repository and address, says why each came to nothing, and goes on."""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from checkup.adapters import git_fetch
from checkup.adapters.analysis_process import AnalysisProcess
from checkup.adapters.git_fetch import FetchLimits, GitFetch
from checkup.settings import CheckupSettings
from checkup.testing.repositories import (
    Content,
    RepositoryMaker,
    Submodule,
    Symlink,
    git_bomb,
    init,
    raw_repository,
    write_blob,
    write_tree,
)
from servicekit.addresses import Target, allowed_origins
from servicekit.testing import wait

from .conftest import AT, Bus, GitServer, Headers, port_of, running, serving

Prepare = Callable[[GitServer], str]
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'1' * 64}\nsize 12345\n"
HEAVY = "MARKTPLATZ_HEAVY"


def served(name: str, files: dict[str | bytes, Content]) -> Prepare:
    return lambda server: server.add(name, RepositoryMaker().commit(files, AT))


def bomb(server: GitServer) -> str:
    path = init(server.root / "bomb.git")
    raw_repository(path, git_bomb(path), AT)
    return f"{server.url}/bomb.git"


def tricky(server: GitServer) -> str:
    path = init(server.root / "tricky.git")
    blob = write_blob(path, b"x = 1\n")
    entries = [(b"100644", b"caf\xe9.py", blob), (b"100644", b"app.py", blob), (b"100644", b"APP.py", blob)]
    raw_repository(path, write_tree(path, sorted(entries, key=lambda entry: entry[1])), AT)
    return f"{server.url}/tricky.git"


def headless(server: GitServer) -> str:
    return server.add("headless", RepositoryMaker().commit({"a.txt": "a"}, AT), head="trunk")


def answering(status: int, name: str) -> Prepare:
    def prepare(server: GitServer) -> str:
        server.says[name] = (status, {"WWW-Authenticate": 'Basic realm="git"'} if status == 401 else {})
        return f"{server.url}/{name}.git"

    return prepare


def redirecting(server: GitServer) -> str:
    server.says["moved"] = (302, {"Location": "http://169.254.169.254/latest/meta-data"})
    return f"{server.url}/moved.git"


SCORED: dict[str, tuple[Prepare, str | None]] = {
    "a tree of a few kilobytes that names ten thousand million files": (bomb, "Nach 20000 Dateien abgeschnitten"),
    "a few kilobytes that unpack to 40 MB": (
        served("zipped", {"README.md": "# Ja\n", "zero.txt": bytes(40_000_000)}), "1 Dateien über 2 MB nicht gelesen"
    ),
    "one very long line": (served("line", {"app.js": "a" * 3_000_000}), "1 Dateien über 2 MB nicht gelesen"),
    "code that lies elsewhere": (
        served("lfs", {"app.py": POINTER, "README.md": "# Ja\n"}), "1 Dateien liegen in Git LFS"
    ),
    "links out of the tree and submodules": (
        served("links", {"passwd": Symlink("/etc/passwd"), "up": Symlink("../x"), "lib": Submodule(), "a.py": "a"}),
        "2 symbolische Verweise übersprungen",
    ),
    "names that differ by case and are no UTF-8": (tricky, None),
    "attributes, configuration and hooks of its own": (
        served(
            "attributes",
            {
                ".gitattributes": "* filter=evil diff=evil merge=evil eol=crlf export-subst working-tree-encoding=x\n",
                ".gitconfig": "[core]\n\tfsmonitor = touch /tmp/pwned\n",
                ".lfsconfig": "[lfs]\n\turl = http://169.254.169.254/\n",
                ".git-blame-ignore-revs": "x\n",
                ".mailmap": "A <a@example.org> <" + "b" * 50_000 + ">\n",
                "hooks/post-checkout": "#!/bin/sh\ntouch /tmp/pwned\n",
                "app.py": "x = 1\n",
            },
        ),
        None,
    ),
}  # fmt: skip
FAILED: dict[str, tuple[Prepare, str]] = {
    "a file": (lambda _: "file:///etc/passwd", "invalid_address"),
    "ssh": (lambda _: "ssh://git@git.example.org/app.git", "forbidden_address"),
    "credentials": (lambda _: "https://user:secret@git.example.org/app.git", "forbidden_address"),
    "the inner network": (lambda _: "http://169.254.169.254/latest.git", "forbidden_address"),
    "an inner address in other digits": (lambda _: "https://0x7f000001/app.git", "forbidden_address"),
    "a redirect to the inner network": (redirecting, "moved"),
    "nothing there": (lambda server: f"{server.url}/nothing.git", "not_found"),
    "private": (answering(401, "private"), "private"),
    "empty": (lambda server: server.add("empty", RepositoryMaker()), "empty"),
    "no default branch": (headless, "no_default_branch"),
    "too large": (served("large", {"noise.bin": os.urandom(3_000_000)}), "too_large"),
}


@pytest.fixture
def settings(settings: CheckupSettings) -> CheckupSettings:
    return settings.model_copy(update={"checkup_fetch_bytes": 2_000_000, "checkup_concurrency": 2})


@pytest.mark.timeout(300)
async def test_a_worker_goes_on_after_every_bad_repository(
    settings: CheckupSettings, bus: Bus, git_server: GitServer, small_app: RepositoryMaker, team: Headers
) -> None:
    async with running(settings) as api:
        asked: dict[str, tuple[Bus, str]] = {}
        for name, (prepare, _) in (*SCORED.items(), *FAILED.items()):
            one = Bus(bus.js)
            asked[name] = (one, await one.submit(prepare(git_server)))
        honest = Bus(bus.js)
        asked["honest"] = (honest, await honest.submit(git_server.add("app", small_app)))
        runs = {name: await ended(api, run_id, team) for name, (_, run_id) in asked.items()}
        reports = {
            name: (await api.get(f"/solutions/{asked[name][0].solution_id}", headers=team)).json()
            for name in (*SCORED, "honest")
        }
        await wait.until(bus.queue_empty, message="no job is left")
    said = {name: (run["state"], run["kind"]) for name, run in runs.items()}
    assert said == {
        **dict.fromkeys((*SCORED, "honest"), ("scored", None)),
        **{name: ("failed", kind) for name, (_, kind) in FAILED.items()},
    }
    assert all(runs[name]["reason"] for name in FAILED)
    for name, (_, note) in SCORED.items():
        assert note is None or note in " ".join(reports[name]["notes"]), name
    assert not Path("/tmp/pwned").exists()
    assert list(settings.checkup_work_dir.glob("run-*")) == []


async def ended(api: httpx.AsyncClient, run_id: str, team: Headers) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        answer = await api.get(f"/runs/{run_id}", headers=team)
        run = answer.json() if answer.status_code == 200 else {"state": ""}
        return run if run["state"] in ("scored", "failed", "cancelled") else None

    found = await wait.until(over, timeout=240, message=f"run {run_id} ends")
    assert found is not None
    return found


@pytest.fixture
def trickling() -> Iterator[str]:
    """A server that sends one byte now and then, for ever."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
            self.end_headers()
            while not over.wait(0.05):
                try:
                    self.wfile.write(b"0")
                except OSError:
                    return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is given by the library
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        yield url
        over.set()


async def test_a_server_that_sends_a_byte_now_and_then_is_given_up(tmp_path: Path, trickling: str) -> None:
    allowed = allowed_origins(trickling.removeprefix("http://"))
    fetch = GitFetch(tmp_path / "work", FetchLimits(seconds=2, allowed=allowed))
    for attempt in (fetch.refs(f"{trickling}/app.git"), entered(fetch, f"{trickling}/app.git")):
        with pytest.raises(git_fetch.CheckupFailure) as caught:
            await attempt
        assert (caught.value.kind, caught.value.transient) == ("timeout", True)
    assert list((tmp_path / "work").iterdir()) == []


async def entered(fetch: GitFetch, url: str) -> None:
    async with fetch.fetched(url, AT):
        pass


@pytest.fixture
def resolved_once(monkeypatch: pytest.MonkeyPatch, git_server: GitServer) -> str:
    """A name that the guard resolved to the server of the test; anybody who asks again is told otherwise (nothing)."""
    host, port = "changes-its-mind.example.org", int(git_server.url.rpartition(":")[2])

    async def checked(url: str, _: object) -> Target:
        return Target(url, "http", host, port, ("127.0.0.1",))

    monkeypatch.setattr(git_fetch, "checked", checked)
    return f"http://{host}:{port}"


async def test_git_takes_the_checked_address_and_asks_no_name_service_again(
    tmp_path: Path, git_server: GitServer, small_app: RepositoryMaker, resolved_once: str
) -> None:
    git_server.add("app", small_app)
    fetch = GitFetch(tmp_path / "work", FetchLimits(seconds=20))
    refs = await fetch.refs(f"{resolved_once}/app.git")
    assert refs.head is not None
    async with fetch.fetched(f"{resolved_once}/app.git", AT) as git_dir:
        assert git_dir.exists()


@pytest.mark.skipif(HEAVY not in os.environ, reason=f"takes a minute and a gigabyte: set {HEAVY}=1 (make test-heavy)")
@pytest.mark.timeout(900)
async def test_a_line_of_500_megabytes_is_fetched_and_left_alone(tmp_path: Path, git_server: GitServer) -> None:
    path = init(git_server.root / "line.git")
    with tempfile.NamedTemporaryFile() as line:
        for _ in range(500):
            line.write(b"a" * 1_000_000)
        line.flush()
        maker = f"hash-object -w --stdin < {line.name}"
        blob = os.popen(f"git --git-dir={path} {maker}").read().strip()
    raw_repository(path, write_tree(path, [(b"100644", b"line.txt", blob)]), AT)
    fetch = GitFetch(tmp_path / "work", FetchLimits(seconds=300, allowed=allowed_origins(port_of(git_server))))
    async with fetch.fetched(f"{git_server.url}/line.git", AT) as git_dir:
        found = await AnalysisProcess(tmp_path, seconds=120, memory_bytes=1_500_000_000).analyse(git_dir, AT)
    assert found.analysis.notes == ("1 Dateien über 2 MB nicht gelesen",)
