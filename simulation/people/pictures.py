"""A photo from the scene: a small picture that nobody could take for a real one."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

_SIZE = (320, 240)


def take_photo(chance: random.Random, label: str) -> bytes:
    """A JPEG of coloured fields with ``label`` (ASCII) written over it."""
    picture = Image.new("RGB", _SIZE, tuple(chance.randrange(90, 190) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(12):
        x, y = chance.randrange(_SIZE[0]), chance.randrange(_SIZE[1])
        box = (x, y, x + chance.randrange(20, 90), y + chance.randrange(20, 70))
        draw.rectangle(box, fill=tuple(chance.randrange(60, 230) for _ in range(3)))
    draw.rectangle((0, 0, _SIZE[0], 22), fill=(20, 20, 20))
    draw.text((6, 5), f"SIMULATED {label}", fill=(255, 255, 255))
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=70)
    return target.getvalue()
