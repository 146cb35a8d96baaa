"""Seals short secrets for the database: who copies a row, or moves it elsewhere, gets nothing.

AES-GCM-SIV under a key that follows from the site's secret key; the place of the value (table,
column, row) is bound in, so that a sealed value opens nowhere else.
"""

from __future__ import annotations

import base64
import secrets
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "v1"
NONCE_BYTES = 12
PURPOSE = b"peerapp second factors v1"


class SealBroken(Exception):
    """A sealed value does not open here: another key, another place, or it was tampered with."""


def place_of(table: str, column: str, row_id: uuid.UUID) -> str:
    """Return the place that a value is bound to."""
    return f"{table}.{column}:{row_id}"


class SecretBox:
    """Seals and opens text under one key.

    Parameters
    ----------
    secret_key
        The site's secret key; the key of the box is derived from it and used for nothing else.
    """

    def __init__(self, secret_key: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
        self._cipher = AESGCMSIV(derive.derive(secret_key.encode()))

    def seal(self, text: str, place: str) -> str:
        """Return ``text`` sealed for ``place``, as printable text."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{VERSION}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return what was sealed for ``place``.

        Raises
        ------
        SealBroken
            It was sealed under another key or for another place, or has been changed.
        """
        version, _, body = sealed.partition(".")
        try:
            raw = base64.urlsafe_b64decode(body.encode())
            if version != VERSION or len(raw) <= NONCE_BYTES:
                raise SealBroken("a sealed value is not one of ours")
            nonce, rest = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a sealed value does not open") from error
