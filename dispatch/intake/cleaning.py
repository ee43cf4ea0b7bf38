"""Text from machines: made showable instead of refused, so that no call is lost for a stray character."""

from __future__ import annotations

import re
import unicodedata

_BIDI = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MAX_COMBINING = 3


def clean(text: str) -> str:
    """NFC without control characters, bidi controls, lone surrogates and towers of combining marks."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    text = _BIDI.sub("", unicodedata.normalize("NFC", text))
    kept: list[str] = []
    run = 0
    for char in text:
        if unicodedata.category(char) == "Cc" and char != "\n":
            char = " "
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MAX_COMBINING:
            kept.append(char)
    return "".join(kept).strip()
