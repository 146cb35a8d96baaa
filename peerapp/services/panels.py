"""Panels: all that a panel must know on one page, and the four decisions it can take."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain import access, panels, referees
from peerapp.domain.certificates import current_certificate
from peerapp.domain.interviews import Question, average
from peerapp.domain.panels import Decision
from peerapp.domain.referees import Flag
from peerapp.domain.vetting import COACHING_STATES, GateStatus, gate_statuses
from peerapp.enums import (
    DropOutReason,
    PanelOutcome,
    ReferenceState,
    Role,
    VolunteerState,
)
from peerapp.errors import Refusal, Refused
from peerapp.models import (
    Account,
    Certificate,
    IdentityCheck,
    Interview,
    PanelDecision,
    PanelMember,
    Reference,
    Volunteer,
)
from peerapp.services import (
    audit,
    identity_checks,
    interviews,
    messages,
    onboarding,
    references,
    staff_of,
    volunteers,
)
from peerapp.services.interview_templates import questions_of
from peerapp.services.standings import CourseStanding, list_training

O = PanelOutcome  # noqa: E741
SEEN = ("profile", "gates", "references", "interview", "identity", "certificates", "history")


@dataclass(frozen=True)
class ReferenceOnPaper:
    """A reference before the panel; ``may_read`` says whether its text is for this reader."""

    reference: Reference
    may_read: bool
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Papers:
    """What a panel looks at.

    Attributes
    ----------
    refusals
        Why the reader may not decide; empty means that they may.
    open_gates
        What stands against an approval today.
    candidates
        Staff who may sit on the panel.
    """

    volunteer: Volunteer
    reference: str
    gates: tuple[GateStatus, ...]
    open_gates: tuple[Refusal, ...]
    references: tuple[ReferenceOnPaper, ...]
    identity: IdentityCheck | None
    interview: Interview | None
    questions: tuple[Question, ...]
    average: float | None
    certificate: Certificate | None
    training: tuple[CourseStanding, ...]
    decisions: tuple[PanelDecision, ...]
    refusals: tuple[Refusal, ...]
    candidates: tuple[Account, ...]
    is_self: bool


def get_papers(session: Session, actor: Account, volunteer_id: uuid.UUID, today: date) -> Papers:
    """Return everything that the panel must know; the view, and each text read, is audited."""
    volunteer = volunteers.get_volunteer(session, actor, volunteer_id, SEEN)
    interview = interviews.find_standing(session, volunteer)
    interviewers = interviews.interviewer_ids(session, volunteer)
    statuses = tuple(gate_statuses(volunteer, today))
    return Papers(
        volunteer=volunteer,
        reference=volunteers.reference(volunteer),
        gates=statuses,
        open_gates=tuple(refusal for status in statuses for refusal in status.refusals),
        references=tuple(_references(session, actor, volunteer)),
        identity=identity_checks.standing_check(session, volunteer),
        interview=interview,
        questions=tuple(questions_of(interview.template)) if interview else (),
        average=average(interview.answers) if interview else None,
        certificate=current_certificate(volunteer),
        training=list_training(volunteer, today),
        decisions=tuple(reversed(volunteer.panel_decisions)),
        refusals=tuple(panels.decider_refusals(actor, volunteer, interviewers)),
        candidates=tuple(_candidates(session, actor, volunteer)),
        is_self=panels.is_volunteer_themself(actor, volunteer),
    )


def _references(session: Session, actor: Account, volunteer: Volunteer) -> list[ReferenceOnPaper]:
    papers = []
    for reference in references.list_of(session, volunteer):
        if reference.state == ReferenceState.CANCELLED:
            continue
        answered = reference.answered_at is not None
        may_read = answered and access.may_read_reference(actor, reference)
        flags = referees.flags(reference) if may_read else []
        if may_read:
            audit.record_read(session, actor, "reference.view", reference, fields=("answers",))
        papers.append(ReferenceOnPaper(reference, may_read, tuple(flags)))
    return papers


def _candidates(session: Session, actor: Account, volunteer: Volunteer) -> list[Account]:
    """Return the staff who may sit on the panel beside the actor, by name."""
    interviewers = interviews.interviewer_ids(session, volunteer)
    everyone = [
        one
        for role in (Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER)
        for one in staff_of.list_active(session, role)
        if one.id not in interviewers | {actor.id}
        and not panels.is_volunteer_themself(one, volunteer)
    ]
    return sorted(everyone, key=lambda one: (one.name.casefold(), str(one.id)))


def approve(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    decision: Decision,
    today: date,
    base_url: str,
) -> PanelDecision:
    """Record that the panel approves, and start the probation.

    Raises
    ------
    Refused
        A gate is open, the panel is not in order, or the volunteer is not at panel.
    """
    made = _record(session, actor, volunteer_id, O.APPROVED, decision, today)
    return _begin_probation(session, actor, made, today, base_url)


def approve_with_conditions(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    decision: Decision,
    today: date,
    base_url: str,
) -> PanelDecision:
    """Record that the panel approves on conditions, which the volunteer sees; start probation."""
    made = _record(session, actor, volunteer_id, O.APPROVED_WITH_CONDITIONS, decision, today)
    return _begin_probation(session, actor, made, today, base_url)


def _begin_probation(
    session: Session, actor: Account, made: PanelDecision, today: date, base_url: str
) -> PanelDecision:
    to = VolunteerState.PROBATION
    volunteer = onboarding.move(session, actor, made.volunteer_id, to, made.reasons, today)
    messages.queue_notice(session, volunteer.account, f"{base_url}/volunteer/")
    return made


def defer(
    session: Session, actor: Account, volunteer_id: uuid.UUID, decision: Decision, today: date
) -> PanelDecision:
    """Record that the panel needs more before it can decide; the volunteer stays at panel."""
    return _record(session, actor, volunteer_id, O.DEFERRED, decision, today)


def decline(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    decision: Decision,
    drop_out: DropOutReason,
    today: date,
    base_url: str,
) -> PanelDecision:
    """Record that the panel says no; the volunteer's record is closed."""
    made = _record(session, actor, volunteer_id, O.DECLINED, decision, today)
    to = VolunteerState.DECLINED
    volunteer = onboarding.move(
        session, actor, volunteer_id, to, made.reasons, today, drop_out=drop_out
    )
    messages.queue_notice(session, volunteer.account, f"{base_url}/volunteer/")
    return made


