"""Certificates with content: decided on by the safeguarding lead, in a record of their own.

Nobody else reads it. Each view leaves a row in the ledger first. The text goes some months after
the decision; what stays on the certificate is name, level, number, issue date and the decision
with its review day.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import risk_assessments as rules
from peerapp.domain.certificates import current_certificate
from peerapp.domain.onboarding import FINAL
from peerapp.domain.risk_assessments import Assessment
from peerapp.enums import RiskDecision, RiskViewReason, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, AuditEvent, Certificate, RiskAssessment, Volunteer
from peerapp.services import audit, legal_holds, volunteers
from peerapp.services.checks import find_certificate
from peerapp.services.schemes import get_scheme

VIEWED = "risk_assessment.view"
LEDGER = (VIEWED, "risk_assessment.record", "risk_assessment.purge")
LEDGER_READERS = frozenset({Role.SAFEGUARDING_LEAD, Role.AUDITOR})
PAGE = 50
BATCH = 100


@dataclass(frozen=True)
class Kept:
    """A restricted record that still has its text, and when that goes."""

    assessment: RiskAssessment
    volunteer: Volunteer
    purge_on: date


@dataclass(frozen=True)
class ToDecide:
    """A certificate with content that waits for the lead: a first decision, or its review."""

    volunteer: Volunteer
    certificate: Certificate
    review_on: date | None
    is_overdue: bool


def assess(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    certificate_id: uuid.UUID,
    assessment: Assessment,
    today: date,
) -> Certificate:
    """Decide on a certificate with content, and write down why; a review is a new assessment.

    Raises
    ------
    Forbidden
        The actor is not a safeguarding lead.
    Refused
        The certificate is blank, not the one that counts, or the assessment lacks something.
    """
    _need_lead(actor)
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    certificate = find_certificate(volunteer, certificate_id)
    _refuse_undecidable(volunteer, certificate)
    refusals = rules.assessment_refusals(assessment, certificate, today)
    if refusals:
        raise Refused(refusals)
    row = _row(assessment, certificate, actor, today)
    session.add(row)
    certificate.risk_decision = assessment.decision
    certificate.risk_decided_on, certificate.risk_decided_by_id = today, actor.id
    is_favourable = assessment.decision == RiskDecision.FAVOURABLE
    certificate.risk_review_on = assessment.review_on if is_favourable else None
    decision = assessment.decision.value
    session.flush()
    audit.record_change(session, actor, LEDGER[1], row, **_codes(row))
    audit.record_change(session, actor, "certificate.decide_risk", certificate, decision=decision)
    volunteers.settle(session, actor, volunteer, today, "certificate_changed")
    return certificate


def _refuse_undecidable(volunteer: Volunteer, certificate: Certificate) -> None:
    if not certificate.has_content:
        raise Refused([Refusal("no_content", "There is nothing to decide: it has no content.")])
    if current_certificate(volunteer) is not certificate:
        message = "A newer certificate has been recorded: this one does not count any more."
        raise Refused([Refusal("certificate_superseded", message)])


def _row(
    assessment: Assessment, certificate: Certificate, actor: Account, today: date
) -> RiskAssessment:
    return RiskAssessment(
        certificate_id=certificate.id,
        relevance=assessment.relevance.strip(),
        age=assessment.age.strip(),
        pattern=assessment.pattern.strip(),
        rationale=assessment.rationale.strip(),
        conditions=assessment.conditions.strip(),
        talked_on=assessment.talked_on,
        decision=assessment.decision,
        decided_on=today,
        decided_by_id=actor.id,
    )


def find_kept(session: Session, actor: Account, assessment_id: uuid.UUID) -> Kept:
    """Return which record it is, for the page that asks why it is opened.

    Raises
    ------
    Forbidden
        The actor is not a safeguarding lead.
    NotFound
        There is none, or its text has been deleted.
    """
    _need_lead(actor)
    query = _with_people().where(RiskAssessment.id == assessment_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("there is no such assessment, or its text has been deleted")
    return _kept(found, get_scheme(session).risk_text_months)


def view(
    session: Session, actor: Account, assessment_id: uuid.UUID, reason: RiskViewReason
) -> Kept:
    """Return a record with its text, after the view is written in the ledger."""
    found = find_kept(session, actor, assessment_id)
    audit.record_read(
        session,
        actor,
        VIEWED,
        found.assessment,
        fields=(*rules.TEXTS, "conditions"),
        reason=reason.value,
        **_codes(found.assessment),
    )
    session.flush()
    return found


def list_kept(session: Session, actor: Account) -> list[Kept]:
    """Return the records that still have their text, next to be deleted first: the preview."""
    _need_lead(actor)
    return _list_kept(session)


def months_kept(session: Session) -> int:
    """Return for how many months after the decision the scheme keeps the text."""
    return min(get_scheme(session).risk_text_months, rules.MOST_MONTHS)


def would_be_purged(session: Session, today: date) -> date:
    """Return the day on which the text of a decision made today would go."""
    return rules.purge_day(today, months_kept(session))


def list_to_decide(session: Session, actor: Account, today: date) -> list[ToDecide]:
    """Return certificates with content that wait for a decision or its review, soonest first."""
    _need_lead(actor)
    query = (
        select(Certificate)
        .where(Certificate.has_content.is_(True))
        .options(joinedload(Certificate.volunteer).selectinload(Volunteer.certificates))
        .order_by(Certificate.issue_date, Certificate.id)
    )
    found = [
        _to_decide(one, today)
        for one in session.scalars(query)
        if current_certificate(one.volunteer) is one and one.volunteer.state not in FINAL
    ]
    wanted = [one for one in found if one is not None]
    return sorted(wanted, key=lambda one: (one.review_on or date.min, str(one.certificate.id)))


def _to_decide(certificate: Certificate, today: date) -> ToDecide | None:
    if certificate.risk_decision == RiskDecision.UNFAVOURABLE:
        return None
    review_on = certificate.risk_review_on if certificate.risk_decision else None
    overdue = review_on is None or today > review_on
    return ToDecide(certificate.volunteer, certificate, review_on, overdue)


def list_ledger(
    session: Session, actor: Account, page: int = 1
) -> tuple[Sequence[AuditEvent], bool]:
    """Return who wrote, opened or deleted which record, newest first: ids and codes only.

    Raises
    ------
    Forbidden
        The actor is neither a safeguarding lead nor an auditor.
    """
    if actor.role not in LEDGER_READERS:
        raise Forbidden("only safeguarding lead and auditor read the ledger")
    query = (
        select(AuditEvent)
        .where(AuditEvent.action.in_(LEDGER))
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    events = session.scalars(query).all()
    return events[:PAGE], len(events) > PAGE


def purge(session: Session, today: date) -> int:
    """Delete the records whose time is over, a batch of them; return how many went."""
    held = legal_holds.held_people(session)
    over = [one for one in _list_kept(session) if one.purge_on <= today]
    due = [one for one in over if one.volunteer.id not in held][:BATCH]
    for one in due:
        audit.record_change(session, None, LEDGER[2], one.assessment, **_codes(one.assessment))
        session.delete(one.assessment)
    session.flush()
    return len(due)


def _list_kept(session: Session) -> list[Kept]:
    months = get_scheme(session).risk_text_months
    query = _with_people().order_by(RiskAssessment.decided_on, RiskAssessment.id)
    return [_kept(one, months) for one in session.scalars(query)]


def _with_people() -> Select[RiskAssessment]:
    certificate = joinedload(RiskAssessment.certificate)
    return select(RiskAssessment).options(certificate.joinedload(Certificate.volunteer))


def _kept(assessment: RiskAssessment, months: int) -> Kept:
    purge_on = rules.purge_day(assessment.decided_on, months)
    return Kept(assessment, assessment.certificate.volunteer, purge_on)


def _codes(assessment: RiskAssessment) -> dict[str, Any]:
    """Return what the ledger may say of a record, also when the record is gone."""
    return {
        "certificate": str(assessment.certificate_id),
        "decision": assessment.decision.value,
    }


def _need_lead(actor: Account) -> None:
    if actor.role != Role.SAFEGUARDING_LEAD:
        raise Forbidden("only the safeguarding lead decides on content")
