"""Erasing a person: what goes, what is emptied, what is kept and why; and doing it again.

Two people agree. The row itself stays as a tombstone without a name, so that totals and the audit
trail keep their sense. What was erased is listed by number outside the database as well: after an
old backup is restored, it is erased again before the site opens.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from peerapp.domain import erasures as rules
from peerapp.domain.person_records import RECORDS, Fate, Record
from peerapp.enums import ConcernState, Role, TwoPersonAct
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import (
    Account,
    Base,
    Concern,
    Erasure,
    Family,
    Match,
    TwoPersonRequest,
    Volunteer,
)
from peerapp.services import audit, keys, legal_holds, two_person_requests
from peerapp.services.person_records import MODELS, Person, about_person, rows_of
from peerapp.services.rows import lock_row


@dataclass(frozen=True)
class Line:
    """What an erasure does with one table of a person."""

    title: str
    rows: int
    fate: Fate
    blanked: tuple[str, ...]
    why_kept: str


def find_person(session: Session, person_id: uuid.UUID, *, is_family: bool) -> Person:
    """Return a family or a volunteer.

    Raises
    ------
    NotFound
        There is none.
    """
    found = session.get(Family, person_id) if is_family else session.get(Volunteer, person_id)
    if found is None:
        raise NotFound("there is no such person")
    return found


def preview(session: Session, actor: Account, person: Person) -> list[Line]:
    """Return what would go, be emptied and be kept; that somebody looked is audited."""
    _only_managers(actor)
    audit.record_read(session, actor, "person.preview_erasure", person)
    found = [(record, _count(session, person, record)) for record in RECORDS.values()]
    return [
        Line(
            record.title,
            count,
            rules.fate_of(record, person),
            record.blanked,
            rules.why_kept(record, person),
        )
        for record, count in found
        if count
    ]


def _count(session: Session, person: Person, record: Record) -> int:
    about = about_person(record, person)
    if about is None:
        return 0
    return session.scalar(select(func.count(MODELS[record.table].id)).where(about)) or 0


def refusals(session: Session, person: Person) -> list[Refusal]:
    """Say why somebody cannot be erased now."""
    matches = session.scalars(select(Match).where(_in_match(person))).all()
    return rules.erasing_refusals(
        person,
        is_held=_is_held(session, person, matches),
        matches=matches,
        has_concern=_has_open_concern(session, person),
    )


def _is_held(session: Session, person: Person, matches: Iterable[Match]) -> bool:
    """Say whether a hold stands on a person, or on somebody with whom they share records."""
    held = legal_holds.held_people(session)
    pairs = {one for match in matches for one in (match.family_id, match.volunteer_id)}
    return not held.isdisjoint({person.id, *pairs})


def _in_match(person: Person) -> Any:
    if isinstance(person, Family):
        return Match.family_id == person.id
    return Match.volunteer_id == person.id


def _has_open_concern(session: Session, person: Person) -> bool:
    about = about_person(RECORDS["concern"], person)
    if about is None:
        return False
    query = select(func.count(Concern.id)).where(about, Concern.state != ConcernState.CLOSED)
    return bool(session.scalar(query))


def ask(
    session: Session, actor: Account, person: Person, reason: str, now: datetime, base_url: str
) -> TwoPersonRequest:
    """Ask that a person is erased; a lead, or another manager, decides.

    Raises
    ------
    Refused
        Something keeps them, or it is asked already.
    """
    _only_managers(actor)
    against = refusals(session, person)
    if against:
        raise Refused(against)
    kind = "family" if isinstance(person, Family) else "volunteer"
    return two_person_requests.ask(
        session,
        actor,
        TwoPersonAct.ERASE,
        reason,
        now,
        base_url,
        subject_id=person.id,
        details={"kind": kind},
    )


def lock_asked(session: Session, request: TwoPersonRequest) -> Person:
    """Lock the person whom a request is about."""
    if request.subject_id is None:
        raise NotFound("there is no such person")
    is_family = request.details.get("kind") == "family"
    if is_family:
        return lock_row(session, Family, request.subject_id)
    return lock_row(session, Volunteer, request.subject_id)


def erase(
    session: Session, actor: Account | None, person: Person, why: str, now: datetime
) -> Erasure:
    """Erase a locked person: everything that need not be kept, in this transaction.

    Raises
    ------
    Refused
        Something keeps them.
    """
    against = refusals(session, person)
    if against:
        raise Refused(against)
    return put_out(session, actor, person, why, now)


def put_out(
    session: Session, actor: Account | None, person: Person, why: str, now: datetime
) -> Erasure:
    """Empty and delete, whatever stands against it: for what was erased once already."""
    counts = {fate.value: 0 for fate in Fate}
    person_id, account_id, is_family = person.id, person.account_id, isinstance(person, Family)
    for record in RECORDS.values():
        if rules.fate_of(record, person) == Fate.BLANKED:
            for row in rows_of(session, person, record):
                _blank(row, record, now)
                counts[Fate.BLANKED.value] += 1
    session.flush()
    for record in _children_first():
        if rules.fate_of(record, person) == Fate.DELETED:
            counts[Fate.DELETED.value] += _delete(session, person, record)
    erasure = Erasure(
        person_id=person_id, is_family=is_family, erased_at=now, why=why, counts=counts
    )
    session.add(erasure)
    audit.record_change(session, actor, "person.erase", person, why=why)
    session.flush()
    for owner_id in (person_id, account_id):
        if owner_id is not None:
            keys.destroy(session, owner_id)
    session.expire_all()
    return erasure


def _blank(row: Any, record: Record, now: datetime) -> None:
    """Empty the columns of one row: the one place in which a person's words are taken away."""
    columns = Base.metadata.tables[record.table].columns
    for name in record.blanked:
        setattr(row, name, rules.empty_of(bool(columns[name].nullable), getattr(row, name)))
    if isinstance(row, Account):
        row.email = f"{row.id.hex}@erased.invalid"
        row.disabled_at = row.disabled_at or now


def _children_first() -> list[Record]:
    order = [table.name for table in reversed(Base.metadata.sorted_tables)]
    return sorted(RECORDS.values(), key=lambda one: order.index(one.table))


def _delete(session: Session, person: Person, record: Record) -> int:
    ids = [row.id for row in rows_of(session, person, record)]
    model = MODELS[record.table]
    for start in range(0, len(ids), 500):
        session.execute(
            delete(model).where(model.id.in_(ids[start : start + 500])),
            execution_options={"synchronize_session": False},
        )
    return len(ids)


def list_erasures(session: Session) -> Sequence[Erasure]:
    """Return who was erased, by number, in order."""
    return session.scalars(select(Erasure).order_by(Erasure.erased_at, Erasure.id)).all()


def is_erased(session: Session, person_id: uuid.UUID) -> bool:
    """Say whether a person was erased."""
    query = select(func.count(Erasure.id)).where(Erasure.person_id == person_id)
    return bool(session.scalar(query))


def _only_managers(actor: Account) -> None:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager erases")
