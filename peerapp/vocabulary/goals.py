"""Goals of families and totals of outside measures: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import goals as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.GoalState: {
        "open": "We work on it",
        "reached": "Reached",
        "set_aside": "Set aside",
    },
    e.Occasion: {
        "start": "At the start",
        "review": "On the way",
        "end": "At the end",
    },
}
