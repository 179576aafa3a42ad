"""Documents (Markdown, reStructuredText, AsciiDoc) as sections, fences, links and pictures with line numbers."""

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from checkup.analysis import limits, paths, words
from checkup.analysis.repository import printable

OVERLONG = re.compile(rf"(?<=[^\n]{{{limits.MAX_LINE}}})[^\n]+")  # nobody reads it, and parsers are slow on it
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
HTML_TAG = re.compile(r"<[^>]{0,2000}>")
BADGE = re.compile(
    r"shields\.io|badge|/workflows/|codecov|coveralls|sonarcloud|api\.reuse\.software|fossa|travis-ci", re.IGNORECASE
)
RST_UNDERLINE = re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}\s*$")
RST_LINK = re.compile(r"`[^`<]*<([^>`\s]+)>`_")
RST_IMAGE = re.compile(r"^\s*\.\. (?:image|figure):: (\S+)")
ADOC_HEADING = re.compile(r"^(=+) (.+)$")
ADOC_LINK = re.compile(r"(?:link|xref):([^\[\s]+)\[|(https?://[^\s\[]+)\[")
ADOC_IMAGE = re.compile(r"image::?([^\[\s]+)\[([^\],]*)")


@dataclass(slots=True)
class Section:
    """A heading with the prose under it (up to the next heading)."""

    title: str
    level: int
    line: int
    prose: str = ""
    links: list[str] = field(default_factory=list)
    has_code: bool = False

    def own_words(self) -> int:
        return len(words.words(self.prose))


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block with its language."""

    language: str
    content: str
    line: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or picture: where it points to, the text or alternative text, the line."""

    target: str
    text: str
    line: int


@dataclass(slots=True)
class Document:
    """One document in parts; `sections[0]` is what stands before the first heading."""

    path: str
    sections: list[Section]
    fences: list[Fence] = field(default_factory=list)
    links: list[Reference] = field(default_factory=list)
    pictures: list[Reference] = field(default_factory=list)
    text: str = ""

    @property
    def prose(self) -> str:
        return "\n\n".join(section.prose for section in self.sections)

    def own_words(self) -> int:
        return sum(section.own_words() for section in self.sections)

    def words_below(self, index: int) -> int:
        """Own words of a section and of the sections below it."""
        section = self.sections[index]
        count = section.own_words()
        for later in self.sections[index + 1 :]:
            if later.level <= section.level:
                break
            count += later.own_words()
        return count

    @property
    def title(self) -> str:
        return next((section.title for section in self.sections if section.title), "")


def parse(path: str, text: str) -> Document:
    """The parts of a document, by its file ending; longer documents are cut."""
    cut = OVERLONG.sub("", text[: limits.MAX_DOCUMENT_BYTES])
    ending = paths.extension(path)
    if ending == "rst":
        return _rst(path, cut)
    if ending in ("adoc", "asciidoc"):
        return _adoc(path, cut)
    return _markdown(path, cut)


def is_badge(reference: Reference) -> bool:
    return bool(BADGE.search(reference.target)) or bool(BADGE.search(reference.text))


def _markdown(path: str, text: str) -> Document:
    document = Document(path, [Section("", 0, 1)], text=text)
    tokens = MarkdownIt("commonmark").enable("table").parse(_without_front_matter(text))
    heading: Section | None = None
    for token in tokens:
        line = (token.map[0] + 1) if token.map else document.sections[-1].line
        if token.type == "heading_open":
            heading = Section("", int(token.tag[1:]), line)
            document.sections.append(heading)
        elif token.type == "heading_close":
            heading = None
        elif token.type in ("fence", "code_block"):
            document.fences.append(Fence(token.info.strip().split(" ")[0].lower(), token.content, line))
            document.sections[-1].has_code = True
        elif token.type == "html_block":
            _html(document, token.content, line)
        elif token.type == "inline":
            _inline(document, token, line, heading)
    return document


def _without_front_matter(text: str) -> str:
    """Blank out YAML front matter, keeping the line numbers."""
    if text.startswith("---\n") and (end := text.find("\n---", 4)) != -1:
        return "\n" * text[: end + 4].count("\n") + text[end + 4 :]
    return text


def _inline(document: Document, token: Token, line: int, heading: Section | None) -> None:
    section = document.sections[-1]
    pieces: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "softbreak", "hardbreak"):
            pieces.append(child.content or "\n")
        elif child.type == "code_inline" and heading is not None:
            pieces.append(child.content)
        elif child.type == "image":
            document.pictures.append(Reference(str(child.attrGet("src") or ""), child.content, line))
        elif child.type == "link_open":
            target = str(child.attrGet("href") or "")
            section.links.append(target)
            document.links.append(Reference(target, token.content[:200], line))
        elif child.type == "html_inline":
            _html_pictures(document, child.content, line)
    if heading is not None:
        heading.title = printable(" ".join("".join(pieces).split()), 120)
    else:
        section.prose += "".join(pieces) + "\n\n"


def _html(document: Document, content: str, line: int) -> None:
    _html_pictures(document, content, line)
    document.sections[-1].prose += HTML_TAG.sub(" ", content) + "\n\n"


def _html_pictures(document: Document, content: str, line: int) -> None:
    for tag in HTML_IMAGE.findall(content[:50_000]):
        found = {name.lower(): a or b or c for name, a, b, c in ATTRIBUTE.findall(tag)}
        document.pictures.append(Reference(found.get("src", ""), found.get("alt", ""), line))


def _rst(path: str, text: str) -> Document:
    document = Document(path, [Section("", 0, 1)], text=text)
    lines = text.split("\n")
    levels: list[str] = []
    literal = False
    for number, line in enumerate(lines, start=1):
        following = lines[number] if number < len(lines) else ""
        if line.strip() and RST_UNDERLINE.match(following) and len(following.rstrip()) >= len(line.strip()):
            mark = following[0]
            if mark not in levels:
                levels.append(mark)
            document.sections.append(Section(printable(line.strip(), 120), levels.index(mark) + 1, number))
        elif picture := RST_IMAGE.match(line):
            alt = next((late for late in lines[number : number + 4] if ":alt:" in late), "")
            document.pictures.append(Reference(picture.group(1), alt.partition(":alt:")[2].strip(), number))
        elif line.strip().startswith(".. code") or line.rstrip().endswith("::"):
            literal = True
        elif literal and (line.startswith("   ") or not line.strip()):
            if line.strip():
                document.fences.append(Fence("", line.strip() + "\n", number))
                document.sections[-1].has_code = True
        elif not RST_UNDERLINE.match(line):
            literal = False
            _prose(document, line, number, RST_LINK.findall(line))
    return document


def _adoc(path: str, text: str) -> Document:
    document = Document(path, [Section("", 0, 1)], text=text)
    block: list[str] | None = None
    started = 1
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("----"):
            if block is None:
                block, started = [], number
            else:
                document.fences.append(Fence("", "\n".join(block) + "\n", started))
                document.sections[-1].has_code = True
                block = None
        elif block is not None:
            block.append(line)
        elif heading := ADOC_HEADING.match(line):
            document.sections.append(Section(printable(heading.group(2).strip(), 120), len(heading.group(1)), number))
        else:
            for target, alt in ADOC_IMAGE.findall(line):
                document.pictures.append(Reference(target, alt, number))
            _prose(document, line, number, [a or b for a, b in ADOC_LINK.findall(line)])
    return document


def _prose(document: Document, line: str, number: int, targets: list[str]) -> None:
    section = document.sections[-1]
    section.prose += line + "\n"
    section.links.extend(targets)
    document.links.extend(Reference(target, line.strip()[:200], number) for target in targets)
