"""Rights over one's record."""

from __future__ import annotations

from enum import StrEnum


class RightKind(StrEnum):
    """What somebody asks for about data on them."""

    ACCESS = "access"
    CORRECT = "correct"
    ERASE = "erase"
    COMPLAINT = "complaint"


class RightState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    RELEASED = "released"
    DONE = "done"
    REFUSED = "refused"


class RightStep(StrEnum):
    """One thing that was done about a request."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    SEEN = "seen"
    CALLED_BACK = "called_back"
    VOUCHED = "vouched"
    REVIEWED = "reviewed"
    FETCHED = "fetched"
    DONE = "done"
    REFUSED = "refused"
