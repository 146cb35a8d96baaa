"""Contact details between a family and its coach: asked at each view, each view on record.

There are two answers only: the details, or ``None``. Why there is nothing to show (a suspension,
a lapse, a pause, no match at all) is never told to the other side.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain.match_states import (
    HOLDS_PLACE,
    contact_refusals,
    people_refusals,
    sharing_refusals,
)
from peerapp.domain.safe_contact import introduction_refusals, safe_channels
from peerapp.enums import SENSITIVE_NEEDS, Channel, MatchState, Need, Role, SharedContact
from peerapp.errors import NotFound
from peerapp.models import Account, AuditEvent, Family, Match, Volunteer
from peerapp.services import audit
from peerapp.services.rows import once

LEDGER_SHOWN = 20
CHANNELS_FOR_COACH = (Channel.PHONE, Channel.SMS, Channel.EMAIL)
"""A letter needs the address, which no coach is given: letters go through the scheme."""


@dataclass(frozen=True)
class CoachContact:
    """What a family may know of its coach: a first name, and what the coach chose to share."""

    match_id: uuid.UUID
    first_name: str
    slot: str
    mode: str
    details: tuple[tuple[SharedContact, str], ...]


@dataclass(frozen=True)
class FamilyContact:
    """How a coach may reach a family: the name it goes by, and the channels it called safe."""

    match_id: uuid.UUID
    name: str
    channels: tuple[tuple[Channel, str], ...]
    times: str
    no_voicemail: bool
    shared_device: bool


@dataclass(frozen=True)
class AnonymousProfile:
    """What a coach may know of a match before, and beside, how to reach the family."""

    match_id: uuid.UUID
    area: str
    needs: tuple[Need, ...]
    slot: str
    mode: str


@dataclass(frozen=True)
class CoachView:
    """One match as its coach sees it; ``contact`` is None while there is nothing to show."""

    profile: AnonymousProfile
    contact: FamilyContact | None


@dataclass(frozen=True)
class SafeContactSummary:
    """What the family told the scheme about reaching it."""

    channels: tuple[Channel, ...]
    times: str
    alias: str
    no_voicemail: bool
    shared_device: bool


@dataclass(frozen=True)
class LedgerEntry:
    """One view of contact details: when, by whom in relation to the reader, of what."""

    event: AuditEvent
    who: str


def own_family(session: Session, actor: Account) -> Family:
    """Return the family whose account this is.

    Raises
    ------
    NotFound
        The account belongs to no family.
    """
    query = select(Family).where(Family.account_id == actor.id)
    family = once(session, (Family, actor.id), lambda: session.scalar(query))
    if actor.role != Role.FAMILY or family is None:
        raise NotFound("this account has no family record")
    return family


def own_volunteer(session: Session, actor: Account) -> Volunteer:
    """Return the volunteer whose account this is.

    Raises
    ------
    NotFound
        The account belongs to no volunteer.
    """
    query = select(Volunteer).where(Volunteer.account_id == actor.id)
    volunteer = once(session, (Volunteer, actor.id), lambda: session.scalar(query))
    if actor.role != Role.VOLUNTEER or volunteer is None:
        raise NotFound("this account has no volunteer record")
    return volunteer


def coach_contact_for_family(session: Session, actor: Account, today: date) -> CoachContact | None:
    """Return how a family reaches its coach, or None; a view of details is audited."""
    match = _current_match(session, own_family(session, actor))
    if match is None or contact_refusals(match, today):
        return None
    contact = CoachContact(
        match_id=match.id,
        first_name=match.volunteer.first_name,
        slot=match.slot,
        mode=match.mode,
        details=shared_details(match.volunteer),
    )
    record_view(session, actor, "coach_contact.read", match.volunteer, match, contact.details)
    return contact


def has_coach_contact(session: Session, actor: Account, today: date) -> bool:
    """Say whether there is something to show, without showing it."""
    match = _current_match(session, own_family(session, actor))
    return match is not None and not contact_refusals(match, today)


def family_contact_for_coach(
    session: Session, actor: Account, match_id: uuid.UUID, today: date
) -> FamilyContact | None:
    """Return how a coach reaches the family of a match, or None; a view is audited.

    Never the address, never the last name.

    Raises
    ------
    NotFound
        The match is not this coach's.
    """
    match = _own_match(session, actor, match_id)
    safe = match.family.safe_contact
    if safe is None or introduction_refusals(match.family) or contact_refusals(match, today):
        return None
    contact = FamilyContact(
        match_id=match.id,
        name=safe.alias or match.family.first_name,
        channels=safe_values(match.family),
        times=safe.times,
        no_voicemail=safe.no_voicemail,
        shared_device=safe.shared_device,
    )
    record_view(session, actor, "family_contact.read", match.family, match, contact.channels)
    return contact


def has_family_contact(session: Session, actor: Account, match_id: uuid.UUID, today: date) -> bool:
    """Say whether there is something to show to the coach of a match, without showing it."""
    match = _own_match(session, actor, match_id)
    return not (introduction_refusals(match.family) or contact_refusals(match, today))


def get_coach_view(session: Session, actor: Account, match_id: uuid.UUID, today: date) -> CoachView:
    """Return a match as its coach sees it."""
    contact = family_contact_for_coach(session, actor, match_id, today)
    profile = standing_profile(_own_match(session, actor, match_id), today)
    return CoachView(profile=profile, contact=contact)


def list_for_coach(session: Session, actor: Account, today: date) -> list[AnonymousProfile]:
    """Return the coach's standing matches, oldest first, without anybody's name."""
    query = (
        select(Match)
        .where(Match.volunteer_id == own_volunteer(session, actor).id, Match.state.in_(HOLDS_PLACE))
        .options(
            joinedload(Match.family).selectinload(Family.needs),
            joinedload(Match.family).joinedload(Family.locality),
            joinedload(Match.family).selectinload(Family.agreements),
            joinedload(Match.family).selectinload(Family.plan_overrides),
            selectinload(Match.freezes),
        )
        .order_by(Match.created_at, Match.id)
    )
    return [standing_profile(match, today) for match in session.scalars(query)]


def standing_profile(match: Match, today: date) -> AnonymousProfile:
    """Return what the coach of a standing match may know of the family today.

    Area and needs are shown only while nothing but the introduction stands in the way.
    """
    is_paused = match.state == MatchState.PAUSED
    if is_paused or sharing_refusals(match) or people_refusals(match, today):
        return closed_profile(match)
    return profile_of(match)


def closed_profile(match: Match) -> AnonymousProfile:
    """Return a family's profile without its area and its needs."""
    return replace(profile_of(match), area="", needs=())


