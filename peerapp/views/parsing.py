"""Reading what stands in an address or a hidden value."""

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


def page_number(value: str | None) -> int:
    """Return the number of a page, from 1; the first where the text is none."""
    text = value or ""
    if not (text.isascii() and text.isdecimal()):
        return 1
    return max(1, int(text)) if len(text) < len(str(LAST_PAGE)) else LAST_PAGE


def edition_number(value: str | None) -> int:
    """Return the edition that a page was made from; 0, which nothing has, where it is none."""
    text = value or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def uuid_or_none(value: str | None) -> uuid.UUID | None:
    """Return an id, or None where the text is none."""
    try:
        return uuid.UUID(value or "")
    except ValueError:
        return None
