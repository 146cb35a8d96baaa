"""Messages that leave the site: queued with the change that causes them, sent by a job.

Outside the site nothing is said but that there is a message. A family is written to only when
email is a channel that it called safe, asked again at the moment of sending.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.family_consents import has_consent
from peerapp.domain.onboarding import FINAL
from peerapp.domain.referrals import may_mail
from peerapp.domain.safe_contact import email_refusals, next_safe_moment
from peerapp.enums import ConsentPurpose, MessageState, ReferenceState, Role
from peerapp.models import Account, Family, Message, Reference, Referral

MAX_ATTEMPTS = 8
TRIED_OFTEN = 3
"""Tries after which a message that still waits is told of: the mail server may be down."""
TOLD_FOR = timedelta(days=14)
NEUTRAL_SUBJECT = "You have a message"
SURVEY = "survey"
"""What asks a family how it was; it leaves only while the family agrees to be asked."""


@dataclass(frozen=True)
class Stuck:
    """Messages that do not get out: given up of late, and waiting after several tries."""

    given_up: int
    waiting: int


def queue_notice(
    session: Session,
    account: Account,
    link: str,
    *,
    match_id: uuid.UUID | None = None,
    template: str = "notice",
) -> Message | None:
    """Tell an account that something waits for it on the site, without saying what.

    ``template`` is our own word for what it is about; it does not leave the site. To a family the
    link may lead to the sign-in page alone: another address would say what the message is about.
    Returns None, and sends nothing, where a family has not called email safe.
    """
    if account.role == Role.FAMILY and not link.endswith("/sign-in"):
        raise ValueError("a family's messages lead to the sign-in page alone")
    body = f"You have a message.\n\nSign in to read it:\n{link}\n"
    return _queue(session, account, template, body, match_id)


def queue_link(session: Session, account: Account, template: str, link: str) -> Message | None:
    """Send a single-use link; to a family it says no more than any other message."""
    body = f"You have a message.\n\nOpen this link to read it. It works once:\n{link}\n"
    return _queue(session, account, template, body, None)


def queue_account_link(session: Session, account: Account, template: str, text: str) -> Message:
    """Send an account mail to somebody who is not a family, such as to confirm an address."""
    if account.role == Role.FAMILY:
        raise ValueError("families get neutral messages only")
    message = Message(
        account_id=account.id,
        to_address=account.email,
        template=template,
        subject="Confirm your email address" if template == "confirm" else NEUTRAL_SUBJECT,
        body=text,
    )
    session.add(message)
    return message


def queue_referee_mail(session: Session, reference: Reference, text: str) -> Message:
    """Write to a referee, who has no account; it leaves only while they are still asked."""
    message = Message(
        reference_id=reference.id,
        to_address=reference.email,
        template="reference",
        subject="You have been named as a referee",
        body=text,
    )
    session.add(message)
    return message


def queue_referral_link(
    session: Session, referral: Referral, template: str, address: str, link: str
) -> Message:
    """Send a link about a referral to somebody without an account; it says no more than others."""
    message = Message(
        referral_id=referral.id,
        to_address=address,
        template=template,
        subject=NEUTRAL_SUBJECT,
        body=f"You have a message.\n\nOpen this link to read it:\n{link}\n",
    )
    session.add(message)
    return message


def _queue(
    session: Session,
    account: Account,
    template: str,
    body: str,
    match_id: uuid.UUID | None,
) -> Message | None:
    if not may_email(session, account):
        return None
    message = Message(
        account_id=account.id,
        match_id=match_id,
        to_address=account.email,
        template=template,
        subject=NEUTRAL_SUBJECT,
        body=body,
    )
    session.add(message)
    return message


def may_email(session: Session, account: Account) -> bool:
    """Say whether email may go to an account now."""
    if account.disabled_at is not None:
        return False
    if account.role != Role.FAMILY:
        return True
    family = _family_of(session, account.id)
    return family is not None and not email_refusals(family)


def list_due(session: Session, now: datetime, limit: int = 50) -> Sequence[uuid.UUID]:
    """Return the ids of messages whose time has come, oldest first."""
    query = (
        select(Message.id)
        .where(Message.state == MessageState.QUEUED, Message.next_attempt_at <= now)
        .order_by(Message.next_attempt_at, Message.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def claim(session: Session, message_id: uuid.UUID, now: datetime) -> Message | None:
    """Take a due message for one attempt; None when another job has it or it may not leave.

    The next attempt is put off before the first one is made, so a killed job sends again later
    and never at once.
    """
    query = select(Message).where(Message.id == message_id).with_for_update(skip_locked=True)
    message = session.scalar(query)
    if message is None or message.state != MessageState.QUEUED or message.next_attempt_at > now:
        return None
    if not _may_leave(session, message):
        message.state, message.body = MessageState.CANCELLED, ""
        return None
    safe_from = _safe_from(session, message, now)
    if safe_from > now:
        message.next_attempt_at = safe_from
        return None
    message.attempts += 1
    message.next_attempt_at = now + timedelta(minutes=2**message.attempts)
    return message


def _may_leave(session: Session, message: Message) -> bool:
    """Say whether whoever a message is for may still be written to at its address."""
    if message.reference_id is not None:
        reference = session.get(Reference, message.reference_id)
        return (
            reference is not None
            and reference.email == message.to_address
            and reference.state == ReferenceState.ASKED
            and reference.volunteer.state not in FINAL
        )
    if message.referral_id is not None:
        referral = session.get(Referral, message.referral_id)
        return referral is not None and may_mail(referral, message.template, message.to_address)
    if message.template == SURVEY and not _may_be_asked(session, message.account_id):
        return False
    account = session.get(Account, message.account_id) if message.account_id else None
    return (
        account is not None and account.email == message.to_address and may_email(session, account)
    )


def _may_be_asked(session: Session, account_id: uuid.UUID | None) -> bool:
    """Say whether somebody may be asked how it was; coaches may always."""
    family = _family_of(session, account_id)
    return family is None or has_consent(family, ConsentPurpose.FEEDBACK)


def _safe_from(session: Session, message: Message, now: datetime) -> datetime:
    """Return when a message may arrive: a family may have called only some times safe."""
    family = _family_of(session, message.account_id)
    return now if family is None else next_safe_moment(family, now.astimezone(LONDON))


def _family_of(session: Session, account_id: uuid.UUID | None) -> Family | None:
    if account_id is None:
        return None
    return session.scalar(select(Family).where(Family.account_id == account_id))


def mark_sent(session: Session, message_id: uuid.UUID, now: datetime) -> None:
    """Record that the mail server took the message; its text is not kept."""
    message = session.get_one(Message, message_id)
    message.state = MessageState.SENT
    message.sent_at = now
    message.body = ""


def mark_failed(session: Session, message_id: uuid.UUID, error: str, *, transient: bool) -> bool:
    """Record a failed attempt: tried again later, unless it is final or has been tried enough.

    The text of what will not be sent is not kept: it may hold a link. Returns whether the message
    was given up.
    """
    message = session.get_one(Message, message_id)
    message.last_error = error[:200]
    if not transient or message.attempts >= MAX_ATTEMPTS:
        message.state, message.body = MessageState.FAILED, ""
    return message.state == MessageState.FAILED


def count_stuck(session: Session, now: datetime) -> Stuck:
    """Count what does not get out, for whoever has to see to it."""
    kinds = (
        and_(Message.state == MessageState.FAILED, Message.created_at > now - TOLD_FOR),
        and_(Message.state == MessageState.QUEUED, Message.attempts >= TRIED_OFTEN),
    )
    given_up, waiting = (func.count(case((kind, 1))) for kind in kinds)
    row = session.execute(select(given_up, waiting).select_from(Message)).one()
    return Stuck(row[0], row[1])


def follow_safe_contact(session: Session, family: Family) -> None:
    """Obey a family's new answers at once, for what waits already: stop it, or look at it again.

    What may still leave is asked again when it is taken up; so may what was put off for a time
    that was unsafe and is safe now.
    """
    if family.account_id is None:
        return
    if email_refusals(family):
        _cancel(session, Message.account_id == family.account_id)
        return
    query = select(Message).where(
        Message.account_id == family.account_id,
        Message.state == MessageState.QUEUED,
        Message.attempts == 0,
    )
    for message in session.scalars(query):
        message.next_attempt_at = message.created_at


def cancel_for_match(session: Session, match_id: uuid.UUID) -> None:
    """Stop what waits to be sent about a match that no longer holds."""
    _cancel(session, Message.match_id == match_id)


def cancel_for_reference(session: Session, reference_id: uuid.UUID) -> None:
    """Stop what waits to be sent to a referee: its link does not work any more."""
    _cancel(session, Message.reference_id == reference_id)


def cancel_for_referral(session: Session, referral_id: uuid.UUID) -> None:
    """Stop what waits to be sent about a draft: its links do not work any more."""
    _cancel(session, Message.referral_id == referral_id)


def cancel_for_account(session: Session, account: Account) -> None:
    """Stop what waits to be sent to an account at an address that is not its own any more."""
    _cancel(session, Message.account_id == account.id)


def _cancel(session: Session, about: ColumnElement[bool]) -> None:
    query = select(Message).where(about, Message.state == MessageState.QUEUED)
    for message in session.scalars(query):
        message.state, message.body = MessageState.CANCELLED, ""
