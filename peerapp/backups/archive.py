"""A backup as a file: lines, packed, and sealed for one who holds a key that this site has not.

The file is one of the format `age`: made for a recipient (``age1…``), opened with an identity
(``AGE-SECRET-KEY-1…``). The site knows the recipient only, so whoever breaks into it cannot read
the backups it has made.
"""

from __future__ import annotations

import gzip
import io
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_io, encrypt_io, x25519

from peerapp.backups.rows import DamagedBackup


class KeyFault(Exception):
    """The recipient or the identity cannot be used; the message says what is allowed."""


def make_identity(path: Path) -> str:
    """Make a key for restoring, in a file of its owner's alone; returns its recipient."""
    identity = x25519.Identity.generate()
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"# for {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def _recipient(text: str) -> Any:
    try:
        return x25519.Recipient.from_str(text)
    except RecipientError as error:
        raise KeyFault("the recipient is not usable: give the age1… of `backup key`") from error


def _identity(path: Path) -> Any:
    try:
        lines = path.read_text("utf-8").splitlines()
        (line,) = [one for one in lines if one and not one.startswith("#")]
        return x25519.Identity.from_str(line.strip())
    except (OSError, ValueError, IdentityError) as error:
        raise KeyFault(
            f"the identity {path} is missing or not usable: it holds one AGE-SECRET-KEY-1…"
        ) from error


def write(path: Path, lines: Iterable[bytes], recipient: str) -> None:
    """Write the file; it appears under its name when it is whole."""
    key = _recipient(recipient)
    unfinished = path.with_name(path.name + ".part")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with (
                _piped(lambda source: encrypt_io(source, file, [key])) as sink,
                gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=6, mtime=0) as packed,
            ):
                packed.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read(path: Path, identity: Path) -> Iterator[bytes]:
    """Yield the lines of a file.

    Raises
    ------
    KeyFault
        The identity is missing, or is not the one that the file was made for.
    DamagedBackup
        The file was changed or cut off.
    """
    key = _identity(identity)
    with path.open("rb") as file:
        reading, writing = os.pipe()
        failed: list[BaseException] = []

        def open_up() -> None:
            try:
                with os.fdopen(writing, "wb") as sink:
                    decrypt_io(file, sink, [key])
            except BaseException as error:
                failed.append(error)

        opener = threading.Thread(target=open_up, daemon=True)
        opener.start()
        try:
            with os.fdopen(reading, "rb") as source, gzip.open(source) as packed:
                yield from cast(Iterable[bytes], packed)
        except (EOFError, gzip.BadGzipFile, OSError) as error:
            opener.join()
            raise _fault(path, failed[0] if failed else error) from error
        opener.join()
        if failed:
            raise _fault(path, failed[0])


def _fault(path: Path, error: BaseException) -> Exception:
    if isinstance(error, DecryptError) and "No matching keys" in str(error):
        return KeyFault(f"{path} was not made for this identity")
    return DamagedBackup(f"{path} is damaged or cut off")


@contextmanager
def _piped(consume: Any) -> Iterator[IO[bytes]]:
    """Give something to write to, what is written going to `consume`, side by side."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        with os.fdopen(reading, "rb") as source:
            try:
                consume(source)
            except BaseException as error:
                failed.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        with io.BufferedWriter(io.FileIO(writing, "wb")) as sink:
            yield sink
    finally:
        worker.join()
    if failed:
        raise failed[0]
