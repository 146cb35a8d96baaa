"""What nobody does alone: a request with a reason, and somebody else who agrees or refuses.

Services of the acts themselves call ``ask``, and are handed the request back once it was agreed:
they look at it again under a lock before they do anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import two_person_requests as rules
from peerapp.enums import Role, TwoPersonAct
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Scheme, TwoPersonRequest
from peerapp.services import audit, messages, rows, staff_of
from peerapp.services.schemes import get_scheme

SHOWN = 100
NOBODY = (
    "Nobody else in the scheme may be the second person. A manager can name who else may be, "
    "under Figures."
)


def ask(
    session: Session,
    actor: Account,
    act: TwoPersonAct,
    reason: str,
    now: datetime,
    base_url: str,
    *,
    subject_id: uuid.UUID | None = None,
    details: Mapping[str, str] | None = None,
) -> TwoPersonRequest:
    """Ask for something that takes a second person, and tell those who may be it.

    Raises
    ------
    Refused
        The role does not ask for this, there is no reason, the same is asked already, or nobody
        else could decide.
    """
    scheme = get_scheme(session)
    request = TwoPersonRequest(
        act=act,
        subject_id=subject_id,
        details=dict(details or {}),
        reason=reason.strip(),
        asked_by_id=actor.id,
        expires_at=now + timedelta(days=scheme.second_person_days),
    )
    others = second_people(session, request, scheme)
    if refusals := _asking_refusals(session, actor, request, now, others):
        raise Refused(refusals)
    session.add(request)
    session.flush()
    audit.record_change(session, actor, "two_person.ask", request, act=act.value)
    for account in others:
        messages.queue_notice(session, account, _link(base_url, request))
    return request


def _asking_refusals(
    session: Session,
    actor: Account,
    request: TwoPersonRequest,
    now: datetime,
    others: Sequence[Account],
) -> list[Refusal]:
    refusals = rules.asking_refusals(actor, request.act, request.reason)
    if not others:
        refusals.append(Refusal("nobody", NOBODY))
    if _is_asked(session, request, now):
        refusals.append(Refusal("asked", "This is asked for already, and waits."))
    return refusals


def _link(base_url: str, request: TwoPersonRequest) -> str:
    return f"{base_url}/staff/second-person/{request.id}"


def second_people(session: Session, request: TwoPersonRequest, scheme: Scheme) -> list[Account]:
    """Return who could decide: neither who asks, nor whom it is about."""
    found = [
        one
        for role in sorted(rules.second_roles(scheme, request.act))
        for one in staff_of.list_active(session, role)
    ]
    return [one for one in found if one.id not in {request.asked_by_id, request.subject_id}]


def refuse_too_few(session: Session, scheme: Scheme) -> None:
    """Refuse figures with which somebody who asks would find nobody else to decide.

    Raises
    ------
    Refused
        Fewer than two open accounts may be the second person of every act.
    """
    for act in TwoPersonAct:
        roles = sorted(rules.second_roles(scheme, act))
        if sum(len(staff_of.list_active(session, role)) for role in roles) < 2:
            text = "Fewer than two people could decide. Somebody else must be left to."
            raise Refused([Refusal("second_person_manager", text)])


def _is_asked(session: Session, request: TwoPersonRequest, now: datetime) -> bool:
    """Say whether the same waits already: about the same row, or by the same person."""
    query = select(TwoPersonRequest).where(
        TwoPersonRequest.act == request.act, TwoPersonRequest.decided_at.is_(None)
    )
    if request.subject_id is None:
        query = query.where(TwoPersonRequest.asked_by_id == request.asked_by_id)
    else:
        query = query.where(TwoPersonRequest.subject_id == request.subject_id)
    found = session.scalars(query)
    return any(rules.waits(one, now) and one.details == request.details for one in found)


def lock_to_decide(
    session: Session, actor: Account, request_id: uuid.UUID, now: datetime
) -> TwoPersonRequest:
    """Lock a request on which the actor is about to decide.

    Raises
    ------
    NotFound
        There is none, or the actor has nothing to do with it.
    Refused
        They asked for it themselves, their role may not, or it is decided or over.
    """
    request = rows.lock_row(session, TwoPersonRequest, request_id)
    scheme = get_scheme(session)
    if not _concerns(actor, request, scheme):
        raise NotFound("there is no such request")
    refusals = rules.deciding_refusals(actor, request, scheme, now)
    if refusals:
        raise Refused(refusals)
    return request


def settle(
    session: Session,
    actor: Account,
    request: TwoPersonRequest,
    now: datetime,
    base_url: str,
    *,
    agreed: bool,
    note: str,
) -> TwoPersonRequest:
    """Write down the second person's answer to a locked request, and tell the first."""
    if not agreed and not note.strip():
        raise Refused([Refusal("note", "Say why you do not agree.")])
    request.decided_by_id, request.decided_at = actor.id, now
    request.agreed, request.note = agreed, note.strip()
    if agreed and request.act in rules.FETCHED:
        request.expires_at = now + timedelta(hours=get_scheme(session).export_hours)
    elif agreed:
        request.used_at = now
    verb = "agree" if agreed else "refuse"
    audit.record_change(session, actor, f"two_person.{verb}", request, act=request.act.value)
    session.flush()
    if request.asked_by.disabled_at is None:
        messages.queue_notice(session, request.asked_by, _link(base_url, request))
    return request


