"""A WebSocket as the hub sees it, with a way to cut one that takes no more bytes."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

_ABORT = "pingan.abort"


class KeepAbort:
    """Outermost middleware: remembers how to cut a socket's connection.

    A server waits for its write buffer to drain even when it closes; a phone that does not read would keep
    buffer and socket for as long as its kernel answers probes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            abort = getattr(transport, "abort", None)
            if callable(abort):
                scope[_ABORT] = abort
        await self.app(scope, receive, send)


class WebSocketWire:
    """notifications.live.socket.Wire over Starlette's WebSocket."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._abort: Callable[[], None] | None = websocket.scope.get(_ABORT)

    async def send(self, text: str) -> None:
        await self._websocket.send_text(text)

    async def close(self, code: int, reason: str) -> None:
        await self._websocket.close(code, reason)

    def abort(self) -> None:
        if self._abort is not None:
            self._abort()
