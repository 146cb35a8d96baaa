"""What a family and its coach write to each other, so that no number need be shared.

Both may read and write only while they may see each other's contact details, asked each time. With
a backup coach the family has a conversation of its own, on the days on which they step in.
Staff read it for a reason that they give; that they did stands in the ledger of both.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import conversations as rules
from peerapp.domain.access import may_see_match
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import ConcernState, MatchState, ReadingReason, Role, Side
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import (
    Account,
    AuditEvent,
    Concern,
    InsideMessage,
    Match,
    MatchCover,
    Volunteer,
)
from peerapp.services import audit, cover_contacts, legal_holds, messages
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.match_steps import lock_together
from peerapp.services.rows import get_row
from peerapp.services.schemes import get_scheme

OPENED = "conversation.open"
SHOWN = 100
BATCH = 200


@dataclass(frozen=True)
class Talk:
    """A conversation as one of the two sees it, oldest message first; at most ``SHOWN``.

    ``cover`` is that of the backup coach where the family writes with them.
    """

    match: Match
    side: Side
    messages: Sequence[InsideMessage]
    months_kept: int
    cover: MatchCover | None = None


def family_match(session: Session, actor: Account) -> Match | None:
    """Return the match that the actor's family has now, if it has one."""
    family = own_family(session, actor)
    query = select(Match).where(Match.family_id == family.id, Match.state.in_(HOLDS_PLACE))
    return session.scalars(query).one_or_none()


