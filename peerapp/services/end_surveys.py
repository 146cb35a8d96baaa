"""After the end: how it was, in a few answers by each of the two, and thanks for the coach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain.match_endings import is_thanked, survey_is_open
from peerapp.enums import MatchState, OfferSide, Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, EndSurvey, Family, Match
from peerapp.services import audit
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.rows import get_row, lock_row


@dataclass(frozen=True)
class Answers:
    """What somebody said: ``helped`` from 1 (not at all) to 5 (very much)."""

    helped: int
    ended_well: bool
    would_again: bool
    words: str = ""


@dataclass(frozen=True)
class Thanks:
    """What stands on a certificate of thanks; nothing of the family."""

    name: str
    since: date
    until: date


def list_open(session: Session, actor: Account, today: date) -> list[Match]:
    """Return the actor's own ended matches about which they can still say how it was."""
    side = _side(actor)
    return [
        match
        for match in _own_ended(session, actor)
        if survey_is_open(match, side, today) and all(one.side != side for one in match.surveys)
    ]


def list_thanked(session: Session, actor: Account) -> list[Match]:
    """Return the coach's ended matches for which there is a certificate of thanks."""
    return [match for match in _own_ended(session, actor) if is_thanked(match)]


def get_open(session: Session, actor: Account, match_id: uuid.UUID, today: date) -> Match:
    """Return a match of the actor's own about which they can still say how it was.

    Raises
    ------
    NotFound
        There is none, it is too late, or the family does not agree to be asked.
    """
    match = _get_own(session, actor, match_id)
    if not survey_is_open(match, _side(actor), today):
        raise NotFound("there is no such match")
    return match


def answer(
    session: Session, actor: Account, match_id: uuid.UUID, given: Answers, today: date
) -> EndSurvey:
    """Keep what one of the two says about a match that has ended; once.

    Raises
    ------
    Refused
        They have answered already.
    """
    get_open(session, actor, match_id, today)
    match = lock_row(session, Match, match_id)
    side = _side(actor)
    if any(one.side == side for one in match.surveys):
        raise Refused([Refusal("has_answered", "You have told us already. Thank you.")])
    if not 1 <= given.helped <= 5:
        raise Refused([Refusal("helped", "Choose how much it helped.")])
    survey = EndSurvey(
        side=side,
        helped=given.helped,
        ended_well=given.ended_well,
        would_again=given.would_again,
        words=given.words,
        answered_by_id=actor.id,
    )
    match.surveys.append(survey)
    session.flush()
    audit.record_change(session, actor, "end_survey.answer", survey, match_id=match.id)
    return survey


def get_thanks(session: Session, actor: Account, match_id: uuid.UUID) -> Thanks:
    """Return what stands on the coach's certificate of thanks for a match.

    Raises
    ------
    NotFound
        The match is not theirs, or there is no certificate for it.
    """
    match = _get_own(session, actor, match_id)
    if _side(actor) != OfferSide.COACH:
        raise NotFound("certificates of thanks are the coach's")
    if not is_thanked(match) or match.first_visit_on is None or match.ended_on is None:
        raise NotFound("there is no certificate for this match")
    return Thanks(match.volunteer.name, match.first_visit_on, match.ended_on)


def _side(actor: Account) -> OfferSide:
    return OfferSide.COACH if actor.role == Role.VOLUNTEER else OfferSide.FAMILY


def _get_own(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    match = get_row(session, Match, match_id)
    if _side(actor) == OfferSide.COACH:
        is_own = match.volunteer_id == own_volunteer(session, actor).id
    else:
        is_own = match.family_id == own_family(session, actor).id
    if not is_own:
        raise NotFound("there is no such match")
    return match


def _own_ended(session: Session, actor: Account) -> Sequence[Match]:
    if _side(actor) == OfferSide.COACH:
        is_own = Match.volunteer_id == own_volunteer(session, actor).id
    else:
        is_own = Match.family_id == own_family(session, actor).id
    query = (
        select(Match)
        .where(is_own, Match.state == MatchState.ENDED)
        .options(
            joinedload(Match.volunteer),
            joinedload(Match.family).selectinload(Family.agreements),
            selectinload(Match.surveys),
        )
        .order_by(Match.ended_on.desc(), Match.id)
    )
    return session.scalars(query).all()
