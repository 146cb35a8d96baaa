"""Supervision calls: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import supervision as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.CallState: {
        "planned": "To make",
        "held": "Made",
        "skipped": "Left out",
    },
    e.CallMood: {
        "well": "It goes well",
        "mixed": "Some of it is hard",
        "worrying": "It needs attention soon",
    },
}
