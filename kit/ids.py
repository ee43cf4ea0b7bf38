"""Identifiers and secrets."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid


def new_id() -> uuid.UUID:
    """A random identifier: tells nothing about order or number, so a foreign one cannot be guessed."""
    return uuid.uuid4()


def new_secret(nbytes: int = 32) -> str:
    """A URL-safe secret with ``nbytes`` of randomness."""
    return secrets.token_urlsafe(nbytes)


#: no 0/O, 1/I/L: read aloud over a radio and typed with one thumb
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code(length: int = 8) -> str:
    """A one-time code that a person can read out and type."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(length))


def digest(secret: str) -> bytes:
    """SHA-256 of a high-entropy secret: what is stored in its place."""
    return hashlib.sha256(secret.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(left, right)
