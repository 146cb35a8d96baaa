"""Whether a volunteer's DBS check is free: asked, answered and kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.check_applications import is_free_volunteer
from peerapp.enums import FeeQuestion
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, FeeDecision
from peerapp.services import audit, volunteers


def decide_fee(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    answers: Mapping[FeeQuestion, bool],
    today: date,
) -> FeeDecision:
    """Record the answers on the fee: free only if every exclusion is answered no.

    An application that was sent off already keeps what was decided for it.

    Raises
    ------
    Refused
        A question has no answer.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    missing = [question for question in FeeQuestion if question not in answers]
    if missing:
        raise Refused([Refusal(question.value, "Answer this question.") for question in missing])
    decision = FeeDecision(
        answers={question.value: answers[question] for question in FeeQuestion},
        is_free=is_free_volunteer(answers),
        decided_on=today,
        decided_by_id=actor.id,
    )
    volunteer.fee_decisions.append(decision)
    session.flush()
    audit.record_change(session, actor, "volunteer.decide_fee", volunteer, is_free=decision.is_free)
    return decision
