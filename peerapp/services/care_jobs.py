"""What the clock does for families and coaches who are together."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import structlog

from peerapp.db import Database
from peerapp.services import concern_watch, conversations, supervision

log = structlog.get_logger(__name__)


def run_due(
    database: Database, scheme_id: uuid.UUID, now: datetime, today: date, base_url: str
) -> None:
    """Do what is due; a second time, or late, it does what is left and nothing twice."""
    with database.writing(scheme_id) as session:
        escalated = concern_watch.escalate_late(session, now, base_url)
    if escalated:
        log.warning("concerns_escalated", concerns=escalated)
    with database.reading(scheme_id) as session:
        with_calls = supervision.list_due(session, today)
    for match_id in with_calls:
        with database.writing(scheme_id) as session:
            supervision.sweep_match(session, match_id, today, base_url)
    if with_calls:
        log.info("supervision_calls_swept", matches=len(with_calls))
    with database.writing(scheme_id) as session:
        purged = conversations.purge(session, today)
    if purged:
        log.info("inside_messages_deleted", messages=purged)
