"""Loops over plain arrays, compiled to machine code by Numba the first time they run.

A compiled function takes and gives numpy arrays and numbers only, calls only other compiled
functions, and reads the same with or without compiling: ``NUMBA_DISABLE_JIT=1`` runs it as Python.
The machine code is kept on disk, in ``__pycache__`` or in the user's cache where that is
read-only. Numba looks only at the file of the outermost function to tell whether that code is
still good, so it is kept by a digest of all of the package's files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])
HERE = Path(__file__).parent


def _digest() -> str:
    found = sha256()
    for path in sorted(HERE.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def cache_folder() -> Path:
    """Where the machine code of exactly these sources is kept."""
    asked = os.environ.get("NUMBA_CACHE_DIR")
    rooms = [asked] if asked else [str(HERE / "__pycache__"), _user_cache()]
    name = f"compiled-{_digest()}"
    for room in filter(None, rooms):
        if _writable(Path(room) / name):
            return Path(room) / name
    # What lies in the cache is run. A folder that others could have made first is no place for it,
    # so this one is new, open to nobody else, and the code in it lasts as long as the program.
    return Path(tempfile.mkdtemp(prefix="peerapp-compiled-"))


def _user_cache() -> str:
    """The user's cache folder, or nothing for a user who has no home."""
    try:
        home = Path.home() / ".cache"
    except RuntimeError:
        home = Path()
    base = Path(os.environ.get("XDG_CACHE_HOME") or home)
    return str(base / "peerapp") if base.is_absolute() else ""


numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


def compiled(loop: Loop) -> Loop:
    """Compile `loop` when it is first called; later runs of the program load it from disk."""
    return cast(Loop, numba.njit(cache=True, nogil=True)(loop))


def lean(loop: Loop) -> Loop:
    """As `compiled`, for a function that makes and returns no array and calls lean ones only.

    Numba counts who holds each array that a function takes out of a tuple, and those counts are
    shared by all threads: in small functions that takes longer than the work. Nothing is counted
    here, since whoever calls holds the arrays as long. Numba refuses one that makes an array.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    return cast(Loop, numba.njit(**options)(loop))
