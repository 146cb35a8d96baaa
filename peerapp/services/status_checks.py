"""Status checks: whom DBS is asked about, by whom and when.

A question is a row before it is asked. The exchange with DBS happens outside of any transaction;
what its answer does is in ``status_answers``.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.adapters.update_service import StatusQuestion
from peerapp.domain import onboarding
from peerapp.domain import status_checks as rules
from peerapp.domain.certificates import current_certificate
from peerapp.domain.status_checks import Verdict
from peerapp.enums import (
    CertificateStatus,
    StatusFailure,
    StatusOutcome,
    VolunteerState,
)
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Certificate, StatusCheck, Subscription, Volunteer
from peerapp.services import audit, rows, volunteers

LEASE = timedelta(minutes=5)
"""How long a question may be under way; far more than an exchange can take."""

CHUNK = 100  # volunteers read at a time while somebody who is due is looked for
UNCLAIMED = timedelta(seconds=30)
LOST = Verdict(StatusOutcome.UNKNOWN, StatusFailure.LOST)
NO_SURNAME = Refusal(
    "checker_name",
    "DBS asks who checks, by forename and surname. Your account has only one name: ask a manager.",
)


@dataclass(frozen=True)
class Asking:
    """A question under way: what DBS is asked, and what must still hold when it has answered."""

    check_id: uuid.UUID
    volunteer_id: uuid.UUID
    certificate_id: uuid.UUID
    issue_date: date
    question: StatusQuestion = field(repr=False)


def check_one(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    *,
    is_on: bool,
    now: datetime,
    today: date,
) -> StatusCheck:
    """Put the question about a volunteer's certificate; a worker asks DBS after the commit.

    Pressed twice, it is one question.

    Raises
    ------
    Refused
        Something that must be in place before a check is not.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _refuse(one_refusals(volunteer, actor, is_on=is_on, today=today))
    certificate = _certificate(volunteer)
    open_one = _latest(session, certificate.id)
    if open_one is not None and _is_under_way(open_one, now):
        return open_one
    return _put(session, actor, volunteer, certificate, now)


def one_refusals(
    volunteer: Volunteer, actor: Account, *, is_on: bool, today: date
) -> list[Refusal]:
    """Say why the actor cannot have DBS asked about a volunteer now."""
    refusals = [
        *rules.setup_refusals(volunteer.scheme, is_on),
        *rules.status_check_refusals(volunteer, today),
    ]
    if rules.checker_name(actor.name) is None:
        refusals.append(NO_SURNAME)
    return refusals


def due_volunteers(session: Session, now: datetime, today: date, limit: int) -> list[uuid.UUID]:
    """Return volunteers whose certificate is due to be asked about, and may be.

    The rules of ``domain.status_checks`` decide; the query only leaves out whom they would refuse
    in any case, so that nobody who may not be asked about stands in the way of others.
    """
    found: list[uuid.UUID] = []
    query = _candidates(now, today).execution_options(yield_per=CHUNK)
    with session.scalars(query) as volunteers:  # closed too where the limit is reached before
        for volunteer in volunteers:
            certificate = current_certificate(volunteer)
            is_accepted = certificate and certificate.status == CertificateStatus.ACCEPTED
            if is_accepted and not rules.status_check_refusals(volunteer, today):
                found.append(volunteer.id)
            if len(found) == limit:
                break
    return found


def _candidates(now: datetime, today: date) -> Select[Volunteer]:
    waits = select(StatusCheck.id).where(
        StatusCheck.certificate_id == Certificate.id, StatusCheck.next_at > now
    )
    is_due = Volunteer.certificates.any(
        and_(
            Certificate.status == CertificateStatus.ACCEPTED,
            Certificate.subscription.has(Subscription.renew_by > today),
            ~waits.exists(),
        )
    )
    return (
        select(Volunteer)
        .where(is_due, Volunteer.state.not_in((*onboarding.FINAL, VolunteerState.ENQUIRY)))
        .options(
            selectinload(Volunteer.certificates).selectinload(Certificate.subscription),
            selectinload(Volunteer.consents),
            selectinload(Volunteer.gate_records),
            joinedload(Volunteer.scheme),
        )
        .order_by(Volunteer.id)
    )


def put_due(
    session: Session, volunteer_id: uuid.UUID, now: datetime, today: date
) -> StatusCheck | None:
    """Put the question of the schedule; None when another worker has, or nobody may ask."""
    volunteer = rows.lock_row(session, Volunteer, volunteer_id)
    if not is_scheduled(volunteer, is_on=True, today=today):
        return None
    certificate = _certificate(volunteer)
    latest = _latest(session, certificate.id)
    if certificate.status != CertificateStatus.ACCEPTED:
        return None
    if latest is not None and latest.next_at is not None and latest.next_at > now:
        return None
    return _put(session, None, volunteer, certificate, now)


def is_scheduled(volunteer: Volunteer, *, is_on: bool, today: date) -> bool:
    """Say whether the schedule may have DBS asked about a volunteer's certificate."""
    scheme = volunteer.scheme
    has_checker = scheme.status_checker_forename and scheme.status_checker_surname
    return bool(has_checker) and not (
        rules.setup_refusals(scheme, is_on) or rules.status_check_refusals(volunteer, today)
    )


