"""From bytes to values with their lines, whatever the bytes are: bounded, and what can be read of broken files."""

import codecs
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from catalog.domain.publiccode.violations import Violation

MAX_BYTES = 512_000
MAX_DEPTH = 20
MAX_VALUES = 20_000
"""Values of a file after its aliases are followed."""
MAX_SECTIONS = 100
"""Top-level keys of a broken file that are looked at one by one."""
_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TOP_LEVEL = re.compile(r"""^(?=["'A-Za-z][^\s:]*["']?\s*:(\s|$))""", re.MULTILINE)


class _Loader(yaml.CSafeLoader):
    """YAML 1.2: only what its core schema takes for something else than text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


CORE = (
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("tag:yaml.org,2002:int", re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"), list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(
            r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
        ),
        list("-+.0123456789"),
    ),
)
"""The implicit types of YAML 1.2's core schema: tag, pattern, first characters."""
for _tag, _pattern, _first in CORE:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line (from 1). Scalars keep `text` as written; `quoted` ones and block texts are texts."""

    line: int
    text: str | None = None
    type: str = "text"
    """`text`, `null`, `bool`, `number`, `mapping` or `list`."""
    keys: tuple[tuple[str, "Node"], ...] = ()
    items: tuple["Node", ...] = ()


class _Refused(Exception):
    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.rule)
        self.violation = violation


def read(content: bytes) -> tuple[Node | None, list[Violation]]:
    """Return the mapping that a file consists of, None when there is none, and what is wrong with it as YAML.

    A file with a syntax error is read section by section: those that can be read are in the mapping.
    """
    if len(content) > MAX_BYTES:
        return None, [Violation("", "too-large", None, {"n": MAX_BYTES})]
    text, found = _decoded(content)
    if not text.strip():
        return None, [*found, Violation("", "empty-file")]
    try:
        node = _node(text)
    except _Refused as refused:
        return None, [*found, refused.violation]
    except yaml.YAMLError as error:
        node, broken = _sections(text, error)
        found += broken
    if node is None or node.type != "mapping":
        return None, [*found, Violation("", "not-a-mapping", node.line if node else None)]
    return node, found


def _decoded(content: bytes) -> tuple[str, list[Violation]]:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:400]:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    found: list[Violation] = []
    try:
        text = content.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError as error:
        found.append(Violation("", "encoding", _line(content, error.start), {"encoding": "Windows-1252/Latin-1"}))
        text = content.decode("cp1252", errors="replace")
    else:
        if encoding is not None:
            found.append(Violation("", "encoding", 1, {"encoding": encoding.upper()[:6]}))
    if unprintable := _UNPRINTABLE.search(text):
        found.append(Violation("", "control-character", text.count("\n", 0, unprintable.start()) + 1))
        text = _UNPRINTABLE.sub(" ", text)
    return text, found


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1


def _node(text: str) -> Node | None:
    """Raises _Refused for what is over a limit, yaml.YAMLError for what is no YAML."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _Refused(Violation("", "too-deep", _at_line(event), {"n": MAX_DEPTH}))
        if number > 3 * MAX_VALUES:
            raise _Refused(Violation("", "too-many-values", _at_line(event), {"n": MAX_VALUES}))
    composed = yaml.compose(text, Loader=_Loader)
    return None if composed is None else _Converter().convert(composed, 0)


def _at_line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


class _Converter:
    """Follows aliases, counting what that makes of them."""

    def __init__(self) -> None:
        self._values = 0

    def convert(self, node: Any, depth: int) -> Node:
        line = node.start_mark.line + 1
        self._values += 1
        if depth > MAX_DEPTH:
            raise _Refused(Violation("", "too-deep", line, {"n": MAX_DEPTH}))
        if self._values > MAX_VALUES:
            raise _Refused(Violation("", "too-many-values", line, {"n": MAX_VALUES}))
        if isinstance(node, yaml.MappingNode):
            pairs = ((key, self.convert(value, depth + 1)) for key, value in node.value)
            keys = tuple((_key(key), _at(value, key.start_mark.line + 1)) for key, value in pairs)
            return Node(line, type="mapping", keys=keys)
        if isinstance(node, yaml.SequenceNode):
            return Node(line, type="list", items=tuple(self.convert(each, depth + 1) for each in node.value))
        return Node(line, node.value, _TYPES.get(node.tag, "text"))


_TYPES = {
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:bool": "bool",
    "tag:yaml.org,2002:int": "number",
    "tag:yaml.org,2002:float": "number",
}


def _key(node: Any) -> str:
    return str(node.value)[:200] if isinstance(node, yaml.ScalarNode) else "?"


def _at(node: Node, line: int) -> Node:
    """The value under a key is found at the line of the key."""
    return Node(line, node.text, node.type, node.keys, node.items)


def _sections(text: str, error: yaml.YAMLError) -> tuple[Node | None, list[Violation]]:
    """Read each top-level key by itself; those that are no YAML are told."""
    starts = [match.start() for match in itertools.islice(_TOP_LEVEL.finditer(text), MAX_SECTIONS)]
    bounds = [*starts, len(text)]
    keys: list[tuple[str, Node]] = []
    found: list[Violation] = []
    for start, end in itertools.pairwise(bounds):
        try:
            node = _node("\n" * text.count("\n", 0, start) + text[start:end])
        except yaml.YAMLError as broken:
            found.append(_syntax(text[start:end].partition(":")[0].strip("\"' "), broken, text))
        except _Refused as refused:
            found.append(refused.violation)
        else:
            keys += node.keys if node is not None else ()
    if not found:
        found = [_syntax("", error, text)]
    return (Node(1, type="mapping", keys=tuple(keys)) if keys else None), found


def _syntax(path: str, error: yaml.YAMLError, text: str) -> Violation:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    problem = str(getattr(error, "problem", None) or "unreadable")[:120]
    if line is not None and any("\t" in each[: len(each) - len(each.lstrip())] for each in _around(text, line)):
        return Violation(path, "tab", line)
    return Violation(path, "syntax", line, {"problem": problem})


def _around(text: str, line: int) -> Iterator[str]:
    """The line of an error; one further when the error is told of the line before a tab."""
    yield from text.splitlines()[max(line - 1, 0) : line + 1]
