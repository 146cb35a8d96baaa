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
    return sum(_deliver(database, scheme_id, mailer, sender, one, now) for one in due)


def _deliver(
    database: Database,
    scheme_id: uuid.UUID,
    mailer: Mailer,
    sender: str,
    message_id: uuid.UUID,
    now: datetime,
) -> bool:
    """Send one message; a job killed after the server took it sends it once more, same id."""
    with database.writing(scheme_id) as session:
        message = messages.claim(session, message_id, now)
        if message is None:
            return False
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
            messages.mark_failed(session, message_id, str(error), transient=error.transient)
        return False
    with database.writing(scheme_id) as session:
        messages.mark_sent(session, message_id, utc_now())
    return True


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].strip("<> ") or "localhost"
