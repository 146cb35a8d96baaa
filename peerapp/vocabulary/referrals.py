"""Referrals: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import referrals as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.ReferralState: {
        "draft": "Begun",
        "sent": "Sent in",
        "accepted": "Accepted",
        "declined": "Not taken on",
        "deleted": "Deleted",
    },
    e.Danger: {"yes": "Yes", "unsure": "I am not sure", "no": "No"},
    e.ReferralLinkKind: {
        "browser": "Open in a browser",
        "resume": "Link to go on",
        "form": "Form for a professional",
        "outcome": "Link to the outcome",
    },
    e.ReferralDecline: {
        "outside_area": "The family lives outside our area",
        "family_choice": "The family does not want a coach",
        "no_agreement": "The family did not know of the referral, or did not agree",
        "more_help_needed": "The family needs more than a volunteer can give",
        "other_support": "Another service supports the family",
        "no_reply": "The family cannot be reached",
        "not_genuine": "It is not a genuine referral",
    },
    e.Outcome: {
        "received": "Received",
        "accepted": "Accepted",
        "waiting": "Waiting for a coach",
        "matched": "Matched with a coach",
        "closed": "Closed",
    },
    e.Likeness: {
        "same_child": "A child of the same name and age",
        "same_address": "The same address",
        "same_phone": "The same phone number",
        "same_email": "The same email address",
        "same_name": "The same name, or one that sounds like it",
    },
    e.LevelColour: {member.value: member.value.capitalize() for member in e.LevelColour},
}
