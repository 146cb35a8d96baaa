"""What runs out: warned of beforehand, each warning once, and settled on the day.

Nothing here takes clearance away: that is asked anew at each question, from midnight in London.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.clock import LONDON
from peerapp.domain.access import works_with_volunteer
from peerapp.domain.certificates import current_certificate, recheck_due
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.domain.onboarding import FINAL
from peerapp.domain.subscriptions import is_subscribed, join_window
from peerapp.domain.vetting import clearance_refusals
from peerapp.domain.volunteer_agreements import MAY_NOT_SIGN
from peerapp.enums import (
    CertificateStatus,
    GateItem,
    MessageState,
    RiskDecision,
    Role,
    VolunteerState,
    WarningKind,
)
from peerapp.models import Account, Certificate, ExpiryWarning, Match, Message, Scheme, Volunteer
from peerapp.services import audit, messages, rows, volunteers
from peerapp.services.matches import WITHDRAWABLE
from peerapp.services.staff_of import list_active

DAYS: dict[WarningKind, tuple[int, ...]] = {
    WarningKind.CERTIFICATE: (90, 60, 30, 7, 0),
    WarningKind.TRAINING: (90, 60, 30, 7, 0),
    WarningKind.RISK_REVIEW: (30, 7, 0),
    WarningKind.SUBSCRIPTION: (30, 7, 0),
    WarningKind.JOINING: (14, 7, 2),
    WarningKind.AGREEMENT: (14, 3),
}
"""How many days before its end each thing is warned of; 0: on the first day without it."""

FIRST: dict[WarningKind, str] = {
    WarningKind.CERTIFICATE: "certificate_warning_days",
    WarningKind.TRAINING: "training_warning_days",
    WarningKind.AGREEMENT: "agreement_warning_days",
}
"""The scheme's figure for the first warning, where it has one."""

NOT_ON_THE_BOARD = frozenset({WarningKind.RISK_REVIEW, WarningKind.AGREEMENT})
"""What the board of certificates does not show, so that coordinators are not told of it."""

NOTICE = "expiry_notice"
BATCH = 50  # in one transaction; on SQLite nobody else can write meanwhile


@dataclass(frozen=True)
class Ending:
    """Something of a volunteer that ends: ``due_on`` is the first day without it."""

    volunteer: Volunteer
    kind: WarningKind
    subject_id: uuid.UUID
    due_on: date


def endings(volunteer: Volunteer, today: date) -> list[Ending]:
    """Return what of a volunteer's runs out or has run out, as far as it counts today."""
    found = [
        *_certificate_endings(volunteer, today),
        *_training_endings(volunteer),
        *_agreement_endings(volunteer),
    ]
    return [Ending(volunteer, *one) for one in found]


def _certificate_endings(
    volunteer: Volunteer, today: date
) -> Iterator[tuple[WarningKind, uuid.UUID, date]]:
    certificate = current_certificate(volunteer)
    if certificate is None:
        return
    if certificate.status == CertificateStatus.ACCEPTED:
        due_on = recheck_due(certificate, volunteer.scheme.recheck_months)
        yield WarningKind.CERTIFICATE, certificate.id, due_on
    if certificate.risk_decision == RiskDecision.FAVOURABLE and certificate.risk_review_on:
        after = certificate.risk_review_on + timedelta(days=1)
        yield WarningKind.RISK_REVIEW, certificate.id, after
    held = certificate.subscription
    if held is not None and held.ended_on is None:
        yield WarningKind.SUBSCRIPTION, held.id, held.renew_by
    window = join_window(certificate, volunteer.scheme.join_days, today)
    if window and window.is_open and not is_subscribed(certificate, today):
        yield WarningKind.JOINING, certificate.id, window.last_day + timedelta(days=1)


def _training_endings(volunteer: Volunteer) -> Iterator[tuple[WarningKind, uuid.UUID, date]]:
    """Of each course the record that lasts longest; a course that does not run out is left out."""
    by_course = defaultdict(list)
    for record in volunteer.training:
        by_course[record.course].append(record)
    for records in by_course.values():
        if any(record.valid_until is None for record in records):
            continue
        last = max(records, key=lambda one: (one.valid_until or date.min, one.id))
        yield WarningKind.TRAINING, last.id, (last.valid_until or date.min) + timedelta(days=1)


def _agreement_endings(volunteer: Volunteer) -> Iterator[tuple[WarningKind, uuid.UUID, date]]:
    """An earlier version was signed, and a new one must be: not of who cannot sign yet."""
    if volunteer.state in MAY_NOT_SIGN:
        return
    for record in volunteer.gate_records:
        if record.item == GateItem.AGREEMENT and record.valid_until is not None:
            yield WarningKind.AGREEMENT, record.id, record.valid_until + timedelta(days=1)


def days_of(kind: WarningKind, scheme: Scheme) -> tuple[int, ...]:
    """Return on which days before its end something is warned of, the earliest first.

    The scheme sets the first; of ours those that come later stay.
    """
    if kind not in FIRST:
        return DAYS[kind]
    first = int(getattr(scheme, FIRST[kind]))
    return (first, *(days for days in DAYS[kind] if days < first))


def passed(ending: Ending, today: date) -> list[int]:
    """Return the warnings whose day has come, the earliest first."""
    left = (ending.due_on - today).days
    days_before = days_of(ending.kind, ending.volunteer.scheme)
    return [days for days in days_before if left <= days]