def _put(
    session: Session,
    actor: Account | None,
    volunteer: Volunteer,
    certificate: Certificate,
    now: datetime,
) -> StatusCheck:
    earlier = list_of(session, certificate.id)
    for one in earlier:
        if one.outcome == StatusOutcome.ASKED:
            conclude(session, one, LOST, volunteer, now)
        one.next_at = None
    check = StatusCheck(
        volunteer_id=volunteer.id,
        certificate_id=certificate.id,
        asked_by_id=actor.id if actor else None,
        attempt=rules.attempt_after([(one.outcome, one.attempt) for one in earlier]),
        outcome=StatusOutcome.ASKED,
        created_at=now,
        next_at=now + LEASE,
    )
    session.add(check)
    session.flush()
    audit.record_change(
        session, actor, "status_check.ask", check, attempt=check.attempt, fields=("number", "name")
    )
    return check


def begin(session: Session, check_id: uuid.UUID, now: datetime, today: date) -> Asking | None:
    """Take a question for one worker; None when it is taken, or may not be asked any more."""
    found = session.get(StatusCheck, check_id)
    if found is None:
        return None
    volunteer = rows.lock_row(session, Volunteer, found.volunteer_id)
    check = rows.get_row(session, StatusCheck, check_id)
    if check.outcome != StatusOutcome.ASKED or check.started_at is not None:
        return None
    asking = _asking(check, volunteer, today)
    if asking is None:
        conclude(session, check, Verdict(StatusOutcome.DISCARDED), volunteer, now)
        return None
    check.started_at = now
    check.next_at = now + LEASE
    return asking


def _asking(check: StatusCheck, volunteer: Volunteer, today: date) -> Asking | None:
    certificate = current_certificate(volunteer)
    if certificate is None or certificate.id != check.certificate_id:
        return None
    if rules.status_check_refusals(volunteer, today):
        return None
    question = question_of(check, volunteer, certificate)
    if question is None:
        return None
    return Asking(check.id, volunteer.id, certificate.id, certificate.issue_date, question)


def question_of(
    check: StatusCheck, volunteer: Volunteer, certificate: Certificate
) -> StatusQuestion | None:
    """Return what DBS is asked; the checker is who pressed the button, or whom the scheme named."""
    scheme = volunteer.scheme
    checker = (scheme.status_checker_forename, scheme.status_checker_surname)
    if check.asked_by is not None:
        checker = rules.checker_name(check.asked_by.name) or ("", "")
    surname = rules.surname_as_printed(certificate, volunteer)
    if volunteer.date_of_birth is None or surname is None or not all(checker):
        return None
    return StatusQuestion(
        certificate=certificate.number,
        date_of_birth=volunteer.date_of_birth,
        surname=surname,
        organisation=scheme.status_organisation,
        checker_forename=checker[0],
        checker_surname=checker[1],
    )


def conclude(
    session: Session, check: StatusCheck, verdict: Verdict, volunteer: Volunteer, now: datetime
) -> None:
    check.outcome = verdict.outcome
    check.failure = verdict.failure
    check.answered_at = now
    check.next_at = now + rules.wait_before_next(
        verdict, check.attempt, volunteer.scheme.status_check_days
    )
    check.is_flagged = rules.needs_a_person(verdict.outcome, check.attempt)
    audit.record_change(
        session,
        check.asked_by,
        "status_check.answer",
        check,
        outcome=verdict.outcome.value,
        failure=verdict.failure.value if verdict.failure else None,
        attempt=check.attempt,
    )


def sweep_lost(session: Session, now: datetime) -> list[uuid.UUID]:
    """End questions whose worker died; they count as attempts without an answer.

    Returns
    -------
    list of UUID
        The questions that were lost.
    """
    over = select(StatusCheck).where(
        StatusCheck.outcome == StatusOutcome.ASKED, StatusCheck.next_at <= now
    )
    lost = []
    for one in session.scalars(over.order_by(StatusCheck.volunteer_id, StatusCheck.id)).all():
        volunteer = rows.lock_row(session, Volunteer, one.volunteer_id)
        check = rows.get_row(session, StatusCheck, one.id)
        if check.outcome == StatusOutcome.ASKED:
            conclude(session, check, LOST, volunteer, now)
            lost.append(check.id)
    return lost


def list_forgotten(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Return questions that no worker has taken up: the queue lost them, or is slow."""
    query = select(StatusCheck.id).where(
        StatusCheck.outcome == StatusOutcome.ASKED,
        StatusCheck.started_at.is_(None),
        StatusCheck.created_at <= now - UNCLAIMED,
    )
    return session.scalars(query.order_by(StatusCheck.created_at, StatusCheck.id)).all()


def _is_under_way(check: StatusCheck, now: datetime) -> bool:
    in_time = check.next_at is not None and check.next_at > now
    return check.outcome == StatusOutcome.ASKED and in_time


def _certificate(volunteer: Volunteer) -> Certificate:
    certificate = current_certificate(volunteer)
    if certificate is None:
        raise LookupError("asked for refusals first, a volunteer has a certificate")
    return certificate


def list_of(session: Session, certificate_id: uuid.UUID) -> Sequence[StatusCheck]:
    query = select(StatusCheck).where(StatusCheck.certificate_id == certificate_id)
    return session.scalars(query.order_by(StatusCheck.created_at, StatusCheck.id)).all()


def _latest(session: Session, certificate_id: uuid.UUID) -> StatusCheck | None:
    found = list_of(session, certificate_id)
    return found[-1] if found else None


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(refusals)
