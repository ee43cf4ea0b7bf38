"""Personal data at rest: encryption, blind index for look-up, masking for every way out."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class Vault:
    """Encrypts short texts with AES-256-GCM; layout of a box: version byte, 12-byte nonce, ciphertext with tag.

    ``key_hex`` is 32 bytes in hex. The index key is derived from it, so that an index never helps to decrypt.
    """

    VERSION = b"\x01"

    def __init__(self, key_hex: str) -> None:
        key = bytes.fromhex(key_hex)
        if len(key) != 32:
            raise ValueError("the data key is 32 bytes in hex")
        self._aead = AESGCM(self._derive(key, b"pingan seal"))
        self._index_key = self._derive(key, b"pingan blind index")

    @staticmethod
    def _derive(key: bytes, info: bytes) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key)

    def seal(self, text: str, *, context: str) -> bytes:
        """Encrypt. ``context`` names the column, so that a box moved to another column does not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return self.VERSION + nonce + self._aead.encrypt(nonce, text.encode(), context.encode())

    def open(self, box: bytes, *, context: str) -> str:
        """Decrypt; raises cryptography's InvalidTag when the box or the context is not the one sealed."""
        if box[:1] != self.VERSION:
            raise ValueError("unknown box version")
        nonce, body = box[1 : 1 + _NONCE_BYTES], box[1 + _NONCE_BYTES :]
        return self._aead.decrypt(nonce, bytes(body), context.encode()).decode()

    def index(self, text: str) -> bytes:
        """A keyed digest for equality look-ups."""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=4)
def get_vault(key_hex: str) -> Vault:
    """The vault of a key, derived once."""
    return Vault(key_hex)


def mask_phone(phone: str) -> str:
    """``+8613800000001`` becomes ``138****0001``, ``+862164500001`` ``021****0001``; one too short is hidden whole."""
    digits = phone.removeprefix("+86").lstrip("+")
    if phone.startswith("+86") and not digits.startswith("1"):
        # a landline, as people write it
        digits = f"0{digits}"
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 10 else "****"


def mask_name(name: str) -> str:
    """``张三丰`` becomes ``张**``."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
