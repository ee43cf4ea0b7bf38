"""A body that is too large is refused like everything else: as a problem that says what to do.

The framework's limiter stands outside all other middleware and writes a bare line of text, even over an
answer that was already on its way; so its refusal is translated out here.
"""

from __future__ import annotations

import uuid

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import answer_refusal
from api.problems import MEDIA_TYPE, PayloadTooLarge

_TOO_LARGE = 413


class LimitedApi(FastAPI):
    """FastAPI whose body limit answers with a problem."""

    def build_middleware_stack(self) -> ASGIApp:
        return _Explained(super().build_middleware_stack())


class _Explained:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bare = False

        async def explain(message: Message) -> None:
            nonlocal bare
            if message["type"] == "http.response.start":
                bare = message["status"] == _TOO_LARGE and not _is_problem(message)
                if bare:
                    request_id = scope.setdefault("request_id", uuid.uuid4().hex)
                    answer = answer_refusal(Request(scope), PayloadTooLarge())
                    answer.headers["x-request-id"] = request_id
                    answer.headers["x-content-type-options"] = "nosniff"
                    answer.headers["cache-control"] = "no-store"
                    await answer(scope, receive, send)
            if not bare:
                await send(message)

        await self.app(scope, receive, explain)


def _is_problem(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(MEDIA_TYPE.encode()) for name, value in message["headers"])
