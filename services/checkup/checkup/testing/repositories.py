"""Makes bare git repositories for tests: honest ones by commits, hostile ones by raw objects."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
    "GIT_AUTHOR_NAME": "Person",
    "GIT_AUTHOR_EMAIL": "person@example.org",
    "GIT_COMMITTER_NAME": "Person",
    "GIT_COMMITTER_EMAIL": "person@example.org",
}


@dataclass(frozen=True)
class Symlink:
    """A symbolic link with its target."""

    target: str


@dataclass(frozen=True)
class Submodule:
    """A link to a commit elsewhere."""

    commit: str = "1" * 40


Content = str | bytes | Symlink | Submodule


class RepositoryMaker:
    """Collects commits for one `git fast-import`."""

    def __init__(self, branch: str = "main") -> None:
        self._branch = branch
        self._stream = bytearray()
        self._commits = 0

    def commit(
        self,
        files: Mapping[str | bytes, Content],
        at: datetime,
        *,
        who: str = "Person",
        address: str = "person@example.org",
    ) -> "RepositoryMaker":
        """Add a commit that changes these files."""
        self._commits += 1
        person = f"{who} <{address}> {int(at.timestamp())} +0000"
        head = f"commit refs/heads/{self._branch}\nmark :{self._commits}\nauthor {person}\ncommitter {person}\n"
        self._stream += head.encode() + _data(b"change")
        for path, content in files.items():
            self._stream += _change(path if isinstance(path, bytes) else path.encode(), content)
        return self

    def tag(self, name: str, at: datetime) -> "RepositoryMaker":
        """Tag the newest commit."""
        person = f"Person <person@example.org> {int(at.timestamp())} +0000"
        self._stream += f"tag {name}\nfrom :{self._commits}\ntagger {person}\n".encode() + _data(name.encode())
        return self

    def make(self, path: Path, *, head: str | None = None) -> Path:
        """Write the bare repository; `head` makes HEAD name another branch than the one with the commits."""
        init(path, head or self._branch)
        if self._stream:
            git(path, "fast-import", "--quiet", "--done", stdin=bytes(self._stream) + b"done\n")
        git(path, "update-server-info")
        return path


def init(path: Path, branch: str = "main") -> Path:
    """An empty bare repository."""
    command = ["git", "init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}", str(path)]
    subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True)
    return path


def git(path: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git on a bare repository and return what it prints."""
    command = ["git", f"--git-dir={path}", *arguments]
    done = subprocess.run(command, env=ENVIRONMENT, input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


def raw_repository(path: Path, tree: str, at: datetime) -> Path:
    """Commit a tree that `write_tree` or `git_bomb` wrote into the repository at `path`."""
    moment = {"GIT_AUTHOR_DATE": f"{int(at.timestamp())} +0000", "GIT_COMMITTER_DATE": f"{int(at.timestamp())} +0000"}
    command = ["git", f"--git-dir={path}", "commit-tree", tree, "-m", "raw"]
    done = subprocess.run(command, env={**ENVIRONMENT, **moment}, capture_output=True, check=True)
    git(path, "update-ref", "refs/heads/main", done.stdout.decode().strip())
    git(path, "update-server-info")
    return path


def write_blob(path: Path, content: bytes) -> str:
    return git(path, "hash-object", "-w", "--stdin", stdin=content)


def write_tree(path: Path, entries: Iterable[tuple[bytes, bytes, str]]) -> str:
    """A tree object of (mode, name, object id) entries, unchecked, so that names may be anything."""
    content = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    return git(path, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=content)


def git_bomb(path: Path, levels: int = 10, width: int = 10) -> str:
    """A tree of a few kilobytes that names width ** levels files."""
    current, mode = write_blob(path, b"boom\n"), b"100644"
    for _ in range(levels):
        current = write_tree(path, [(mode, f"f{number:02}".encode(), current) for number in range(width)])
        mode = b"40000"
    return current


def _change(path: bytes, content: Content) -> bytes:
    match content:
        case Symlink(target):
            return b"M 120000 inline " + path + b"\n" + _data(target.encode())
        case Submodule(commit):
            return f"M 160000 {commit} ".encode() + path + b"\n"
    raw = content.encode() if isinstance(content, str) else content
    return b"M 100644 inline " + path + b"\n" + _data(raw)


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"
