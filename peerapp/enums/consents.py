"""What a family may say yes or no to, purpose by purpose."""

from __future__ import annotations

from enum import StrEnum


class ConsentPurpose(StrEnum):
    """What a family agrees to; each is asked, given and taken back by itself."""

    TAKE_PART = "take_part"
    SHARE_WITH_COACH = "share_with_coach"
    SHARE_WITH_REFERRER = "share_with_referrer"
    MESSAGES = "messages"
    FEEDBACK = "feedback"
    RESEARCH = "research"


NEEDED_PURPOSES = (ConsentPurpose.TAKE_PART, ConsentPurpose.SHARE_WITH_COACH)
"""Without these no coach can be found, and none may know of the family."""
