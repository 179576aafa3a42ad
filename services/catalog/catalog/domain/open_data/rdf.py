"""RDF, one node at a time: as Turtle and as JSON-LD, so that a file of any length needs the memory of one node."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Iri:
    """A resource; `value` holds no character that an IRI must not have."""

    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A plain text in a language, or of a data type such as `xsd:dateTime`."""

    value: str
    language: str | None = None
    datatype: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A resource, or one without a name (`id` None), with its types and statements (`prefix:name`, value) in order."""

    id: str | None
    types: Sequence[str]
    statements: Sequence[tuple[str, "Term"]]


Term = Iri | Text | Node


def moment(at: datetime) -> Text:
    """Return a moment as a value, in UTC."""
    return Text(at.astimezone(UTC).isoformat(), datatype="xsd:dateTime")


def turtle_head() -> str:
    """Return the beginning of a Turtle file."""
    return "".join(f"@prefix {prefix}: <{address}> .\n" for prefix, address in PREFIXES.items())


def turtle(node: Node) -> str:
    """Return a named node as a Turtle statement."""
    return f"\n<{node.id}>{_inside(node, '  ')} .\n"


def jsonld_context() -> dict[str, str]:
    """Return the context that `jsonld` is written in."""
    return dict(PREFIXES)


def jsonld(node: Node) -> dict[str, Any]:
    """Return a node as a JSON-LD object; properties with several values become lists."""
    written: dict[str, Any] = {} if node.id is None else {"@id": node.id}
    if node.types:
        written["@type"] = list(node.types)
    for name, term in node.statements:
        value = _json_of(term)
        if name not in written:
            written[name] = value
        elif isinstance(written[name], list):
            written[name].append(value)
        else:
            written[name] = [written[name], value]
    return written


def _inside(node: Node, indent: str) -> str:
    types = [("a", ", ".join(node.types))] if node.types else []
    said = [*types, *((name, _turtle_of(term, indent)) for name, term in node.statements)]
    return " ;".join(f"\n{indent}{name} {value}" for name, value in said)


def _turtle_of(term: Term, indent: str) -> str:
    if isinstance(term, Iri):
        return f"<{term.value}>"
    if isinstance(term, Node):
        return f"<{term.id}>" if term.id else f"[{_inside(term, indent + '  ')} ]"
    quoted = f'"{term.value.translate(_ESCAPES)}"'
    if term.language:
        return f"{quoted}@{term.language}"
    return f"{quoted}^^{term.datatype}" if term.datatype else quoted


def _json_of(term: Term) -> Any:
    if isinstance(term, Iri):
        return {"@id": term.value}
    if isinstance(term, Node):
        return jsonld(term)
    value = {"@value": term.value}
    if term.language:
        value["@language"] = term.language
    if term.datatype:
        value["@type"] = term.datatype
    return value
