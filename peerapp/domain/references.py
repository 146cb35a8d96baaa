"""References: what staff say on the phone instead of a family's name."""

from __future__ import annotations

import re
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is mistaken for something else when read or heard: 0 O, 1 I L, U (V)."""

LENGTH = 5
FORM = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,18}[A-Z0-9])?")
ALLOWED = "letters, digits and hyphens, at most 20, such as F-7KQ2M"


def new_reference(choose: Callable[[str], str], letter: str = "F") -> str:
    """Return a reference such as ``F-7KQ2M`` from a source of random letters."""
    return f"{letter}-" + "".join(choose(ALPHABET) for _ in range(LENGTH))


def is_reference(text: str) -> bool:
    """Say whether a reference from elsewhere can be taken over as it is."""
    return FORM.fullmatch(text) is not None
