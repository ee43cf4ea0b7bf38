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
#: between the digits, as people group them
_GAP = r"[ \-‐–—－.·\u3000]?"
_COUNTRY = rf"(?:(?:\+|＋|00)?86{_GAP})?"
_MOBILE = rf"{_COUNTRY}(?:\d{_GAP}){{10}}\d"
#: with its area code, or with the country's and without the nought
_LANDLINE = rf"(?:{_COUNTRY}[(（]?[0０]\d{{2,3}}|(?:\+|＋|00)86{_GAP}[(（]?\d{{2,3}})[)）]?{_GAP}(?:\d{_GAP}){{6,7}}\d"
_NUMBER = re.compile(rf"(?<!\d)(?:{_LANDLINE}|{_MOBILE})(?!\d)")
#: without area code it is a number like others: only behind a word that says so
_LOCAL = re.compile(
    rf"((?:电话|座机|固话|来电|号码|回拨|拨打|致电|回电)[为是到：: ]{{0,3}})[2-8](?:{_GAP}\d){{6,7}}(?!\d)"
)
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


def hide_numbers(text: str) -> str:
    """``text`` without telephone numbers, however their digits are grouped: for what is kept for ever."""

    def hidden(found: re.Match[str]) -> str:
        digits = re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", found[0]))
        return HIDDEN if find_phone(digits) is not None else found[0]

    return _LOCAL.sub(rf"\1{HIDDEN}", _NUMBER.sub(hidden, text))


def hide_number(text: str, phone: str) -> str:
    """``text`` without this one number (E.164, or whatever was written), a landline also without its area code."""
    digits = re.sub(r"\D", "", phone.removeprefix("+86"))
    if len(digits) < 7:
        return text
    area = digits[: _area_digits(phone)]
    prefix = rf"(?:[(（]?[0０]?{_grouped(area)}[)）]?{_GAP})?" if area else ""
    return re.sub(rf"(?<!\d){_COUNTRY}{prefix}{_grouped(digits[len(area) :])}(?!\d)", HIDDEN, text)


def _area_digits(phone: str) -> int:
    try:
        return phonenumbers.length_of_geographical_area_code(phonenumbers.parse(phone, HOME_REGION))
    except phonenumbers.NumberParseException:
        return 0


def _grouped(digits: str) -> str:
    # each as it is typed, and in full width
    return _GAP.join(f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in digits)
