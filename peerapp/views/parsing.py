"""Reading what stands in an address or a hidden value.

A field that was not sent keeps what the form was made with, which is not always a text. It counts
as nothing: only what came with the request says what somebody saw.
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)

LAST_PAGE = 1_000_000
"""Further than any list goes; a database takes no number of any length."""


def member_or_none(kind: type[E], value: str | None) -> E | None:
    """Return the member of an enum that has this value, or None."""
    try:
        return kind(value or "")
    except ValueError:
        return None


def _sent(value: object) -> str:
    return value if isinstance(value, str) else ""


def page_number(value: object) -> int:
    """Return the number of a page, from 1; the first where the text is none."""
    text = _sent(value)
    if not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, int(text)) if len(text) < len(str(LAST_PAGE)) else LAST_PAGE


def edition_number(value: object) -> int:
    """Return the edition that a page was made from; 0, which nothing has, where it is none."""
    text = _sent(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def uuid_or_none(value: object) -> uuid.UUID | None:
    """Return an id, or None where the text is none."""
    try:
        return uuid.UUID(_sent(value))
    except ValueError:
        return None
