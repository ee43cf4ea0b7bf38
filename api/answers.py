"""Errors as answers: application/problem+json for every one of them. No answer echoes what was sent."""

from __future__ import annotations

import math
import re
import traceback
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api.problems import (
    MEDIA_TYPE,
    TYPE_PREFIX,
    InvalidJson,
    MediaTypeNotSupported,
    MethodNotAllowed,
    PayloadTooLarge,
    RequestInProgress,
    status_of,
)
from kit import errors
from kit.log import get_logger

log = get_logger(__name__)


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


_NAME = re.compile(r"[A-Za-z_\[][A-Za-z0-9_\-\]]{0,63}")
#: pydantic's error types that have a name of their own here; a validator may raise PydanticCustomError
#: whose type is already one of ours (with a dash in it), and that one is kept
_CODES = {
    "missing": ("missing", "此项必填"),
    "extra_forbidden": ("unknown-member", "不认识此项"),
    "finite_number": ("coordinate-not-finite", "数值无效"),
    "string_unicode": ("invalid-unicode", "含有无法识别的字符"),
    "string_too_long": ("too-long", "内容过长，最多 {max_length} 个字"),
    "string_too_short": ("too-short", "内容过短，至少 {min_length} 个字"),
    "too_long": ("too-many", "数量过多，最多 {max_length} 项"),
    "too_short": ("too-few", "数量过少，至少 {min_length} 项"),
    "uuid_parsing": ("id-format", "编号格式不正确"),
    "uuid_type": ("id-format", "编号格式不正确"),
    "enum": ("not-an-option", "不在可选范围内"),
    "literal_error": ("not-an-option", "不在可选范围内"),
    "less_than_equal": ("out-of-range", "超出允许范围，最大 {le}"),
    "greater_than_equal": ("out-of-range", "超出允许范围，最小 {ge}"),
    "less_than": ("out-of-range", "超出允许范围，须小于 {lt}"),
    "greater_than": ("out-of-range", "超出允许范围，须大于 {gt}"),
}


def _plain(part: str | int) -> str:
    """A step of a pointer. A member's name may be anything that somebody sent: what is no name is not repeated."""
    return str(part) if isinstance(part, int) or _NAME.fullmatch(part) else "?"


def _fault(error: dict[str, Any]) -> errors.Fault:
    location = [_plain(part) for part in error["loc"]]
    if location and location[0] in ("body", "query", "path", "header"):
        location = location[1:] if location[0] == "body" else location
    pointer = "/" + "/".join(location)
    kind = error["type"]
    if pointer == "/query/limit" and kind == "less_than_equal":
        return errors.Fault(pointer=pointer, code="limit-exceeded", message="一次最多查询的条数超出限制")
    if "-" in kind:
        return errors.Fault(pointer=pointer, code=kind, message=error["msg"])
    if kind.endswith(("_type", "_parsing")) and kind not in _CODES:
        return errors.Fault(pointer=pointer, code="type", message="类型不正确")
    code, message = _CODES.get(kind, ("invalid", "填写有误"))
    if "{" in message:
        # what is asked for, never what was sent
        message = message.format_map(error["ctx"])
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
    # messages of exceptions may carry what somebody sent: the place is enough to find the fault
    constraint = getattr(getattr(getattr(exc, "orig", None), "diag", None), "constraint_name", None)
    trace = "".join(traceback.format_tb(exc.__traceback__))
    log.error("unexpected failure", kind=type(exc).__name__, constraint=constraint, trace=trace)
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
