"""One form for what people type and what is stored, and the pairs of characters by which it is found."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: between name, aliases and address, so that no search runs across them
SEPARATOR = "\n"


def normalise(text: str) -> str:
    """NFKC, lower case, single spaces: ９５１弄 and 951弄, ATM and atm are the same."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def make_words(name: str, address: str, aliases: Sequence[str]) -> str:
    """What a place is found by."""
    return SEPARATOR.join(part for part in (normalise(word) for word in (name, *aliases, address)) if part)


def escape_like(text: str) -> str:
    """For the pattern of a LIKE: the text means itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
