"""Where the keyring comes from: a file that its owner alone may read, or the environment."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from dataclasses import replace
from pathlib import Path

from peerapp.sealing.cipher import KEY_BYTES, decode, encode
from peerapp.sealing.keyring import Keyring, KeyringError, Keys, fresh_keys

FILE_NAME = "keys.json"


def key_file(source: str, data_dir: Path) -> Path | None:
    """Return the key file, or None where ``source`` holds the keys themselves."""
    if source.lstrip().startswith("{"):
        return None
    return Path(source) if source else data_dir / FILE_NAME


def load_keyring(source: str, data_dir: Path) -> Keyring:
    """Load the keyring.

    Parameters
    ----------
    source
        Path of the key file, or its contents; empty: ``keys.json`` in ``data_dir``.

    Raises
    ------
    KeyringError
        There is none, it is damaged, or others may read it.
    """
    path = key_file(source, data_dir)
    if path is None:
        return Keyring(parse(source))
    return Keyring(read(path), lambda: read(path))


def make_keyring(source: str, data_dir: Path) -> bool:
    """Make a key file where there is none; say whether one was made."""
    path = key_file(source, data_dir)
    if path is None or path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, fresh_keys())
    return True


def read(path: Path) -> Keys:
    """Read a key file that nobody but its owner may read."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise KeyringError(
            f"there is no key file at {path}, or it cannot be read: set PEERAPP_KEYS to the file "
            "that belongs to this database, or make one for a new database with `peerapp init`"
        ) from None
    if mode & 0o077:
        raise KeyringError(f"others may read the key file {path}: run chmod 600 on it")
    return parse(text)


def parse(text: str) -> Keys:
    """Return the keys that a key file holds; the error repeats nothing of it."""
    try:
        given = json.loads(text)
        wrapping = {uuid.UUID(key_id): decode(key) for key_id, key in given["keys"].items()}
        index_id, index = uuid.UUID(given["index"]["id"]), decode(given["index"]["key"])
        older = given.get("older_indexes", {})
        indexes = {uuid.UUID(key_id): decode(key) for key_id, key in older.items()}
        return Keys(wrapping, uuid.UUID(given["active"]), index_id, index, indexes)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise KeyringError(
            "PEERAPP_KEYS is damaged: it has to be a key file as `peerapp init` writes it; put "
            "the copy back that you keep elsewhere"
        ) from None


def dump(keys: Keys) -> str:
    """Return keys as a key file holds them."""
    held: dict[str, object] = {
        "active": str(keys.active),
        "keys": {str(key_id): encode(key) for key_id, key in keys.wrapping.items()},
        "index": {"id": str(keys.index_id), "key": encode(keys.index)},
    }
    if keys.indexes:
        held["older_indexes"] = {str(one): encode(key) for one, key in keys.indexes.items()}
    return json.dumps(held, indent=1)


def write(path: Path, keys: Keys) -> None:
    """Write a key file in one step: a reader sees the old keys or the new ones, never half."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123
            file.write(dump(keys))
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


def add_key(path: Path) -> uuid.UUID:
    """Add a new scheme key to a key file and make it the active one; return its id."""
    keys, new = read(path), uuid.uuid4()
    wrapping = {**keys.wrapping, new: os.urandom(KEY_BYTES)}
    write(path, replace(keys, wrapping=wrapping, active=new))
    return new


def add_index_key(path: Path) -> uuid.UUID:
    """Add a new index key to a key file, and keep the one before it; return its id."""
    keys, new = read(path), uuid.uuid4()
    write(path, replace(keys, index_id=new, index=os.urandom(KEY_BYTES), indexes=keys.every_index))
    return new


def remove_key(path: Path, key_id: uuid.UUID) -> None:
    """Take a scheme key or an older index key out; the active ones stay whatever is asked."""
    keys = read(path)
    wrapping = {one: key for one, key in keys.wrapping.items() if one != key_id}
    indexes = {one: key for one, key in keys.indexes.items() if one != key_id}
    write(path, replace(keys, wrapping=wrapping, indexes=indexes))
