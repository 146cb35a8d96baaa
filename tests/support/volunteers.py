"""What tests about volunteers ask again and again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import Role, TwoPersonAct
from peerapp.errors import Refused
from peerapp.models import Account, AuditEvent, Volunteer, utc_now
from peerapp.services import second_decisions, suspension_lifts, two_person_requests
from tests.factories import make_account

URL = "https://scheme.example.org"


def refused(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    """Return the codes with which a verb refuses."""
    with pytest.raises(Refused) as caught:
        verb(*args, **kwargs)
    return [refusal.code for refusal in caught.value.refusals]


def audited(session: Session, action: str) -> list[AuditEvent]:
    """Return the audit rows of an action, in order."""
    session.flush()
    query = select(AuditEvent).where(AuditEvent.action == action)
    return list(session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))


def lift_as_two(
    session: Session,
    lead: Account,
    volunteer_id: uuid.UUID,
    reason: str,
    today: date,
    second: Account | None = None,
) -> Volunteer:
    """Lift a suspension as two people do; a manager made for it agrees unless told otherwise."""
    second = second or make_account(session, Role.MANAGER)
    volunteer = session.get_one(Volunteer, volunteer_id)
    act = TwoPersonAct.LIFT_SUSPENSION
    request = two_person_requests.find_waiting(session, act, volunteer_id, utc_now())
    if request is None:
        given = reason, utc_now(), URL
        request = suspension_lifts.propose(session, lead, volunteer_id, *given)
    given_now = utc_now(), today, URL
    second_decisions.decide(session, second, request.id, *given_now, agreed=True)
    return volunteer
