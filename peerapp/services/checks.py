"""DBS certificates: recorded from the original, accepted, taken back, decided upon.

Each verb locks the volunteer first, so that an approval in the same moment sees the certificate
as it was or as it is, and never between.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from peerapp.domain import certificate_steps as steps
from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.enums import CertificateStatus, RiskDecision, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Certificate, Volunteer
from peerapp.services import audit, volunteers

DUPLICATE = Refusal(
    "number", "This certificate number has already been recorded. Check the number."
)


def find_certificate(volunteer: Volunteer, certificate_id: uuid.UUID) -> Certificate:
    """Return one of a volunteer's certificates.

    Raises
    ------
    NotFound
        It is not one of theirs.
    """
    for certificate in volunteer.certificates:
        if certificate.id == certificate_id:
            return certificate
    raise NotFound("there is no such certificate")


def view_certificate(
    session: Session, actor: Account, volunteer_id: uuid.UUID, certificate_id: uuid.UUID
) -> Certificate:
    """Return a certificate with its number and name; the view is audited."""
    volunteer = volunteers.find_volunteer(session, actor, volunteer_id)
    certificate = find_certificate(volunteer, certificate_id)
    audit.record_read(session, actor, "certificate.view", certificate, fields=("number", "name"))
    return certificate


def open_statuses(certificate: Certificate, actor: Account) -> list[CertificateStatus]:
    """Return the statuses that the actor may set now."""
    return [
        status
        for status in CertificateStatus
        if not steps.step_refusals(certificate, status, actor.role)
    ]


def record_certificate(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    details: CertificateDetails,
    today: date,
) -> Certificate:
    """Record a certificate whose original the actor has seen; earlier ones no longer count.

    Raises
    ------
    Refused
        Details that cannot be right, a number on record already, or an older certificate.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _refuse(steps.detail_refusals(details, today))
    _refuse(steps.newer_refusals(volunteer, details.issue_date))
    certificate = Certificate(status=CertificateStatus.RECORDED)
    with _unique_number(session):
        _copy(certificate, details, actor)
        for earlier in volunteer.certificates:
            earlier.status = CertificateStatus.SUPERSEDED
        volunteer.certificates.append(certificate)
    _record(session, actor, "certificate.record", certificate)
    volunteers.settle(session, actor, volunteer, today, "certificate_changed")
    return certificate


def correct_certificate(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    details: CertificateDetails,
    today: date,
) -> Certificate:
    """Put right what was copied wrongly; the certificate must then be accepted (again).

    One that DBS could not match stays so: only the safeguarding lead gives its effect back.
    """
    volunteer, certificate = _lock(session, actor, volunteer_id, certificate_id)
    _refuse(steps.correction_refusals(certificate))
    _refuse(steps.detail_refusals(details, today))
    with _unique_number(session):
        _copy(certificate, details, actor)
        certificate.risk_decision = None
        certificate.risk_decided_on = None
        certificate.risk_decided_by_id = None
    _record(session, actor, "certificate.correct", certificate)
    volunteers.settle(session, actor, volunteer, today, "certificate_changed")
    return certificate


def accept_certificate(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    today: date,
) -> Certificate:
    """Accept the newest certificate, if it is all that the role needs today.

    Raises
    ------
    Refused
        Level, workforce, name, dates or the risk decision are not as they must be.
    """
    return set_status(
        session, actor, volunteer_id, certificate_id, CertificateStatus.ACCEPTED, "", today
    )


def set_status(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    status: CertificateStatus,
    note: str,
    today: date,
) -> Certificate:
    """Set what is known of a certificate; who may set what is in ``domain.certificate_steps``.

    Raises
    ------
    Refused
        The status may not follow the present one, or not by this person.
    """
    volunteer, certificate = _lock(session, actor, volunteer_id, certificate_id)
    _refuse(steps.step_refusals(certificate, status, actor.role))
    if status == CertificateStatus.ACCEPTED:
        _refuse(steps.acceptance_refusals(volunteer, certificate, today))
    before = certificate.status
    certificate.status = status
    certificate.status_note = note
    _record(session, actor, "certificate.set_status", certificate, before=before.value)
    volunteers.settle(session, actor, volunteer, today, f"certificate_{status.value}")
    return certificate


def decide_risk(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    decision: RiskDecision,
    today: date,
) -> Certificate:
    """Decide on a certificate with content; only the safeguarding lead does.

    Raises
    ------
    Forbidden
        The actor is not a safeguarding lead.
    Refused
        The certificate is blank.
    """
    if actor.role != Role.SAFEGUARDING_LEAD:
        raise Forbidden("only the safeguarding lead decides on content")
    volunteer, certificate = _lock(session, actor, volunteer_id, certificate_id)
    if not certificate.has_content:
        raise Refused([Refusal("no_content", "There is nothing to decide: it has no content.")])
    certificate.risk_decision = decision
    certificate.risk_decided_on = today
    certificate.risk_decided_by_id = actor.id
    _record(session, actor, "certificate.decide_risk", certificate, decision=decision.value)
    volunteers.settle(session, actor, volunteer, today, "certificate_changed")
    return certificate


def _lock(
    session: Session, actor: Account, volunteer_id: uuid.UUID, certificate_id: uuid.UUID
) -> tuple[Volunteer, Certificate]:
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    return volunteer, find_certificate(volunteer, certificate_id)


def _copy(certificate: Certificate, details: CertificateDetails, actor: Account) -> None:
    for name, value in vars(details).items():
        setattr(certificate, name, value)
    certificate.seen_by_id = actor.id


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(refusals)


@contextmanager
def _unique_number(session: Session) -> Iterator[None]:
    """Write what the block changes; refuse a number on record without a word about whose it is.

    The database knows, even of a number that another clerk recorded a moment ago.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        raise Refused([DUPLICATE]) from error


def _record(
    session: Session,
    actor: Account,
    action: str,
    certificate: Certificate,
    *,
    before: str | None = None,
    decision: str | None = None,
) -> None:
    """Audit the change beside the state it led to; never the number or the name."""
    given = {"status": certificate.status.value, "before": before, "decision": decision}
    detail: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    audit.record_change(session, actor, action, certificate, **detail)
