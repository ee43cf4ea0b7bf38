"""What can go wrong, as words of the domain.

A class is one kind of refusal: its docstring is the English sentence, ``title`` the Chinese one,
``hint`` what the reader can do about it. ``slug`` is the stable last part of the problem type.
The edge maps the seven families below to HTTP; nobody else knows HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One faulty member of an input. ``pointer`` is a JSON pointer; the value itself is never carried."""

    pointer: str
    code: str
    message: str


class PinganError(Exception):
    """Something was refused."""

    slug: ClassVar[str] = "refused"
    title: ClassVar[str] = "操作未能完成"
    #: of the kind; where one refusal can say it better, its own
    hint: str = "请稍后重试；仍不行请联系综合指挥室。"
    #: what was written before the refusal is committed: a failed login is counted, a copied token ends its session
    keeps_work: ClassVar[bool] = False

    def __init__(self, detail: str | None = None, *, faults: tuple[Fault, ...] = (), **extra: Any) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip().splitlines()[0]
        self.faults = faults
        #: machine-readable members of the answer, e.g. ``server_time``; never personal data
        self.extra = extra
        super().__init__(self.detail)

    @property
    def sends_to_room(self) -> bool:
        """Whether the hint tells to call the command room: the answer then holds its number."""
        return "综合指挥室" in self.hint


class Unauthenticated(PinganError):
    """Nobody is logged in, or the proof of it is not valid."""

    slug, title, hint = "invalid-token", "登录已失效", "请重新登录。"


class NotAllowed(PinganError):
    """This role may not do this."""

    slug, title, hint = "not-allowed", "无权进行此操作", "如确需办理，请联系本所值班领导。"


class NotFound(PinganError):
    """There is nothing of this kind here, or it is not yours to see."""

    slug, title, hint = "not-found", "未找到", "请核对编号；不属于本人或本所的内容不会显示。"


class Conflict(PinganError):
    """The present state does not allow this."""

    slug, title, hint = "conflict", "当前状态不允许此操作", "请刷新后按最新状态办理。"


class Gone(PinganError):
    """It was there, and its time is over."""

    slug, title, hint = "gone", "已失效", "请刷新后按最新状态办理。"


class Invalid(PinganError):
    """The input is not right."""

    slug, title, hint = "invalid", "填写内容有误", "请按提示修改后再提交。"


class Unavailable(PinganError):
    """The service cannot answer now."""

    slug, title, hint = "unavailable", "系统暂时无法响应", "请稍后重试；紧急情况请用电台或电话联系。"


class StaleVersion(PinganError):
    """Somebody else has changed it since you read it."""

    slug, title, hint = "stale-version", "内容已被他人更新", "请刷新查看最新内容后再修改。"


class TooMany(PinganError):
    """Too many requests in a short time."""

    slug, title, hint = "rate-limited", "操作过于频繁", "请稍等片刻再试。"


class TooLarge(PinganError):
    """It is too large."""

    slug, title, hint = "payload-too-large", "提交的内容过大", "请减小文件或分批提交。"


class UnknownMedia(PinganError):
    """This kind of content is not read here."""

    slug, title, hint = "media-type", "不支持的文件类型", "请上传 JPEG 或 PNG 图片。"


class VersionRequired(PinganError):
    """Say which version you changed."""

    slug, title, hint = "precondition-required", "缺少版本信息", "请刷新页面后再修改。"
