"""What an answer of DBS does, in one transaction with the answer.

The record is held against what was asked with the volunteer locked. If it has changed meanwhile,
the answer is put aside and the question asked anew; not so the news that the very certificate does
not count any more.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from peerapp.adapters.update_service import StatusQuestion, StatusReply
from peerapp.domain import onboarding
from peerapp.domain import status_checks as rules
from peerapp.domain.certificates import current_certificate
from peerapp.domain.status_checks import Verdict
from peerapp.enums import ApplicationReason, Role, StatusAnswer, StatusOutcome
from peerapp.models import Certificate, StatusCheck, Volunteer
from peerapp.services import audit, check_applications, checks, messages, rows, staff_of, volunteers
from peerapp.services.status_checks import Asking, conclude, list_of, question_of
from peerapp.wording import date as in_words


def apply(
    session: Session,
    asking: Asking,
    reply: StatusReply,
    *,
    now: datetime,
    today: date,
    base_url: str,
) -> StatusCheck:
    """Record what DBS answered, with all that follows from it, in this transaction.

    An answer to a question that our record would not put any more is put aside.
    """
    volunteer = rows.lock_row(session, Volunteer, asking.volunteer_id)
    check = rows.get_row(session, StatusCheck, asking.check_id)
    if check.outcome != StatusOutcome.ASKED:
        return check
    certificate = current_certificate(volunteer)
    if certificate is None or not (
        _is_same(asking, check, volunteer, certificate) or _is_news_of(asking, reply, certificate)
    ):
        conclude(session, check, Verdict(StatusOutcome.DISCARDED), volunteer, now)
        return check
    held = rules.held_of(volunteer, certificate, today)
    verdict = rules.verdict_on(reply.answer, reply.surname, reply.print_date, reply.failure, held)
    conclude(session, check, verdict, volunteer, now)
    _take_effect(session, check, volunteer, certificate, today)
    if check.is_flagged and not _was_told(session, check):
        _tell_staff(session, check, volunteer, base_url)
    return check


def _was_told(session: Session, check: StatusCheck) -> bool:
    """Say whether the attempt before this one told the staff the same."""
    earlier = [one for one in list_of(session, check.certificate_id) if one.id != check.id]
    return bool(earlier) and earlier[-1].is_flagged and earlier[-1].outcome == check.outcome


def _is_same(
    asking: Asking, check: StatusCheck, volunteer: Volunteer, certificate: Certificate
) -> bool:
    """Say whether the record still is the one that DBS was asked about."""
    if certificate.id != asking.certificate_id or volunteer.state in onboarding.FINAL:
        return False
    if certificate.issue_date != asking.issue_date:
        return False
    question = question_of(check, volunteer, certificate)
    return question is not None and _about(question) == _about(asking.question)


def _is_news_of(asking: Asking, reply: StatusReply, certificate: Certificate) -> bool:
    """Say whether DBS has just called this very certificate out of date.

    Details beside its number may have been put right meanwhile, or the record closed; the warning
    stays one, and might never come again, because nobody may ask any more.
    """
    return (
        reply.answer == StatusAnswer.NEW_INFO
        and certificate.id == asking.certificate_id
        and certificate.number == asking.question.certificate
    )


def _about(question: StatusQuestion) -> tuple[str, date, str]:
    return question.certificate, question.date_of_birth, question.surname


def _take_effect(
    session: Session,
    check: StatusCheck,
    volunteer: Volunteer,
    certificate: Certificate,
    today: date,
) -> None:
    """Take away what the answer takes away; nothing here ever gives anything back."""
    actor, outcome = check.asked_by, check.outcome
    status = rules.status_after(outcome, certificate.status)
    if status is not None:
        note = f"Answer of DBS’s Update Service on {in_words(today)}."
        checks.apply_status(session, actor, volunteer, certificate, status, note, today)
    if outcome == StatusOutcome.NEW_INFORMATION and volunteer.state not in onboarding.FINAL:
        reason = ApplicationReason.NEW_INFORMATION
        check_applications.open_application(session, actor, volunteer, reason, today)
    if outcome == StatusOutcome.CONTENT_NOT_DECIDED and not certificate.has_content:
        certificate.has_content = True
        certificate.risk_decision = None
        audit.record_change(session, actor, "certificate.content_found", certificate)
        volunteers.settle(session, actor, volunteer, today, "certificate_changed")


def _tell_staff(session: Session, check: StatusCheck, volunteer: Volunteer, base_url: str) -> None:
    """Say that there is something to read, and to whom it is: no word of it leaves the site."""
    is_closed = volunteer.state in onboarding.FINAL
    told = [] if is_closed else list(staff_of.coordinators_of(session, volunteer))
    if check.outcome in {StatusOutcome.NEW_INFORMATION, StatusOutcome.CONTENT_NOT_DECIDED}:
        told += staff_of.list_active(session, Role.SAFEGUARDING_LEAD)
    for account in told:
        if account.id == check.asked_by_id:
            continue  # who asked looks at the answer
        messages.queue_notice(session, account, f"{base_url}/staff/status-checks/{check.id}")
