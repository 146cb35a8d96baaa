"""What a family agrees to, in words: for staff, for the family, and what a no leads to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import consents as e
from peerapp.enums.consents import ConsentPurpose

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.ConsentPurpose: {
        "take_part": "Taking part",
        "share_with_coach": "Telling the coach",
        "share_with_referrer": "Telling whoever referred the family",
        "messages": "Messages with the coach on this site",
        "feedback": "Questions about how it was",
        "research": "Counting what helps, without names",
    },
}

FAMILY_TITLES: Mapping[ConsentPurpose, str] = {
    ConsentPurpose.TAKE_PART: "Look for a coach for me",
    ConsentPurpose.SHARE_WITH_COACH: "Tell my coach about me",
    ConsentPurpose.SHARE_WITH_REFERRER: "Tell the person who sent me here how it goes",
    ConsentPurpose.MESSAGES: "Write to my coach on this site",
    ConsentPurpose.FEEDBACK: "Ask me how it was",
    ConsentPurpose.RESEARCH: "Count what helps, without my name",
}
"""What each purpose is called on a family's own pages."""

STOP_EFFECTS: Mapping[ConsentPurpose, tuple[str, ...]] = {
    ConsentPurpose.TAKE_PART: (
        "We stop looking for a coach for you.",
        "If you have a coach, you can no longer see how to reach each other. This happens at once.",
        "Your other answers about what we may do go back to no.",
        "Your coordinator is told, so that they can talk with you and your coach.",
        "What you told us stays with us until the time comes when we must delete it.",
        "You can say yes again later.",
    ),
    ConsentPurpose.SHARE_WITH_COACH: (
        "No coach is told anything about you.",
        "If you have a coach, you can no longer see how to reach each other. This happens at once.",
        "We cannot find a coach for you until you say yes again.",
        "Your coordinator is told, so that they can talk with you.",
    ),
    ConsentPurpose.SHARE_WITH_REFERRER: (
        "Who sent us your details can no longer see how it goes. This happens at once.",
        "Nothing else changes. You keep your place, and your coach.",
    ),
    ConsentPurpose.MESSAGES: (
        "You and your coach can no longer write to each other on this site. This happens at once.",
        "You can still reach each other in the other ways that you chose.",
        "Messages that you wrote before are kept.",
    ),
    ConsentPurpose.FEEDBACK: (
        "We do not ask you how it was.",
        "Nothing else changes. You keep your place, and your coach.",
    ),
    ConsentPurpose.RESEARCH: (
        "We leave you out when we count from now on.",
        "Nothing else changes. You keep your place, and your coach.",
    ),
}
"""What taking a yes back leads to; said to the family before it does."""