def _record(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    outcome: PanelOutcome,
    decision: Decision,
    today: date,
) -> PanelDecision:
    """Write a decision down, if this panel may take it."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    interviewers = interviews.interviewer_ids(session, volunteer)
    refusals = panels.decision_refusals(outcome, decision, actor, volunteer, interviewers, today)
    known = {one.id for one in _candidates(session, actor, volunteer)} | {actor.id}
    if not decision.members <= known | interviewers:
        refusals.append(Refusal("members", "Choose the members from the list."))
    if refusals:
        raise Refused(refusals)
    with_conditions = outcome == O.APPROVED_WITH_CONDITIONS
    made = PanelDecision(
        volunteer_id=volunteer.id,
        panel_since=volunteer.state_since,
        outcome=outcome,
        held_on=decision.held_on,
        reasons=decision.reasons.strip(),
        conditions=decision.conditions.strip() if with_conditions else "",
        again_on=decision.again_on if outcome == O.DEFERRED else None,
        other_members="\n".join(decision.other_members),
        decided_by_id=actor.id,
        members=[
            PanelMember(account_id=one) for one in sorted(decision.members | {actor.id}, key=str)
        ],
    )
    volunteer.panel_decisions.append(made)
    session.flush()
    audit.record_change(session, actor, "panel.decide", volunteer, outcome=outcome.value)
    return made


def conditions_of(volunteer: Volunteer) -> str:
    """Return the conditions on which a coach was approved, for their own eyes; or nothing."""
    decisions: Sequence[PanelDecision] = volunteer.panel_decisions
    holds = volunteer.state in COACHING_STATES and decisions
    return decisions[-1].conditions if holds else ""
