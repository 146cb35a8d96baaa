"""What people ask about data on them: received, answered in time, each step kept."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain import rights_requests as rules
from peerapp.domain.references import new_reference
from peerapp.enums import RightKind, RightState, RightStep, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Family, RightsEvent, RightsRequest, Volunteer
from peerapp.services import audit, erasures, messages, rows, staff_of, subject_access
from peerapp.services.person_records import Person
from peerapp.services.subject_access import Section

SHOWN = 200
PROOFS = (RightStep.SEEN, RightStep.CALLED_BACK, RightStep.VOUCHED)
"""How one can know that it is the person who asks."""


@dataclass(frozen=True)
class Copy:
    """What is handed over to a person."""

    reference: str
    sections: list[Section]
    json: str


def receive(
    session: Session,
    actor: Account,
    kind: RightKind,
    words: str,
    received_on: date,
    today: date,
    *,
    person: Person | None = None,
    who: str = "",
    choose: Callable[[str], str] = secrets.choice,
) -> RightsRequest:
    """Write a request down that reached a manager; a complaint may come from anybody.

    Raises
    ------
    Refused
        It says not about whom it is, or was received in the future.
    """
    _only_managers(actor)
    refusals = []
    if person is None and kind != RightKind.COMPLAINT:
        refusals.append(Refusal("reference", "Enter the reference of the person."))
    if person is None and kind == RightKind.COMPLAINT and not who.strip():
        refusals.append(Refusal("who", "Enter who complains, or the reference of their record."))
    if received_on > today:
        refusals.append(Refusal("received_on", "This day is still to come."))
    if refusals:
        raise Refused(refusals)
    return _receive(session, actor, kind, words, received_on, person, who=who, choose=choose)


def ask_for_own(
    session: Session,
    actor: Account,
    kind: RightKind,
    words: str,
    today: date,
    base_url: str,
    *,
    field: str = "",
) -> RightsRequest:
    """Ask for one's own data, to have it put right or erased; the managers are told.

    Raises
    ------
    Refused
        The same is asked for already, or it is not said what should be put right.
    """
    person = own_person(session, actor)
    asked = list_own(session, actor)
    refusals = []
    if kind == RightKind.CORRECT and not words.strip():
        refusals.append(Refusal("words", "Write what is wrong, and what is right."))
    if kind != RightKind.CORRECT and any(
        one.kind == kind and one.state == RightState.OPEN for one in asked
    ):
        refusals.append(Refusal("kind", "You have asked for this already. We are working on it."))
    if refusals:
        raise Refused(refusals)
    request = _receive(session, actor, kind, words, today, person, field=field)
    for manager in staff_of.list_active(session, Role.MANAGER):
        messages.queue_notice(session, manager, f"{base_url}/staff/rights/requests/{request.id}")
    return request


def _receive(
    session: Session,
    actor: Account,
    kind: RightKind,
    words: str,
    received_on: date,
    person: Person | None,
    *,
    who: str = "",
    field: str = "",
    choose: Callable[[str], str] = secrets.choice,
) -> RightsRequest:
    family_id, volunteer_id = subject_access.person_key(person) if person else (None, None)
    request = RightsRequest(
        reference=new_reference(choose, "D"),
        kind=kind,
        family_id=family_id,
        volunteer_id=volunteer_id,
        who=who.strip(),
        field=field.strip(),
        words=words.strip(),
        received_on=received_on,
        due_on=rules.due_on(kind, received_on),
    )
    session.add(request)
    session.flush()
    _note(session, actor, request, RightStep.RECEIVED)
    return request


def _note(
    session: Session, actor: Account, request: RightsRequest, step: RightStep, note: str = ""
) -> None:
    request.events.append(RightsEvent(step=step, by_id=actor.id, note=note.strip()))
    audit.record_change(session, actor, f"rights.{step.value}", request, kind=request.kind.value)
    session.flush()


def own_person(session: Session, actor: Account) -> Person:
    """Return the family or volunteer whose account it is.

    Raises
    ------
    NotFound
        It is neither's.
    """
    family = session.scalar(select(Family).where(Family.account_id == actor.id))
    found = family or session.scalar(select(Volunteer).where(Volunteer.account_id == actor.id))
    if found is None:
        raise NotFound("this account has no record")
    return found


def list_own(session: Session, actor: Account) -> Sequence[RightsRequest]:
    """Return what the actor has asked for, newest first."""
    family_id, volunteer_id = subject_access.person_key(own_person(session, actor))
    query = select(RightsRequest).order_by(RightsRequest.created_at.desc(), RightsRequest.id)
    if family_id is not None:
        return session.scalars(query.where(RightsRequest.family_id == family_id)).all()
    return session.scalars(query.where(RightsRequest.volunteer_id == volunteer_id)).all()


def list_requests(session: Session, actor: Account) -> Sequence[RightsRequest]:
    """Return all requests, open ones first, soonest due first."""
    _only_managers(actor)
    order = RightsRequest.state != RightState.OPEN, RightsRequest.due_on, RightsRequest.id
    return session.scalars(select(RightsRequest).order_by(*order).limit(SHOWN)).all()


def count_open(session: Session, actor: Account) -> int:
    """Return how many requests wait for the managers."""
    if actor.role != Role.MANAGER:
        return 0
    query = select(func.count(RightsRequest.id)).where(RightsRequest.state == RightState.OPEN)
    return session.scalar(query) or 0


def get_request(session: Session, actor: Account, request_id: uuid.UUID) -> RightsRequest:
    """Return a request with its steps; that it was read is audited."""
    _only_managers(actor)
    query = (
        select(RightsRequest)
        .where(RightsRequest.id == request_id)
        .options(selectinload(RightsRequest.events).joinedload(RightsEvent.by))
    )
    request = session.scalar(query)
    if request is None:
        raise NotFound("there is no such request")
    audit.record_read(session, actor, "rights.read", request)
    return request


def person_of(session: Session, request: RightsRequest) -> Person | None:
    """Return whom a request is about; None for a complaint of somebody unknown."""
    if request.family_id is not None:
        return erasures.find_person(session, request.family_id, is_family=True)
    if request.volunteer_id is not None:
        return erasures.find_person(session, request.volunteer_id, is_family=False)
    return None


def acknowledge(
    session: Session, actor: Account, request_id: uuid.UUID, today: date
) -> RightsRequest:
    """Write down that the person was told that their request has come; once."""
    request = _lock_open(session, actor, request_id)
    if request.acknowledged_on is None:
        request.acknowledged_on = today
        _note(session, actor, request, RightStep.ACKNOWLEDGED)
    return request


def note(session: Session, actor: Account, request_id: uuid.UUID, words: str) -> RightsRequest:
    """Add a note to what was done about a request."""
    request = _lock_open(session, actor, request_id)
    if not words.strip():
        raise Refused([Refusal("note", "Write what was done.")])
    _note(session, actor, request, RightStep.NOTED, words)
    return request


def close(
    session: Session,
    actor: Account,
    request_id: uuid.UUID,
    outcome: str,
    today: date,
    *,
    refused: bool = False,
) -> RightsRequest:
    """Close a request as done or refused, and say what came of it.

    Raises
    ------
    Refused
        It is closed already, or it is not said what came of it.
    """
    request = _lock_open(session, actor, request_id, or_released=True)
    refusals = rules.closing_refusals(request, outcome)
    if refusals:
        raise Refused(refusals)
    request.state = RightState.REFUSED if refused else RightState.DONE
    request.outcome, request.closed_on = outcome.strip(), today
    _note(session, actor, request, RightStep.REFUSED if refused else RightStep.DONE)
    return request


def read_copy(session: Session, actor: Account, request: RightsRequest) -> list[Section]:
    """Return all that could be handed over, for whoever reads it first; the view is audited."""
    _only_managers(actor)
    person = _person_for_access(session, request)
    audit.record_read(session, actor, "rights.review", person)
    return subject_access.collect(session, person)


def _person_for_access(session: Session, request: RightsRequest) -> Person:
    person = person_of(session, request)
    if request.kind != RightKind.ACCESS or person is None:
        raise NotFound("this request is not for a copy")
    return person


def release(
    session: Session,
    actor: Account,
    request_id: uuid.UUID,
    included: Collection[str],
    *,
    has_read: bool,
    proof: RightStep | None,
) -> RightsRequest:
    """Let a copy out: what may tell of somebody else goes only where it was chosen.

    ``proof`` is how the manager knows that it is the person who asks: a letter, an email or the
    person's own account may be in the hands of whom they hide from.

    Raises
    ------
    Refused
        Nobody says that they have read it all, or that it is that person who asks.
    """
    request = _lock_open(session, actor, request_id)
    person = _person_for_access(session, request)
    refusals = []
    if proof not in PROOFS:
        refusals.append(Refusal("proof", "Say how you know that it is this person who asks."))
    if not has_read:
        refusals.append(Refusal("has_read", "Read it all first, and tick the box."))
    if refusals or proof is None:
        raise Refused(refusals)
    known = {
        entry.key for _, entry in subject_access.to_review(subject_access.collect(session, person))
    }
    request.included = sorted(known & set(included))
    request.state = RightState.RELEASED
    _note(session, actor, request, proof)
    _note(session, actor, request, RightStep.REVIEWED)
    return request


def fetch(
    session: Session, actor: Account, request_id: uuid.UUID, now: datetime, today: date
) -> Copy:
    """Return the copy to hand over, once.

    Raises
    ------
    Refused
        It is not released, or was fetched already.
    """
    request = _lock_open(session, actor, request_id, or_released=True)
    person = _person_for_access(session, request)
    if request.state != RightState.RELEASED or request.fetched_at is not None:
        raise Refused([Refusal("not_to_fetch", "The copy is not released, or was fetched.")])
    sections = subject_access.released(
        subject_access.collect(session, person), set(request.included)
    )
    request.fetched_at = now
    audit.record_read(session, actor, "rights.copy", person, sections=len(sections))
    _note(session, actor, request, RightStep.FETCHED)
    text = subject_access.as_json(sections, request.reference, today)
    return Copy(request.reference, sections, text)


def _lock_open(
    session: Session, actor: Account, request_id: uuid.UUID, *, or_released: bool = False
) -> RightsRequest:
    _only_managers(actor)
    request = rows.lock_row(session, RightsRequest, request_id)
    allowed = {RightState.OPEN, RightState.RELEASED} if or_released else {RightState.OPEN}
    if request.state not in allowed:
        raise Refused([Refusal("closed", "It is closed already.")])
    return request


def _only_managers(actor: Account) -> None:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager answers requests about data")
