"""The survey: everything the metrics look at (tree, documents, history), gathered once per analysis."""

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from checkup.analysis import documents, limits, paths
from checkup.analysis.documents import Document
from checkup.analysis.history import History
from checkup.analysis.paths import Kind
from checkup.analysis.repository import File, Repository
from checkup.domain.measurement import Evidence

README = re.compile(r"^(\.github/|docs/)?readme([._-][a-z-]{2,8})?(\.(md|markdown|rst|adoc|txt))?$", re.IGNORECASE)
FIRST_LEVEL = re.compile(r"^((docs?|\.github|\.gitlab|doc|documentation)/)?[^/]+$", re.IGNORECASE)


T = TypeVar("T")


@dataclass(slots=True)
class Survey:
    """The tree in kinds, with lazily parsed documents. Paths compare case-sensitively, names do not.

    `scratch` is an empty folder for copies that programs read.
    """

    repository: Repository
    history: History
    scratch: Path = Path("/nonexistent")
    by_path: dict[str, File] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    _yaml: dict[str, Any] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for file in self.repository.files:
            self.by_path[file.path] = file
            self.kinds[file.path] = paths.kind_of(file.path)
            folder = posixpath.dirname(file.path)
            while folder and folder not in self.folders:
                self.folders.add(folder)
                folder = posixpath.dirname(folder)

    @property
    def files(self) -> list[File]:
        return self.repository.files

    def of_kind(self, *kinds: Kind) -> list[File]:
        return [file for file in self.files if self.kinds[file.path] in kinds]

    def code(self, kind: Kind) -> list[File]:
        """Files of that kind in a programming language."""
        return [file for file in self.of_kind(kind) if paths.extension(file.path) in paths.LANGUAGES]

    def matching(self, pattern: re.Pattern[str]) -> list[File]:
        """Own files whose path the pattern finds."""
        return [file for file in self.files if pattern.search(file.path) and not paths.is_foreign(file.path)]

    def where(self, test: Callable[[File], bool]) -> list[File]:
        return [file for file in self.files if test(file)]

    def text(self, file: File) -> str:
        return self.repository.text(file)

    def exists(self, path: str) -> bool:
        """Whether a file or folder of that path is in the commit."""
        clean = posixpath.normpath(path.strip("/"))
        return clean in self.by_path or clean in self.folders or clean == "."

    def yaml(self, file: File) -> Any:
        """The parsed YAML (or JSON) of a file, None when it cannot be read; every document of a stream counts once."""
        if file.path not in self._yaml:
            self._yaml[file.path] = load_yaml(self.text(file))
        return self._yaml[file.path]

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several metrics share, made by the first that asks; whoever asks after a failure gets the same one."""
        if name not in self._made:
            try:
                self._made[name] = make()
            except Exception as error:
                self._made[name] = error
        made = self._made[name]
        if isinstance(made, Exception):
            raise made
        return made  # type: ignore[no-any-return]

    @property
    def documents(self) -> list[Document]:
        """README files first, then the rest in path order, within the limits."""
        return self.once("documents", self._parsed)

    def _parsed(self) -> list[Document]:
        chosen = sorted(
            (f for f in self.files if self._is_document(f)), key=lambda f: (not README.match(f.path), f.path)
        )
        parsed: list[Document] = []
        total = 0
        for file in chosen[: limits.MAX_DOCUMENTS]:
            total += min(file.size, limits.MAX_DOCUMENT_BYTES)
            if total > limits.MAX_DOCUMENTS_TOTAL_BYTES:
                break
            parsed.append(documents.parse(file.path, self.text(file)))
        return parsed

    @property
    def readmes(self) -> list[Document]:
        return [document for document in self.documents if README.match(document.path)]

    @property
    def readme(self) -> Document | None:
        """The main README: at the root, in the plain language variant if there are several."""
        found = sorted(self.readmes, key=lambda d: (d.path.count("/"), len(d.path), d.path))
        return found[0] if found else None

    @property
    def first_level(self) -> list[Document]:
        """READMEs and the documents at the root, directly under docs/ and in .github/."""
        return [document for document in self.documents if FIRST_LEVEL.match(document.path)]

    def _is_document(self, file: File) -> bool:
        if paths.is_foreign(file.path) or self.kinds[file.path] is Kind.TEST:
            return False
        return paths.extension(file.path) in paths.DOCUMENTS or bool(README.match(file.path))


def load_yaml(text: str) -> Any:
    """YAML by the C loader, plain types only; None for anything that is not well-formed or suspiciously large."""
    if len(text) > limits.MAX_DOCUMENT_BYTES:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if _nesting(text, loader) > limits.MAX_NESTING:
            return None
        return next(iter(yaml.load_all(text, Loader=loader)), None)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _nesting(text: str, loader: Any) -> int:
    """How deep the first document is nested, as far as the limit; the composer of libyaml dies of too much of it."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentEndEvent):
            break
        if deepest > limits.MAX_NESTING:
            break
    return deepest


def shown(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The first pieces of evidence, and a line saying how many more there are."""
    everything = list(evidence)
    kept = everything[: limits.MAX_EVIDENCE]
    rest = len(everything) - len(kept)
    return (*kept, Evidence(f"… und {rest} weitere")) if rest > 0 else tuple(kept)


def too_large(files: int) -> tuple[Evidence, ...]:
    """What is said of files that were not read because they, or all of them together, are too large."""
    return (Evidence(f"{files} Dateien über der Größengrenze nicht ausgewertet"),) if files else ()
