"""Weekly sessions, what is noted of them, and what coaches are paid back."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """What became of a session."""

    PLANNED = "planned"
    HELD = "held"
    NOT_HELD = "not_held"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Why a session was called off before it began."""

    FAMILY_CANNOT = "family_cannot"
    COACH_CANNOT = "coach_cannot"
    BOTH_AGREED = "both_agreed"
    SCHOOL_HOLIDAY = "school_holiday"
    PLAN_CHANGED = "plan_changed"
    ON_HOLD = "on_hold"


CANCELLED_BY_RULE = frozenset(
    {CancelReason.SCHOOL_HOLIDAY, CancelReason.PLAN_CHANGED, CancelReason.ON_HOLD}
)
"""Reasons that the plan gives by itself, and takes back when they no longer hold."""


class NotHeldReason(StrEnum):
    """Why a session did not happen, as its coach notes it."""

    FAMILY_NOT_THERE = "family_not_there"
    FAMILY_CALLED_OFF = "family_called_off"
    COACH_COULD_NOT = "coach_could_not"
    OTHER = "other"


class SessionMood(StrEnum):
    """How a session went, in the coach's eyes."""

    WELL = "well"
    MIXED = "mixed"
    HARD = "hard"


class ExpenseKind(StrEnum):
    """What a coach spent money on."""

    CAR = "car"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    PUBLIC_TRANSPORT = "public_transport"
    PARKING = "parking"
    OTHER = "other"


BY_THE_MILE = frozenset({ExpenseKind.CAR, ExpenseKind.MOTORCYCLE, ExpenseKind.BICYCLE})
"""Kinds that are paid by distance, not by receipt."""


class ClaimState(StrEnum):
    """Where a claim stands; an approved one is paid once it is in a payment file."""

    SENT = "sent"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
