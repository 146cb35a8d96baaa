"""The scheme keys: they wrap the keys of persons, and one beside them makes blind indexes.

The keyring is kept outside the database: whoever holds one of the two holds nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from peerapp.sealing.cipher import KEY_BYTES, PersonKey, SealError, decode, decrypt, encode, encrypt


class KeyringError(SealError):
    """The keyring is missing, damaged or another site's; the message says what to do."""


class MissingKey(KeyringError):
    """A person's key is wrapped by a scheme key that the keyring does not hold."""


@dataclass(frozen=True)
class Keys:
    """What a keyring holds: scheme keys by id, which of them wraps, and the keys of blind indexes.

    ``indexes`` are older index keys, kept until every index was made anew.
    """

    wrapping: Mapping[uuid.UUID, bytes] = field(repr=False)
    active: uuid.UUID
    index_id: uuid.UUID
    index: bytes = field(repr=False)
    indexes: Mapping[uuid.UUID, bytes] = field(default_factory=dict, repr=False)

    @property
    def every_index(self) -> Mapping[uuid.UUID, bytes]:
        """All index keys by id, the newest last."""
        return {**self.indexes, self.index_id: self.index}

    @property
    def every(self) -> Mapping[uuid.UUID, bytes]:
        """All keys by id."""
        return {**self.wrapping, **self.every_index}

    def __post_init__(self) -> None:
        if self.active not in self.wrapping:
            raise KeyringError("the keyring's active key is not among its keys")
        if any(len(key) != KEY_BYTES for key in self.every.values()):
            raise KeyringError(f"each key of the keyring has to have {KEY_BYTES} bytes")
        count = len(self.wrapping) + len(self.indexes) + 1
        if len(set(self.every.values())) != count or len(self.every) != count:
            raise KeyringError("two keys of the keyring are the same")


def fresh_keys() -> Keys:
    """Return a keyring's contents for a new site."""
    active = uuid.uuid4()
    return Keys({active: os.urandom(KEY_BYTES)}, active, uuid.uuid4(), os.urandom(KEY_BYTES))


def fingerprint(key: bytes) -> str:
    """Return what may be written down about a key: enough to tell it from another."""
    return hmac.digest(key, b"peerapp key fingerprint", "sha256").hex()[:16]


class Keyring:
    """The keys of one process; asks its source again when a key is missing.

    Another process may have added a key since: ``peerapp keys rotate`` does, while the site runs.
    """

    def __init__(self, keys: Keys, reread: Callable[[], Keys] | None = None) -> None:
        self._keys = keys
        self._reread = reread
        self._lock = threading.Lock()

    @property
    def keys(self) -> Keys:
        """What the keyring holds as last read."""
        return self._keys

    @property
    def active(self) -> uuid.UUID:
        """The scheme key that wraps new keys."""
        return self._keys.active

    def reload(self) -> None:
        """Read the keys again from where they came from."""
        if self._reread is not None:
            with self._lock:
                self._keys = self._reread()

    def fingerprints(self) -> dict[uuid.UUID, str]:
        """Return the fingerprint of each key, the index keys among them."""
        return {key_id: fingerprint(key) for key_id, key in self._keys.every.items()}

    def make_person_key(self, owner: uuid.UUID, scheme_key: uuid.UUID) -> tuple[PersonKey, str]:
        """Make a key for a person; return it, and it wrapped by a scheme key."""
        raw, key_id = os.urandom(KEY_BYTES), uuid.uuid4()
        return PersonKey(key_id, AESGCMSIV(raw)), self._wrap(raw, key_id, owner, scheme_key)

    def open_person_key(
        self, wrapped: str, key_id: uuid.UUID, owner: uuid.UUID, scheme_key: uuid.UUID
    ) -> PersonKey:
        """Unwrap a person's key.

        Raises
        ------
        MissingKey
            The scheme key that wraps it is not in the keyring.
        Broken
            The wrapped key was changed, or belongs to somebody else.
        """
        return PersonKey(key_id, AESGCMSIV(self._unwrap(wrapped, key_id, owner, scheme_key)))

    def rewrap(
        self,
        wrapped: str,
        key_id: uuid.UUID,
        owner: uuid.UUID,
        old: uuid.UUID,
        new: uuid.UUID,
    ) -> str:
        """Return a person's key wrapped by another scheme key; the key itself stays the same."""
        return self._wrap(self._unwrap(wrapped, key_id, owner, old), key_id, owner, new)

    def index(self, key_id: uuid.UUID, kind: str, scheme_id: uuid.UUID, text: str) -> str:
        """Return the blind index of a text: equal texts have equal ones, and that is all it says.

        HMAC-SHA-256 under an index key, separate for each kind of text and each scheme.

        Raises
        ------
        MissingKey
            The index key is not in the keyring.
        """
        if key_id not in self._keys.every_index:
            self.reload()
        key = self._keys.every_index.get(key_id)
        if key is None:
            raise MissingKey(
                f"the keyring does not hold the index key {key_id}: give the file that does"
            )
        message = f"{kind}\0{scheme_id}\0{text}".encode()
        return encode(hmac.digest(key, message, hashlib.sha256))

    def _wrap(self, raw: bytes, key_id: uuid.UUID, owner: uuid.UUID, scheme_key: uuid.UUID) -> str:
        aead = AESGCMSIV(self._scheme_key(scheme_key))
        return encode(encrypt(aead, raw, _bound(key_id, owner, scheme_key)))

    def _unwrap(
        self, wrapped: str, key_id: uuid.UUID, owner: uuid.UUID, scheme_key: uuid.UUID
    ) -> bytes:
        aead = AESGCMSIV(self._scheme_key(scheme_key))
        return decrypt(aead, decode(wrapped), _bound(key_id, owner, scheme_key))

    def _scheme_key(self, key_id: uuid.UUID) -> bytes:
        if key_id not in self._keys.wrapping:
            self.reload()
        try:
            return self._keys.wrapping[key_id]
        except KeyError:
            raise MissingKey(
                f"the keyring does not hold the scheme key {key_id}: give the file that does"
            ) from None


def _bound(key_id: uuid.UUID, owner: uuid.UUID, scheme_key: uuid.UUID) -> str:
    return f"peerapp person key {key_id} {owner} {scheme_key}"
