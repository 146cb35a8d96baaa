"""Offers of a match: who is asked, until when, what each may answer, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from peerapp.enums import AgreementMethod, DeclineReason, MatchState, OfferAnswer, OfferSide
from peerapp.errors import Refusal
from peerapp.models import Match, MatchOffer, Scheme

SIDE_OF = {
    MatchState.OFFERED_TO_COACH: OfferSide.COACH,
    MatchState.OFFERED_TO_FAMILY: OfferSide.FAMILY,
}
"""Who has been asked, by the state of the match."""

COACH_REASONS = (
    DeclineReason.NOT_NOW,
    DeclineReason.COACH_DETAILS_WRONG,
    DeclineReason.COACH_SAID_NO,
    DeclineReason.KNOWN_TO_EACH_OTHER,
    DeclineReason.SAFETY_CONCERN,
)
FAMILY_REASONS = (
    DeclineReason.NOT_NOW,
    DeclineReason.FAMILY_DETAILS_WRONG,
    DeclineReason.FAMILY_SAID_NO,
    DeclineReason.KNOWN_TO_EACH_OTHER,
    DeclineReason.SAFETY_CONCERN,
)
REASONS = {OfferSide.COACH: COACH_REASONS, OfferSide.FAMILY: FAMILY_REASONS}
"""What each of the two may give as the reason for a no."""

BY_STAFF = tuple(one for one in AgreementMethod if one != AgreementMethod.ON_SITE)
"""How somebody can say yes to a coordinator: on the site they say it themselves."""


def offer_to(match: Match, side: OfferSide) -> MatchOffer | None:
    """Return the offer that was made to one of the two, or None."""
    return next((one for one in match.offers if one.side == side), None)


def has_said_yes(match: Match, side: OfferSide) -> bool:
    """Say whether one of the two has said yes to this match."""
    found = offer_to(match, side)
    return found is not None and found.answer == OfferAnswer.YES


def waiting_offer(match: Match) -> MatchOffer | None:
    """Return the offer that somebody should answer now, or None."""
    side = SIDE_OF.get(match.state)
    found = offer_to(match, side) if side else None
    return found if found and found.answer == OfferAnswer.WAITING else None


def answer_refusals(match: Match, offer: MatchOffer, today: date) -> list[Refusal]:
    """Say why an offer cannot be answered any more; why it was taken back is told to nobody."""
    if waiting_offer(match) is not offer or today > offer.answer_by:
        return [Refusal("offer_gone", "This question is no longer open. You need do nothing.")]
    return []


def record_refusals(match: Match, scheme: Scheme, how: AgreementMethod) -> list[Refusal]:
    """Say why a coordinator may not write down a yes that was said to them."""
    if not scheme.staff_record_answers:
        message = "In this scheme the coach and the family answer on the site themselves."
        return [Refusal("answers_on_site", message)]
    if how not in BY_STAFF:
        return [Refusal("not_by_staff", "A yes on the site is given by the person themselves.")]
    if match.state not in SIDE_OF:
        return [Refusal("nobody_asked", "Nobody has been asked yet.")]
    return []


def yes_refusals(
    match: Match, scheme: Scheme, told: Iterable[tuple[OfferSide, AgreementMethod | None]]
) -> list[Refusal]:
    """Say whose yes is missing, where ``told`` is what each said to the coordinator."""
    refusals = []
    for side, how in told:
        who = "coach" if side == OfferSide.COACH else "family"
        if has_said_yes(match, side):
            continue
        if how is None:
            refusals.append(Refusal(f"{who}_yes_missing", f"The {who} has not said yes."))
        elif not scheme.staff_record_answers or how not in BY_STAFF:
            message = f"In this scheme the {who} answers on the site."
            refusals.append(Refusal(f"{who}_answers_on_site", message))
    return refusals


def last_day(scheme: Scheme, today: date) -> date:
    """Return the last day on which an offer made today can be answered."""
    return today + timedelta(days=scheme.offer_days)


def is_lapsed(offer: MatchOffer, today: date) -> bool:
    """Say whether nobody answered in time."""
    return offer.answer == OfferAnswer.WAITING and today > offer.answer_by


def reminder_is_due(offer: MatchOffer, scheme: Scheme, made_on: date, today: date) -> bool:
    """Say whether to remind today: after some days, and once more on the last day but one.

    Someone asked on a Monday with 7 days and a first reminder after 3 is reminded on Thursday
    and on the Sunday before the last Monday.
    """
    if offer.answer != OfferAnswer.WAITING or today > offer.answer_by:
        return False
    first = made_on + timedelta(days=scheme.offer_reminder_days)
    second = offer.answer_by - timedelta(days=1)
    due = [day for day in sorted({first, second}) if made_on < day <= today]
    return bool(due) and (offer.reminded_on is None or offer.reminded_on < due[-1])
