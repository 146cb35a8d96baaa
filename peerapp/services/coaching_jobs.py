"""What the clock does for volunteers: breaks begin and end, free places go to who waits."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import structlog

from peerapp.db import Database
from peerapp.services import breaks, course_places

log = structlog.get_logger(__name__)


def run_due(
    database: Database, scheme_id: uuid.UUID, now: datetime, today: date, base_url: str
) -> None:
    """Do what is due, each volunteer and each session in a transaction of its own.

    A second time, or a day late, it does what is left and nothing twice.
    """
    with database.reading(scheme_id) as session:
        resting = breaks.list_due(session, today)
        waiting = course_places.list_waited_for(session, now)
    for volunteer_id in resting:
        with database.writing(scheme_id) as session:
            breaks.sweep_volunteer(session, volunteer_id, today, base_url)
    for session_id in waiting:
        with database.writing(scheme_id) as session:
            course_places.pass_on_free(session, session_id, now, base_url)
    if resting:
        log.info("breaks_swept", volunteers=len(resting))
