"""The volunteer agreement: what a new version means for signatures of earlier ones."""

from __future__ import annotations

from datetime import date

from peerapp.domain.names import is_name_of
from peerapp.enums import VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Volunteer

SHORTEST = 200
"""Letters; a text below this is an accident."""

MAY_NOT_SIGN = frozenset(
    {
        VolunteerState.ENQUIRY,
        VolunteerState.DECLINED,
        VolunteerState.WITHDRAWN,
        VolunteerState.LEFT,
    }
)


def text_refusals(body: str, newest: str | None) -> list[Refusal]:
    """Say why a text cannot be published."""
    if len(body.strip()) < SHORTEST:
        return [Refusal("body", f"The agreement must have at least {SHORTEST} characters.")]
    if newest is not None and body.strip() == newest.strip():
        return [Refusal("body", "This is the version that stands already. Change it first.")]
    return []


def old_counts_refusals(old_counts_until: date | None, today: date) -> list[Refusal]:
    """Say why earlier signatures cannot end on a day: everybody gets at least today."""
    if old_counts_until is not None and old_counts_until < today:
        return [Refusal("old_counts_until", "The last day must be today or in the future.")]
    return []


def shortened(valid_until: date | None, old_counts_until: date) -> date:
    """Return until when an earlier signature counts; a new version never lengthens it."""
    return old_counts_until if valid_until is None else min(valid_until, old_counts_until)


def signing_refusals(volunteer: Volunteer, typed_name: str) -> list[Refusal]:
    """Say why a volunteer cannot sign."""
    if volunteer.state in MAY_NOT_SIGN:
        return [Refusal("not_applied", "Send us your application first. Then you can sign.")]
    if not is_name_of(volunteer, typed_name):
        message = f"Type your name as you gave it to us: {volunteer.name}"
        return [Refusal("typed_name", message)]
    return []
