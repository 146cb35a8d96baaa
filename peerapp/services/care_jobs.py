"""What the clock does for families and coaches who are together."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from peerapp.db import Database
from peerapp.services import concern_watch

log = structlog.get_logger(__name__)


def run_due(database: Database, scheme_id: uuid.UUID, now: datetime, base_url: str) -> None:
    """Do what is due; a second time, or late, it does what is left and nothing twice."""
    with database.writing(scheme_id) as session:
        escalated = concern_watch.escalate_late(session, now, base_url)
    if escalated:
        log.warning("concerns_escalated", concerns=escalated)
