"""Applications for DBS checks: opened, sent off, followed, and closed by the certificate."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain import check_applications as rules
from peerapp.enums import ApplicationReason, ApplicationState
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Certificate, CheckApplication, Volunteer
from peerapp.services import audit, check_levels, volunteers

S = ApplicationState

DAY_OF: dict[ApplicationState, str] = {
    S.SUBMITTED: "submitted_on",
    S.WITH_DBS: "with_dbs_on",
    S.ISSUED: "issued_on",
}
"""The column that keeps the day of a step."""


def open_application(
    session: Session,
    actor: Account | None,
    volunteer: Volunteer,
    reason: ApplicationReason,
    today: date,
) -> CheckApplication:
    """Open an application that somebody has to send off; an open one is returned as it is.

    Needs nothing but a volunteer, so that a status check that finds new information always leads
    to one. What is needed to send it off is asked by ``submit``.

    Parameters
    ----------
    actor
        Who opens it; None for the system.
    volunteer
        Locked by whoever calls.
    """
    known = rules.open_application(volunteer)
    if known is not None:
        return known
    application = CheckApplication(
        state=S.TO_SUBMIT,
        reason=reason,
        opened_on=today,
        opened_by_id=actor.id if actor else None,
    )
    volunteer.applications.append(application)
    session.flush()
    audit.record_change(session, actor, "check_application.open", application, reason=reason.value)
    return application


@dataclass(frozen=True)
class Sending:
    """What is recorded when an application goes to the umbrella body."""

    reference: str
    on: date
    reason: ApplicationReason


def submit(
    session: Session, actor: Account, volunteer_id: uuid.UUID, sending: Sending, today: date
) -> CheckApplication:
    """Record that an application was sent off, for the check that has been decided and no other.

    Raises
    ------
    Refused
        The level is not decided, or the rules now give another; identity, fee or age are not as
        they must be; one was sent off already; the reference or the day is missing or wrong.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _refuse(submission_refusals(session, volunteer, today))
    if not sending.reference.strip():
        raise Refused([Refusal("reference", "Enter the reference number.")])
    if sending.on > today:
        raise Refused([Refusal("on", "The date must be today or in the past.")])
    _refuse(rules.age_refusals(volunteer, sending.on))
    application = open_application(session, actor, volunteer, sending.reason, sending.on)
    fee = rules.last_fee_decision(volunteer)
    application.state = S.SUBMITTED
    application.reference = sending.reference.strip()
    application.level, application.workforce = volunteer.check_level, volunteer.check_workforce
    application.is_free = (
        fee is not None and fee.is_free and volunteer.check_level in rules.FREE_LEVELS
    )
    application.submitted_on, application.submitted_by_id = sending.on, actor.id
    application.opened_on = min(application.opened_on, sending.on)
    audit.record_change(
        session,
        actor,
        "check_application.submit",
        application,
        level=application.level.value if application.level else None,
        is_free=application.is_free,
    )
    return application


def submission_refusals(session: Session, volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why no application may be sent off now; empty means that one may."""
    known = rules.open_application(volunteer)
    if known is not None and known.state != S.TO_SUBMIT:
        return [Refusal("application_open", "An application is on its way already.")]
    refusals = rules.submission_refusals(volunteer, today)
    if not refusals and check_levels.find_review(session, volunteer) is not None:
        refusals.append(
            Refusal("level_to_review", "The rules have changed: decide the DBS check anew first.")
        )
    return refusals


def advance(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    application_id: uuid.UUID,
    to: ApplicationState,
    on: date,
    today: date,
) -> CheckApplication:
    """Record that DBS has the application, or has issued the certificate.

    Raises
    ------
    Refused
        It is not the next step, or the day cannot be right.
    """
    application = _lock(session, actor, volunteer_id, application_id)
    if to not in {S.WITH_DBS, S.ISSUED}:
        raise Refused([Refusal("no_such_step", "This is not a step that staff can take.")])
    _refuse(rules.step_refusals(application, to))
    _refuse(rules.day_refusals(application, on, today))
    before = application.state
    application.state = to
    setattr(application, DAY_OF[to], on)
    _audit_step(session, actor, application, before)
    return application


def withdraw(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    application_id: uuid.UUID,
    note: str,
    today: date,
) -> CheckApplication:
    """Take an application off the list: it will lead to no certificate; the reason is kept."""
    application = _lock(session, actor, volunteer_id, application_id)
    _refuse(rules.step_refusals(application, S.WITHDRAWN))
    if not note.strip():
        raise Refused([Refusal("reason", "Give a reason.")])
    before = application.state
    application.state = S.WITHDRAWN
    application.ended_on, application.ended_note = today, note.strip()
    _audit_step(session, actor, application, before)
    return application


def close_with_certificate(
    session: Session, actor: Account, volunteer: Volunteer, certificate: Certificate, today: date
) -> CheckApplication | None:
    """Close the open application by the certificate that came of it.

    One that was issued before the application was opened did not: the application stays open.
    """
    application = rules.open_application(volunteer)
    if application is None or certificate.issue_date < application.opened_on:
        return None
    before = application.state
    application.state = S.CLOSED
    application.issued_on = application.issued_on or certificate.issue_date
    application.ended_on = today
    application.certificate = certificate
    _audit_step(session, actor, application, before)
    return application


def find_application(volunteer: Volunteer, application_id: uuid.UUID) -> CheckApplication:
    """Return one of a volunteer's applications.

    Raises
    ------
    NotFound
        It is not one of theirs.
    """
    for application in volunteer.applications:
        if application.id == application_id:
            return application
    raise NotFound("there is no such application")


def _lock(
    session: Session, actor: Account, volunteer_id: uuid.UUID, application_id: uuid.UUID
) -> CheckApplication:
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    return find_application(volunteer, application_id)


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(refusals)


def _audit_step(
    session: Session, actor: Account, application: CheckApplication, before: ApplicationState
) -> None:
    audit.record_change(
        session,
        actor,
        "check_application.step",
        application,
        before=before.value,
        after=application.state.value,
    )
