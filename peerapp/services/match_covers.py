"""Backup coaches: named with the yes of both, and stepping in while the coach is away."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from math import hypot

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

import matching
from peerapp.domain.access import works_with_volunteer
from peerapp.domain.eligibility import support_refusals
from peerapp.domain.match_endings import TOGETHER
from peerapp.domain.match_offers import BY_STAFF
from peerapp.domain.vetting import COACHING_STATES, clearance_refusals
from peerapp.enums import AgreementMethod, CoverState
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Family, Match, MatchCover, Volunteer, utc_now
from peerapp.services import audit, matching_problem, messages
from peerapp.services.approvals import RULE_MESSAGES
from peerapp.services.match_steps import check_may_decide, lock_for_decision
from peerapp.services.rows import get_row, lock_row
from peerapp.services.volunteers import visible_to

LONGEST = timedelta(weeks=12)
ELSEWHERE = frozenset({"clearance", "slots"})
"""Rules of the matcher that get their own, more exact answer."""


def standing_cover(match: Match) -> MatchCover | None:
    """Return the backup coach that a match has, or None."""
    return next((one for one in match.covers if one.state == CoverState.ARRANGED), None)


def list_candidates(session: Session, actor: Account, match: Match, today: date) -> list[Volunteer]:
    """Return the coaches who could stand in for a match today, nearest first."""
    query = (
        select(Volunteer)
        .where(
            visible_to(actor),
            Volunteer.state.in_(COACHING_STATES),
            Volunteer.id != match.volunteer_id,
        )
        .options(
            selectinload(Volunteer.gate_records),
            selectinload(Volunteer.training),
            selectinload(Volunteer.certificates),
            selectinload(Volunteer.account),
        )
        .order_by(Volunteer.id)
    )
    found = [
        one
        for one in session.scalars(query)
        if match.slot in one.slots
        and not clearance_refusals(one, today)
        and not matching_problem.taking_part_problems(one)
    ]
    problem = matching_problem.build_for(session, match.family, found, today)
    family = problem.families[0]
    fit = [
        one
        for one in found
        if set(matching.broken(problem, family, problem.coach_by_id[str(one.id)])) <= ELSEWHERE
    ]
    return sorted(fit, key=lambda one: (metres_apart(match, one), one.name, one.id))


def metres_apart(match: Match, volunteer: Volunteer) -> int:
    """Return how far a coach lives from the family, in metres as the crow flies."""
    east = (volunteer.easting or 0) - match.family.easting
    return round(hypot(east, (volunteer.northing or 0) - match.family.northing))


def arrange(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    volunteer_id: uuid.UUID,
    coach_agreed_how: AgreementMethod,
    family_agreed_how: AgreementMethod,
    today: date,
) -> MatchCover:
    """Name a backup coach for a match; nobody sees anything of anybody until they step in.

    Raises
    ------
    NotFound
        The actor may not know of the volunteer.
    Refused
        The backup could not have been matched with this family, but for a free place.
    """
    match, volunteer = _lock_both(session, actor, match_id, volunteer_id)
    before = standing_cover(match)
    if before and before.volunteer_id == volunteer_id:
        return before
    agreed = {coach_agreed_how, family_agreed_how}
    refusals = _arrange_refusals(session, match, volunteer, agreed, today)
    if refusals:
        raise Refused(refusals)
    if before is not None:
        _stop(before)
    cover = MatchCover(
        volunteer_id=volunteer_id,
        state=CoverState.ARRANGED,
        coach_agreed_how=coach_agreed_how,
        family_agreed_how=family_agreed_how,
        arranged_by_id=actor.id,
    )
    match.covers.append(cover)
    session.flush()
    audit.record_change(session, actor, "match_cover.arrange", cover, match_id=match.id)
    return cover


def _lock_both(
    session: Session, actor: Account, match_id: uuid.UUID, volunteer_id: uuid.UUID
) -> tuple[Match, Volunteer]:
    """Lock the match and both its coach and the backup, in the order in which all do."""
    match, volunteer = get_row(session, Match, match_id), get_row(session, Volunteer, volunteer_id)
    check_may_decide(actor, match)
    if not works_with_volunteer(actor, volunteer):
        raise NotFound("there is no such volunteer")
    for one in sorted({volunteer_id, match.volunteer_id}):
        lock_row(session, Volunteer, one)
    return lock_for_decision(session, actor, match_id), get_row(session, Volunteer, volunteer_id)


def _arrange_refusals(
    session: Session,
    match: Match,
    volunteer: Volunteer,
    agreed_how: set[AgreementMethod],
    today: date,
) -> list[Refusal]:
    refusals = []
    if match.state not in TOGETHER:
        refusals.append(Refusal("not_together", "They have not been introduced yet."))
    if volunteer.id == match.volunteer_id:
        refusals.append(Refusal("volunteer", "Choose another coach than the family’s own."))
    refusals += [*clearance_refusals(volunteer, today), *support_refusals(match.family, today)]
    if match.slot not in volunteer.slots:
        refusals.append(Refusal("volunteer", "They are not free at the weekly time."))
    refusals += _pair_refusals(session, match, volunteer, today)
    if not agreed_how <= set(BY_STAFF):
        refusals.append(Refusal("not_by_staff", "Say how each of the two said yes to you."))
    return refusals


def _pair_refusals(
    session: Session, match: Match, volunteer: Volunteer, today: date
) -> list[Refusal]:
    """Ask the matcher's own rules of the backup and the family."""
    if matching_problem.taking_part_problems(volunteer):
        return [Refusal("coach_details", "Their details are incomplete or to be corrected.")]
    problem = matching_problem.build_pair(session, match.family, volunteer, today)
    broken = matching.broken(problem, problem.families[0], problem.coaches[0])
    return [Refusal(f"rule_{one}", RULE_MESSAGES[one]) for one in broken if one not in ELSEWHERE]


