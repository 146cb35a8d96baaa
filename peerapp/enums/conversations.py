"""Messages between a family and its coach, inside the site."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """The two who write to each other."""

    FAMILY = "family"
    COACH = "coach"


class ReadingReason(StrEnum):
    """Why a member of staff reads what family and coach wrote to each other."""

    CONCERN = "concern"
    COMPLAINT = "complaint"
    ASKED = "asked"
    NO_CONTACT = "no_contact"
    LEGAL = "legal"
