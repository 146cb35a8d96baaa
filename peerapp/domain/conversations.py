"""Messages between a family and its coach: only while they may reach each other."""

from __future__ import annotations

from datetime import date

from peerapp.domain.certificates import add_months
from peerapp.domain.family_consents import message_refusals
from peerapp.domain.match_states import contact_refusals, cover_refusals
from peerapp.errors import Refusal
from peerapp.models import Match, MatchCover

LONGEST = 2000


def may_talk(match: Match, today: date, cover: MatchCover | None = None) -> bool:
    """Say whether the two may read and write to each other now; asked at each view.

    Parameters
    ----------
    cover
        That of the backup coach who would write with the family; without it, it is the coach.
    """
    return not (_contact_refusals(match, today, cover) or message_refusals(match.family))


def lacks_agreement(match: Match, today: date, cover: MatchCover | None = None) -> bool:
    """Say whether only the family's yes to messages is missing."""
    return not _contact_refusals(match, today, cover) and bool(message_refusals(match.family))


def _contact_refusals(match: Match, today: date, cover: MatchCover | None) -> list[Refusal]:
    if cover is None:
        return contact_refusals(match, today)
    return cover_refusals(match, cover, today)


def words_refusals(words: str) -> list[Refusal]:
    """Say why a message cannot be sent."""
    if not words.strip():
        return [Refusal("words", "Write your message.")]
    if len(words) > LONGEST:
        return [Refusal("words", f"Your message must be {LONGEST} characters or fewer.")]
    return []


def deleted_before(today: date, months: int) -> date:
    """Return the day: messages of matches that ended before it are deleted."""
    return add_months(today, -months)
