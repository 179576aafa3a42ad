"""A repository in a folder of this machine: where its objects are, and what about it the reader of a result must know.

Nothing that the repository configures is run. Commands of git that look at contents (`status`, `diff-files`) would
start its filters, so contents are compared here.
"""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from checkup.analysis.git_process import config_arguments, hardened_environment
from checkup.domain.failure import CheckupFailure
from checkup.domain.rubric import Text

SECONDS = 60
MOST_COMPARED_BYTES = 200_000_000
"""Of files in the folder; what comes after them counts as unchanged."""
SUBMODULE, SPARSE_FOLDER = b"160000", b"040000"
SHA1_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Local:
    """`url` is the address of the remote `origin` without credentials, None without one over https."""

    git_dir: Path
    url: str | None
    notices: tuple[Text, ...]


def find(place: str) -> Local:
    """The repository around a folder. Raises CheckupFailure `not_found`."""
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise CheckupFailure("not_found", f"Den Ordner {place} gibt es nicht.", f"there is no folder {place}")
    told = _git(folder, "rev-parse", "--absolute-git-dir", "--is-bare-repository", "--is-shallow-repository")
    if told is None:
        raise CheckupFailure("not_found", "Dort liegt kein Git-Repository.", f"{place} is no git repository")
    git_dir, bare, shallow = told.decode("utf-8", "surrogateescape").splitlines()[:3]
    notices = []
    root = None if bare == "true" else _git(folder, "rev-parse", "--show-toplevel")
    if root is not None:
        top = Path(root.decode("utf-8", "surrogateescape").removesuffix("\n"))
        notices += _about_the_work_tree(folder.resolve(), top)
    if shallow == "true":
        notices.append(
            Text(
                de="Flacher Klon: Beiträge, Beteiligte und Versionen sind nur so weit gezählt, wie die Geschichte "
                "reicht. Mit „git fetch --unshallow --tags“ wird sie vollständig.",
                en="Shallow clone: commits, people and releases are counted only as far as the history reaches. "
                "“git fetch --unshallow --tags” completes it.",
            )
        )
    return Local(Path(git_dir), _origin(folder), tuple(notices))


def _about_the_work_tree(folder: Path, top: Path) -> list[Text]:
    notices = []
    if folder != top.resolve():
        notices.append(
            Text(
                de=f"Gemessen wird das ganze Repository {top}, nicht nur der Unterordner.",
                en=f"The whole repository {top} is measured, not only the sub-folder.",
            )
        )
    if changed := _changed(top):
        notices.append(
            Text(
                de=f"Gemessen wird der eingetragene Stand (HEAD): Änderungen an {changed} Dateien sind nicht dabei.",
                en=f"The committed state (HEAD) is measured: changes to {changed} files are not part of it.",
            )
        )
    return notices


def _changed(top: Path) -> int:
    """How many files differ from HEAD: in the index, in the folder, or not known to git at all."""
    index = _git(top, "diff-index", "--cached", "--name-only", "-z", "--ignore-submodules=all", "HEAD", "--") or b""
    others = _git(top, "ls-files", "--others", "--exclude-standard", "-z") or b""
    names = {name for name in (*index.split(b"\0"), *others.split(b"\0")) if name}
    left = MOST_COMPARED_BYTES
    for entry in filter(None, (_git(top, "ls-files", "--stage", "-z") or b"").split(b"\0")):
        mode, object_id = entry.split(b" ")[:2]
        name = entry.partition(b"\t")[2]
        if mode in (SUBMODULE, SPARSE_FOLDER) or left <= 0:
            continue
        content = _content(top / os.fsdecode(name))
        left -= len(content or b"")
        if content is None or not _is(object_id.decode(), content):
            names.add(name)
    return len(names)


def _content(file: Path) -> bytes | None:
    try:
        return os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
    except OSError:
        return None


def _is(object_id: str, content: bytes) -> bool:
    """Whether the content is the object, be it with the line ends of another system."""
    return any(_object_id(each, object_id) == object_id for each in (content, content.replace(b"\r\n", b"\n")))


def _object_id(content: bytes, like: str) -> str:
    digest = hashlib.sha1 if len(like) == SHA1_DIGITS else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content).hexdigest()


def _origin(folder: Path) -> str | None:
    told = _git(folder, "config", "--get", "remote.origin.url")
    address = (told or b"").decode("utf-8", "replace").strip()
    if address.startswith("git@") and ":" in address:
        host, _, path = address.removeprefix("git@").partition(":")
        address = f"https://{host}/{path}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname:
        return None
    return f"https://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints, None when it refuses; without any configuration of this machine."""
    command = ["git", *config_arguments(), "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, env=hardened_environment(), timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
