"""Messages between a family and its coach: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import conversations as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.Side: {"family": "The family", "coach": "The coach"},
    e.ReadingReason: {
        "concern": "Somebody may not be safe",
        "complaint": "A complaint",
        "asked": "The family or the coach asked me to look",
        "no_contact": "One of them cannot be reached",
        "legal": "The law asks for it, such as a request for one’s own data",
    },
}
