"""Once a day the head of the audit trail leaves the database: into a folder, and by mail."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from pathlib import Path

import structlog

from peerapp.adapters.mail import Mailer, MailError, OutgoingMail
from peerapp.db import Database
from peerapp.services import audit_heads
from peerapp.services.schemes import get_scheme

log = structlog.get_logger(__name__)


def export_due(
    database: Database,
    scheme_id: uuid.UUID,
    *,
    secret: str,
    folder: Path,
    mailer: Mailer,
    mail_to: str,
    mail_from: str,
    now: datetime,
    today: date,
) -> bool:
    """Export the head of a scheme unless that was done today; say whether it was done now.

    What fails is logged and tried again by the next job: a head too many does no harm.
    """
    with database.reading(scheme_id) as session:
        if not audit_heads.is_due(session, today):
            return False
        scheme = get_scheme(session).slug
        head = audit_heads.export(session, scheme, secret, now)
    if head is None:
        return False
    try:
        audit_heads.append(folder / f"{scheme}.heads", head)
        if mail_to:
            mailer.send(_mail(head, mail_to, mail_from))
    except (OSError, MailError) as error:
        log.error("audit_head_not_exported", scheme=scheme, kind=type(error).__name__)
        return False
    with database.writing(scheme_id) as session:
        audit_heads.note_exported(session, today)
    return True


def _mail(head: audit_heads.Exported, to: str, sender: str) -> OutgoingMail:
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    text = (
        "This line says where the audit trail ended today. Keep it: with it,\n"
        "`peerapp audit verify --heads FILE` notices a trail that was cut off or made anew.\n\n"
        f"{head.line()}\n"
    )
    subject = f"Audit trail of {head.scheme}: {head.at[:10]}"
    return OutgoingMail(
        to=to,
        subject=subject,
        text=text,
        message_id=f"audit-head-{head.scheme}-{head.seq}-{head.mac[:16]}@{domain}",
        from_address=sender,
    )
