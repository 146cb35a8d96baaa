"""What a family has said yes to, asked at each use; nothing is remembered beside its answers."""

from __future__ import annotations

from dataclasses import dataclass

from peerapp.enums import NEEDED_PURPOSES, ConsentPurpose
from peerapp.errors import Refusal
from peerapp.models import Agreement, Family

SHORTEST_TEXT = 60


@dataclass(frozen=True)
class ConsentStanding:
    """Where a family stands on one purpose.

    Attributes
    ----------
    consent
        The yes that stands, or None.
    earlier
        Newest first: what was said before, and taken back or said again to newer words.
    has_newer_words
        The scheme has changed the words since, and asks the family to read them.
    """

    purpose: ConsentPurpose
    consent: Agreement | None
    earlier: tuple[Agreement, ...]
    has_newer_words: bool = False

    @property
    def is_needed(self) -> bool:
        """Without it there can be no coach."""
        return self.purpose in NEEDED_PURPOSES


def standing_consent(family: Family, purpose: ConsentPurpose) -> Agreement | None:
    """Return the family's newest yes to a purpose that has not been taken back."""
    standing = [
        one for one in family.agreements if one.purpose == purpose and one.withdrawn_on is None
    ]
    return standing[-1] if standing else None


def has_consent(family: Family, purpose: ConsentPurpose) -> bool:
    """Say whether the family agrees, now, to one purpose."""
    return standing_consent(family, purpose) is not None


def earlier_consents(family: Family, purpose: ConsentPurpose) -> tuple[Agreement, ...]:
    """Return, newest first, what the family said about a purpose before what stands now."""
    standing = standing_consent(family, purpose)
    said = [one for one in family.agreements if one.purpose == purpose and one is not standing]
    return tuple(reversed(said))


def sharing_refusals(family: Family) -> list[Refusal]:
    """Say why no coach may be told about the family."""
    if has_consent(family, ConsentPurpose.SHARE_WITH_COACH):
        return []
    message = "The family has not agreed that its coach is told about it."
    return [Refusal("no_sharing", message)]


def message_refusals(family: Family) -> list[Refusal]:
    """Say why family and coach may not write to each other on the site."""
    if has_consent(family, ConsentPurpose.MESSAGES):
        return []
    message = "The family has not agreed to messages that a coordinator may read."
    return [Refusal("no_messages", message)]


def giving_refusals(family: Family, purpose: ConsentPurpose) -> list[Refusal]:
    """Say why a yes to one purpose makes no sense: sharing with a coach is part of taking part."""
    if purpose == ConsentPurpose.TAKE_PART or has_consent(family, ConsentPurpose.TAKE_PART):
        return []
    return [Refusal("take_part_first", "Say yes to taking part first.")]


def text_refusals(body: str, current: str) -> list[Refusal]:
    """Say why words cannot be what families agree to."""
    if len(body.strip()) < SHORTEST_TEXT:
        return [Refusal("text", "Say what the family agrees to, and what happens if it says no.")]
    if body.strip() == current.strip():
        return [Refusal("text", "These are the words that stand already.")]
    return []