def profile_of(match: Match) -> AnonymousProfile:
    """Return what a coach may know of a family from the start: sensitive needs are left out."""
    family = match.family
    return AnonymousProfile(
        match_id=match.id,
        area=family.locality.name if family.locality else "",
        needs=tuple(one.need for one in family.needs if one.need not in SENSITIVE_NEEDS),
        slot=match.slot,
        mode=match.mode,
    )


def safe_contact_summary(session: Session, actor: Account) -> SafeContactSummary | None:
    """Return what the family said about reaching it, or None while it has not been asked."""
    family = own_family(session, actor)
    if family.safe_contact is None:
        return None
    safe = family.safe_contact
    return SafeContactSummary(
        channels=tuple(sorted(safe_channels(family))),
        times=safe.times,
        alias=safe.alias,
        no_voicemail=safe.no_voicemail,
        shared_device=safe.shared_device,
    )


def family_ledger(session: Session, actor: Account) -> list[LedgerEntry]:
    """Return who saw contact details in the family's standing match."""
    match = _current_match(session, own_family(session, actor))
    return [] if match is None else _ledger(session, actor, match)


def coach_ledger(session: Session, actor: Account, match_id: uuid.UUID) -> list[LedgerEntry]:
    """Return who saw contact details in a match of this coach."""
    return _ledger(session, actor, _own_match(session, actor, match_id))


