"""Text that people type, in characters that every screen can show and the database can hold."""

from __future__ import annotations

import re
import unicodedata

#: a letter of Vietnamese carries two marks; a tower of them hides the lines above
MAX_COMBINING = 3
_BIDI = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class TextRefused(ValueError):
    """A text with characters that are not taken."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        #: stable code, and the Chinese sentence for the person who typed it
        self.code, self.message = code, message


def clean_text(value: str) -> str:
    """NFC; raises TextRefused on control characters, bidi controls, lone surrogates, towers of combining marks."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise TextRefused("invalid-unicode", "含有无法识别的字符") from None
    value = unicodedata.normalize("NFC", value)
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in value):
        raise TextRefused("control-character", "含有控制字符")
    run = 0
    for char in value:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MAX_COMBINING:
            raise TextRefused("text-not-allowed", "含有不允许的字符")
    if _BIDI.search(value):
        raise TextRefused("text-not-allowed", "含有不允许的字符")
    return value


def clean_line(value: str) -> str:
    """As ``clean_text``, in one line."""
    value = clean_text(value)
    if "\n" in value or "\t" in value:
        raise TextRefused("control-character", "不能换行")
    return value
