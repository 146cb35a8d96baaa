"""Lifting a suspension: a safeguarding lead proposes it, somebody else agrees."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from peerapp.domain import onboarding as rules
from peerapp.domain.two_person_requests import MAY_ASK
from peerapp.domain.vetting import COACHING_STATES
from peerapp.enums import TwoPersonAct, VolunteerState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, TwoPersonRequest, Volunteer
from peerapp.services import onboarding, two_person_requests, volunteers

S = VolunteerState
A = TwoPersonAct


def propose(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reason: str,
    now: datetime,
    base_url: str,
) -> TwoPersonRequest:
    """Propose to lift a suspension and say why; nothing changes until somebody else agrees.

    Raises
    ------
    Refused
        The volunteer is not suspended, the actor is no lead, or it is proposed already.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    refusals = rules.lift_refusals(volunteer)
    if not reason.strip():
        refusals.append(Refusal("reason_missing", "Give a reason."))
    if refusals:
        raise Refused(refusals)
    return two_person_requests.ask(
        session,
        actor,
        A.LIFT_SUSPENSION,
        reason,
        now,
        base_url,
        subject_id=volunteer.id,
        details={"since": volunteer.state_since.isoformat()},
    )


def may_propose_lift(volunteer: Volunteer, actor: Account) -> bool:
    """Say whether the actor could propose to lift a suspension."""
    return not rules.lift_refusals(volunteer) and actor.role in MAY_ASK[A.LIFT_SUSPENSION]


def find_proposal(session: Session, volunteer: Volunteer, now: datetime) -> TwoPersonRequest | None:
    """Return the proposal to lift that waits for a second person."""
    if volunteer.state != S.SUSPENDED:
        return None
    return two_person_requests.find_waiting(session, A.LIFT_SUSPENSION, volunteer.id, now)


def carry_out(
    session: Session, actor: Account, volunteer: Volunteer, request: TwoPersonRequest, today: date
) -> Volunteer:
    """Put a locked volunteer back to where they were, as two people have agreed.

    Whether they may coach is asked anew: a gate that lapsed meanwhile stays shut.

    Raises
    ------
    Refused
        The volunteer is not suspended any more, or for another reason than the one proposed on.
    """
    refusals = rules.lift_refusals(volunteer)
    if not refusals and request.details != {"since": volunteer.state_since.isoformat()}:
        text = "The volunteer was suspended again meanwhile. It has to be proposed anew."
        refusals = [Refusal("suspended_again", text)]
    if refusals:
        raise Refused(refusals)
    to = volunteer.state_before or S.APPLIED
    onboarding.change_state(session, actor, volunteer, to, request.reason, today)
    if to == S.PAUSED:
        volunteer.state_before = _paused_from(volunteer)
    return volunteer


def _paused_from(volunteer: Volunteer) -> VolunteerState | None:
    """Return the coaching state in which the break began, from before any suspension."""
    breaks = [
        event.from_state
        for event in volunteer.history
        if event.to_state == S.PAUSED and event.from_state in COACHING_STATES
    ]
    return breaks[-1] if breaks else None
