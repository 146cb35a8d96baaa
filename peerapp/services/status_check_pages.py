"""Status checks as staff see them: one volunteer's, one attempt, and those that need a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import access, onboarding
from peerapp.domain import status_checks as rules
from peerapp.domain.certificates import current_certificate
from peerapp.enums import CertificateStatus, Role, StatusOutcome
from peerapp.errors import NotFound, Refusal
from peerapp.models import Account, Certificate, StatusCheck, Volunteer
from peerapp.services import audit, rows, status_checks

O = StatusOutcome  # noqa: E741

MEANS: dict[StatusOutcome, str] = {
    O.ASKED: "The question is on its way to DBS. This page looks for the answer by itself.",
    O.PASSED: "DBS knows of nothing new since the certificate was issued. Nothing changes.",
    O.CONTENT_NOT_DECIDED: "The certificate is still current and has content. The volunteer is "
    "not cleared until the safeguarding lead has decided in their favour.",
    O.NEW_INFORMATION: "The certificate is no longer current. The volunteer is not cleared any "
    "more: contact details are hidden, open proposals are withdrawn, the safeguarding lead is "
    "told, and an application for a new check is open.",
    O.NO_MATCH: "DBS found no certificate with these details in its Update Service. The volunteer "
    "is not cleared until this is settled.",
    O.UNKNOWN: "We learned nothing about the certificate, so nothing has changed.",
    O.DISCARDED: "The volunteer’s record changed while DBS was asked, so the answer does not "
    "count. Nothing has changed.",
}
"""What an outcome means for the volunteer."""

TO_DO: dict[StatusOutcome, str] = {
    O.CONTENT_NOT_DECIDED: "The safeguarding lead decides on the content.",
    O.NEW_INFORMATION: "Ask the volunteer to apply for a new DBS check.",
    O.NO_MATCH: "Compare number, name and date of birth with the original, and ask the volunteer "
    "whether their Update Service subscription still runs. Correct the details, check again, and "
    "ask the safeguarding lead to accept the certificate again.",
    O.UNKNOWN: "Check the status again. If that keeps failing, look at the volunteer’s "
    "certificate on DBS’s own site, and tell the people who run this site.",
    O.DISCARDED: "Check the status again.",
}
"""What a person does next."""

AFTER_PASS: dict[CertificateStatus, str] = {
    CertificateStatus.RECORDED: "The certificate counts once somebody has accepted it.",
    CertificateStatus.UNVERIFIED: "DBS could not find the certificate before, so it does not count "
    "yet. The safeguarding lead may accept it again.",
}
"""What is left to do after a pass, which never gives anything back."""

CLOSED = (
    "The record is closed. If the volunteer asks to come back, you decide whether it is opened, "
    "and they need a new DBS check."
)
"""What the safeguarding lead does about news of somebody who has gone."""

COMPARE = "Compare surname and issue date with the original certificate, and correct our record."


@dataclass(frozen=True)
class Overview:
    """A volunteer's status checks, newest first.

    Attributes
    ----------
    refusals
        Why whoever looks cannot have DBS asked now; empty: the button is there.
    next_at
        When the schedule asks again; None where it does not.
    """

    checks: tuple[StatusCheck, ...]
    last: StatusCheck | None
    next_at: datetime | None
    refusals: tuple[Refusal, ...]
    is_on: bool


@dataclass(frozen=True)
class Flagged:
    """A status check that needs a person, whose it is, and what they do."""

    check: StatusCheck
    volunteer: Volunteer
    to_do: str


def get_overview(
    session: Session, actor: Account, volunteer: Volunteer, *, is_on: bool, today: date
) -> Overview:
    """Return a volunteer's status checks, for the page that has audited its view already."""
    query = (
        select(StatusCheck)
        .where(StatusCheck.volunteer_id == volunteer.id)
        .options(joinedload(StatusCheck.asked_by), joinedload(StatusCheck.certificate))
        .order_by(StatusCheck.created_at.desc(), StatusCheck.id)
    )
    found = tuple(session.scalars(query))
    held = current_certificate(volunteer)
    of_held = [one for one in found if held is not None and one.certificate_id == held.id]
    refusals = status_checks.one_refusals(volunteer, actor, is_on=is_on, today=today)
    return Overview(
        checks=found,
        last=of_held[0] if of_held else None,
        next_at=_next_at(volunteer, of_held, is_on, today),
        refusals=tuple(refusals),
        is_on=is_on,
    )


def _next_at(
    volunteer: Volunteer, of_held: Sequence[StatusCheck], is_on: bool, today: date
) -> datetime | None:
    held = current_certificate(volunteer)
    if held is None or held.status != CertificateStatus.ACCEPTED or not of_held:
        return None
    if not status_checks.is_scheduled(volunteer, is_on=is_on, today=today):
        return None
    return of_held[0].next_at


def get_check(session: Session, actor: Account, check_id: uuid.UUID) -> StatusCheck:
    """Return one status check; the view of an answer is audited.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of its volunteer.
    """
    check = rows.get_row(session, StatusCheck, check_id)
    if not access.may_see_volunteer(actor, check.certificate.volunteer):
        raise NotFound("there is no such status check")
    if check.outcome != O.ASKED:
        audit.record_read(session, actor, "status_check.view", check, fields=("outcome",))
    return check


def to_do(check: StatusCheck) -> str:
    """Say what a person does about a status check; empty where there is nothing to do."""
    if check.failure in rules.ABOUT_DETAILS:
        return COMPARE
    if check.outcome == O.UNKNOWN and not check.is_flagged:
        return ""
    if check.outcome == O.NEW_INFORMATION and check.certificate.volunteer.state in onboarding.FINAL:
        return CLOSED
    if check.outcome == O.PASSED:
        return AFTER_PASS.get(check.certificate.status, "")
    return TO_DO.get(check.outcome, "")


def list_flagged(session: Session, actor: Account, today: date) -> list[Flagged]:
    """Return the status checks of the actor's volunteers that need a person, oldest first."""
    found = []
    for check in session.scalars(_flagged()):
        certificate = check.certificate
        volunteer = certificate.volunteer
        if not access.works_with_volunteer(actor, volunteer):
            continue
        if volunteer.state in onboarding.FINAL and actor.role != Role.SAFEGUARDING_LEAD:
            continue  # news of who is not here any more is for the lead, who would let them in
        if rules.still_needs_a_person(check.outcome, volunteer, certificate, today):
            found.append(Flagged(check, volunteer, to_do(check)))
    return found


def _flagged() -> Select[StatusCheck]:
    """Only the newest check of a certificate has a next time."""
    whose = joinedload(StatusCheck.certificate).joinedload(Certificate.volunteer)
    return (
        select(StatusCheck)
        .join(StatusCheck.certificate)
        .join(Certificate.volunteer)
        .where(
            StatusCheck.is_flagged,
            StatusCheck.next_at.is_not(None),
            Certificate.status != CertificateStatus.SUPERSEDED,
            or_(
                Volunteer.state.not_in(onboarding.FINAL),
                StatusCheck.outcome == O.NEW_INFORMATION,
            ),
        )
        .options(
            whose.joinedload(Volunteer.scheme),
            whose.joinedload(Volunteer.locality),
            whose.selectinload(Volunteer.certificates),
        )
        .order_by(StatusCheck.created_at, StatusCheck.id)
    )


def explain(check: StatusCheck) -> str:
    """Say what a status check means for the volunteer."""
    return MEANS[check.outcome]