def take_back(session: Session, actor: Account, request_id: uuid.UUID, now: datetime) -> None:
    """Take one's own request back, decided or not, as long as it has not been used."""
    request = rows.lock_row(session, TwoPersonRequest, request_id)
    if request.asked_by_id != actor.id:
        raise NotFound("there is no such request")
    if request.used_at is None and now < request.expires_at:
        request.expires_at = now
        audit.record_change(session, actor, "two_person.take_back", request, act=request.act.value)
        session.flush()


def use(session: Session, actor: Account, request_id: uuid.UUID, now: datetime) -> TwoPersonRequest:
    """Take up an agreed request for a file: this once and never again.

    Raises
    ------
    NotFound
        It is not the actor's.
    Refused
        It was not agreed, was fetched already, or its time is over.
    """
    request = rows.lock_row(session, TwoPersonRequest, request_id)
    if request.asked_by_id != actor.id:
        raise NotFound("there is no such request")
    if not rules.may_fetch(actor, request, now):
        text = "This file cannot be fetched: it was fetched already, or its time is over."
        raise Refused([Refusal("not_to_fetch", text)])
    request.used_at = now
    audit.record_change(session, actor, "two_person.use", request, act=request.act.value)
    session.flush()
    return request


def get_request(session: Session, actor: Account, request_id: uuid.UUID) -> TwoPersonRequest:
    """Return a request to whoever asked, and to those who may be the second person.

    Raises
    ------
    NotFound
        There is none, or the actor has nothing to do with it.
    """
    request = rows.get_row(session, TwoPersonRequest, request_id)
    if not _concerns(actor, request, get_scheme(session)):
        raise NotFound("there is no such request")
    return request


def _concerns(actor: Account, request: TwoPersonRequest, scheme: Scheme) -> bool:
    if actor.id in {request.asked_by_id, request.decided_by_id} or actor.role == Role.MANAGER:
        return True
    return actor.role in rules.second_roles(scheme, request.act)


def list_requests(session: Session, actor: Account) -> Sequence[TwoPersonRequest]:
    """Return the actor's own requests and those they could decide, newest first."""
    scheme = get_scheme(session)
    acts = [one for one in TwoPersonAct if actor.role in rules.second_roles(scheme, one)]
    query = select(TwoPersonRequest).options(
        joinedload(TwoPersonRequest.asked_by), joinedload(TwoPersonRequest.decided_by)
    )
    if actor.role != Role.MANAGER:
        mine = TwoPersonRequest.asked_by_id == actor.id
        query = query.where(or_(mine, TwoPersonRequest.act.in_(acts)))
    order = TwoPersonRequest.created_at.desc(), TwoPersonRequest.id
    return session.scalars(query.order_by(*order).limit(SHOWN)).all()


def count_waiting(session: Session, actor: Account, now: datetime) -> int:
    """Return how many requests wait for the actor as their second person."""
    scheme = get_scheme(session)
    acts = [one for one in TwoPersonAct if actor.role in rules.second_roles(scheme, one)]
    query = select(func.count(TwoPersonRequest.id)).where(
        TwoPersonRequest.act.in_(acts),
        TwoPersonRequest.asked_by_id != actor.id,
        TwoPersonRequest.decided_at.is_(None),
        TwoPersonRequest.expires_at > now,
    )
    return session.scalar(query) or 0


def find_waiting(
    session: Session, act: TwoPersonAct, subject_id: uuid.UUID, now: datetime
) -> TwoPersonRequest | None:
    """Return the request about a row that waits for its second person."""
    query = (
        select(TwoPersonRequest)
        .where(
            TwoPersonRequest.act == act,
            TwoPersonRequest.subject_id == subject_id,
            TwoPersonRequest.decided_at.is_(None),
            TwoPersonRequest.expires_at > now,
        )
        .order_by(TwoPersonRequest.created_at.desc(), TwoPersonRequest.id)
        .limit(1)
    )
    return session.scalar(query)
