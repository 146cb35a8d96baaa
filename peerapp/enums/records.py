"""Messages that leave and what is written down."""

from __future__ import annotations

from enum import StrEnum


class MessageState(StrEnum):
    """State of a message on its way out."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AuditKind(StrEnum):
    """Whether an audited event read personal data or changed something."""

    READ = "read"
    CHANGE = "change"
    SECURITY = "security"
