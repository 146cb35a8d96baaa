"""What safeguarding leads do with concerns: read, write down, stop contact, close.

Only leads read what a concern says, and each reading is audited. Managers see which ones nobody
has read in time, by reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import concerns as rules
from peerapp.enums import ConcernOutcome, ConcernState, ConcernStep, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Concern, ConcernEvent, ContactFreeze, Match
from peerapp.services import audit, contact_freezes, messages
from peerapp.services.concerns import record_step
from peerapp.services.rows import get_row, lock_row

PAGE = 30
ORDER = {state: position for position, state in enumerate(ConcernState)}


@dataclass(frozen=True)
class Line:
    """One concern in a list; ``is_stopped`` where contact stands still because of it."""

    concern: Concern
    is_late: bool
    is_stopped: bool


@dataclass(frozen=True)
class Case:
    """A concern with its history, and the matches in which contact can be stopped or allowed."""

    concern: Concern
    is_late: bool
    stopped: Sequence[ContactFreeze]
    running: Sequence[Match]


def list_cases(
    session: Session, actor: Account, now: datetime, page: int = 1
) -> tuple[list[Line], bool]:
    """Return a page of concerns, those that wait longest first and closed ones last.

    Raises
    ------
    Forbidden
        The actor is no safeguarding lead.
    """
    _need_lead(actor)
    query = (
        select(Concern)
        .options(
            joinedload(Concern.raised_by),
            selectinload(Concern.freezes).joinedload(ContactFreeze.match),
        )
        .order_by(
            case(ORDER, value=Concern.state),
            case((Concern.state == ConcernState.CLOSED, None), else_=Concern.answer_by),
            Concern.created_at.desc(),
            Concern.id,
        )
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    found = session.scalars(query).all()
    lines = [_line(one, now) for one in found[:PAGE]]
    return lines, len(found) > PAGE


def _line(concern: Concern, now: datetime) -> Line:
    return Line(concern, rules.is_late(concern, now), bool(rules.standing_freezes(concern)))


def list_late(session: Session, now: datetime) -> Sequence[Concern]:
    """Return the concerns that nobody has read in time; for managers, who see references only."""
    query = (
        select(Concern)
        .where(Concern.state == ConcernState.NEW, Concern.answer_by <= now)
        .order_by(Concern.answer_by, Concern.id)
    )
    return session.scalars(query).all()


def count_for(session: Session, actor: Account, now: datetime) -> int | None:
    """Return how many concerns wait: for a lead those not read, for a manager those late.

    None for everybody else.
    """
    if actor.role == Role.MANAGER:
        return len(list_late(session, now))
    if not rules.may_read(actor):
        return None
    query = select(func.count(Concern.id)).where(Concern.state == ConcernState.NEW)
    return session.scalar(query) or 0


def find_case(session: Session, actor: Account, concern_id: uuid.UUID) -> Concern:
    """Return a concern for a page that shows no more than its reference."""
    _need_lead(actor)
    return get_row(session, Concern, concern_id)


def get_case(session: Session, actor: Account, concern_id: uuid.UUID, now: datetime) -> Case:
    """Return a concern with all that was said; that it was read is audited.

    Raises
    ------
    Forbidden
        The actor is no safeguarding lead.
    NotFound
        There is no such concern.
    """
    _need_lead(actor)
    query = (
        select(Concern)
        .where(Concern.id == concern_id)
        .options(
            joinedload(Concern.raised_by),
            joinedload(Concern.acknowledged_by),
            joinedload(Concern.family),
            joinedload(Concern.volunteer),
            selectinload(Concern.events).joinedload(ConcernEvent.by),
            selectinload(Concern.freezes).joinedload(ContactFreeze.match),
        )
    )
    concern = session.scalars(query).one_or_none()
    if concern is None:
        raise NotFound("there is no such concern")
    audit.record_read(session, actor, "concern.read", concern, fields=("words", "history"))
    session.flush()
    stopped = rules.standing_freezes(concern)
    held = {one.match_id for one in stopped}
    running = [one for one in _matches_of(session, concern) if one.id not in held]
    return Case(concern, rules.is_late(concern, now), stopped, running)


def _matches_of(session: Session, concern: Concern) -> Sequence[Match]:
    """Return the matches, not over, of the family and the volunteer whom a concern is about."""
    return contact_freezes.list_met(session, concern.volunteer_id, concern.family_id)


def acknowledge(
    session: Session,
    actor: Account,
    concern_id: uuid.UUID,
    words_back: str,
    now: datetime,
    base_url: str,
) -> Concern:
    """Record that a lead has read a concern, and tell the reporter what happens next.

    Raises
    ------
    Refused
        It has been read already, or nothing is said to the reporter.
    """
    concern = _lock(session, actor, concern_id)
    refusals = rules.acknowledge_refusals(concern)
    if not words_back.strip():
        refusals.append(Refusal("words_back", "Say to the reporter what happens next."))
    if refusals:
        raise Refused(refusals)
    concern.state = ConcernState.ACKNOWLEDGED
    concern.acknowledged_at, concern.acknowledged_by_id = now, actor.id
    _answer(session, concern, words_back, base_url)
    record_step(session, concern, ConcernStep.ACKNOWLEDGED, actor, words_back)
    audit.record_change(session, actor, "concern.acknowledge", concern)
    return concern


def note(session: Session, actor: Account, concern_id: uuid.UUID, words: str) -> Concern:
    """Write down what was done about a concern, for leads only."""
    concern = _lock(session, actor, concern_id)
    refusals = rules.open_refusals(concern)
    if not words.strip():
        refusals.append(Refusal("words", "Write what was done."))
    if refusals:
        raise Refused(refusals)
    record_step(session, concern, ConcernStep.NOTED, actor, words)
    audit.record_change(session, actor, "concern.note", concern)
    return concern


def stop_contact(
    session: Session, actor: Account, concern_id: uuid.UUID, match_id: uuid.UUID, base_url: str
) -> Concern:
    """Stop contact in one of the matches of whom a concern is about.

    Raises
    ------
    NotFound
        The match has nothing to do with the concern.
    Refused
        The concern is closed.
    """
    concern = _lock(session, actor, concern_id)
    matches = {one.id: one for one in _matches_of(session, concern)}
    if match_id not in matches:
        raise NotFound("there is no such match")
    refusals = rules.stop_refusals(concern, matches[match_id])
    if refusals:
        raise Refused(refusals)
    if contact_freezes.stop_if_running(session, actor, concern, match_id, base_url):
        record_step(session, concern, ConcernStep.CONTACT_STOPPED, actor)
    return concern


def resume_contact(
    session: Session,
    actor: Account,
    concern_id: uuid.UUID,
    match_id: uuid.UUID,
    reason: str,
    now: datetime,
) -> Concern:
    """Allow contact again that a concern had stopped, with a reason.

    Raises
    ------
    Refused
        Nobody has read the concern yet, or there is no reason.
    NotFound
        The concern does not stop contact in that match.
    """
    concern = _lock(session, actor, concern_id)
    found = [one for one in rules.standing_freezes(concern) if one.match_id == match_id]
    if not found:
        raise NotFound("contact in this match is not stopped")
    refusals = rules.open_refusals(concern)
    if not reason.strip():
        refusals.append(Refusal("reason", "Say why contact is safe again."))
    if refusals:
        raise Refused(refusals)
    for freeze in found:
        contact_freezes.resume(session, actor, freeze, now)
    record_step(session, concern, ConcernStep.CONTACT_RESUMED, actor, reason)
    return concern


def close(
    session: Session,
    actor: Account,
    concern_id: uuid.UUID,
    outcome: ConcernOutcome,
    words: str,
    words_back: str,
    now: datetime,
    base_url: str,
) -> Concern:
    """Close a concern with what came of it, and tell the reporter.

    Raises
    ------
    Refused
        It has not been read, contact still stands still, or a reason is missing.
    """
    concern = _lock(session, actor, concern_id)
    refusals = rules.close_refusals(concern)
    if not words.strip():
        refusals.append(Refusal("words", "Write what the decision rests on."))
    if not words_back.strip():
        refusals.append(Refusal("words_back", "Say to the reporter what came of it."))
    if refusals:
        raise Refused(refusals)
    concern.state, concern.outcome, concern.closed_at = ConcernState.CLOSED, outcome, now
    _answer(session, concern, words_back, base_url)
    record_step(session, concern, ConcernStep.CLOSED, actor, words)
    audit.record_change(session, actor, "concern.close", concern, outcome=outcome.value)
    return concern


def _answer(session: Session, concern: Concern, words_back: str, base_url: str) -> None:
    """Put words to the reporter on their page, and say that a message is there."""
    concern.words_back = words_back.strip()
    is_family = concern.raised_by.role == Role.FAMILY
    page = "/sign-in" if is_family else "/concerns/"  # an address tells what it is about
    messages.queue_notice(session, concern.raised_by, f"{base_url}{page}")


def _lock(session: Session, actor: Account, concern_id: uuid.UUID) -> Concern:
    _need_lead(actor)
    return lock_row(session, Concern, concern_id)


def _need_lead(actor: Account) -> None:
    if not rules.may_read(actor):
        raise Forbidden("only safeguarding leads read concerns")
