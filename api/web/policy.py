"""What a page of ours may load and do. Everything comes from this server; nothing runs that the build has not made."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: what a browser calls us; it is repeated in a header and must not be able to say more than a host
_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")

PERMISSIONS = "geolocation=(self), camera=(self), screen-wake-lock=(self), microphone=(), payment=(), usb=()"


def content_policy(host: str, raster_url: str) -> str:
    """The Content-Security-Policy of every page. ``raster_url``: tiles of an outside map, if one is set."""
    # older WebViews do not take 'self' for the socket of the same host
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    tiles = f" {origin}" if (origin := _origin(raster_url)) else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # positions that a component computes; no element and no script comes this way
            "style-src-attr 'unsafe-inline'",
            f"img-src 'self' data: blob:{tiles}",
            f"connect-src 'self'{sockets}{tiles}",
            "font-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _origin(url: str) -> str:
    parts = urlsplit(url.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""
