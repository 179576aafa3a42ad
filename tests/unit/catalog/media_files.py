"""Pictures and documents for the tests, good ones and hostile ones, made on the spot."""

import io
import struct
import zlib
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(width: int = 1200, height: int = 800, form: str = "PNG", **options: Any) -> bytes:
    """A picture with a gradient, so that sizes differ."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    content = io.BytesIO()
    image.save(content, form, **options)
    return content.getvalue()


def with_metadata() -> bytes:
    """A PNG that says who made it and where."""
    info = PngInfo()
    info.add_text("Author", "Ada Muster")
    exif = Image.Exif()
    exif[0x010E] = "Rathaus"
    return picture(40, 20, pnginfo=info, exif=exif)


def bomb(side: int = 50_000) -> bytes:
    """A small PNG that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


def document(pages: int = 2, **root: Any) -> bytes:
    """A PDF with blank pages; `root` goes into its catalogue."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        for key, value in root.items():
            pdf.Root[f"/{key}"] = value
        content = io.BytesIO()
        pdf.save(content)
        return content.getvalue()


def encrypted(password: str = "") -> bytes:
    """A PDF that needs a password, or none to be read."""
    with pikepdf.open(io.BytesIO(document())) as pdf:
        content = io.BytesIO()
        pdf.save(content, encryption=pikepdf.Encryption(owner="owner", user=password))
        return content.getvalue()


def with_attachment() -> bytes:
    """A PDF with a file inside."""
    with pikepdf.open(io.BytesIO(document())) as pdf:
        pdf.attachments["x.exe"] = b"MZ"
        content = io.BytesIO()
        pdf.save(content)
        return content.getvalue()


def document_bomb(size: int = 1_500_000_000) -> bytes:
    """A PDF whose object stream becomes larger than any memory it may have."""
    packer, piece = zlib.compressobj(9), b" " * 10_000_000
    first = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + again * (size // len(piece)) + packer.flush()
    body = b"%PDF-1.5\n"
    offsets = []
    for number, content in (
        (1, b"<< /Type /Catalog /Pages 2 0 R >>"),
        (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources 5 0 R >>"),
        (
            4,
            b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
            % (len(packed), packed),
        ),
    ):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    rows = b"\0\0\0\0\0\0\0" + b"".join(b"\1" + struct.pack(">IH", offset, 0) for offset in offsets)
    rows += b"\2" + struct.pack(">IH", 4, 0) + b"\1" + struct.pack(">IH", start, 0)
    table = b"<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream" % (len(rows), rows)
    return body + b"6 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
