"""Links that strangers ask for: to sign up, to choose a new password, to sign in.

A request writes down what was asked for, and no more: the same for every address. A job looks up
whose it is, and sends what there is to send. So neither the answer nor the time that it takes says
who has an account.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.enums import TokenPurpose
from peerapp.models import AskedLink, PersonKey
from peerapp.services import accounts, sign_in_links
from peerapp.services.tokens import token_hash

log = structlog.get_logger(__name__)

BATCH = 50
KEPT = timedelta(days=1)
"""What could not be answered for so long is given up."""


def ask(session: Session, email: str, purpose: TokenPurpose, browser: str = "") -> None:
    """Write down that a link was asked for.

    Parameters
    ----------
    browser
        The secret of the browser that asked, where the link is to work there alone.
    """
    given = token_hash(browser) if browser else None
    session.add(AskedLink(email=email, purpose=purpose, browser_hash=given))


def answer_due(database: Database, scheme_id: uuid.UUID, now: datetime, base_url: str) -> int:
    """Answer what was asked for, the oldest first; return how many were attended to."""
    with database.reading(scheme_id) as session:
        query = select(AskedLink.id).order_by(AskedLink.created_at, AskedLink.id).limit(BATCH)
        waiting = session.scalars(query).all()
    for asked_id in waiting:
        try:
            with database.writing(scheme_id) as session:
                _answer(session, asked_id, now, base_url)
        except Exception as error:  # one that fails must not keep the others waiting
            log.error("asked_link_not_answered", kind=type(error).__name__)
    return len(waiting)


def _answer(session: Session, asked_id: uuid.UUID, now: datetime, base_url: str) -> None:
    query = select(AskedLink).where(AskedLink.id == asked_id).with_for_update(skip_locked=True)
    asked = session.scalar(query)
    if asked is None:
        return  # another worker has it
    if now - asked.created_at < KEPT:
        _send(session, asked, now, base_url)
    session.delete(asked)
    session.execute(delete(PersonKey).where(PersonKey.owner_id == asked.id))


def _send(session: Session, asked: AskedLink, now: datetime, base_url: str) -> None:
    if asked.purpose is TokenPurpose.CONFIRM_EMAIL:
        accounts.sign_up_volunteer(session, asked.email, now, base_url)
    elif asked.purpose is TokenPurpose.RESET_PASSWORD:
        accounts.request_reset(session, asked.email, now, base_url)
    elif asked.purpose is TokenPurpose.SIGN_IN:
        browser_hash = asked.browser_hash or ""
        sign_in_links.request_link(session, asked.email, browser_hash, now, base_url)
