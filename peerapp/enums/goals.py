"""Goals of families and totals of outside measures."""

from __future__ import annotations

from enum import StrEnum


class GoalState(StrEnum):
    """Where a goal stands; ``set_aside`` means that the family wants something else now."""

    OPEN = "open"
    REACHED = "reached"
    SET_ASIDE = "set_aside"


class Occasion(StrEnum):
    """When a score was given, seen from the family's time with the scheme."""

    START = "start"
    REVIEW = "review"
    END = "end"
