"""Before the upgrade: where a socket may come from, and the ticket that opens it."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.websockets import WebSocket

from api.problems import TokenInUrl
from kit.errors import NotAllowed

_TOKENS = {"token", "access_token", "refresh_token", "authorization", "password"}


class ForeignOrigin(NotAllowed):
    """A page of another origin may not open this socket."""

    slug, title, hint = "foreign-origin", "来源不允许", "请从本系统的网址打开页面。"


def take_ticket(websocket: WebSocket) -> str:
    """The ticket of the query, which is wiped: the server logs the address of a socket. Raises TokenInUrl."""
    query: dict[str, list[str]] = parse_qs(websocket.scope["query_string"].decode("latin-1"))
    websocket.scope["query_string"] = b""
    if _TOKENS & query.keys():
        raise TokenInUrl
    return query.get("ticket", [""])[0]


def check_origin(websocket: WebSocket, allowed: Collection[str]) -> None:
    """Browsers say their origin: the server's own or one of ``allowed``; apps say none. Raises ForeignOrigin."""
    origin = websocket.headers.get("origin")
    if origin is None or origin in allowed:
        return
    host = str(websocket.headers.get("host", ""))
    # a proxy in front ends TLS: both schemes are the server's own
    if not host or origin not in (f"http://{host}", f"https://{host}"):
        raise ForeignOrigin
