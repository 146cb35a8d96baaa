"""Sending what waits in the outbox: one short transaction before each attempt, one after it."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from peerapp.adapters.mail import Mailer, MailError, OutgoingMail
from peerapp.db import Database
from peerapp.models import utc_now
from peerapp.services import messages

log = structlog.get_logger(__name__)

ENOUGH = 5
"""Failures in a row after which a round ends."""


def deliver_due(
    database: Database, scheme_id: uuid.UUID, mailer: Mailer, sender: str, now: datetime
) -> int:
    """Try to send each message whose time has come.

    Returns
    -------
    int
        How many the mail server took.
    """
    with database.reading(scheme_id) as session:
        due = messages.list_due(session, now)
    taken = in_a_row = 0
    for one in due:
        outcome = _deliver(database, scheme_id, mailer, sender, one, now)
        taken += outcome is True
        in_a_row = 0 if outcome is True else in_a_row + (outcome is False)
        if in_a_row >= ENOUGH:
            break  # the server is down or slow: the rest waits for the next round, not for each
    return taken


def _deliver(
    database: Database,
    scheme_id: uuid.UUID,
    mailer: Mailer,
    sender: str,
    message_id: uuid.UUID,
    now: datetime,
) -> bool | None:
    """Send one message; a job killed after the server took it sends it once more, same id.

    Returns whether the server took it; None if it was not offered to it.
    """
    with database.writing(scheme_id) as session:
        message = messages.claim(session, message_id, now)
        if message is None:
            return None
        mail = OutgoingMail(
            to=message.to_address,
            subject=message.subject,
            text=message.body,
            message_id=f"{message.id}@{_domain(sender)}",
            from_address=sender,
        )
    try:
        mailer.send(mail)
    except MailError as error:
        log.warning("message_not_taken", message_id=str(message_id), error=str(error))
        with database.writing(scheme_id) as session:
            told = str(error)
            is_over = messages.mark_failed(session, message_id, told, transient=error.transient)
        if is_over:
            log.error("message_given_up", message_id=str(message_id))
        return False
    with database.writing(scheme_id) as session:
        messages.mark_sent(session, message_id, utc_now())
    return True


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].strip("<> ") or "localhost"
