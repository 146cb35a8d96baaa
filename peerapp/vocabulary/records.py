"""Messages that leave and what is written down: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import records as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.MessageState: {
        "queued": "Waiting to be sent",
        "sent": "Sent",
        "failed": "Failed",
        "cancelled": "Cancelled",
    },
    e.AuditKind: {"read": "View", "change": "Change", "security": "Security"},
}
