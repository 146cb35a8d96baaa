"""Asking and answering offers, for tests of what follows from them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from peerapp.enums import (
    DeclineReason,
    MessageState,
    OfferAnswer,
    OfferSide,
)
from peerapp.models import (
    Account,
    Match,
    MatchOffer,
    Message,
)
from peerapp.services import match_jobs, match_offers
from tests.factories import TODAY
from tests.scenes import BASE_URL, Scene

S = OfferSide


def ask(scene: Scene, match_id: uuid.UUID, **values: Any) -> None:
    """Offer to the coach as a coordinator who has just looked at the match."""
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        given = {
            "seen_family_version": match.family.version,
            "seen_volunteer_version": match.volunteer.version,
            "today": TODAY,
            "base_url": BASE_URL,
        }
        actor = scene.coordinator(session)
        match_offers.offer_to_coach(session, actor, match_id, **{**given, **values})


def side_of(session: Any, match_id: uuid.UUID, side: OfferSide) -> tuple[Account, uuid.UUID]:
    match = session.get_one(Match, match_id)
    person = match.volunteer if side == S.COACH else match.family
    query = select(MatchOffer.id).where(MatchOffer.match_id == match_id, MatchOffer.side == side)
    return person.account, session.scalars(query).one()


def yes(scene: Scene, match_id: uuid.UUID, side: OfferSide, **values: Any) -> None:
    with scene.writing() as session:
        actor, offer_id = side_of(session, match_id, side)
        seen = match_offers.seen_of(session.get_one(Match, match_id))
        given = {"seen": seen, "today": TODAY, "base_url": BASE_URL, **values}
        match_offers.say_yes(session, actor, offer_id, **given)


def no(scene: Scene, match_id: uuid.UUID, side: OfferSide, reason: DeclineReason) -> None:
    with scene.writing() as session:
        actor, offer_id = side_of(session, match_id, side)
        given = {"reason": reason, "note": "Mondays", "today": TODAY, "base_url": BASE_URL}
        match_offers.say_no(session, actor, offer_id, **given)


def codes(refused: Any) -> list[str]:
    return [one.code for one in refused.value.refusals]


def answers(scene: Scene, match_id: uuid.UUID) -> dict[OfferSide, OfferAnswer]:
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        return {one.side: one.answer for one in match.offers}


def mail(scene: Scene, state: MessageState = MessageState.QUEUED) -> list[str]:
    """Return to whom mail waits, by role."""
    with scene.reading() as session:
        rows = session.scalars(select(Message).where(Message.state == state))
        found = [session.get_one(Account, one.account_id).role for one in rows]
        return sorted(role.value for role in found)


def sweep(scene: Scene, days: int) -> None:
    day = TODAY + timedelta(days=days)
    match_jobs.run_due(scene.database, scene.scheme_id, day, BASE_URL)