def warn(
    session: Session, today: date, base_url: str, after: uuid.UUID | None = None
) -> uuid.UUID | None:
    """Give the warnings that are due to a batch of volunteers, each once however late the job is.

    Several days that passed while no job ran make one message. Who is suspended is not written to,
    and hears of nothing that came meanwhile; their coordinator does.

    Parameters
    ----------
    after
        The last volunteer of the batch before; None at the start.

    Returns
    -------
    UUID or None
        Where to go on; None when all have been looked at.
    """
    batch = _batch(session, after)
    wanted = [ending for one in batch for ending in endings(one, today)]
    given = _given(session, [one.subject_id for one in wanted])
    fresh = [one for one in wanted if _record(session, one, given, today)]
    _tell(session, fresh, today, base_url)
    session.flush()
    return batch[-1].id if len(batch) == BATCH else None


def _batch(session: Session, after: uuid.UUID | None) -> Sequence[Volunteer]:
    query = (
        select(Volunteer)
        .where(Volunteer.state.not_in(FINAL))
        .options(
            joinedload(Volunteer.account),
            joinedload(Volunteer.scheme),
            selectinload(Volunteer.certificates).selectinload(Certificate.subscription),
            selectinload(Volunteer.training),
            selectinload(Volunteer.gate_records),
        )
        .order_by(Volunteer.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(Volunteer.id > after)
    return session.scalars(query).all()


Key = tuple[WarningKind, uuid.UUID, date, int]


def _given(session: Session, subjects: Iterable[uuid.UUID]) -> set[Key]:
    query = select(ExpiryWarning).where(ExpiryWarning.subject_id.in_(set(subjects)))
    return {(one.kind, one.subject_id, one.due_on, one.days) for one in session.scalars(query)}


def _record(session: Session, ending: Ending, given: set[Key], today: date) -> bool:
    """Write down each warning that is due and was not given; say whether there was one."""
    due = [
        days
        for days in passed(ending, today)
        if (ending.kind, ending.subject_id, ending.due_on, days) not in given
    ]
    for days in due:
        row = ExpiryWarning(
            volunteer_id=ending.volunteer.id,
            kind=ending.kind,
            subject_id=ending.subject_id,
            due_on=ending.due_on,
            days=days,
        )
        session.add(row)
    if due:
        kind, days = ending.kind.value, min(due)
        audit.record_change(session, None, "expiry.warn", ending.volunteer, of=kind, days=days)
    return bool(due)


def _tell(session: Session, fresh: Sequence[Ending], today: date, base_url: str) -> None:
    """Tell volunteers and those who look after them that something waits on the site."""
    told: dict[uuid.UUID, tuple[Account, str]] = {}
    for ending in fresh:
        if ending.kind != WarningKind.RISK_REVIEW and not _is_suspended(ending.volunteer):
            account = ending.volunteer.account
            page = "agreement" if ending.kind == WarningKind.AGREEMENT else "certificate/"
            told[account.id] = (account, f"{base_url}/volunteer/{page}")
    own = [one.volunteer for one in fresh if one.kind not in NOT_ON_THE_BOARD]
    board = f"{base_url}/staff/certificates/"
    for coordinator in list_active(session, Role.COORDINATOR) if own else ():
        if any(works_with_volunteer(coordinator, one) for one in own):
            told[coordinator.id] = (coordinator, board)
    if any(one.kind == WarningKind.RISK_REVIEW for one in fresh):
        for lead in list_active(session, Role.SAFEGUARDING_LEAD):
            told[lead.id] = (lead, f"{base_url}/staff/risk-assessments/")
    already = _told_today(session, today)
    for account, link in (told[one] for one in sorted(told.keys() - already)):
        messages.queue_notice(session, account, link, template=NOTICE)


def _is_suspended(volunteer: Volunteer) -> bool:
    return volunteer.state == VolunteerState.SUSPENDED


def _told_today(session: Session, today: date) -> set[uuid.UUID | None]:
    """Return whom a batch of today's has told already: one message a day is enough."""
    midnight = datetime.combine(today, time(), LONDON)
    query = select(Message.account_id).where(
        Message.template == NOTICE, Message.created_at >= midnight
    )
    return set(session.scalars(query))


def list_lapsed(session: Session, today: date) -> list[uuid.UUID]:
    """Return coaches who are not cleared today and still have a proposal, or mail on its way."""
    query = (
        select(Volunteer)
        .where(_has_open_match())
        .options(
            joinedload(Volunteer.account),
            joinedload(Volunteer.scheme),
            selectinload(Volunteer.gate_records),
            selectinload(Volunteer.training),
            selectinload(Volunteer.certificates),
        )
        .order_by(Volunteer.id)
    )
    return [one.id for one in session.scalars(query) if clearance_refusals(one, today)]


def _has_open_match() -> ColumnElement[bool]:
    """Say in SQL whether a coach has a match that a lapse ends, or mail about one that waits."""
    has_mail = exists().where(Message.match_id == Match.id, Message.state == MessageState.QUEUED)
    return exists().where(
        Match.volunteer_id == Volunteer.id,
        or_(
            Match.state.in_(WITHDRAWABLE),
            and_(Match.state.in_(HOLDS_PLACE), has_mail),
        ),
    )


def settle_lapsed(session: Session, volunteer_id: uuid.UUID, today: date) -> None:
    """Do for one coach what follows from a lapse: open proposals go, mail on its way stays here.

    What another worker has settled meanwhile is left alone.
    """
    volunteer = rows.lock_row(session, Volunteer, volunteer_id)
    still_open = select(Volunteer.id).where(Volunteer.id == volunteer_id, _has_open_match())
    refusals = clearance_refusals(volunteer, today)
    if refusals and session.scalar(still_open) is not None:
        reason = refusals[0].code
        audit.record_change(session, None, "volunteer.lapse", volunteer, code=reason)
        volunteers.settle(session, None, volunteer, today, reason)
