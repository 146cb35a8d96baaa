"""Starting again after declining, withdrawing or leaving: with the history, without stale gates."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain import access
from peerapp.domain import comebacks as rules
from peerapp.domain.onboarding import FINAL
from peerapp.enums import ApplicationReason, Role, VolunteerState
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Volunteer
from peerapp.services import (
    audit,
    check_applications,
    onboarding,
    references,
    rows,
    volunteers,
)


def closed_on(volunteer: Volunteer) -> date:
    """Return the day in London on which a closed record was closed."""
    return volunteer.state_since.astimezone(LONDON).date()


def return_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why a volunteer may not apply again by themselves today."""
    return rules.return_refusals(volunteer, closed_on(volunteer), today)


def may_return_from(volunteer: Volunteer) -> date | None:
    """Return the first day on which they may; None where only the safeguarding lead decides."""
    if volunteer.state not in FINAL or rules.needs_the_lead(volunteer):
        return None
    return rules.may_return_from(volunteer, closed_on(volunteer))


def apply_again(session: Session, actor: Account, today: date) -> Volunteer:
    """Open the actor's own closed record: they check their answers and send them anew.

    Raises
    ------
    Refused
        It is too soon, the scheme decides, or the record is not closed.
    """
    volunteer = rows.lock_row(session, Volunteer, volunteers.get_own(session, actor).id)
    refusals = return_refusals(volunteer, today)
    if refusals:
        raise Refused(refusals)
    return _start_again(session, actor, volunteer, "", today)


def reopen(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reason: str, today: date
) -> Volunteer:
    """Let somebody start again who may not by themselves, or not yet.

    Raises
    ------
    Forbidden
        The actor is not the safeguarding lead.
    """
    volunteer = rows.lock_row(session, Volunteer, volunteer_id)
    if not access.may_see_volunteer(actor, volunteer):
        raise NotFound("there is no such volunteer")
    if actor.role != Role.SAFEGUARDING_LEAD:
        raise Forbidden("only the safeguarding lead opens a closed record")
    if volunteer.state not in FINAL:
        raise Refused([Refusal("not_closed", "The record is open.")])
    if not reason.strip():
        raise Refused([Refusal("reason", "Give a reason.")])
    return _start_again(session, actor, volunteer, reason, today)


def _start_again(
    session: Session, actor: Account, volunteer: Volunteer, reason: str, today: date
) -> Volunteer:
    stale = rules.stale_gates(volunteer, today)
    for record in stale:
        volunteer.gate_records.remove(record)
        references.let_go(session, volunteer, record.item)
        audit.record_change(
            session, actor, "volunteer.remove_gate", volunteer, item=record.item.value
        )
    if rules.has_unread_news(volunteer):
        news = ApplicationReason.NEW_INFORMATION
        check_applications.open_application(session, actor, volunteer, news, today)
    volunteer.probation_review_due = None
    return onboarding.change_state(session, actor, volunteer, VolunteerState.ENQUIRY, reason, today)