def coach_match(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    """Return a standing match of the coach.

    Raises
    ------
    NotFound
        The match is not this coach's, or is over.
    """
    match = get_row(session, Match, match_id)
    if match.volunteer_id != own_volunteer(session, actor).id or match.state not in HOLDS_PLACE:
        raise NotFound("there is no such match")
    return match


def family_cover(match: Match | None, today: date) -> MatchCover | None:
    """Return the cover of the backup coach with whom the family may write today, if any."""
    if match is None:
        return None
    open_now = (one for one in match.covers if rules.may_talk(match, today, one))
    return next(open_now, None)


def backup_cover(
    session: Session, actor: Account, cover_id: uuid.UUID, today: date
) -> tuple[Match, MatchCover]:
    """Return a match in which the actor steps in as a backup coach today or later.

    Raises
    ------
    NotFound
        They are not the backup of this match, or not any more.
    """
    cover = cover_contacts.own_cover(session, actor, cover_id, today)
    return get_row(session, Match, cover.match_id), cover


def open_talk(
    session: Session,
    actor: Account,
    match: Match | None,
    today: date,
    cover: MatchCover | None = None,
) -> Talk | None:
    """Return the conversation of a match of the actor's own, and note that it was opened.

    None while the two may not reach each other, whatever the reason.
    """
    if match is None or not rules.may_talk(match, today, cover):
        return None
    found = session.scalars(_of(match, cover).limit(SHOWN)).all()
    audit.record_read(session, actor, OPENED, cover or match, fields=("messages",))
    session.flush()
    months = get_scheme(session).inside_message_months
    return Talk(match, side_of(actor), list(reversed(found)), months, cover)


def lacks_agreement(match: Match | None, today: date) -> bool:
    """Say whether the family could write to its coach, or the backup, if it agreed to messages."""
    if match is None:
        return False
    return any(rules.lacks_agreement(match, today, one) for one in (None, *match.covers))


def side_of(actor: Account) -> Side:
    """Return on which side of a match an account stands."""
    return Side.FAMILY if actor.role == Role.FAMILY else Side.COACH


def _of(match: Match, cover: MatchCover | None) -> Select[InsideMessage]:
    newest = (InsideMessage.created_at.desc(), InsideMessage.id)
    return select(InsideMessage).where(*_in_talk(match, cover)).order_by(*newest)


def _in_talk(match: Match, cover: MatchCover | None) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of the messages with the coach, or of those with one backup coach."""
    if cover is None:
        return InsideMessage.match_id == match.id, InsideMessage.backup_id.is_(None)
    return InsideMessage.match_id == match.id, InsideMessage.backup_id == cover.volunteer_id


def send(
    session: Session,
    actor: Account,
    match: Match,
    words: str,
    form_key: uuid.UUID,
    today: date,
    base_url: str,
    cover: MatchCover | None = None,
) -> InsideMessage:
    """Write to the other side of a match of the actor's own.

    They are told outside the site that there is a message, once until they look. The same form
    sent again is the same message.

    Parameters
    ----------
    cover
        That of the backup coach who writes with the family; without it, it is the coach.

    Raises
    ------
    Refused
        The two may not reach each other now, or nothing is written.
    """
    before = _sent_before(session, actor, form_key)
    if before is not None:
        return before
    match = lock_together(session, match.id)
    _check(match, words, today, cover)
    is_first = not _unread(session, match, side_of(actor), cover)
    message = _build(actor, match, cover, words, form_key)
    if not _save(session, message):
        return _sent_again(session, actor, form_key)
    audit.record_change(session, actor, "conversation.write", match, to_backup=cover is not None)
    if is_first:
        _tell(session, match, message.side, cover, base_url)
    session.flush()
    return message


def _build(
    actor: Account, match: Match, cover: MatchCover | None, words: str, form_key: uuid.UUID
) -> InsideMessage:
    return InsideMessage(
        match_id=match.id,
        form_key=form_key,
        sender_id=actor.id,
        side=side_of(actor),
        backup_id=cover.volunteer_id if cover else None,
        words=words.strip(),
    )


def _check(match: Match, words: str, today: date, cover: MatchCover | None) -> None:
    if not rules.may_talk(match, today, cover):
        raise Refused([Refusal("no_contact", "You cannot write here at the moment.")])
    refusals = rules.words_refusals(words)
    if refusals:
        raise Refused(refusals)


def _sent_before(session: Session, actor: Account, form_key: uuid.UUID) -> InsideMessage | None:
    query = select(InsideMessage).where(
        InsideMessage.form_key == form_key, InsideMessage.sender_id == actor.id
    )
    return session.scalars(query).one_or_none()


def _save(session: Session, message: InsideMessage) -> bool:
    """Save a message; False where one of the same form is there."""
    try:
        with session.begin_nested():
            session.add(message)
    except IntegrityError:
        return False
    return True


def _sent_again(session: Session, actor: Account, form_key: uuid.UUID) -> InsideMessage:
    """Return what the same form, sent twice at the same moment, has written."""
    before = _sent_before(session, actor, form_key)
    if before is None:
        raise Stale("This message could not be sent. Open the page again.")
    return before


def coach_of(match: Match, cover: MatchCover | None) -> Volunteer:
    """Return who writes with the family: the backup coach of a cover, or the coach."""
    return match.volunteer if cover is None else cover.volunteer


def opened_as(match: Match, cover: MatchCover | None) -> list[uuid.UUID]:
    """Return the records under which it is noted that a conversation was opened.

    A backup coach who steps in again has another cover, and the same conversation.
    """
    if cover is None:
        return [match.id]
    return [one.id for one in match.covers if one.volunteer_id == cover.volunteer_id]


def _unread(session: Session, match: Match, side: Side, cover: MatchCover | None) -> int:
    """Return how many messages of a side the other has not looked at."""
    coach = coach_of(match, cover)
    reader = coach.account_id if side == Side.FAMILY else match.family.account_id
    opened = select(func.max(AuditEvent.at)).where(
        AuditEvent.action == OPENED,
        AuditEvent.subject_id.in_(opened_as(match, cover)),
        AuditEvent.actor_id == reader,
    )
    query = select(func.count(InsideMessage.id)).where(
        *_in_talk(match, cover), InsideMessage.side == side
    )
    last = session.scalar(opened)
    if last is not None:
        query = query.where(InsideMessage.created_at > last)
    return session.scalar(query) or 0


def _tell(
    session: Session, match: Match, side: Side, cover: MatchCover | None, base_url: str
) -> None:
    """Say to the other side that a message is there; to a family only where email is safe."""
    account = coach_of(match, cover).account if side == Side.FAMILY else match.family.account
    if account is not None:
        messages.queue_notice(session, account, f"{base_url}/sign-in", match_id=match.id)


def find_for_staff(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    """Return a match whose conversation the actor may ask to read.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    """
    match = get_row(session, Match, match_id)
    if not may_see_match(actor, match):
        raise NotFound("there is no such match")
    return match


def read_for(
    session: Session, actor: Account, match_id: uuid.UUID, reason: ReadingReason
) -> Sequence[InsideMessage]:
    """Return what the two wrote, oldest first, once the view and its reason are on record."""
    match = find_for_staff(session, actor, match_id)
    audit.record_read(
        session,
        actor,
        "conversation.read",
        match,
        match_id=match.id,
        fields=("messages",),
        reason=reason.value,
    )
    session.flush()
    oldest = (InsideMessage.created_at, InsideMessage.id)
    query = select(InsideMessage).where(InsideMessage.match_id == match.id).order_by(*oldest)
    return session.scalars(query).all()


def purge(session: Session, today: date) -> int:
    """Delete a batch of messages of matches that ended long ago; return how many went.

    Those of a match about which a concern is open stay until it is closed.
    """
    before = rules.deleted_before(today, get_scheme(session).inside_message_months)
    held = legal_holds.held_people(session)
    concerned = select(Concern.match_id).where(
        Concern.state != ConcernState.CLOSED, Concern.match_id.is_not(None)
    )
    query = (
        select(InsideMessage)
        .join(Match, InsideMessage.match_id == Match.id)
        .where(
            Match.state == MatchState.ENDED,
            Match.ended_on < before,
            Match.id.not_in(concerned),
            Match.family_id.not_in(held),
            Match.volunteer_id.not_in(held),
        )
        .options(joinedload(InsideMessage.match))
        .order_by(InsideMessage.created_at, InsideMessage.id)
        .limit(BATCH)
    )
    found = session.scalars(query).all()
    for match in {one.match for one in found}:
        number = sum(one.match is match for one in found)
        audit.record_change(session, None, "conversation.purge", match, messages=number)
    for message in found:
        session.delete(message)
    session.flush()
    return len(found)
