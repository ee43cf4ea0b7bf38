"""Whatever a phone sends, what is kept is a picture and nothing else."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from dispatch.reports.pictures import LONG_SIDE_PX, EmptyFile, ImageTooLarge, NotAPicture, redraw

CANARY = b"CANARY-31.0467-121.4633"


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def plain(size: tuple[int, int] = (64, 48), colour: str = "red") -> Image.Image:
    return Image.new("RGB", size, colour)


def with_gps(orientation: int = 1) -> bytes:
    """A photo that tells where it was made, in EXIF, comment and XMP."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = CANARY.decode()
    gps = exif.get_ifd(0x8825)
    gps.update({1: "N", 2: (31.0, 2.0, 48.12), 3: "E", 4: (121.0, 27.0, 47.88)})
    return encoded(plain((80, 40)), exif=exif, comment=CANARY, xmp=CANARY)


def bomb(width: int, height: int) -> bytes:
    """A few kilobytes of PNG that promise ``width`` × ``height`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * 1000, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_jpeg_png_and_webp_become_a_jpeg(kind: str) -> None:
    picture = redraw(encoded(plain(), kind))
    with Image.open(io.BytesIO(picture.content)) as image:
        assert (image.format, image.size) == ("JPEG", (64, 48))
    assert (picture.width_px, picture.height_px) == (64, 48)


def test_the_place_in_the_exif_does_not_survive() -> None:
    sent = with_gps()
    assert CANARY in sent
    picture = redraw(sent)
    assert CANARY not in picture.content and b"Exif" not in picture.content
    with Image.open(io.BytesIO(picture.content)) as image:
        assert not image.getexif() and "comment" not in image.info and "xmp" not in image.info


def test_a_photo_taken_upright_is_kept_upright() -> None:
    picture = redraw(with_gps(orientation=6))
    assert (picture.width_px, picture.height_px) == (40, 80)


def test_the_long_side_is_at_most_2048_pixels() -> None:
    picture = redraw(encoded(plain((4000, 3000))))
    assert (picture.width_px, picture.height_px) == (LONG_SIDE_PX, 1536)


def test_a_small_photo_is_not_enlarged() -> None:
    assert redraw(encoded(plain((10, 20)))).height_px == 20


def test_the_same_photo_twice_is_the_same_picture() -> None:
    sent = encoded(plain((300, 200), "green"), "PNG")
    assert redraw(sent).sha256 == redraw(sent).sha256


def test_what_is_transparent_becomes_white() -> None:
    picture = redraw(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16"])
def test_every_mode_that_a_png_may_have_is_drawn(mode: str) -> None:
    assert redraw(encoded(Image.new(mode, (9, 7)), "PNG")).width_px == 9


@pytest.mark.parametrize(("width", "height"), [(13_000, 13_000), (6_000, 5_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_decoded(width: int, height: int) -> None:
    sent = bomb(width, height)
    assert len(sent) < 1000
    with pytest.raises(ImageTooLarge):
        redraw(sent)


def test_a_zip_behind_a_jpeg_is_cut_off() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("payload.txt", CANARY)
    polyglot = encoded(plain()) + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(polyglot))
    picture = redraw(polyglot)
    assert not zipfile.is_zipfile(io.BytesIO(picture.content)) and CANARY not in picture.content


@pytest.mark.parametrize(
    "sent",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"PK\x03\x04" + b"\0" * 100,
        b"\0\0\0\x18ftypheic" + b"\0" * 100,
        encoded(plain(), "GIF"),
        encoded(plain(), "BMP"),
        b"\xff\xd8\xff\xe0" + b"<html>" * 50,
        b"\x89PNG\r\n\x1a\n" + encoded(plain()),
        b"RIFF\x10\0\0\0WEBP" + b"\0" * 20,
        encoded(plain((640, 480)))[:-2000],
        b"\xff\xd8\xff",
        b"GIF89a/*" + b"x" * 30,
    ],
    ids=["svg", "zip", "heic", "gif", "bmp", "html", "jpeg-as-png", "webp", "truncated", "stub", "gifar"],
)
def test_what_cannot_be_decoded_as_it_claims_is_refused(sent: bytes) -> None:
    with pytest.raises(NotAPicture):
        redraw(sent)


def test_an_empty_file_is_named_as_such() -> None:
    with pytest.raises(EmptyFile):
        redraw(b"")
