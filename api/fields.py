"""Types of request members: strict, finite, bounded, in characters that a screen can show."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from kit import texts

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Schema(BaseModel):
    """Parent of every request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, frozen=True)


class View(BaseModel):
    """Parent of every answer."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def clean_text(value: str) -> str:
    """What kit.texts takes, as a validator."""
    try:
        return texts.clean_text(value)
    except texts.TextRefused as refused:
        raise PydanticCustomError(refused.code, "{message}", {"message": refused.message}) from None


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise PydanticCustomError("control-character", "不能换行")
    return value


def _no_instant() -> PydanticCustomError:
    return PydanticCustomError("timestamp-format", "时间须为带时区的 RFC 3339 格式")


def _rfc3339(value: Any, read: ValidatorFunctionWrapHandler) -> datetime:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _RFC3339.fullmatch(value)):
        raise _no_instant()
    try:
        instant: datetime = read(value)
        # the first and the last hours of the calendar are in another year elsewhere, which no program could read
        return instant.astimezone(UTC)
    except (ValidationError, OverflowError):
        raise _no_instant() from None


Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(clean_text)]
LongText = Annotated[str, Field(max_length=5000), AfterValidator(clean_text)]
Name = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(clean_text), AfterValidator(_one_line)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean_text), AfterValidator(_one_line)]
Word = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_\-]+$")]
Int = Annotated[int, Field(strict=True)]
Float = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bool = Annotated[bool, Field(strict=True)]
#: an instant with its offset, to the second at least; UTC from here on inwards
Instant = Annotated[AwareDatetime, WrapValidator(_rfc3339)]


def absent() -> Any:
    """``Field(default_factory=absent)``: a member of an edit that may be left out and must not be null.

    Its value is never read: an edit uses ``model_dump(exclude_unset=True)``.
    """
    return None
