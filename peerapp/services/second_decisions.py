"""The second person's answer, and what follows from a yes."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from peerapp.enums import TwoPersonAct
from peerapp.models import Account, TwoPersonRequest
from peerapp.services import (
    erasures,
    second_factors,
    suspension_lifts,
    two_person_requests,
    volunteers,
)

A = TwoPersonAct


def decide(
    session: Session,
    actor: Account,
    request_id: uuid.UUID,
    now: datetime,
    today: date,
    base_url: str,
    *,
    agreed: bool,
    note: str = "",
) -> TwoPersonRequest:
    """Agree or not, as the second person; what was asked for happens in the same transaction.

    Raises
    ------
    Refused
        The actor asked for it themselves, may not decide, or it is decided or over.
    """
    found = two_person_requests.get_request(session, actor, request_id)
    lifts = agreed and found.act == A.LIFT_SUSPENSION and found.subject_id is not None
    volunteer = None
    if lifts and found.subject_id is not None:
        volunteer = volunteers.lock_volunteer(session, actor, found.subject_id)
    person = erasures.lock_asked(session, found) if agreed and found.act == A.ERASE else None
    resets = agreed and found.act == A.RESET_FACTORS and found.subject_id is not None
    colleague = None
    if resets and found.subject_id is not None:
        colleague = second_factors.lock_colleague(session, found.subject_id)
    request = two_person_requests.lock_to_decide(session, actor, request_id, now)
    if colleague is not None:
        second_factors.reset_agreed(session, actor, colleague, request, base_url)
    if volunteer is not None:
        suspension_lifts.carry_out(session, actor, volunteer, request, today)
    if person is not None:
        erasures.erase(session, actor, person, "two_people", now)
    return two_person_requests.settle(
        session, actor, request, now, base_url, agreed=agreed, note=note
    )
