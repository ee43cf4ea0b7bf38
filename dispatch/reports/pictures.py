"""From bytes that a phone sent to a picture that is safe to keep: decoded, turned upright, drawn anew.

Nothing of the file survives but its pixels: no place, no time, no camera, no second file hidden behind the first.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

from kit.errors import Fault, Invalid, TooLarge, UnknownMedia

MAX_PIXELS = 25_000_000
LONG_SIDE_PX = 2048
QUALITY = 85
MEDIA_TYPE = "image/jpeg"

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# between one and two times the limit Pillow only warns
warnings.simplefilter("error", Image.DecompressionBombWarning)

_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)


class ImageTooLarge(TooLarge):
    """The picture has more pixels than this service decodes."""

    slug, title, hint = "image-too-large", "图片尺寸过大", "请降低相机分辨率或缩小图片后再上传（不超过 2500 万像素）。"


class NotAPicture(UnknownMedia):
    """This is not a JPEG, PNG or WebP picture that can be decoded."""

    slug, title, hint = "media-type", "不支持的图片格式", "请上传 JPEG、PNG 或 WebP 格式的照片。"


class EmptyFile(Invalid):
    """The file is empty."""

    slug, title, hint = "file-empty", "文件为空", "请重新拍照或重新选择照片。"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A JPEG drawn anew; ``sha256`` is that of ``content``."""

    content: bytes
    width_px: int
    height_px: int
    sha256: bytes


def _format_of(raw: bytes) -> str:
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WEBP"
    raise NotAPicture


def redraw(raw: bytes) -> Picture:
    """Decode and encode again: upright, sRGB values as they are, long side at most 2048 px, JPEG.

    Raises EmptyFile, NotAPicture, ImageTooLarge.
    """
    if not raw:
        raise EmptyFile(faults=(Fault(pointer="/file", code="file-empty", message="文件为空"),))
    kind = _format_of(raw)
    try:
        with Image.open(io.BytesIO(raw), formats=(kind,)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ImageTooLarge
            # shrinks while it decodes: a 12-megapixel JPEG never stands in memory at full size
            opened.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX))
            upright = ImageOps.exif_transpose(opened)
            fresh = _flat(upright)
    except ImageTooLarge:
        raise
    except _BOMBS as exc:
        raise ImageTooLarge from exc
    except Exception as exc:
        # a decoder fed with hostile bytes may raise anything; none of it is our failure
        raise NotAPicture from exc
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY)
    content = out.getvalue()
    return Picture(
        content=content, width_px=fresh.width, height_px=fresh.height, sha256=hashlib.sha256(content).digest()
    )


def _flat(image: Image.Image) -> Image.Image:
    """The pixels alone, on white where transparent: an image object without comment, profile or EXIF."""
    fresh = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        fresh.paste(layer, mask=layer.getchannel("A"))
    else:
        fresh.paste(image.convert("RGB"))
    return fresh
