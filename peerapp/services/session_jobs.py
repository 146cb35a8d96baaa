"""What the clock does for sessions: the next weeks are planned, forgotten notes are asked for."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from peerapp.db import Database
from peerapp.services import session_plans, session_watch

log = structlog.get_logger(__name__)


def run_due(database: Database, scheme_id: uuid.UUID, now: datetime, base_url: str) -> None:
    """Do what is due, each plan in a transaction of its own; nothing is done twice."""
    with database.reading(scheme_id) as session:
        plans = session_plans.list_due(session, now)
        has_forgotten = bool(session_watch.list_to_remind(session, now))
    for plan_id in plans:
        with database.writing(scheme_id) as session:
            session_plans.sweep(session, plan_id, now)
    if has_forgotten:
        with database.writing(scheme_id) as session:
            count = session_watch.sweep(session, now, base_url)
        log.info("notes_asked_for", coaches=count)
