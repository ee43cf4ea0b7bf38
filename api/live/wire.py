"""A WebSocket as the hub sees it: a short way out for frames, and a way to cut one that takes no more bytes."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

_ABORT = "pingan.abort"
_SEND = "pingan.send"
_GONE = 1006


class KeepWire:
    """Outermost middleware: remembers how to send a frame without asking every layer, and how to cut a connection.

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
            scope[_SEND] = send
        await self.app(scope, receive, send)


class WebSocketWire:
    """notifications.live.socket.Wire over Starlette's WebSocket."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._abort: Callable[[], None] | None = websocket.scope.get(_ABORT)
        self._send: Send | None = websocket.scope.get(_SEND)

    async def send(self, text: str) -> None:
        if self._send is None:
            await self._websocket.send_text(text)
            return
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError:
            # as Starlette has it
            raise WebSocketDisconnect(_GONE) from None

    async def close(self, code: int, reason: str) -> None:
        await self._websocket.close(code, reason)

    def abort(self) -> None:
        if self._abort is not None:
            self._abort()
