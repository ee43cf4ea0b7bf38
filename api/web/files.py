"""The web apps: asked for what no route of the API has."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.web.dist import Dist, File
from api.web.policy import PERMISSIONS, content_policy

#: each lives below its own address; the chooser is at the root
APPS = ("console", "guard", "station")
CHOOSER = "gate"
#: names in here carry a digest of what is in them
_HASHED = "assets"
_FOREVER, _ASK_FIRST = "public, max-age=31536000, immutable", "no-cache"
# older systems' tables lack these
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}

_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>网页尚未构建</title>
<body><h1>网页尚未构建</h1><p>服务正常，但网页还没有生成。请在服务器上运行：</p><pre>./pingan web build</pre>
<p lang="en">The server runs, but the web pages have not been built. On the server, run: ./pingan web build</p>
</body></html>
"""


class WebFiles:
    """ASGI: a file of the build, the page of an app for every address within it, else ``otherwise``."""

    def __init__(self, dist: Dist, otherwise: ASGIApp, *, raster_url: str = "") -> None:
        self._dist = dist
        self._otherwise = otherwise
        self._raster_url = raster_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (answer or self._otherwise)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        path: str = scope["path"]
        if path.strip("/") in APPS and not path.endswith("/"):
            # relative, so that a proxy's own prefix stays
            return RedirectResponse(f"{path.strip('/')}/", 308)
        parts = PurePosixPath(path).parts[1:]
        app = parts[0] if parts and parts[0] in APPS else CHOOSER
        is_page = path == "/" or (app != CHOOSER and "." not in parts[-1])
        if self._dist.build is None:
            return self._secured(HTMLResponse(_NOT_BUILT, 503), scope) if is_page else None
        name = f"{app}/index.html" if is_page else "/".join(parts if app != CHOOSER else (CHOOSER, *parts))
        found = self._dist.find(name)
        return self._secured(self._file(found, scope), scope) if found else None

    def _file(self, file: File, scope: Scope) -> Response:
        coding, content = file.best(Headers(scope=scope).get("accept-encoding", ""))
        path = PurePosixPath(file.name)
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"cache-control": _FOREVER if _HASHED in path.parts else _ASK_FIRST, "vary": "accept-encoding"}
        if coding != "identity":
            headers["content-encoding"] = coding
        return Response(content, media_type=kind, headers=headers)

    def _secured(self, response: Response, scope: Scope) -> Response:
        host = Headers(scope=scope).get("host", "")
        response.headers["content-security-policy"] = content_policy(host, self._raster_url)
        response.headers["permissions-policy"] = PERMISSIONS
        response.headers["cross-origin-opener-policy"] = "same-origin"
        return response
