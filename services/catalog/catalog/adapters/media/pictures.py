"""Decodes a picture and writes it anew: nothing but its pixels is kept, in sizes for pages."""

import io
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from catalog.adapters.media.sniffing import Refused, Type

MAX_PIXELS = 25_000_000
MAX_SIDE = 2400
"""Pixels of the longer side that are kept."""
WIDTHS = (480, 960)
"""Smaller ones for cards and galleries."""
QUALITY = 85
MEDIA_TYPE = "image/webp"


def examine(content: bytes, kind: Type, folder: Path) -> dict[str, Any]:
    """Write `original` and smaller widths into the folder; return what is known. Raises Refused."""
    picture = _decoded(content, kind)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    names = [_written(picture, folder, "original")]
    for width in WIDTHS:
        if width < picture.width:
            height = max(1, round(picture.height * width / picture.width))
            names.append(_written(picture.resize((width, height), Image.Resampling.LANCZOS), folder, str(width)))
    return {
        "kind": "image",
        "media_type": MEDIA_TYPE,
        "width": picture.width,
        "height": picture.height,
        "variants": names,
    }


def _decoded(content: bytes, kind: Type) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refused("too-many-pixels", f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return _in_srgb(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Refused(
            "too-many-pixels", f"the picture has more than {MAX_PIXELS // 1_000_000} million pixels"
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise Refused("broken", "the picture is damaged or cut off") from error


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Return the picture in the colours that browsers assume, without a profile."""
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            picture = converted
    clean = picture.convert("RGBA" if transparent else "RGB")
    clean.info.clear()
    return clean


def _written(picture: Image.Image, folder: Path, name: str) -> str:
    picture.save(folder / name, "WEBP", quality=QUALITY, method=4)
    return name
