"""Types of request members: strict, finite, bounded, in characters that a screen can show."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_BIDI = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
MAX_COMBINING = 3


class Schema(BaseModel):
    """Parent of every request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, frozen=True)


class View(BaseModel):
    """Parent of every answer."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def clean_text(value: str) -> str:
    """NFC; raises on control characters, bidi controls, lone surrogates, towers of combining marks."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise PydanticCustomError("invalid-unicode", "含有无法识别的字符") from None
    value = unicodedata.normalize("NFC", value)
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in value):
        raise PydanticCustomError("control-character", "含有控制字符")
    run = 0
    for char in value:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MAX_COMBINING:
            raise PydanticCustomError("text-not-allowed", "含有不允许的字符")
    if _BIDI.search(value):
        raise PydanticCustomError("text-not-allowed", "含有不允许的字符")
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise PydanticCustomError("control-character", "不能换行")
    return value


def _rfc3339(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise PydanticCustomError("timestamp-format", "时间须为带时区的 RFC 3339 格式")
    return value


Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(clean_text)]
LongText = Annotated[str, Field(max_length=5000), AfterValidator(clean_text)]
Name = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(clean_text), AfterValidator(_one_line)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean_text), AfterValidator(_one_line)]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_\-]+$")]
Int = Annotated[int, Field(strict=True)]
Float = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bool = Annotated[bool, Field(strict=True)]
#: an instant with its offset, to the second at least
Instant = Annotated[AwareDatetime, BeforeValidator(_rfc3339)]
