"""Courses and who attends them: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import training as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.Course: {
        "safeguarding": "Safeguarding",
        "boundaries": "Boundaries",
        "lone_working": "Lone working",
        "domestic_abuse_awareness": "Domestic abuse awareness",
        "data_protection": "Data protection",
        "domestic_abuse": "Supporting survivors of domestic abuse",
        "substance_use": "Drugs and alcohol",
        "exploitation": "Exploitation",
        "crime": "Families and crime",
        "send": "Special educational needs and disabilities",
    },
    e.BookingState: {
        "booked": "Has a place",
        "waiting": "On the waiting list",
        "cancelled": "Cancelled",
        "attended": "Came",
        "missed": "Did not come",
    },
    e.TrainingMethod: {
        "session": "At a session of the scheme",
        "online": "Online",
        "elsewhere": "Somewhere else",
    },
}
