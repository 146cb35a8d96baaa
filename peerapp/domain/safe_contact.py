"""How a family may be reached: not at all, until it has said how."""

from __future__ import annotations

from peerapp.enums import Channel
from peerapp.errors import Refusal
from peerapp.models import Family


def safe_channels(family: Family) -> frozenset[Channel]:
    """Return the channels that the family called safe; empty until it has answered."""
    if family.safe_contact is None:
        return frozenset()
    return frozenset(Channel(channel) for channel in family.safe_contact.channels)


def email_refusals(family: Family) -> list[Refusal]:
    """Say why no email may leave for the family."""
    if not family.email:
        return [Refusal("no_email", "The family has given no email address.")]
    if Channel.EMAIL not in safe_channels(family):
        return [Refusal("email_unsafe", "The family has not said that email is safe.")]
    return []


def introduction_refusals(family: Family) -> list[Refusal]:
    """Say why the family cannot be introduced to a coach yet."""
    if not safe_channels(family):
        return [
            Refusal(
                "safe_contact_missing",
                "Ask the family how it can safely be reached, first.",
            )
        ]
    return []
