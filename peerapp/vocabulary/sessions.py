"""Weekly sessions, notes and expenses: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import sessions as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.SessionState: {
        "planned": "Planned",
        "held": "Happened",
        "not_held": "Did not happen",
        "cancelled": "Called off",
    },
    e.CancelReason: {
        "family_cannot": "The family cannot come",
        "coach_cannot": "The coach cannot come",
        "both_agreed": "Both agreed to leave it out",
        "school_holiday": "School holiday",
        "plan_changed": "The plan was changed",
        "on_hold": "On hold",
    },
    e.NotHeldReason: {
        "family_not_there": "The family was not there",
        "family_called_off": "The family called it off",
        "coach_could_not": "I could not come",
        "other": "Something else",
    },
    e.SessionMood: {
        "well": "It went well",
        "mixed": "Some of it was hard",
        "hard": "It was hard",
    },
    e.ExpenseKind: {
        "car": "Miles by car or van",
        "motorcycle": "Miles by motorcycle",
        "bicycle": "Miles by bicycle",
        "public_transport": "Bus, train or taxi",
        "parking": "Parking or a toll",
        "other": "Something else",
    },
    e.ClaimState: {
        "sent": "With your coordinator",
        "approved": "Approved",
        "returned": "Sent back",
        "withdrawn": "Withdrawn",
    },
}
