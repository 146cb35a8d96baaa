"""Reading what stands in an address or a hidden value."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


def member_or_none(kind: type[E], value: str | None) -> E | None:
    """Return the member of an enum that has this value, or None."""
    try:
        return kind(value or "")
    except ValueError:
        return None


def uuid_or_none(value: str | None) -> uuid.UUID | None:
    """Return an id, or None where the text is none."""
    try:
        return uuid.UUID(value or "")
    except ValueError:
        return None
