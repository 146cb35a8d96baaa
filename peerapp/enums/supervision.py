"""Supervision calls: the coach and the family are asked how it goes."""

from __future__ import annotations

from enum import StrEnum


class CallState(StrEnum):
    """State of one supervision call of a match."""

    PLANNED = "planned"
    HELD = "held"
    SKIPPED = "skipped"


class CallMood(StrEnum):
    """How a match goes, in the view of whoever made the call."""

    WELL = "well"
    MIXED = "mixed"
    WORRYING = "worrying"
