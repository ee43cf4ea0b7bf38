"""Refresh tokens: opaque, each good for one exchange."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode


def successor(token: str, *, session_id: uuid.UUID, key: str) -> str:
    """The token that follows ``token``; ``key`` is 32 bytes in hex.

    It is computed, not drawn: a phone that lost the answer in bad signal and asks again is told the same one,
    and nothing has to be stored from which a token could be read. Without the key nobody can compute it.
    """
    message = b"pingan refresh\0" + session_id.bytes + token.encode()
    return urlsafe_b64encode(hmac.new(bytes.fromhex(key), message, hashlib.sha256).digest()).decode().rstrip("=")
