"""Passwords: how they are kept, and which ones are refused."""

from __future__ import annotations

from functools import lru_cache

from pwdlib import PasswordHash

from kit.errors import Fault, Invalid

MIN_CHARACTERS = 8
MAX_CHARACTERS = 128
#: below this many different characters it is a pattern (aaaaaaaa, 12121212)
MIN_DIFFERENT = 4

#: those that are tried first; compared without regard to case
COMMON = frozenset(
    {
        *("12345678", "123456789", "1234567890", "87654321", "987654321", "01234567", "11223344", "12341234"),
        *("password", "password1", "passw0rd", "p@ssw0rd", "admin123", "admin888", "administrator", "root1234"),
        *("qwertyui", "qwertyuiop", "qwer1234", "1qaz2wsx", "1q2w3e4r", "asdfghjkl", "zxcvbnm1", "abcd1234"),
        *("a1234567", "a12345678", "a123456789", "aa123456", "abc12345", "abc123456", "qq123456", "wang1234"),
        *("woaini1314", "woaini520", "5201314520", "1314520520", "iloveyou", "iloveyou1", "zhongguo", "china123"),
        *("baoan123", "baoan110", "police110", "police123", "jingcha110", "110110110", "pingan123", "pinganwu"),
    }
)


class PasswordRefused(Invalid):
    """This password is too easy to guess."""

    slug, title = "password-refused", "密码过于简单"
    hint = "请设置至少 8 个字符的密码，不要用手机号、工号或常见密码。"


class PasswordWrong(Invalid):
    """The present password is not this one."""

    slug, title, hint = "password-wrong", "原密码不正确", "请重新输入；忘记密码可请本所或本单位重新发放开通码。"
    keeps_work = True


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash that is checked when there is none, so that the answer takes as long."""
    return hash_password("the password of nobody")


def hash_password(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    return _hasher().hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether they belong together; takes as long when there is no hash."""
    genuine = _hasher().verify(password, password_hash or _nobody())
    return genuine and password_hash is not None


def check_password(password: str, *, logins: tuple[str, ...], pointer: str = "/password") -> None:
    """Raise PasswordRefused for one that is short, common, a pattern, or contains one of ``logins``."""
    code = _weakness(password, logins)
    if code is not None:
        raise PasswordRefused(faults=(Fault(pointer=pointer, code=code, message=_MESSAGES[code]),))


_MESSAGES = {
    "password-too-short": f"密码至少 {MIN_CHARACTERS} 个字符",
    "password-too-long": f"密码最多 {MAX_CHARACTERS} 个字符",
    "password-is-login": "密码不能包含手机号或工号",
    "password-common": "该密码过于常见",
}


def _weakness(password: str, logins: tuple[str, ...]) -> str | None:
    lowered = password.casefold()
    if len(password) < MIN_CHARACTERS:
        return "password-too-short"
    if len(password) > MAX_CHARACTERS:
        return "password-too-long"
    if any(login and login.casefold() in lowered for login in logins):
        return "password-is-login"
    if lowered in COMMON or len(set(lowered)) < MIN_DIFFERENT:
        return "password-common"
    return None
