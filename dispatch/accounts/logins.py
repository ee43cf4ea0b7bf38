"""What one logs in with: a phone number or a 工号 (badge number)."""

from __future__ import annotations

import re
import unicodedata

from dispatch.accounts.model import Account
from kit.crypto import Vault, get_vault, mask_phone
from kit.errors import Conflict, Fault, Invalid
from kit.phones import find_phone
from kit.settings import get_settings

PHONE_CONTEXT = "accounts.phone"
_BADGE = re.compile(r"[A-Z0-9][A-Z0-9\-]{1,19}")


class BadgeFormat(Invalid):
    """A badge number is 2 to 20 letters, digits and hyphens, and not a telephone number."""

    slug, title = "badge-format", "工号格式不正确"
    hint = "工号为 2 至 20 位字母、数字或短横线，不能与手机号相同。"


class LoginMissing(Invalid):
    """An account needs a telephone number or a badge number."""

    slug, title, hint = "login-missing", "手机号与工号至少填写一项", "请填写手机号或工号。"


class LoginTaken(Conflict):
    """Another account has this telephone number or badge number."""

    slug, title, hint = "login-taken", "该手机号或工号已被使用", "请核对号码；确属本人的，请联系分局管理员处理。"


class LoginFoundTaken(LoginTaken):
    """Another account has this telephone number or badge number already."""

    # nothing was changed yet; that somebody tries numbers stays in the record
    keeps_work = True


def vault() -> Vault:
    """The vault of this installation."""
    return get_vault(get_settings().data_key.get_secret_value())


def normalize_badge(text: str, *, pointer: str = "/badge_no") -> str:
    """One form: half-width capitals; raises BadgeFormat."""
    badge = unicodedata.normalize("NFKC", text).strip().upper()
    if not _BADGE.fullmatch(badge) or find_phone(badge) is not None:
        raise BadgeFormat(faults=(Fault(pointer=pointer, code="badge-format", message=BadgeFormat.title),))
    return badge


def read_login(text: str) -> tuple[bytes | None, str | None]:
    """(phone index, badge number) that ``text`` may mean; both None when it can be neither."""
    phone = find_phone(text)
    if phone is not None:
        return vault().index(phone), None
    try:
        return None, normalize_badge(text)
    except BadgeFormat:
        return None, None


def open_phone(account: Account) -> str | None:
    """The number in clear: for comparing and masking, never for an answer."""
    return vault().open(account.phone_box, context=PHONE_CONTEXT) if account.phone_box is not None else None


def masked_phone(account: Account) -> str | None:
    """``138****0001``"""
    phone = open_phone(account)
    return mask_phone(phone) if phone is not None else None


def known_as(phone: str | None, badge_no: str | None) -> tuple[str, ...]:
    """What a password must not contain."""
    return tuple(part for part in ((phone or "").removeprefix("+86"), badge_no or "") if len(part) >= 4)
