"""Every refusal as application/problem+json (RFC 9457): one table from words of the domain to HTTP.

``type`` is stable, ``title`` Chinese, ``hint`` says what to do, ``instance`` is the request's id.
No answer echoes what was sent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from kit import errors
from kit.log import get_logger

log = get_logger(__name__)
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

    slug, title, hint = "media-type", "不支持的文件类型", "请上传 JPEG 或 PNG 图片。"


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


def answer(
    request: Request,
    *,
    status: int,
    slug: str,
    title: str,
    detail: str,
    hint: str,
    faults: Sequence[errors.Fault] = (),
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> JSONResponse:
    body = {
        **extra,
        "type": TYPE_PREFIX + slug,
        "title": title,
        "status": status,
        "detail": detail,
        "hint": hint,
        "instance": request.scope.get("request_id", ""),
        "errors": [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in faults],
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def answer_refusal(request: Request, refusal: errors.PinganError) -> JSONResponse:
    headers = {}
    status = status_of(type(refusal))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503) or isinstance(refusal, RequestInProgress):
        headers["Retry-After"] = str(math.ceil(float(refusal.extra.get("retry_after_s", 2))))
    if isinstance(refusal, errors.StaleVersion) and "version" in refusal.extra:
        headers["ETag"] = f'"{refusal.extra["version"]}"'
    return answer(
        request,
        status=status,
        slug=refusal.slug,
        title=refusal.title,
        detail=refusal.detail,
        hint=refusal.hint,
        faults=refusal.faults,
        headers=headers,
        **refusal.extra,
    )


#: pydantic's error types that have a name of their own here; a validator may raise PydanticCustomError
#: whose type is already one of ours (with a dash in it), and that one is kept
_CODES = {
    "missing": ("missing", "此项必填"),
    "extra_forbidden": ("unknown-member", "不认识此项"),
    "finite_number": ("coordinate-not-finite", "数值无效"),
    "string_unicode": ("invalid-unicode", "含有无法识别的字符"),
    "string_too_long": ("too-long", "内容过长"),
    "string_too_short": ("too-short", "内容过短"),
    "too_long": ("too-many", "数量过多"),
    "uuid_parsing": ("id-format", "编号格式不正确"),
    "uuid_type": ("id-format", "编号格式不正确"),
    "enum": ("not-an-option", "不在可选范围内"),
    "literal_error": ("not-an-option", "不在可选范围内"),
    "less_than_equal": ("out-of-range", "超出允许范围"),
    "greater_than_equal": ("out-of-range", "超出允许范围"),
    "less_than": ("out-of-range", "超出允许范围"),
    "greater_than": ("out-of-range", "超出允许范围"),
}


def _fault(error: dict[str, Any]) -> errors.Fault:
    location = [str(part) for part in error["loc"]]
    if location and location[0] in ("body", "query", "path", "header"):
        location = location[1:] if location[0] == "body" else location
    pointer = "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in location)
    kind = error["type"]
    if "-" in kind:
        return errors.Fault(pointer=pointer, code=kind, message=error["msg"])
    if kind.endswith(("_type", "_parsing")) and kind not in _CODES:
        return errors.Fault(pointer=pointer, code="type", message="类型不正确")
    code, message = _CODES.get(kind, ("invalid", "填写有误"))
    return errors.Fault(pointer=pointer, code=code, message=message)


def answer_validation(request: Request, exc: RequestValidationError) -> JSONResponse:
    faults = [_fault(error) for error in exc.errors()]
    # one fault with a name of its own gives the whole answer its type, so that a client can act on it
    single = faults[0].code if len(faults) == 1 else "invalid"
    return answer(
        request,
        status=422,
        slug=single,
        title=errors.Invalid.title,
        detail=errors.Invalid.__doc__ or "",
        hint=errors.Invalid.hint,
        faults=faults,
    )


_HTTP = {
    400: InvalidJson,
    404: errors.NotFound,
    413: PayloadTooLarge,
    415: MediaTypeNotSupported,
}


class MethodNotAllowed(errors.PinganError):
    """This address does not understand that method."""

    slug, title, hint = "method-not-allowed", "不支持的请求方式", "请更新应用后重试。"


STATUS[MethodNotAllowed] = 405


def answer_http(request: Request, exc: HTTPException) -> JSONResponse:
    kind = _HTTP.get(exc.status_code) or (MethodNotAllowed if exc.status_code == 405 else errors.PinganError)
    refusal = exc.__cause__ if isinstance(exc.__cause__, errors.PinganError) else kind()
    return answer(
        request,
        status=exc.status_code,
        slug=refusal.slug,
        title=refusal.title,
        detail=refusal.detail,
        hint=refusal.hint,
        headers=dict(exc.headers) if exc.headers else None,
    )


def answer_database(request: Request, exc: Exception) -> JSONResponse:
    # the statement and its parameters stay out of the log
    code = getattr(getattr(exc, "orig", None), "pgcode", None)
    log.error("the database did not answer", sqlstate=code, kind=type(exc).__name__)
    return answer_refusal(request, errors.Unavailable())


def answer_unexpected(request: Request, exc: Exception) -> JSONResponse:
    log.error("unexpected failure", kind=type(exc).__name__, exc_info=exc)
    return answer(
        request,
        status=500,
        slug="unexpected",
        title="系统内部错误",
        detail="Something failed that should not.",
        hint="请稍后重试；紧急情况请用电台或电话联系，并报告请求编号。",
    )


def install(app: FastAPI) -> None:
    """Make every error of ``app`` a problem."""
    app.add_exception_handler(errors.PinganError, answer_refusal)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, answer_validation)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, answer_http)  # type: ignore[arg-type]
    app.add_exception_handler(OperationalError, answer_database)
    app.add_exception_handler(PoolTimeout, answer_database)
    app.add_exception_handler(DBAPIError, answer_unexpected)
    app.add_exception_handler(Exception, answer_unexpected)
