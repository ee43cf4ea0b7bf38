"""Structured logs: one JSON object a line, without personal data."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

#: members that are dropped whatever their value: people, places, secrets
_PRIVATE = frozenset(
    {
        *("phone", "caller_phone", "caller_name", "name", "address", "text", "summary", "body", "query"),
        *("lat", "lon", "latitude", "longitude", "position", "point"),
        *("password", "token", "ticket", "secret", "key", "authorization", "cookie"),
    }
)
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Drop private members and blank out what looks like a mobile number."""
    kept = {k: v for k, v in event.items() if k.lower() not in _PRIVATE}
    return {k: _PHONE.sub("[phone]", v) if isinstance(v, str) else v for k, v in kept.items()}


def setup(*, json: bool = True, level: str = "INFO") -> None:
    """Configure structlog and route the standard library's records through the same redaction."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # uvicorn's access line carries the path with its query
    logging.getLogger("uvicorn.access").disabled = True
    # and so do the lines of the HTTP clients
    for chatty in ("httpx", "httpcore", "urllib3", "websockets"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def get_logger(name: str) -> Any:
    """A logger; pass facts as keyword members, the sentence without values in it."""
    return structlog.stdlib.get_logger(name)
