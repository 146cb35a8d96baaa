"""How a family and its backup coach reach each other, on the days on which they step in."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain.eligibility import support_refusals
from peerapp.domain.match_states import HOLDS_PLACE, cover_refusals, sharing_refusals
from peerapp.domain.safe_contact import introduction_refusals
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import CoverState, MatchState
from peerapp.errors import NotFound
from peerapp.models import Account, Family, Match, MatchCover
from peerapp.services.contacts import (
    AnonymousProfile,
    CoachContact,
    FamilyContact,
    closed_profile,
    own_family,
    own_volunteer,
    profile_of,
    record_view,
    safe_values,
    shared_details,
)
from peerapp.services.rows import get_row


def for_family(session: Session, actor: Account, today: date) -> CoachContact | None:
    """Return how a family reaches its backup coach today, or None; a view is audited."""
    found = _open_cover(session, actor, today)
    if found is None:
        return None
    match, cover = found
    details = shared_details(cover.volunteer)
    record_view(session, actor, "coach_contact.read", cover.volunteer, match, details)
    return CoachContact(match.id, cover.volunteer.first_name, match.slot, match.mode, details)


def is_shown_to_family(session: Session, actor: Account, today: date) -> bool:
    """Say whether there is a backup coach to show, without showing them."""
    return _open_cover(session, actor, today) is not None


def is_shown_to_backup(session: Session, actor: Account, cover_id: uuid.UUID, today: date) -> bool:
    """Say whether there is something to show to a backup coach, without showing it."""
    cover = own_cover(session, actor, cover_id, today)
    return _may_see(get_row(session, Match, cover.match_id), cover, today)


def _open_cover(session: Session, actor: Account, today: date) -> tuple[Match, MatchCover] | None:
    family = own_family(session, actor)
    query = select(Match).where(Match.family_id == family.id, Match.state.in_(HOLDS_PLACE))
    match = session.scalars(query).one_or_none()
    if match is None:
        return None
    for cover in match.covers:
        if not cover_refusals(match, cover, today):
            return match, cover
    return None


def list_for_backup(
    session: Session, actor: Account, today: date
) -> list[tuple[MatchCover, AnonymousProfile]]:
    """Return the matches for which the coach steps in today or later, without anybody's name."""
    query = (
        select(MatchCover, Match)
        .join(Match, MatchCover.match_id == Match.id)
        .where(
            MatchCover.volunteer_id == own_volunteer(session, actor).id,
            MatchCover.state == CoverState.ARRANGED,
            MatchCover.ends_on >= today,
            Match.state.in_(HOLDS_PLACE),
        )
        .options(
            joinedload(Match.family).selectinload(Family.needs),
            joinedload(Match.family).joinedload(Family.locality),
            joinedload(Match.family).selectinload(Family.agreements),
            joinedload(Match.family).selectinload(Family.plan_overrides),
            selectinload(Match.freezes),
        )
        .order_by(MatchCover.starts_on, MatchCover.id)
    )
    return [(cover, _profile(match, cover, today)) for cover, match in session.execute(query)]


def for_backup(
    session: Session, actor: Account, cover_id: uuid.UUID, today: date
) -> tuple[MatchCover, AnonymousProfile, FamilyContact | None]:
    """Return what a backup coach may know of the family; a view of contact details is audited.

    Raises
    ------
    NotFound
        They are not the backup of this match, or not any more.
    """
    cover = own_cover(session, actor, cover_id, today)
    match = get_row(session, Match, cover.match_id)
    return cover, _profile(match, cover, today), _contact(session, actor, match, cover, today)


def own_cover(session: Session, actor: Account, cover_id: uuid.UUID, today: date) -> MatchCover:
    """Return a cover in which the actor steps in as a backup coach today or later.

    Raises
    ------
    NotFound
        They are not the backup of this match, or not any more.
    """
    cover = get_row(session, MatchCover, cover_id)
    is_own = cover.volunteer_id == own_volunteer(session, actor).id
    is_over = cover.ends_on is None or cover.ends_on < today
    if not is_own or cover.state != CoverState.ARRANGED or cover.starts_on is None or is_over:
        raise NotFound("there is no such cover")
    return cover


def _profile(match: Match, cover: MatchCover, today: date) -> AnonymousProfile:
    """Return what a backup may know of the family today: little once something else is wrong."""
    is_closed = (
        match.state == MatchState.PAUSED
        or sharing_refusals(match)
        or clearance_refusals(cover.volunteer, today)
        or support_refusals(match.family, today)
    )
    return closed_profile(match) if is_closed else profile_of(match)


def _may_see(match: Match, cover: MatchCover, today: date) -> bool:
    if match.family.safe_contact is None or introduction_refusals(match.family):
        return False
    return not cover_refusals(match, cover, today)


def _contact(
    session: Session, actor: Account, match: Match, cover: MatchCover, today: date
) -> FamilyContact | None:
    safe = match.family.safe_contact
    if safe is None or not _may_see(match, cover, today):
        return None
    channels = safe_values(match.family)
    record_view(session, actor, "family_contact.read", match.family, match, channels)
    return FamilyContact(
        match_id=match.id,
        name=safe.alias or match.family.first_name,
        channels=channels,
        times=safe.times,
        no_voicemail=safe.no_voicemail,
        shared_device=safe.shared_device,
    )
