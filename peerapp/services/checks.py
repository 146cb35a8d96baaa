"""DBS certificates: recorded from the original, accepted, taken back, decided upon.

Each verb locks the volunteer first, so that an approval in the same moment sees the certificate
as it was or as it is, and never between.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from peerapp.domain import certificate_steps as steps
from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.domain.names import is_name_of
from peerapp.enums import CertificateStatus, NameReason, StatusOutcome
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Certificate, OtherName, StatusCheck, Volunteer
from peerapp.services import audit, check_applications, volunteers

NO_LONGER_CURRENT = Refusal(
    "no_longer_current",
    "DBS says that this certificate is no longer current. Record the new one when it comes.",
)
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
    _refuse(steps.person_refusals(volunteer, details))
    certificate = Certificate(status=CertificateStatus.RECORDED)
    with _unique_number(session):
        _copy(volunteer, certificate, details, actor)
        for earlier in volunteer.certificates:
            earlier.status = CertificateStatus.SUPERSEDED
        volunteer.certificates.append(certificate)
    _record(session, actor, "certificate.record", certificate)
    check_applications.close_with_certificate(session, actor, volunteer, certificate, today)
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
    _refuse(steps.blanking_refusals(certificate, details, actor.role))
    _refuse(steps.detail_refusals(details, today))
    _refuse(steps.person_refusals(volunteer, details))
    with _unique_number(session):
        _copy(volunteer, certificate, details, actor)
        certificate.risk_decision = None
        certificate.risk_decided_on = None
        certificate.risk_decided_by_id = None
        certificate.risk_review_on = None
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
        _refuse_news(session, certificate)
    apply_status(session, actor, volunteer, certificate, status, note, today)
    return certificate


def _refuse_news(session: Session, certificate: Certificate) -> None:
    """Refuse a certificate of which DBS itself said last that it is no longer current."""
    query = (
        select(StatusCheck.outcome)
        .where(
            StatusCheck.certificate_id == certificate.id,
            StatusCheck.outcome.in_((StatusOutcome.NEW_INFORMATION, StatusOutcome.PASSED)),
        )
        .order_by(StatusCheck.answered_at.desc(), StatusCheck.id)
        .limit(1)
    )
    if session.scalar(query) == StatusOutcome.NEW_INFORMATION:
        _refuse([NO_LONGER_CURRENT])


def apply_status(
    session: Session,
    actor: Account | None,
    volunteer: Volunteer,
    certificate: Certificate,
    status: CertificateStatus,
    note: str,
    today: date,
) -> None:
    """Give a certificate of a locked volunteer a status, with all that follows from it.

    The caller has asked whether it may be; ``actor`` is None where a job learned of it.
    """
    before = certificate.status
    certificate.status = status
    certificate.status_note = note
    _record(session, actor, "certificate.set_status", certificate, before=before.value)
    volunteers.settle(session, actor, volunteer, today, f"certificate_{status.value}")


def match_name(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    reason: NameReason | None,
    evidence: str,
    today: date,
) -> Certificate:
    """Say that name and date of birth of a certificate are the volunteer's, and what shows it.

    Raises
    ------
    Refused
        The printed name is another, and reason or evidence is missing.
    """
    volunteer, certificate = _lock(session, actor, volunteer_id, certificate_id)
    details = replace(_details(certificate), name_matches=True)
    details = replace(details, name_reason=reason, name_evidence=evidence)
    _refuse(steps.name_refusals(volunteer, details))
    _copy_name(volunteer, certificate, details, actor)
    _record(session, actor, "certificate.match_name", certificate)
    volunteers.settle(session, actor, volunteer, today, "certificate_changed")
    return certificate


def is_name_known(volunteer: Volunteer, printed: str) -> bool:
    """Say whether a printed name is the volunteer's without a further reason."""
    return is_name_of(volunteer, printed)


def question_names(volunteer: Volunteer, *, born_anew: bool) -> list[Certificate]:
    """Take the match of name and birthday from certificates that a new name or birthday questions.

    The caller has locked the volunteer, and settles.
    """
    questioned = [
        one
        for one in volunteer.certificates
        if one.name_matches and (born_anew or not is_name_of(volunteer, one.name_as_printed))
    ]
    for certificate in questioned:
        certificate.name_matches = False
    return questioned


def _lock(
    session: Session, actor: Account, volunteer_id: uuid.UUID, certificate_id: uuid.UUID
) -> tuple[Volunteer, Certificate]:
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    return volunteer, find_certificate(volunteer, certificate_id)


def _copy(
    volunteer: Volunteer, certificate: Certificate, details: CertificateDetails, actor: Account
) -> None:
    for name, value in vars(details).items():
        setattr(certificate, name, value)
    certificate.seen_by_id = actor.id
    _copy_name(volunteer, certificate, details, actor)


def _copy_name(
    volunteer: Volunteer, certificate: Certificate, details: CertificateDetails, actor: Account
) -> None:
    """Set whether the name matches; another name that was shown to be theirs is remembered."""
    is_another = details.name_matches and not is_name_of(volunteer, details.name_as_printed)
    certificate.name_matches = details.name_matches
    certificate.name_reason = details.name_reason if is_another else None
    certificate.name_evidence = details.name_evidence if is_another else ""
    if is_another and details.name_reason is not None:
        volunteer.other_names.append(
            OtherName(
                name=details.name_as_printed,
                reason=details.name_reason,
                evidence=details.name_evidence,
                recorded_by_id=actor.id,
            )
        )


def _details(certificate: Certificate) -> CertificateDetails:
    names = (field.name for field in fields(CertificateDetails))
    return CertificateDetails(**{name: getattr(certificate, name) for name in names})


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
    actor: Account | None,
    action: str,
    certificate: Certificate,
    *,
    before: str | None = None,
) -> None:
    """Audit the change beside the state it led to; never the number or the name."""
    reason = certificate.name_reason
    given = {
        "status": certificate.status.value,
        "before": before,
        "name_reason": reason.value if reason else None,
    }
    detail: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    audit.record_change(session, actor, action, certificate, **detail)
