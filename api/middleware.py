"""What happens around every request: an id, a measurement, a log line, safe headers."""

from __future__ import annotations

import time
import uuid
from urllib.parse import parse_qs

import structlog
from fastapi import Request
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import answer_refusal
from api.problems import TokenInUrl
from kit.log import get_logger

log = get_logger("api")
REQUESTS = Counter("pingan_http_requests_total", "Answers", ["method", "route", "status"])
SECONDS = Histogram(
    "pingan_http_request_seconds",
    "Seconds from request to answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
#: of every other word a series would be kept for ever
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_SECRETS = {"token", "access_token", "refresh_token", "authorization", "password"}
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]


class Around:
    """ASGI middleware; plain, so that sockets pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = uuid.uuid4().hex
        started = time.perf_counter()
        status = 500
        # a page of another build learns of it from any answer
        build = scope["app"].state.web.build

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers += [*_HEADERS, (b"x-request-id", request_id.encode())]
                if build is not None:
                    headers.append((b"x-pingan-build", build.encode()))
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if _SECRETS & parse_qs(scope["query_string"].decode("latin-1")).keys():
                    await answer_refusal(Request(scope), TokenInUrl())(scope, receive, send_marked)
                else:
                    await self.app(scope, receive, send_marked)
            finally:
                took = time.perf_counter() - started
                route = getattr(scope.get("route"), "path", "unmatched")
                method = scope["method"] if scope["method"] in _METHODS else "other"
                REQUESTS.labels(method, route, str(status)).inc()
                SECONDS.labels(method, route).observe(took)
                log.info("answered", method=method, route=route, status=status, ms=round(took * 1000, 1))
