"""Fetching: bounded clones of honest repositories, and a reason in words for every other one."""

import asyncio
import random
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from checkup.adapters.git_fetch import FetchLimits, GitFetch
from checkup.adapters.zygote import of_programs
from checkup.analysis import history
from checkup.domain.failure import CheckupFailure
from checkup.testing.repositories import Content, RepositoryMaker, git, init
from servicekit.addresses import allowed_origins
from servicekit.testing import wait

from .conftest import AT, GitServer, port_of

Make = Callable[..., GitFetch]


@pytest.fixture
def fetch(tmp_path: Path, git_server: GitServer, dumb_server: GitServer) -> Make:
    def make(*, seconds: float = 20, disk_bytes: int = 50_000_000) -> GitFetch:
        allowed = allowed_origins(f"{port_of(git_server)},{port_of(dumb_server)}")
        made = GitFetch(tmp_path / "work", FetchLimits(seconds=seconds, disk_bytes=disk_bytes, allowed=allowed))
        made.prepare()
        return made

    return make


async def refused(fetch: GitFetch, url: str) -> CheckupFailure:
    with pytest.raises(CheckupFailure) as caught:
        async with fetch.fetched(url, AT):
            pass
    return caught.value


def old_and_new() -> RepositoryMaker:
    maker = RepositoryMaker()
    for month in range(59, -1, -1):
        maker.commit({"a.txt": str(month)}, AT - timedelta(days=30 * month))
    return maker.tag("v1.0.0", AT)


async def test_two_years_of_history_arrive_and_vanish_again(fetch: Make, git_server: GitServer, tmp_path: Path) -> None:
    url = git_server.add("app", old_and_new())
    async with fetch().fetched(url, AT) as git_dir:
        read = history.read(git_dir, AT)
        assert 24 <= len(read.commits) <= 27
        assert [name for name, _ in read.tags] == ["v1.0.0"]
        assert not list(git_dir.glob("hooks/*"))
        assert not (git_dir.parent / "a.txt").exists()
    assert list((tmp_path / "work").iterdir()) == []


async def test_a_whole_clone_names_head_and_tags_as_its_server_does(fetch: Make, git_server: GitServer) -> None:
    maker = RepositoryMaker().commit({"a.txt": "1"}, AT - timedelta(days=9)).tag("v1.0.0", AT - timedelta(days=9))
    url = git_server.add("app", maker.commit({"a.txt": "2"}, AT))
    for arguments in (["tag", "light", "main~1"], ["pack-refs", "--all"], ["tag", "loose", "main"]):
        git(git_server.root / "app.git", *arguments)
    async with fetch().fetched(url, AT) as git_dir:
        told = await fetch().refs_in(git_dir)
        assert told is not None
        assert told == await fetch().refs(url)
        assert list(told.tags) == ["light", "loose", "v1.0.0"]
        assert told.head == git(git_dir, "rev-parse", "HEAD")


async def test_a_clone_whose_history_was_cut_does_not_answer_for_its_server(fetch: Make, git_server: GitServer) -> None:
    url = git_server.add("app", old_and_new())
    git(git_server.root / "app.git", "tag", "old", "main~50")
    async with fetch().fetched(url, AT) as git_dir:
        assert await fetch().refs_in(git_dir) is None


async def test_a_fetch_that_lost_its_helper_may_be_tried_again(fetch: Make, git_server: GitServer) -> None:
    url = git_server.add("slow", old_and_new())
    gate = git_server.gate("slow")
    fetching = asyncio.create_task(refused(fetch(), url))
    await wait.until(lambda: git_server.asked, message="git asks the server")
    of_programs().close()
    found = await asyncio.wait_for(fetching, 20)
    assert (found.kind, found.transient) == ("interrupted", True)
    gate.set()
    async with fetch().fetched(url, AT) as git_dir:
        assert history.read(git_dir, AT).commits


async def test_a_dormant_repository_arrives_with_its_last_commits(fetch: Make, git_server: GitServer) -> None:
    url = git_server.add("old", RepositoryMaker().commit({"a.txt": "1"}, AT - timedelta(days=2000)))
    async with fetch().fetched(url, AT) as git_dir:
        assert len(history.read(git_dir, AT).commits) == 1


async def test_a_static_server_is_asked_for_everything(fetch: Make, dumb_server: GitServer) -> None:
    url = dumb_server.add("app", old_and_new())
    async with fetch().fetched(url, AT) as git_dir:
        assert len(history.read(git_dir, AT).commits) == 60


async def test_alternates_of_a_static_server_lead_nowhere(fetch: Make, dumb_server: GitServer) -> None:
    """`http-alternates` may name any address; git follows it only together with redirects, which are off."""
    url = dumb_server.add("app", old_and_new())
    info = dumb_server.root / "app.git" / "objects" / "info"
    with socket.create_server(("127.0.0.1", 0)) as inner:
        inner.settimeout(0.2)
        (info / "http-alternates").write_text(f"http://127.0.0.1:{inner.getsockname()[1]}/secret.git/objects\n")
        objects = dumb_server.root / "app.git" / "objects"
        for pack in objects.glob("pack/*"):
            pack.unlink()
        await refused(fetch(), url)
        with pytest.raises(TimeoutError):
            inner.accept()


