"""What the clock does for matches, each in a transaction of its own.

A second time, or a day late, it does what is left and nothing twice.
"""

from __future__ import annotations

import uuid
from datetime import date

import structlog

from peerapp.db import Database
from peerapp.services import first_visits, match_deadlines, match_endings

log = structlog.get_logger(__name__)


def run_due(database: Database, scheme_id: uuid.UUID, today: date, base_url: str) -> None:
    """Remind of offers and let them lapse; remind of first visits; end what is to end."""
    with database.reading(scheme_id) as session:
        offered = match_deadlines.list_due(session, today)
        ending = match_endings.list_due(session, today)
        visits = first_visits.list_due(session, today)
    for match_id in offered:
        with database.writing(scheme_id) as session:
            match_deadlines.sweep_match(session, match_id, today, base_url)
    for match_id in ending:
        with database.writing(scheme_id) as session:
            match_endings.sweep_match(session, match_id, today, base_url)
    for match_id in visits:
        with database.writing(scheme_id) as session:
            first_visits.sweep_match(session, match_id, today, base_url)
    if offered:
        log.info("offers_swept", matches=len(offered))
