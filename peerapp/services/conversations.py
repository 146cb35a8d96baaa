"""What a family and its coach write to each other, so that no number need be shared.

Both may read and write only while they may see each other's contact details, asked each time.
Staff read it for a reason that they give; that they did stands in the ledger of both.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import conversations as rules
from peerapp.domain.access import may_see_match
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import ConcernState, MatchState, ReadingReason, Role, Side
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import (
    Account,
    AuditEvent,
    Concern,
    Family,
    InsideMessage,
    Match,
    Volunteer,
)
from peerapp.services import audit, messages
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.rows import get_row, lock_row
from peerapp.services.schemes import get_scheme

OPENED = "conversation.open"
SHOWN = 100
BATCH = 200


@dataclass(frozen=True)
class Talk:
    """A conversation as one of the two sees it, oldest message first; at most ``SHOWN``."""

    match: Match
    side: Side
    messages: Sequence[InsideMessage]
    months_kept: int


@dataclass(frozen=True)
class TalkLine:
    """One of a coach's conversations in a list; without anybody's name."""

    match: Match
    new: int


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


def open_talk(session: Session, actor: Account, match: Match | None, today: date) -> Talk | None:
    """Return the conversation of a match of the actor's own, and note that it was opened.

    None while the two may not reach each other, whatever the reason.
    """
    if match is None or not rules.may_talk(match, today):
        return None
    found = session.scalars(_of(match).limit(SHOWN)).all()
    audit.record_read(session, actor, OPENED, match, fields=("messages",))
    session.flush()
    months = get_scheme(session).inside_message_months
    return Talk(match, side_of(actor), list(reversed(found)), months)


def lacks_agreement(match: Match | None, today: date) -> bool:
    """Say whether the family could write to its coach if it agreed to messages."""
    return match is not None and rules.lacks_agreement(match, today)


def is_open(session: Session, actor: Account, match_id: uuid.UUID, today: date) -> bool:
    """Say whether an open page of one of the two may go on showing the conversation."""
    lines = list_talks(session, actor, today, count=False)
    return any(line.match.id == match_id for line in lines)


def side_of(actor: Account) -> Side:
    """Return on which side of a match an account stands."""
    return Side.FAMILY if actor.role == Role.FAMILY else Side.COACH


def _of(match: Match) -> Select[InsideMessage]:
    newest = (InsideMessage.created_at.desc(), InsideMessage.id)
    return select(InsideMessage).where(InsideMessage.match_id == match.id).order_by(*newest)


def send(
    session: Session,
    actor: Account,
    match: Match,
    words: str,
    form_key: uuid.UUID,
    today: date,
    base_url: str,
) -> InsideMessage:
    """Write to the other side of a match of the actor's own.

    They are told outside the site that there is a message, once until they look. The same form
    sent again is the same message.

    Raises
    ------
    Refused
        The two may not reach each other now, or nothing is written.
    """
    query = select(InsideMessage).where(
        InsideMessage.form_key == form_key, InsideMessage.sender_id == actor.id
    )
    before = session.scalars(query).one_or_none()
    if before is not None:
        return before
    match = _lock(session, match)
    if not rules.may_talk(match, today):
        raise Refused([Refusal("no_contact", "You cannot write here at the moment.")])
    refusals = rules.words_refusals(words)
    if refusals:
        raise Refused(refusals)
    side = side_of(actor)
    is_first = not _unread(session, match, side)
    message = InsideMessage(
        match_id=match.id, form_key=form_key, sender_id=actor.id, side=side, words=words.strip()
    )
    try:
        with session.begin_nested():
            session.add(message)
    except IntegrityError:
        before = session.scalars(query).one_or_none()
        if before is None:
            raise Stale("This message could not be sent. Open the page again.") from None
        return before  # the same form, sent twice at the same moment
    audit.record_change(session, actor, "conversation.write", match)
    if is_first:
        _tell(session, match, side, base_url)
    session.flush()
    return message


def _lock(session: Session, match: Match) -> Match:
    """Lock all on which contact rests: an end or a suspension comes before this, or after it."""
    match_id, family_id, volunteer_id = match.id, match.family_id, match.volunteer_id
    lock_row(session, Volunteer, volunteer_id)
    lock_row(session, Family, family_id)
    return lock_row(session, Match, match_id)


def _unread(session: Session, match: Match, side: Side) -> int:
    """Return how many messages of a side the other has not looked at."""
    reader = match.volunteer.account_id if side == Side.FAMILY else match.family.account_id
    opened = select(func.max(AuditEvent.at)).where(
        AuditEvent.action == OPENED,
        AuditEvent.subject_id == match.id,
        AuditEvent.actor_id == reader,
    )
    query = select(func.count(InsideMessage.id)).where(
        InsideMessage.match_id == match.id, InsideMessage.side == side
    )
    last = session.scalar(opened)
    if last is not None:
        query = query.where(InsideMessage.created_at > last)
    return session.scalar(query) or 0


def _tell(session: Session, match: Match, side: Side, base_url: str) -> None:
    """Say to the other side that a message is there; to a family only where email is safe."""
    account = match.volunteer.account if side == Side.FAMILY else match.family.account
    if account is not None:
        messages.queue_notice(session, account, f"{base_url}/sign-in", match_id=match.id)


def count_new(session: Session, actor: Account, today: date) -> int:
    """Return how many messages wait for a family or a coach, in matches where they may read."""
    return sum(line.new for line in list_talks(session, actor, today))


def list_talks(
    session: Session, actor: Account, today: date, *, count: bool = True
) -> list[TalkLine]:
    """Return the conversations that a family or a coach may open now, oldest match first."""
    own = Family if actor.role == Role.FAMILY else Volunteer
    query = (
        select(Match)
        .join(Family, Match.family_id == Family.id)
        .join(Volunteer, Match.volunteer_id == Volunteer.id)
        .where(Match.state.in_(HOLDS_PLACE), own.account_id == actor.id)
        .options(
            joinedload(Match.family).joinedload(Family.locality),
            joinedload(Match.family).selectinload(Family.agreements),
            joinedload(Match.family).selectinload(Family.plan_overrides),
            selectinload(Match.freezes),
        )
        .order_by(Match.created_at, Match.id)
    )
    matches = [one for one in session.scalars(query) if rules.may_talk(one, today)]
    new = _count_new(session, actor, matches) if count else Counter()
    return [TalkLine(match, new[match.id]) for match in matches]


def _count_new(session: Session, actor: Account, matches: Sequence[Match]) -> Counter[uuid.UUID]:
    """Count what the other side wrote since the actor last looked, for each match."""
    ids = [match.id for match in matches]
    looked = (
        select(AuditEvent.subject_id, func.max(AuditEvent.at))
        .where(
            AuditEvent.action == OPENED,
            AuditEvent.actor_id == actor.id,
            AuditEvent.subject_id.in_(ids),
        )
        .group_by(AuditEvent.subject_id)
    )
    last = {row[0]: row[1] for row in session.execute(looked)}
    written = select(InsideMessage.match_id, InsideMessage.created_at).where(
        InsideMessage.match_id.in_(ids), InsideMessage.side != side_of(actor)
    )
    return Counter(
        match_id
        for match_id, at in session.execute(written)
        if match_id not in last or at > last[match_id]
    )


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
    return list(reversed(session.scalars(_of(match)).all()))


def purge(session: Session, today: date) -> int:
    """Delete a batch of messages of matches that ended long ago; return how many went.

    Those of a match about which a concern is open stay until it is closed.
    """
    before = rules.deleted_before(today, get_scheme(session).inside_message_months)
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
