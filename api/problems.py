"""What a refusal is over HTTP (RFC 9457): one table from words of the domain to a status.

``type`` is stable, ``title`` Chinese, ``hint`` says what to do, ``instance`` is the request's id.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from kit import errors

TYPE_PREFIX = "https://pingan.invalid/problems/"
MEDIA_TYPE = "application/problem+json"


class InvalidJson(errors.PinganError):
    """The body is not the JSON that this service reads."""

    slug, title, hint = "invalid-json", "提交的数据格式不正确", "请更新应用后重试。"


class DuplicateMember(InvalidJson):
    """A JSON object names one member twice."""

    slug = "duplicate-member"


class TokenInUrl(errors.PinganError):
    """A token does not belong into a URL."""

    slug, title, hint = "token-in-url", "网址中不得携带令牌", "请在请求头中携带令牌。"


class PreconditionRequired(errors.PinganError):
    """Say with If-Match which version you changed."""

    slug, title, hint = "precondition-required", "缺少版本信息", "请刷新页面后再修改。"


class IdempotencyKeyRequired(errors.PinganError):
    """A command needs an Idempotency-Key, so that sending it twice does it once."""

    slug, title, hint = "idempotency-key-required", "缺少请求编号", "请更新应用后重试。"


class IdempotencyKeyReused(errors.Invalid):
    """This Idempotency-Key was used for another request."""

    slug, title, hint = "idempotency-key-reused", "请求编号已用于其他操作", "请刷新后重新操作。"


class RequestInProgress(errors.Conflict):
    """The same command is being carried out at this moment."""

    slug, title, hint = "request-in-progress", "同一操作正在处理中", "请稍候，不要重复提交。"


class PayloadTooLarge(errors.PinganError):
    """The body is too large."""

    slug, title, hint = "payload-too-large", "提交的内容过大", "请减小文件或分批提交。"


class MediaTypeNotSupported(errors.PinganError):
    """This kind of content is not read here."""

    slug, title, hint = "media-type", "不支持的文件类型", "照片请用 JPEG 或 PNG，花名册请用 .xlsx 或 .csv，由页面上传。"


class MethodNotAllowed(errors.PinganError):
    """This address does not understand that method."""

    slug, title, hint = "method-not-allowed", "不支持的请求方式", "请更新应用后重试。"


#: families and single classes, the nearest ancestor counts
STATUS: dict[type[errors.PinganError], int] = {
    InvalidJson: 400,
    TokenInUrl: 400,
    IdempotencyKeyRequired: 400,
    errors.Unauthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.StaleVersion: 412,
    MethodNotAllowed: 405,
    PayloadTooLarge: 413,
    errors.TooLarge: 413,
    MediaTypeNotSupported: 415,
    errors.UnknownMedia: 415,
    errors.Invalid: 422,
    PreconditionRequired: 428,
    errors.VersionRequired: 428,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}


class FaultOut(BaseModel):
    """One faulty member."""

    pointer: str = Field(examples=["/position/lat"])
    code: str = Field(examples=["coordinate-out-of-range"])
    message: str = Field(examples=["纬度应在 -90 到 90 之间"])


class Problem(BaseModel):
    """A refusal."""

    type: str = Field(examples=[TYPE_PREFIX + "not-found"])
    title: str = Field(examples=["未找到"])
    status: int = Field(examples=[404])
    detail: str
    hint: str
    instance: str = Field(description="id of the request, to quote in a complaint")
    errors: list[FaultOut] = []
    model_config = {"extra": "allow"}


def status_of(kind: type[errors.PinganError]) -> int:
    """The HTTP status of a refusal."""
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    raise LookupError(f"{kind.__name__} belongs to no family that has a status")


def problems(*kinds: type[errors.PinganError]) -> dict[int | str, dict[str, Any]]:
    """``responses=`` of a route: which refusals it may answer with."""
    by_status: dict[int | str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(status_of(kind), []).append(f"`{kind.slug}` {kind.title}")
    return {
        status: {"model": Problem, "description": "；".join(sorted(set(lines))), "content": {MEDIA_TYPE: {}}}
        for status, lines in by_status.items()
    }


def merge(*documented: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """Several ``responses=`` as one; refusals of one status are named together."""
    merged: dict[int | str, dict[str, Any]] = {}
    for responses in documented:
        for status, response in responses.items():
            earlier = merged.get(status)
            if earlier is not None and earlier.get("model") is Problem is response.get("model"):
                lines = {*earlier["description"].split("；"), *response["description"].split("；")}
                response = {**response, "description": "；".join(sorted(lines))}
            merged[status] = response
    return merged
