"""Retention: what the scheme keeps, for how long, what would go today, and the job that does it.

A class is a kind of record with a period that managers set. Nobody on a legal hold is touched.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.certificates import add_months
from peerapp.domain.match_states import OVER
from peerapp.enums import (
    ClaimState,
    FamilyState,
    MessageState,
    ReferralState,
    Role,
    VolunteerState,
)
from peerapp.errors import Forbidden
from peerapp.models import (
    Account,
    CoachingSession,
    Erasure,
    ExpenseClaim,
    Family,
    Match,
    Message,
    Referral,
    RetentionRun,
    Scheme,
    SessionNote,
    Volunteer,
)
from peerapp.services import audit, erasures, legal_holds, volunteers
from peerapp.services.schemes import get_scheme

BATCH = 200
SHOWN = 20


@dataclass(frozen=True)
class Due:
    """One record whose time is over: the row, whom it is about, and what staff call it."""

    row: Any
    people: tuple[uuid.UUID | None, ...]
    reference: str


@dataclass(frozen=True)
class RetentionClass:
    """A kind of record.

    Attributes
    ----------
    figure
        The column of ``Scheme`` with its period.
    find
        Returns what is over before a day.
    finish
        Deletes or empties one of them; False where something keeps it still.
    """

    code: str
    title: str
    what: str
    figure: str
    find: Callable[[Session, date], Select[Any]]
    name: Callable[[Any], Due]
    finish: Callable[[Session, Account | None, Any, datetime], bool]


@dataclass(frozen=True)
class Preview:
    """What retention would do in one class today."""

    kind: RetentionClass
    period: int
    count: int
    held: int
    references: tuple[str, ...]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _not_erased(model: Any) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = model.id.not_in(select(Erasure.person_id))
    return wanted


def _volunteers(*states: VolunteerState) -> Callable[[Session, date], Select[Any]]:
    def find(_: Session, before: date) -> Select[Any]:
        return (
            select(Volunteer)
            .where(
                Volunteer.state.in_(states),
                Volunteer.state_since < _moment(before),
                _not_erased(Volunteer),
            )
            .order_by(Volunteer.state_since, Volunteer.id)
        )

    return find


def _families(_: Session, before: date) -> Select[Any]:
    closed = Family.state == FamilyState.CLOSED
    over = Family.state_since < _moment(before)
    query = select(Family).where(closed, over, _not_erased(Family))
    return query.order_by(Family.state_since, Family.id)


def _referrals(_: Session, before: date) -> Select[Any]:
    return (
        select(Referral)
        .where(Referral.state == ReferralState.DECLINED, Referral.decided_on < before)
        .order_by(Referral.decided_on, Referral.id)
    )


def _notes(_: Session, before: date) -> Select[Any]:
    return (
        select(SessionNote)
        .join(CoachingSession, SessionNote.session_id == CoachingSession.id)
        .join(Match, CoachingSession.match_id == Match.id)
        .where(Match.ended_on < before)
        .order_by(SessionNote.created_at, SessionNote.id)
    )


def _snapshots(_: Session, before: date) -> Select[Any]:
    return (
        select(Match)
        .where(Match.state.in_(OVER), Match.state_since < _moment(before))
        .order_by(Match.state_since, Match.id)
    )


def _claims(_: Session, before: date) -> Select[Any]:
    return (
        select(ExpenseClaim)
        .where(
            ExpenseClaim.spent_on < before,
            ExpenseClaim.export_id.is_not(None) | (ExpenseClaim.state != ClaimState.APPROVED),
        )
        .order_by(ExpenseClaim.spent_on, ExpenseClaim.id)
    )


def _mail(_: Session, before: date) -> Select[Any]:
    return (
        select(Message)
        .where(Message.state != MessageState.QUEUED, Message.created_at < _moment(before))
        .order_by(Message.created_at, Message.id)
    )


def _erase(why: str) -> Callable[[Session, Account | None, Any, datetime], bool]:
    def finish(session: Session, actor: Account | None, row: Any, now: datetime) -> bool:
        if erasures.refusals(session, row):
            return False
        erasures.put_out(session, actor, row, why, now)
        return True

    return finish


def _delete(session: Session, actor: Account | None, row: Any, _: datetime) -> bool:
    audit.record_change(session, actor, "retention.delete", row)
    session.delete(row)
    return True


def _empty_match(session: Session, actor: Account | None, row: Match, _: datetime) -> bool:
    row.explanation, row.snapshot = {}, {}
    audit.record_change(session, actor, "retention.empty", row)
    return True


def _volunteer(row: Volunteer) -> Due:
    return Due(row, (row.id,), volunteers.reference(row))


CLASSES: tuple[RetentionClass, ...] = (
    RetentionClass(
        "applications", "Applications that never became active", "Erased",
        "keep_applications_months",
        _volunteers(VolunteerState.DECLINED, VolunteerState.WITHDRAWN), _volunteer,
        _erase("retention"),
    ),
    RetentionClass(
        "volunteers", "Volunteers who left", "Erased", "keep_volunteers_months",
        _volunteers(VolunteerState.LEFT), _volunteer, _erase("retention"),
    ),
    RetentionClass(
        "families", "Families whose record is closed", "Erased", "keep_families_months",
        _families, lambda row: Due(row, (row.id,), row.reference), _erase("retention"),
    ),
    RetentionClass(
        "referrals", "Referrals that were declined", "Deleted", "keep_referrals_months",
        _referrals, lambda row: Due(row, (row.family_id,), row.reference), _delete,
    ),
    RetentionClass(
        "notes", "Notes of sessions, after the match has ended", "Deleted", "keep_notes_months",
        _notes, lambda row: Due(row, (row.session_id,), "Note"), _delete,
    ),
    RetentionClass(
        "snapshots", "Why a pair was proposed, after the match has ended", "Emptied",
        "keep_snapshots_months", _snapshots,
        lambda row: Due(row, (row.family_id, row.volunteer_id), "Match"), _empty_match,
    ),
    RetentionClass(
        "claims", "Expenses that were paid", "Deleted", "keep_claims_months", _claims,
        lambda row: Due(row, (row.volunteer_id,), "Claim"), _delete,
    ),
    RetentionClass(
        "mail", "Emails that were sent", "Deleted", "keep_mail_days", _mail,
        lambda row: Due(row, (row.account_id, row.match_id), "Email"), _delete,
    ),
)  # fmt: skip


def preview(session: Session, actor: Account, today: date) -> list[Preview]:
    """Return what would go today, class by class; that somebody looked is audited."""
    _only_managers(actor)
    scheme, held = get_scheme(session), _held(session)
    audit.record_read(session, actor, "retention.preview", scheme)
    found = []
    for kind in CLASSES:
        due = _due(session, kind, scheme, today)
        going = _going(due, held)
        references = tuple(one.reference for one in going[:SHOWN])
        period = getattr(scheme, kind.figure)
        found.append(Preview(kind, period, len(going), len(due) - len(going), references))
    return found


def _due(session: Session, kind: RetentionClass, scheme: Scheme, today: date) -> list[Due]:
    found = session.scalars(kind.find(session, over_before(kind, scheme, today)))
    return [kind.name(one) for one in found if not _is_empty(one)]


def _is_empty(row: Any) -> bool:
    """Say whether a match has been emptied already: it stays, so it would be found again."""
    return isinstance(row, Match) and not row.explanation and not row.snapshot


def over_before(kind: RetentionClass, scheme: Scheme, today: date) -> date:
    """Return the day before which a record of a class is over."""
    period: int = getattr(scheme, kind.figure)
    if kind.figure.endswith("_days"):
        return today - timedelta(days=period)
    return add_months(today, -period)


def _going(due: Iterable[Due], held: frozenset[uuid.UUID]) -> list[Due]:
    return [one for one in due if held.isdisjoint(one.people)]


def _held(session: Session) -> frozenset[uuid.UUID]:
    """Return the people on hold, their accounts, matches and sessions."""
    people = legal_holds.held_people(session)
    if not people:
        return frozenset()
    pairs = or_(Match.family_id.in_(people), Match.volunteer_id.in_(people))
    sessions = select(CoachingSession.id).where(
        CoachingSession.match_id.in_(select(Match.id).where(pairs))
    )
    queries = (
        select(Match.id).where(pairs),
        sessions,
        select(Family.account_id).where(Family.id.in_(people)),
        select(Volunteer.account_id).where(Volunteer.id.in_(people)),
    )
    found = {one for query in queries for one in session.scalars(query)}
    return people | {one for one in found if one is not None}


def run(session: Session, actor: Account | None, today: date, now: datetime) -> RetentionRun:
    """Delete what is over, a batch of each class; what was done is kept as counts."""
    if actor is not None:
        _only_managers(actor)
    scheme, held = get_scheme(session), _held(session)
    counts: dict[str, int] = {}
    on_hold = 0
    for kind in CLASSES:
        due = _due(session, kind, scheme, today)
        going = _going(due, held)
        on_hold += len(due) - len(going)
        done = (kind.finish(session, actor, one.row, now) for one in going)
        counts[kind.code] = sum(islice((one for one in done if one), BATCH))
        session.flush()
    report = RetentionRun(
        run_on=today, started_by_id=actor.id if actor else None, counts=counts, held=on_hold
    )
    session.add(report)
    session.flush()
    audit.record_change(session, actor, "retention.run", report, rows=sum(counts.values()))
    return report


def run_daily(session: Session, today: date, now: datetime) -> RetentionRun | None:
    """Do a day's work; None once it is done.

    Called again and again by the job, each time in a transaction of its own, as a class with more
    than a batch takes several.
    """
    query = select(RetentionRun).where(RetentionRun.run_on == today)
    last = session.scalar(query.order_by(RetentionRun.created_at.desc()).limit(1))
    if last is not None and max(last.counts.values()) < BATCH:
        return None
    return run(session, None, today, now)


def list_runs(session: Session, actor: Account) -> Sequence[RetentionRun]:
    """Return the last reports, newest first."""
    _only_managers(actor)
    query = select(RetentionRun).order_by(RetentionRun.created_at.desc(), RetentionRun.id)
    return session.scalars(query.limit(SHOWN)).all()


def _only_managers(actor: Account) -> None:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager looks after retention")
