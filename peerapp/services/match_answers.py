"""Writing down who was offered a match and what they said; asked for and locked by others."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.match_offers import last_day, offer_to
from peerapp.enums import AgreementMethod, MatchState, OfferAnswer, OfferSide
from peerapp.models import Account, Match, MatchOffer, utc_now
from peerapp.services import audit
from peerapp.services.match_steps import take_step
from peerapp.services.schemes import get_scheme

ASKED = {
    OfferSide.COACH: MatchState.OFFERED_TO_COACH,
    OfferSide.FAMILY: MatchState.OFFERED_TO_FAMILY,
}


def ask(
    session: Session,
    actor: Account | None,
    match: Match,
    side: OfferSide,
    today: date,
    *,
    reason: str = "",
) -> MatchOffer:
    """Put a locked match to one of the two; ``actor`` None: the coach's yes led to it."""
    take_step(session, actor, match, ASKED[side], reason=reason)
    offer = MatchOffer(
        side=side,
        answer=OfferAnswer.WAITING,
        answer_by=last_day(get_scheme(session), today),
        made_by_id=actor.id if actor else None,
    )
    match.offers.append(offer)
    session.flush()
    return offer


def answer(
    session: Session,
    actor: Account,
    match: Match,
    offer: MatchOffer,
    said: OfferAnswer,
    how: AgreementMethod,
) -> None:
    """Write an answer to an offer: what, by whom, how, when."""
    offer.answer = said
    offer.answered_at, offer.answered_by_id, offer.answered_how = utc_now(), actor.id, how
    audit.record_change(
        session,
        actor,
        "match_offer.answer",
        offer,
        match_id=match.id,
        side=offer.side.value,
        answer=said.value,
        how=how.value,
    )


def note_yes(
    session: Session,
    actor: Account,
    match: Match,
    side: OfferSide,
    how: AgreementMethod | None,
    today: date,
) -> None:
    """Write down a yes that was said to a coordinator; nothing where it was given already."""
    offer = offer_to(match, side)
    if how is None or (offer is not None and offer.answer == OfferAnswer.YES):
        return
    if offer is None:
        offer = ask(session, actor, match, side, today, reason=how.value)
    answer(session, actor, match, offer, OfferAnswer.YES, how)
