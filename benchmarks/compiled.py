"""Compiles the benchmark's own loops; kept apart from the matcher's, so as to share no code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Machine code on one thread; no fast-math, whole numbers stay exact."""
    return cast(Loop, numba.njit(cache=True)(loop))
