"""Uploads: what is kept of good ones, and why hostile ones are refused."""

import contextlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import catalog
import pikepdf
import pytest
from catalog.adapters.media import examining
from catalog.adapters.media.examiner import ProcessExaminer
from PIL import Image
from servicekit.errors import ProblemError

from . import media_files as files

PROBLEMS = Path(__file__).resolve().parents[3] / "web/web/locales/problems.json"
JAVASCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
LAUNCH = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def reason(tmp_path: Path, content: bytes) -> str:
    """Why an upload is refused, as the process says it, without the time to start one."""
    upload = tmp_path / "upload"
    upload.write_bytes(content)
    return f"media-{examining.examine(upload, tmp_path)['refused']}"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_is_written_anew_in_several_sizes(tmp_path: Path, form: str) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(files.picture(1200, 800, form))
    async with ProcessExaminer().examined(upload) as found:
        assert (found.kind, found.media_type, found.width, found.height) == ("image", "image/webp", 1200, 800)
        sizes = {}
        for variant in found.variants:
            with Image.open(variant.path) as kept:
                sizes[variant.name] = (kept.format, *kept.size)
        assert sizes == {"original": ("WEBP", 1200, 800), "480": ("WEBP", 480, 320), "960": ("WEBP", 960, 640)}
        folder = found.variants[0].path.parent
    assert not folder.exists(), "nothing stays behind"


async def test_a_large_picture_is_made_smaller_and_a_turned_one_upright(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    exif = Image.Exif()
    exif[0x0112] = 6
    upload.write_bytes(files.picture(4000, 1000, "JPEG", exif=exif))
    async with ProcessExaminer().examined(upload) as found:
        assert (found.width, found.height) == (600, 2400)


async def test_nothing_but_pixels_is_kept_of_a_picture(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(files.with_metadata())
    async with ProcessExaminer().examined(upload) as found:
        content = found.variants[0].path.read_bytes()
        assert b"Ada" not in content
        assert b"Rathaus" not in content
        with Image.open(io.BytesIO(content)) as kept:
            assert not kept.getexif()


async def test_a_transparent_picture_stays_transparent(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    Image.new("RGBA", (30, 30), (255, 0, 0, 0)).save(upload, "PNG")
    async with ProcessExaminer().examined(upload) as found:
        with Image.open(found.variants[0].path) as kept:
            assert kept.convert("RGBA").getpixel((1, 1))[3] == 0


async def test_a_document_is_kept_with_its_pages(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(files.document(3))
    async with ProcessExaminer().examined(upload) as found:
        assert (found.kind, found.media_type, found.pages) == ("document", "application/pdf", 3)
        with pikepdf.open(found.variants[0].path) as kept:
            assert len(kept.pages) == 3


@pytest.mark.parametrize(
    ("make", "slug"),
    [
        (lambda: b"", "media-empty"),
        (lambda: files.SVG, "media-type-refused"),
        (lambda: b"<!DOCTYPE html><script>alert(1)</script>", "media-type-refused"),
        (lambda: b"GIF89a" + b"\0" * 50, "media-type-refused"),
        (lambda: b"MZ" + b"\0" * 50, "media-type-refused"),
        (lambda: files.picture(form="BMP"), "media-type-refused"),
        (lambda: files.picture()[:-400], "media-broken"),
        (lambda: files.picture(form="JPEG")[:2000], "media-broken"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "media-broken"),
        (lambda: b"\xff\xd8\xff" + b"\0" * 100, "media-broken"),
        (files.bomb, "media-too-many-pixels"),
        (lambda: files.picture() + b"<script>alert(1)</script>", "media-polyglot"),
        (lambda: files.picture() + b"\x00\x01anything else", "media-polyglot"),
        (lambda: files.picture(form="WEBP") + b"more", "media-polyglot"),
        (lambda: files.picture(form="JPEG") + b"PK\x05\x06" + b"\0" * 18, "media-polyglot"),
        (lambda: files.picture(form="JPEG", comment=b"<?php system(1)"), "media-polyglot"),
        (lambda: files.picture(form="JPEG", comment=b"%PDF-1.4"), "media-polyglot"),
        (lambda: files.document() + b"PK\x05\x06" + b"\0" * 18, "media-polyglot"),
        (lambda: b"MZ\n" + files.document(), "media-type-refused"),
        (lambda: files.document()[:200], "media-broken"),
        (lambda: b"%PDF-1.7\nhello", "media-broken"),
        (lambda: files.document(0), "media-too-many-pages"),
        (lambda: files.document(301), "media-too-many-pages"),
        (files.encrypted, "media-encrypted"),
        (lambda: files.encrypted("secret"), "media-encrypted"),
        (lambda: files.document(OpenAction=JAVASCRIPT), "media-active-content"),
        (lambda: files.document(OpenAction=LAUNCH), "media-active-content"),
        (lambda: files.document(Any=[[pikepdf.Dictionary(A=LAUNCH)]]), "media-active-content"),
        (lambda: files.document(AA=pikepdf.Dictionary(WC=JAVASCRIPT)), "media-active-content"),
        (lambda: files.document(AcroForm=pikepdf.Dictionary(XFA="x", Fields=[])), "media-active-content"),
        (files.with_attachment, "media-active-content"),
    ],
)
def test_what_is_refused(tmp_path: Path, make: Callable[[], bytes], slug: str) -> None:
    assert reason(tmp_path, make()) == slug


async def test_a_refusal_of_the_process_is_a_problem(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(files.SVG)
    with pytest.raises(ProblemError, match="SVG, XML and HTML are not accepted") as refused:
        async with ProcessExaminer().examined(upload):
            pass
    assert (refused.value.slug, refused.value.kind) == ("media-type-refused", "invalid")


async def test_a_document_that_unpacks_to_more_than_the_memory_harms_nobody(tmp_path: Path) -> None:
    """The decoder runs out of its memory: what could not be read is not in the file that is kept, if any is."""
    upload = tmp_path / "upload"
    upload.write_bytes(files.document_bomb())
    kept = 0
    with contextlib.suppress(ProblemError):
        async with ProcessExaminer().examined(upload) as found:
            kept = found.size
    assert kept < 10_000


def test_the_process_cannot_take_more_memory_than_its_share() -> None:
    code = "from catalog.adapters.media import examining; examining.limit(); bytearray(2 * examining.MEMORY_BYTES)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stderr.strip().endswith("MemoryError")


async def test_one_that_takes_too_long_is_refused_and_its_process_ended(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(files.picture())
    with pytest.raises(ProblemError, match="within the limits of time and memory"):
        async with ProcessExaminer(seconds=0.001).examined(upload):
            pass


def test_every_refusal_has_words_for_people() -> None:
    folder = Path(catalog.__file__).parent / "adapters/media"
    reasons = set()
    for file in folder.glob("*.py"):
        reasons |= set(re.findall(r'Refused\(\s*"([a-z-]+)"|"refused": "([a-z-]+)"', file.read_text(encoding="utf-8")))
    slugs = {f"media-{one or other}" for one, other in reasons}
    assert len(slugs) >= 7
    assert slugs <= set(json.loads(PROBLEMS.read_text(encoding="utf-8")))
    assert examining.MEMORY_BYTES < 2 * 1024**3
