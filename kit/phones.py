"""Telephone numbers as people write them, made one form."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from kit.errors import Fault, Invalid

#: a number without country code is read as one of this region
HOME_REGION = "CN"
#: stands where a number stood
HIDDEN = "［号码已隐去］"
_ELEVEN_DIGITS = re.compile(r"(?<!\d)(?:\+?86[ \-]?)?((?:\d[ \-]?){10}\d)(?!\d)")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_WRITTEN = re.compile(r"\+?[0-9][0-9 ()\-]{4,24}")


class PhoneFormat(Invalid):
    """This is not a telephone number."""

    slug, title, hint = "phone-format", "电话号码格式不正确", "请填写 11 位手机号或带区号的固定电话。"


def find_phone(text: str) -> str | None:
    """The number in E.164 (``+8613800000001``), None when ``text`` is not one.

    Full-width digits, spaces, hyphens and brackets are read; anything beside the number is not.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not _WRITTEN.fullmatch(written):
        return None
    try:
        number = phonenumbers.parse(written, HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalize_phone(text: str, *, pointer: str = "/phone") -> str:
    """The number in E.164; raises PhoneFormat, which names the member at ``pointer`` and never its value."""
    number = find_phone(text)
    if number is None:
        raise PhoneFormat(faults=(Fault(pointer=pointer, code="phone-format", message=PhoneFormat.title),))
    return number


def hide_mobiles(text: str) -> str:
    """``text`` without mobile numbers, however their digits are grouped: for what is kept for ever."""

    def hidden(found: re.Match[str]) -> str:
        digits = re.sub(r"[ \-]", "", unicodedata.normalize("NFKC", found[1]))
        return HIDDEN if _MOBILE.fullmatch(digits) else found[0]

    return _ELEVEN_DIGITS.sub(hidden, text)
