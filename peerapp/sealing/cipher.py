"""One value under one person's key, bound to the row and the field in which it stands.

AES-256-GCM-SIV (RFC 8452): an accident with nonces shows that two values are equal and no more.
A sealed value is text: ``1.<id of the person's key>.<nonce and ciphertext>``, both in URL-safe
base64. What is authenticated with it, and stored nowhere, is the version, the key's id and its
place, ``table.column:row``: moved to another row, another field or another key, it does not open.
"""

from __future__ import annotations

import os
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from peerapp.errors import PeerAppError

VERSION = "1"
KEY_BYTES = 32
NONCE_BYTES = 12


class SealError(PeerAppError):
    """Something about sealed values or their keys is wrong; no text of it holds a value."""


class Broken(SealError):
    """A sealed value was changed, moved, or never sealed."""


@dataclass(frozen=True)
class PersonKey:
    """The key of one person's values, opened and ready to be used."""

    id: uuid.UUID
    aead: AESGCMSIV


def encode(raw: bytes) -> str:
    """Return bytes as URL-safe base64 without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes that ``encode`` wrote; refuse every other spelling of them.

    Raises
    ------
    ValueError
        The text is not what ``encode`` writes.
    """
    raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if encode(raw) != text:
        raise ValueError("not canonical base64")
    return raw


def encrypt(aead: AESGCMSIV, plain: bytes, associated: str) -> bytes:
    """Return a fresh nonce and the ciphertext behind it."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + aead.encrypt(nonce, plain, associated.encode())


def decrypt(aead: AESGCMSIV, sealed: bytes, associated: str) -> bytes:
    """Return what ``encrypt`` was given.

    Raises
    ------
    Broken
        Key, ciphertext or associated data is not that of the sealing.
    """
    try:
        return aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated.encode())
    except (InvalidTag, ValueError):
        raise Broken("a sealed value does not open with its key in its place") from None


def seal(key: PersonKey, plain: bytes, place: str) -> str:
    """Seal ``plain`` for the place ``table.column:row``."""
    return (
        f"{VERSION}.{encode(key.id.bytes)}.{encode(encrypt(key.aead, plain, _bound(key, place)))}"
    )


def sealed_by(token: str) -> uuid.UUID:
    """Return the id of the person's key that a sealed value asks for.

    Raises
    ------
    Broken
        This is not a sealed value.
    """
    try:
        version, key_id, _ = token.split(".")
        if version != VERSION:
            raise ValueError("unknown version")
        return uuid.UUID(bytes=decode(key_id))
    except ValueError:
        raise Broken("a value that has to be sealed is not") from None


def unseal(key: PersonKey, token: str, place: str) -> bytes:
    """Open a sealed value in its place.

    Raises
    ------
    Broken
        It was changed, moved from another place, or sealed with another key.
    """
    if sealed_by(token) != key.id:
        raise Broken("a sealed value asks for another key")
    try:
        sealed = decode(token.rpartition(".")[2])
    except ValueError:
        raise Broken("a sealed value is not whole") from None
    return decrypt(key.aead, sealed, _bound(key, place))


def _bound(key: PersonKey, place: str) -> str:
    return f"peerapp value {VERSION} {key.id} {place}"
