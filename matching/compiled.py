"""Loops over plain arrays, compiled to machine code by Numba the first time they run.

A compiled function takes and gives numpy arrays and numbers only, calls only other compiled
functions, and reads the same with or without compiling: ``NUMBA_DISABLE_JIT=1`` runs it as Python.
The machine code is kept on disk beside the source, or in the user's cache where that is read-only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Compile `loop` when it is first called; later runs of the program load it from disk."""
    return cast(Loop, numba.njit(cache=True, nogil=True)(loop))
