"""What the audit trail tells the person whom it is about: who looked, and who signed in.

Staff are told by first name and role. Safeguarding leads are not: that a lead looks may be the
first sign of a worry about this very person, or about somebody who reads over their shoulder. Acts
that are left out here (concerns, restricted work of leads) are left out for the same reason; a
match that is only being thought about is told as a look at the record.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from peerapp.clock import LONDON
from peerapp.enums import AuditKind, Role
from peerapp.errors import NotFound
from peerapp.models import (
    Account,
    AuditEvent,
    Base,
    Certificate,
    ExpenseClaim,
    Match,
    Reference,
    RiskAssessment,
    StatusCheck,
)
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.vocabulary import label
from peerapp.vocabulary.audit import OWN_EVENTS, seen_words

DAYS = 366
MOST = 2000
PAGE = 50

SHOWN_TO_FAMILY = frozenset(
    {"family.read", "family_contact.read", "goals.read", "match.read", "session.read",
     "conversation.read"}
)  # fmt: skip
SHOWN_TO_COACH = frozenset(
    {"volunteer.view", "coach_contact.read", "certificate.view", "status_check.view",
     "reference.view", "risk_assessment.view", "match.read", "session.read", "supervision.read",
     "conversation.read", "expense.read"}
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One person who looked at one thing on one day, and how often."""

    day: date
    who: str
    what: str
    times: int


@dataclass(frozen=True)
class OwnEvent:
    """One security event of the reader's own account."""

    at: datetime
    text: str


def list_looks(
    session: Session, actor: Account, now: datetime, page: int = 1
) -> tuple[Sequence[Look], bool]:
    """Return who looked at the actor's record in the last year, newest first, and if there is more.

    Raises
    ------
    NotFound
        The actor is neither a family nor a volunteer, so has no record to look at.
    """
    ids, coaches, actions = _about(session, actor)
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.kind == AuditKind.READ,
            AuditEvent.action.in_(actions),
            AuditEvent.subject_id.in_(ids),
            AuditEvent.actor_id != actor.id,
            AuditEvent.at >= now - timedelta(days=DAYS),
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
        .limit(MOST)
    )
    events = session.scalars(query).all()
    looks = _grouped(events, _people(session, events), actor, coaches)
    first = (page - 1) * PAGE
    return looks[first : first + PAGE], len(looks) > first + PAGE


def _about(
    session: Session, actor: Account
) -> tuple[list[uuid.UUID], Mapping[uuid.UUID, uuid.UUID], frozenset[str]]:
    """Return the ids of what is the actor's record, the coach of each match, and what is told."""
    if actor.role == Role.FAMILY:
        family = own_family(session, actor)
        coaches = _matches(session, Match.family_id, family.id)
        return [family.id, *coaches], coaches, SHOWN_TO_FAMILY
    if actor.role != Role.VOLUNTEER:
        raise NotFound("this account has no record of its own")
    volunteer = own_volunteer(session, actor)
    coaches = _matches(session, Match.volunteer_id, volunteer.id)
    certificates = _ids(session, Certificate, Certificate.volunteer_id, [volunteer.id])
    papers = [
        *certificates,
        *_ids(session, Reference, Reference.volunteer_id, [volunteer.id]),
        *_ids(session, ExpenseClaim, ExpenseClaim.volunteer_id, [volunteer.id]),
        *_ids(session, StatusCheck, StatusCheck.volunteer_id, [volunteer.id]),
        *_ids(session, RiskAssessment, RiskAssessment.certificate_id, certificates),
    ]
    return [volunteer.id, *coaches, *papers], coaches, SHOWN_TO_COACH


def _matches(
    session: Session, column: InstrumentedAttribute[uuid.UUID], own_id: uuid.UUID
) -> dict[uuid.UUID, uuid.UUID]:
    query = select(Match).where(column == own_id).options(joinedload(Match.volunteer))
    return {match.id: match.volunteer.account_id for match in session.scalars(query)}


def _ids(
    session: Session,
    model: type[Base],
    column: InstrumentedAttribute[uuid.UUID],
    values: Sequence[uuid.UUID],
) -> Sequence[uuid.UUID]:
    return session.scalars(select(model.id).where(column.in_(values))).all()


def _people(session: Session, events: Iterable[AuditEvent]) -> dict[uuid.UUID, Account]:
    ids = {event.actor_id for event in events if event.actor_id}
    return {one.id: one for one in session.scalars(select(Account).where(Account.id.in_(ids)))}


def _grouped(
    events: Iterable[AuditEvent],
    people: Mapping[uuid.UUID, Account],
    actor: Account,
    coaches: Mapping[uuid.UUID, uuid.UUID],
) -> list[Look]:
    looks: dict[tuple[date, str, str], Look] = {}
    for event in events:
        who = _who(event, people, actor, coaches)
        key = (event.at.astimezone(LONDON).date(), who, seen_words(event.action))
        before = looks.get(key, Look(*key, times=0))
        looks[key] = replace(before, times=before.times + 1)
    return list(looks.values())


def _who(
    event: AuditEvent,
    people: Mapping[uuid.UUID, Account],
    actor: Account,
    coaches: Mapping[uuid.UUID, uuid.UUID],
) -> str:
    """Return who looked, as the person whom it is about may know them."""
    role = event.actor_role
    if role == Role.VOLUNTEER and actor.role == Role.FAMILY:
        own = event.match_id is not None and coaches.get(event.match_id) == event.actor_id
        return "Your coach" if own else "A backup coach"
    if role == Role.VOLUNTEER:
        return "A coach"
    if role == Role.FAMILY:
        return "A family you help"
    account = people.get(event.actor_id) if event.actor_id else None
    if role is None or role == Role.SAFEGUARDING_LEAD or account is None or not account.name:
        return "One of our staff"
    return f"{account.name.split()[0]}, {label(role).lower()}"


def list_own_events(session: Session, actor: Account) -> list[OwnEvent]:
    """Return the newest security events of the actor's own account."""
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.kind == AuditKind.SECURITY,
            AuditEvent.subject_id == actor.id,
            AuditEvent.action.in_(OWN_EVENTS),
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
        .limit(PAGE)
    )
    return [OwnEvent(event.at, OWN_EVENTS[event.action]) for event in session.scalars(query)]