def step_in(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    starts_on: date,
    ends_on: date,
    today: date,
    base_url: str,
) -> MatchCover:
    """Have the backup coach step in from one day to another, both in it; both are told of news.

    Raises
    ------
    Refused
        There is no backup, the days cannot be, or the two may not be together today.
    """
    match = lock_for_decision(session, actor, match_id)
    cover = standing_cover(match)
    if cover is None:
        raise Refused([Refusal("no_backup", "Name a backup coach first.")])
    refusals = _day_refusals(starts_on, ends_on, today)
    refusals += [
        *clearance_refusals(cover.volunteer, today),
        *support_refusals(match.family, today),
    ]
    refusals += _pair_refusals(session, match, cover.volunteer, today)
    if refusals:
        raise Refused(refusals)
    cover = _unless_begun(match, cover, starts_on, today)
    cover.starts_on, cover.ends_on = starts_on, ends_on
    session.flush()
    audit.record_change(session, actor, "match_cover.step_in", cover, match_id=match.id)
    for account in (cover.volunteer.account, match.family.account):
        if account is not None:
            messages.queue_notice(session, account, f"{base_url}/sign-in", match_id=match.id)
    session.flush()
    return cover


def _day_refusals(starts_on: date, ends_on: date, today: date) -> list[Refusal]:
    refusals = []
    if starts_on < today:
        refusals.append(Refusal("starts_on", "The first day must be today or later."))
    if not starts_on <= ends_on <= starts_on + LONGEST:
        message = "The last day must be within 12 weeks of the first."
        refusals.append(Refusal("ends_on", message))
    return refusals


def _unless_begun(match: Match, cover: MatchCover, starts_on: date, today: date) -> MatchCover:
    """Return a cover whose days may be set: a new one where the backup has stepped in already.

    What has been stays with whoever was there: the days that lie behind are never moved.
    """
    if cover.starts_on is None or cover.starts_on > today or cover.starts_on == starts_on:
        return cover
    _stop(cover)
    again = MatchCover(
        volunteer_id=cover.volunteer_id,
        volunteer=cover.volunteer,
        state=CoverState.ARRANGED,
        coach_agreed_how=cover.coach_agreed_how,
        family_agreed_how=cover.family_agreed_how,
        arranged_by_id=cover.arranged_by_id,
    )
    match.covers.append(again)
    return again


def stop(session: Session, actor: Account, match_id: uuid.UUID) -> None:
    """Do without the backup coach from now on; what they could see is hidden at once."""
    match = lock_for_decision(session, actor, match_id)
    cover = standing_cover(match)
    if cover is None:
        return
    _stop(cover)
    audit.record_change(session, actor, "match_cover.stop", cover, match_id=match.id)
    session.flush()


def stop_for_pair(session: Session, actor: Account, family: Family, volunteer: Volunteer) -> None:
    """Stop whatever lets a coach step in for a family, at once; both are locked by the caller."""
    query = (
        select(MatchCover)
        .join(Match, MatchCover.match_id == Match.id)
        .where(
            Match.family_id == family.id,
            MatchCover.volunteer_id == volunteer.id,
            MatchCover.state == CoverState.ARRANGED,
        )
    )
    for cover in session.scalars(query).all():
        _stop(cover)
        audit.record_change(session, actor, "match_cover.stop", cover, match_id=cover.match_id)
    session.flush()


def _stop(cover: MatchCover) -> None:
    cover.state, cover.stopped_at = CoverState.STOPPED, utc_now()
