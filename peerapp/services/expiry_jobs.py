"""The first minute of each day in London: lapses settled, warnings given, texts deleted."""

from __future__ import annotations

import uuid
from datetime import date

import structlog
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.models import Scheme
from peerapp.services import expiries, risk_assessments
from peerapp.services.schemes import get_scheme

log = structlog.get_logger(__name__)


def run_new_day(database: Database, scheme_id: uuid.UUID, today: date, base_url: str) -> bool:
    """Do the day's work once, as soon as a job asks; after days without jobs it catches up.

    Each part may be done twice, and be stopped at any point: the day counts as done at the end.

    Returns
    -------
    bool
        Whether there was anything to do: False when the day is done already.
    """
    with database.reading(scheme_id) as session:
        done = get_scheme(session).day_swept_on
    if done is not None and done >= today:
        return False
    settle_lapses(database, scheme_id, today)
    _warn(database, scheme_id, today, base_url)
    _purge(database, scheme_id, today)
    with database.writing(scheme_id) as session:
        _lock(session, scheme_id).day_swept_on = today
    return True


def settle_lapses(database: Database, scheme_id: uuid.UUID, today: date) -> None:
    """Settle each coach who is cleared no more, in a transaction of their own."""
    with database.reading(scheme_id) as session:
        lapsed = expiries.list_lapsed(session, today)
    for volunteer_id in lapsed:
        with database.writing(scheme_id) as session:
            expiries.settle_lapsed(session, volunteer_id, today)
    if lapsed:
        log.info("lapses_settled", coaches=len(lapsed))


def _warn(database: Database, scheme_id: uuid.UUID, today: date, base_url: str) -> None:
    after: uuid.UUID | None = None
    while True:
        with database.writing(scheme_id) as session:
            _lock(session, scheme_id)
            after = expiries.warn(session, today, base_url, after)
        if after is None:
            return


def _purge(database: Database, scheme_id: uuid.UUID, today: date) -> None:
    gone = -1
    while gone:
        with database.writing(scheme_id) as session:
            _lock(session, scheme_id)
            gone = risk_assessments.purge(session, today)
        if gone:
            log.info("risk_texts_deleted", records=gone)


def _lock(session: Session, scheme_id: uuid.UUID) -> Scheme:
    """Let one job at a time do the day's work; rows of the scheme may be written meanwhile."""
    return session.get_one(
        Scheme, scheme_id, with_for_update={"key_share": True}, populate_existing=True
    )
