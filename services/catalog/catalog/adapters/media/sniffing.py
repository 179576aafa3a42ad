"""What a file is by its bytes, whatever its name says, and whether it is a second thing at the same time."""

from typing import Literal

Type = Literal["png", "jpeg", "webp", "pdf"]
HEAD_BYTES = 1024
TAIL_BYTES = 65_557
"""Where the directory of a ZIP archive begins at the earliest, if it has the longest comment."""
_MARKUP = (b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script")
_HIDDEN = (b"<script", b"<html", b"<!doctype", b"<?php")
_ZIP_DIRECTORY = b"PK\x05\x06"


class Refused(Exception):
    """The file may not be shown to others; `reason` is the end of a slug, the text a sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def type_of(content: bytes) -> Type:
    """Return what the file is; raises Refused when it is none of those, or empty."""
    if not content:
        raise Refused("empty", "the file is empty")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if any(sign in content[:HEAD_BYTES].lower() for sign in _MARKUP):
        raise Refused("type-refused", "SVG, XML and HTML are not accepted: they can hold scripts")
    raise Refused("type-refused", "only PNG, JPEG and WebP pictures and PDF documents are accepted")


def refuse_polyglot(content: bytes, kind: Type) -> None:
    """Raise Refused when the file is also an archive, a page or a document for other programs."""
    if _ZIP_DIRECTORY in content[-TAIL_BYTES:]:
        raise Refused("polyglot", "the file is an archive at the same time")
    if kind == "pdf":
        return
    if b"%PDF-" in content[:HEAD_BYTES]:
        raise Refused("polyglot", "the picture is a PDF document at the same time")
    lowered = content.lower()
    if any(sign in lowered for sign in _HIDDEN):
        raise Refused("polyglot", "the picture holds a script or a page")
    if kind in ("png", "webp") and content[_end(content, kind) :].strip(b"\0\r\n "):
        raise Refused("polyglot", "there is something else behind the picture")


def _end(content: bytes, kind: Type) -> int:
    """Return where the picture ends by its own account."""
    if kind == "webp":
        size = 8 + int.from_bytes(content[4:8], "little")
        return size + size % 2
    at = 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at
    raise Refused("broken", "the picture is cut off")
