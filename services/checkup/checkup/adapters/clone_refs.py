"""A repository's HEAD and tags, as its server lists them and as a clone holds them."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

from checkup.application.ports import Refs

OBJECT_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
MOST_TAGS = 10_000
TAGS = "refs/tags/"


def listed(output: bytes) -> Refs:
    """Read what ls-remote printed; a line that was cut off by the bound is left out."""
    lines = [line for line in output.decode("utf-8", "replace").splitlines(keepends=True) if line.endswith("\n")]
    pairs = [line.rstrip("\n").partition("\t")[::2] for line in lines]
    head = next((oid for oid, name in pairs if name == "HEAD" and OBJECT_ID.fullmatch(oid)), None)
    return Refs(head, _tags(pairs))


def held(git_dir: Path) -> Refs | None:
    """Read the files of a fresh bare clone; None where its history was cut, which tags may have fallen victim to.

    Tags of other branches are not in a clone either: it may name fewer than the server, never others.
    """
    if (git_dir / "shallow").exists():
        return None
    return Refs(head_of(git_dir), _tags((oid, name) for name, oid in _refs(git_dir).items()))


def head_of(git_dir: Path) -> str | None:
    """The commit that HEAD of a bare clone leads to, None when its branch does not exist."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        head = (git_dir / "HEAD").read_text().strip()
        return _refs(git_dir).get(head.removeprefix("ref: ")) if head.startswith("ref: ") else head
    return None


def _refs(git_dir: Path) -> dict[str, str]:
    """Name to object id, of packed and loose ones."""
    found: dict[str, str] = {}
    with contextlib.suppress(FileNotFoundError), (git_dir / "packed-refs").open("rb") as packed:
        for line in packed:
            oid, _, name = line.decode("utf-8", "replace").rstrip("\n").partition(" ")
            found[name] = oid
    for loose in (git_dir / "refs").rglob("*"):
        if loose.is_file():
            found[loose.relative_to(git_dir).as_posix()] = loose.read_text().strip()
    return {name: oid for name, oid in found.items() if OBJECT_ID.fullmatch(oid)}


def _tags(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first tags by name, each with the object it names (an annotated one its own)."""
    tags = {
        name.removeprefix(TAGS): oid
        for oid, name in pairs
        if name.startswith(TAGS) and not name.endswith("^{}") and OBJECT_ID.fullmatch(oid)
    }
    return dict(sorted(tags.items())[:MOST_TAGS])