def staff_ledger(session: Session, match: Match) -> Sequence[AuditEvent]:
    """Return the ledger of a match that the caller may see."""
    return audit.list_views_of_match(session, match.id)


def own_ledger(session: Session, actor: Account) -> list[LedgerEntry]:
    """Return who saw contact details in any match that the actor has or had, newest first."""
    if actor.role == Role.FAMILY:
        is_own = Match.family_id == own_family(session, actor).id
    else:
        is_own = Match.volunteer_id == own_volunteer(session, actor).id
    query = select(Match).where(is_own).options(joinedload(Match.volunteer))
    coaches = {match.id: match.volunteer.account_id for match in session.scalars(query)}
    events = audit.list_views_of_matches(session, coaches)
    return [
        LedgerEntry(event, _who(event, actor, coaches[event.match_id]))
        for event in events
        if event.match_id is not None
    ]


_WHO = {Role.FAMILY: "The family", Role.VOLUNTEER: "The coach"}


def _ledger(session: Session, actor: Account, match: Match) -> list[LedgerEntry]:
    coach_id = match.volunteer.account_id
    return [
        LedgerEntry(event, _who(event, actor, coach_id))
        for event in audit.list_views_of_match(session, match.id)[:LEDGER_SHOWN]
    ]


def _who(event: AuditEvent, actor: Account, coach_id: uuid.UUID) -> str:
    """Return who looked, in relation to whoever reads the ledger."""
    if event.actor_id == actor.id:
        return "You"
    if event.actor_role == Role.VOLUNTEER and event.actor_id != coach_id:
        return "The backup coach"
    return "The scheme" if event.actor_role is None else _WHO.get(event.actor_role, "The scheme")


def _current_match(session: Session, family: Family) -> Match | None:
    """Return the family's one match that holds its place; the database allows no second."""
    query = select(Match).where(Match.family_id == family.id, Match.state.in_(HOLDS_PLACE))
    return session.scalars(query).one_or_none()


def _own_match(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    query = select(Match).where(
        Match.id == match_id,
        Match.volunteer_id == own_volunteer(session, actor).id,
        Match.state.in_(HOLDS_PLACE),
    )
    match = session.scalars(query).one_or_none()
    if match is None:
        raise NotFound("there is no such match")
    return match


def shared_details(volunteer: Volunteer) -> tuple[tuple[SharedContact, str], ...]:
    """Return what the coach chose to share, the scheme's phone first, blanks left out."""
    values = {
        SharedContact.SCHEME_PHONE: volunteer.scheme_phone,
        SharedContact.PHONE: volunteer.phone,
        SharedContact.EMAIL: volunteer.account.email,
    }
    return tuple(
        (kind, values[kind]) for kind in SharedContact if kind in volunteer.shares and values[kind]
    )


def safe_values(family: Family) -> tuple[tuple[Channel, str], ...]:
    """Return the numbers and addresses of the channels that the family called safe."""
    values = {
        Channel.PHONE: family.phone,
        Channel.SMS: family.phone,
        Channel.EMAIL: family.email,
    }
    safe = safe_channels(family)
    return tuple(
        (channel, values[channel])
        for channel in CHANNELS_FOR_COACH
        if channel in safe and values[channel]
    )


def record_view(
    session: Session,
    actor: Account,
    action: str,
    subject: Family | Volunteer,
    match: Match,
    details: Sequence[tuple[Channel | SharedContact, str]],
) -> None:
    """Audit a view now: if the audit row cannot be written, nothing is shown."""
    names = ["first_name", *(kind.value for kind, _ in details)]
    audit.record_read(session, actor, action, subject, match_id=match.id, fields=names)
    session.flush()