async def test_an_empty_repository(fetch: Make, git_server: GitServer, dumb_server: GitServer) -> None:
    for server in (git_server, dumb_server):
        found = await refused(fetch(), server.add("empty", RepositoryMaker()))
        assert (found.kind, found.transient) == ("empty", False)
        assert found.reason.startswith("Das Repository ist leer")


async def test_a_head_without_its_branch(fetch: Make, git_server: GitServer) -> None:
    found = await refused(fetch(), git_server.add("headless", old_and_new(), head="trunk"))
    assert found.kind == "no_default_branch"
    assert "Standardzweig" in found.reason


async def test_an_unknown_repository(fetch: Make, git_server: GitServer, dumb_server: GitServer) -> None:
    for server in (git_server, dumb_server):
        found = await refused(fetch(), f"{server.url}/nothing.git")
        assert (found.kind, found.transient) == ("not_found", False)
        assert found.reason == "Unter dieser Adresse gibt es kein Git-Repository."


@pytest.mark.parametrize(
    ("status", "kind", "transient"),
    [
        (401, "private", False),
        (403, "private", False),
        (410, "not_found", False),
        (429, "unreachable", True),
        (500, "unreachable", True),
        (503, "unreachable", True),
    ],
)
async def test_what_a_server_answers(
    fetch: Make, git_server: GitServer, status: int, kind: str, transient: bool
) -> None:
    challenge = {"WWW-Authenticate": 'Basic realm="git"'} if status == 401 else {}
    git_server.says["app"] = (status, challenge)
    found = await refused(fetch(), f"{git_server.url}/app.git")
    assert (found.kind, found.transient) == (kind, transient)


async def test_redirects_are_not_followed(fetch: Make, git_server: GitServer, dumb_server: GitServer) -> None:
    dumb_server.add("app", old_and_new())
    git_server.says["app"] = (302, {"Location": f"{dumb_server.url}/app.git/info/refs?service=git-upload-pack"})
    found = await refused(fetch(), f"{git_server.url}/app.git")
    assert found.kind == "moved"
    assert dumb_server.asked == []


async def test_nobody_listens(fetch: Make, git_server: GitServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    alone = GitFetch(tmp_path / "work", FetchLimits(seconds=20, allowed=allowed_origins(f"127.0.0.1:{port}")))
    alone.prepare()
    found = await refused(alone, f"http://127.0.0.1:{port}/app.git")
    assert (found.kind, found.transient) == ("unreachable", True)


async def test_a_server_that_never_answers_is_given_up(fetch: Make, git_server: GitServer) -> None:
    url = git_server.add("slow", old_and_new())
    git_server.gate("slow")
    found = await refused(fetch(seconds=1), url)
    assert (found.kind, found.transient) == ("timeout", True)


async def test_too_large_a_repository(fetch: Make, git_server: GitServer) -> None:
    noise: dict[str | bytes, Content] = {"noise.bin": random.Random(1).randbytes(2_000_000)}
    url = git_server.add("large", RepositoryMaker().commit(noise, AT))
    found = await refused(fetch(disk_bytes=1_000_000), url)
    assert found.kind == "too_large"
    assert found.reason == "Das Repository ist größer als 1 MB."


async def test_what_dead_workers_left_is_cleared_away(fetch: Make, git_server: GitServer, tmp_path: Path) -> None:
    left = tmp_path / "work" / "run-dead"
    left.mkdir(parents=True)
    (left / ".lock").touch()
    url = git_server.add("app", old_and_new())
    async with fetch().fetched(url, AT) as git_dir:
        assert not left.exists()
        fetch().prepare()  # another worker starts meanwhile
        assert git_dir.exists()


async def test_hooks_and_configuration_of_a_stranger_do_nothing(
    fetch: Make, git_server: GitServer, tmp_path: Path
) -> None:
    path = git_server.root / "evil.git"
    touched = tmp_path / "touched"
    git_server.add(
        "evil",
        RepositoryMaker().commit(
            {
                ".gitattributes": "* filter=evil diff=evil\n",
                ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = --upload-pack=touch\n',
                ".gitconfig": f"[core]\n\tfsmonitor = touch {touched}\n",
                "hooks/post-checkout": f"#!/bin/sh\ntouch {touched}\n",
            },
            AT,
        ),
    )
    git(path, "config", "uploadpack.packObjectsHook", f"touch {touched}")
    with pytest.raises(CheckupFailure) as caught:
        async with fetch().fetched(f"{git_server.url}/evil.git", AT):
            pass
    assert caught.value.kind == "damaged"  # git itself refuses the submodule address
    assert not touched.exists()
    init(tmp_path / "unused.git")
