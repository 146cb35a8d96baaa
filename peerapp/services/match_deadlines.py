"""What time does to an offer: reminders, and the end of the wait."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.match_offers import is_lapsed, reminder_is_due, waiting_offer
from peerapp.enums import Consequence, DeclineReason, MatchState, OfferAnswer, OfferSide
from peerapp.models import Account, Match, MatchOffer
from peerapp.services import messages
from peerapp.services.match_consequences import keep_apart
from peerapp.services.match_steps import lock_match, take_step
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import workers_of
from peerapp.wording import day_of


def list_due(session: Session, today: date) -> Sequence[uuid.UUID]:
    """Return the matches with an offer to remind of, or whose time is over."""
    scheme = get_scheme(session)
    query = select(MatchOffer).where(MatchOffer.answer == OfferAnswer.WAITING)
    found = [
        one.match_id
        for one in session.scalars(query.order_by(MatchOffer.id))
        if is_lapsed(one, today) or reminder_is_due(one, scheme, day_of(one.created_at), today)
    ]
    return sorted(set(found))


def sweep_match(session: Session, match_id: uuid.UUID, today: date, base_url: str) -> None:
    """Remind whoever was asked, or let the offer lapse; a second time changes nothing."""
    match = lock_match(session, match_id)
    offer = waiting_offer(match)
    if offer is None:
        return
    if is_lapsed(offer, today):
        _lapse(session, match, offer, today, base_url)
    elif reminder_is_due(offer, get_scheme(session), day_of(offer.created_at), today):
        offer.reminded_on = today
        _remind(session, match, offer, base_url)
    session.flush()


def _lapse(session: Session, match: Match, offer: MatchOffer, today: date, base_url: str) -> None:
    """Withdraw the proposal; the two are not proposed to each other again for some days."""
    offer.answer = OfferAnswer.LAPSED
    until = today + timedelta(days=get_scheme(session).no_answer_days)
    take_step(session, None, match, MatchState.WITHDRAWN, reason=f"no_answer_{offer.side.value}")
    match.decline_reason = DeclineReason.NO_ANSWER
    keep_apart(session, None, match, Consequence.COOL_OFF, DeclineReason.NO_ANSWER.value, until)
    messages.cancel_for_match(session, match.id)
    for account in workers_of(session, match.family):
        messages.queue_notice(session, account, f"{base_url}/staff/matches/{match.id}")


def _remind(session: Session, match: Match, offer: MatchOffer, base_url: str) -> None:
    """Remind the person asked; where a family may not be written to, those who can ring it."""
    asked = _account_of(match, offer.side)
    if asked is not None and messages.may_email(session, asked):
        messages.queue_notice(session, asked, f"{base_url}/sign-in", match_id=match.id)
        return
    for account in workers_of(session, match.family):
        link = f"{base_url}/staff/matches/{match.id}"
        messages.queue_notice(session, account, link, match_id=match.id)


def _account_of(match: Match, side: OfferSide) -> Account | None:
    return match.volunteer.account if side == OfferSide.COACH else match.family.account
