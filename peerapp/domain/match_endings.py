"""Endings with notice: when, for which reasons, who may look back on it afterwards."""

from __future__ import annotations

from datetime import date, timedelta

from peerapp.domain.family_consents import has_consent
from peerapp.enums import ConsentPurpose, EndReason, MatchState, OfferSide, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Match, MatchEnding

TOGETHER = frozenset({MatchState.INTRODUCED, MatchState.ACTIVE, MatchState.PAUSED})
PLANNED = tuple(reason for reason in EndReason if reason != EndReason.SAFEGUARDING)
"""Reasons to end with notice; for safety a match ends at once."""

FURTHEST = timedelta(days=184)
REMIND_BEFORE = timedelta(days=7)
SURVEY_OPEN = timedelta(days=60)
NOT_THANKED = frozenset({VolunteerState.SUSPENDED, VolunteerState.DECLINED})


def standing_ending(match: Match) -> MatchEnding | None:
    """Return the ending that is planned, or None."""
    return next((one for one in match.endings if one.closed_on is None), None)


def plan_refusals(
    match: Match,
    last_session_on: date,
    reason: EndReason,
    short_notice: str,
    notice_days: int,
    today: date,
) -> list[Refusal]:
    """Say why an ending cannot be planned so; the codes name the fields of its form."""
    refusals = []
    if match.state not in TOGETHER:
        refusals.append(
            Refusal("not_together", "An ending is planned for two who know each other.")
        )
    if reason not in PLANNED:
        refusals.append(Refusal("reason", "For safety, end the match now, without notice."))
    if not today <= last_session_on <= today + FURTHEST:
        message = "The last session must be today or in the next six months."
        refusals.append(Refusal("last_session_on", message))
    elif last_session_on < today + timedelta(days=notice_days) and not short_notice:
        message = f"Notice is usually {notice_days} days. Say why it is shorter."
        refusals.append(Refusal("short_notice", message))
    return refusals


def is_over(ending: MatchEnding, today: date) -> bool:
    """Say whether the last session has been, so that the match ends."""
    return ending.closed_on is None and today > ending.last_session_on


def reminder_is_due(ending: MatchEnding, today: date) -> bool:
    """Say whether to remind both: once, a week before the last session."""
    near = ending.last_session_on - REMIND_BEFORE
    return ending.closed_on is None and ending.reminded_on is None and today >= near


def is_looked_back_on(match: Match) -> bool:
    """Say whether the two met and parted in a way that one asks them about."""
    return (
        match.state == MatchState.ENDED
        and match.first_visit_on is not None
        and match.ended_on is not None
        and match.end_reason != EndReason.SAFEGUARDING
    )


def is_asked(match: Match, side: OfferSide) -> bool:
    """Say whether one of the two is asked how it was: a family only while it agrees to that."""
    if not is_looked_back_on(match):
        return False
    return side == OfferSide.COACH or has_consent(match.family, ConsentPurpose.FEEDBACK)


def survey_is_open(match: Match, side: OfferSide, today: date) -> bool:
    """Say whether one of the two can still say how it was."""
    ended = match.ended_on
    return is_asked(match, side) and ended is not None and today <= ended + SURVEY_OPEN


def is_thanked(match: Match) -> bool:
    """Say whether the coach gets a certificate of thanks for this match."""
    return is_looked_back_on(match) and match.volunteer.state not in NOT_THANKED
