"""Asking DBS: the schedule's batch, and one question at a time. Jobs carry ids only.

No transaction is open while DBS is asked: one before takes the question, one after records the
answer. A worker that dies between them leaves a question that is swept, and asked again later.
"""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, datetime
from typing import Any

import structlog

from peerapp.adapters.update_service import StatusService
from peerapp.db import Database
from peerapp.enums import StatusFailure, StatusOutcome
from peerapp.models import StatusCheck
from peerapp.services import status_answers, status_checks

log = structlog.get_logger(__name__)

BATCH = 40
ENOUGH_FAILURES = 3
DOWN = frozenset({StatusFailure.UNREACHABLE, StatusFailure.TIME_OUT, StatusFailure.HTTP_ERROR})
"""Failures that say something of the service, not of the certificate."""


def run_due(
    database: Database,
    scheme_id: uuid.UUID,
    service: StatusService | None,
    *,
    now: datetime,
    today: date,
    base_url: str,
    limit: int = BATCH,
) -> Counter[str]:
    """Ask about those who are due, one after the other; harmless when run twice or by two.

    When the service seems to be down, the rest of the batch is left for the next time: that
    costs nobody an attempt.

    Returns
    -------
    Counter of str
        How often each outcome came.
    """
    tally: Counter[str] = Counter()
    with database.writing(scheme_id) as session:
        tally["lost"] = len(status_checks.sweep_lost(session, now))
    if service is None:
        return +tally
    with database.reading(scheme_id) as session:
        due = status_checks.due_volunteers(session, now, today, limit)
    in_a_row = 0
    for volunteer_id in due:
        done = _ask_about(
            database, scheme_id, volunteer_id, service, now=now, today=today, base_url=base_url
        )
        if done is not None:
            tally[done.outcome.value] += 1
            in_a_row = in_a_row + 1 if done.failure in DOWN else 0
        if in_a_row == ENOUGH_FAILURES:
            log.warning("status_checks_stopped", scheme_id=str(scheme_id), failures=in_a_row)
            break
    return +tally


def _ask_about(
    database: Database,
    scheme_id: uuid.UUID,
    volunteer_id: uuid.UUID,
    service: StatusService,
    *,
    now: datetime,
    today: date,
    base_url: str,
) -> StatusCheck | None:
    """Put the question about one volunteer and ask it; None where it is not due any more."""
    with database.writing(scheme_id) as session:
        check = status_checks.put_due(session, volunteer_id, now, today)
    if check is None:
        return None
    days: dict[str, Any] = {"now": now, "today": today}
    return carry_out(database, scheme_id, check.id, service, base_url=base_url, **days)


def carry_out(
    database: Database,
    scheme_id: uuid.UUID,
    check_id: uuid.UUID,
    service: StatusService | None,
    *,
    now: datetime,
    today: date,
    base_url: str,
) -> StatusCheck | None:
    """Ask one question that was put; None when another worker has it, or it may not be asked."""
    if service is None:
        return None
    with database.writing(scheme_id) as session:
        asking = status_checks.begin(session, check_id, now, today)
    if asking is None:
        return None
    reply = service.ask(asking.question)
    with database.writing(scheme_id) as session:
        check = status_answers.apply(
            session, asking, reply, now=now, today=today, base_url=base_url
        )
    if check.outcome == StatusOutcome.UNKNOWN:
        failure = check.failure.value if check.failure else None
        log.warning("status_check_unknown", check_id=str(check.id), failure=failure)
    return check
