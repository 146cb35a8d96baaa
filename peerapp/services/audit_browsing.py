"""Looking through the audit trail: filters, pages, a file. Ids and codes only, no personal data.

Who acted is named where they are staff, from their account as it is now; families and volunteers
are shown by what they are and their id.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.csv_text import write_rows
from peerapp.enums import STAFF_ROLES, AuditKind, Role
from peerapp.errors import Forbidden
from peerapp.models import Account, AuditEvent
from peerapp.services import audit
from peerapp.vocabulary import label
from peerapp.vocabulary.audit import action_words

PAGE = 50
MOST_EXPORTED = 50_000
BATCH = 1000
COLUMNS = (
    "place", "time", "kind", "action", "in words", "role", "by", "by id",
    "of", "of id", "match id", "fields", "detail", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """Which events are wanted; empty: all. ``since`` and ``until`` are days, both included."""

    since: date | None = None
    until: date | None = None
    kind: AuditKind | None = None
    action: str = ""
    actor_id: uuid.UUID | None = None
    record_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Found:
    """One page of events, newest first, with the names of the staff among the actors."""

    events: Sequence[AuditEvent]
    names: Mapping[uuid.UUID, str]
    more: bool


def browse(session: Session, actor: Account, filters: Filters, page: int) -> Found:
    """Return one page of what the filters let through; only for auditors."""
    _refuse_others(actor)
    query = _query(filters).limit(PAGE + 1).offset((page - 1) * PAGE)
    events = session.scalars(query).all()
    return Found(events[:PAGE], _names(session, events), len(events) > PAGE)


def list_actions(session: Session) -> list[tuple[str, str]]:
    """Return the actions that have happened, in words, in the order of the words."""
    found = session.scalars(select(AuditEvent.action).distinct())
    return sorted(((one, action_words(one)) for one in found), key=lambda pair: pair[1])


def list_staff(session: Session) -> Sequence[Account]:
    """Return everybody who is or was staff, by name, to choose from."""
    query = select(Account).where(Account.role.in_(STAFF_ROLES))
    return session.scalars(query.order_by(func.lower(Account.name), Account.id)).all()


def export(session: Session, actor: Account, filters: Filters) -> str:
    """Return what the filters let through as CSV, newest first, safe to open; on record itself."""
    _refuse_others(actor)
    events = session.scalars(_query(filters).limit(MOST_EXPORTED)).all()
    given = ", ".join(f"{name} {value}" for name, value in vars(filters).items() if value)
    audit.record_read(session, actor, "audit.export", actor, rows=len(events), given=given)
    names = _names(session, events)
    return write_rows(COLUMNS, (_cells(event, names) for event in events))


def _refuse_others(actor: Account) -> None:
    if actor.role != Role.AUDITOR:
        raise Forbidden("only an auditor reads the audit trail")


def _query(filters: Filters) -> Select[AuditEvent]:
    query = select(AuditEvent).where(*_conditions(filters))
    return query.order_by(AuditEvent.at.desc(), AuditEvent.seq.desc(), AuditEvent.id)


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.since:
        yield AuditEvent.at >= _start(filters.since)
    if filters.until:
        yield AuditEvent.at < _start(filters.until + timedelta(days=1))
    if filters.kind:
        yield AuditEvent.kind == filters.kind
    if filters.action:
        yield AuditEvent.action == filters.action
    if filters.actor_id:
        yield AuditEvent.actor_id == filters.actor_id
    if filters.record_id:
        columns = (AuditEvent.subject_id, AuditEvent.match_id, AuditEvent.actor_id)
        yield or_(*(column == filters.record_id for column in columns))


def _start(day: date) -> datetime:
    """Return when a day begins in London."""
    return datetime.combine(day, time.min, LONDON)


def _names(session: Session, events: Iterable[AuditEvent]) -> dict[uuid.UUID, str]:
    ids = sorted({event.actor_id for event in events if event.actor_id})
    names: dict[uuid.UUID, str] = {}
    for start in range(0, len(ids), BATCH):
        query = select(Account.id, Account.name).where(
            Account.id.in_(ids[start : start + BATCH]), Account.role.in_(STAFF_ROLES)
        )
        for row in session.execute(query):
            names[row.id] = row.name
    return names


def _cells(event: AuditEvent, names: Mapping[uuid.UUID, str]) -> list[str]:
    by = names.get(event.actor_id, "") if event.actor_id else ""
    cells = [
        event.seq,
        event.at.isoformat(timespec="seconds"),
        event.kind.value,
        event.action,
        action_words(event.action),
        label(event.actor_role) if event.actor_role else "System",
        by,
        event.actor_id,
        event.subject_type,
        event.subject_id,
        event.match_id,
        " ".join(event.fields),
        "; ".join(f"{key}: {value}" for key, value in sorted(event.detail.items())),
        event.hash,
    ]
    return ["" if cell is None else str(cell) for cell in cells]
