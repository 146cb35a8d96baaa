"""How a family may be reached: not at all, until it has said how."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from peerapp.enums import SLOT_DAYS, Channel
from peerapp.errors import Refusal
from peerapp.models import Family

SLOT_HOURS = {
    "morning": (9, 12),
    "afternoon": (12, 15),
    "after_school": (15, 18),
    "evening": (18, 21),
}
"""From which hour of the day to which, exclusive, a time of the week lasts, on London's clocks."""

MARGIN = timedelta(minutes=10)
"""A message is not sent in the last minutes of a safe time: it may arrive a little later."""


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


def next_safe_moment(family: Family, local: datetime) -> datetime:
    """Return the first moment from ``local`` on at which a message may arrive.

    Parameters
    ----------
    local
        An aware time on London's clocks; the answer is one too. It is ``local`` itself where that
        is safe, or where the family named no times: then all are.
    """
    slots = family.safe_contact.safe_slots if family.safe_contact else ()
    if not slots:
        return local
    for days in range(8):
        day = local.date() + timedelta(days=days)
        for name, (first, last) in SLOT_HOURS.items():
            if f"{SLOT_DAYS[day.weekday()]}_{name}" not in slots:
                continue
            begins = datetime.combine(day, time(first), local.tzinfo)
            ends = datetime.combine(day, time(last), local.tzinfo)
            if local < ends - MARGIN:
                return max(local, begins)
    raise ValueError("a family's safe times hold no time of the week")
