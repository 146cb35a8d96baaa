"""Breaks with dates: planned by the coach or by staff, begun and ended by a job on the day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import breaks as rules
from peerapp.domain.onboarding import FINAL, move_refusals
from peerapp.domain.vetting import COACHING_STATES
from peerapp.enums import PauseReason, PauseState, VolunteerState
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Volunteer, VolunteerPause
from peerapp.services import audit, messages, onboarding, rows, volunteers
from peerapp.services.staff_of import coordinators_of

P = PauseState


def list_breaks(session: Session, volunteer: Volunteer) -> Sequence[VolunteerPause]:
    """Return a volunteer's breaks, the latest first."""
    query = (
        select(VolunteerPause)
        .where(VolunteerPause.volunteer_id == volunteer.id)
        .options(joinedload(VolunteerPause.asked_by))
        .order_by(VolunteerPause.starts_on.desc(), VolunteerPause.id)
    )
    return session.scalars(query).all()


def next_break(session: Session, volunteer: Volunteer) -> VolunteerPause | None:
    """Return the break that a coach takes now, or the next that is planned."""
    standing = [one for one in list_breaks(session, volunteer) if one.state in rules.STANDING]
    return standing[-1] if standing else None


def may_plan(volunteer: Volunteer) -> bool:
    """Say whether the volunteer coaches, so that there is something to take a break from."""
    return volunteer.state in COACHING_STATES | {VolunteerState.PAUSED}


def plan(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reason: PauseReason,
    starts_on: date,
    ends_on: date | None,
    note: str,
    today: date,
) -> VolunteerPause:
    """Record a break of a coach; one that starts today begins at once.

    Parameters
    ----------
    ends_on
        Its last day; the coach comes back the day after. None: until somebody ends it.

    Raises
    ------
    Refused
        The days cannot be, or there is a break at that time.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    return _plan(session, actor, volunteer, reason, starts_on, ends_on, note, today)


def plan_own(
    session: Session,
    actor: Account,
    reason: PauseReason,
    starts_on: date,
    ends_on: date | None,
    note: str,
    today: date,
    base_url: str,
) -> VolunteerPause:
    """Record a break of the actor's own, and tell the coordinators."""
    volunteer = volunteers.lock_own(session, actor)
    pause = _plan(session, actor, volunteer, reason, starts_on, ends_on, note, today)
    for account in coordinators_of(session, volunteer):
        messages.queue_notice(session, account, f"{base_url}/staff/volunteers/{volunteer.id}")
    return pause


def _plan(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    reason: PauseReason,
    starts_on: date,
    ends_on: date | None,
    note: str,
    today: date,
) -> VolunteerPause:
    others = list_breaks(session, volunteer)
    refusals = rules.plan_refusals(volunteer, others, starts_on, ends_on, today)
    if refusals:
        raise Refused(refusals)
    pause = VolunteerPause(
        volunteer_id=volunteer.id,
        reason=reason,
        note=note.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        state=P.PLANNED,
        asked_by_id=actor.id,
    )
    session.add(pause)
    audit.record_change(session, actor, "volunteer.plan_break", volunteer, reason=reason.value)
    if starts_on == today:
        _begin(session, actor, volunteer, pause, today)
    session.flush()
    return pause


def _begin(
    session: Session, actor: Account | None, volunteer: Volunteer, pause: VolunteerPause, day: date
) -> None:
    pause.state = P.RUNNING
    onboarding.change_state(session, actor, volunteer, VolunteerState.PAUSED, pause.note, day)


def cancel(
    session: Session, actor: Account, volunteer_id: uuid.UUID, pause_id: uuid.UUID
) -> VolunteerPause:
    """Call off a break that has not begun."""
    return _cancel(
        session, actor, volunteers.lock_volunteer(session, actor, volunteer_id), pause_id
    )


def cancel_own(session: Session, actor: Account, pause_id: uuid.UUID) -> VolunteerPause:
    """Call off a break that the actor planned, and that has not begun."""
    volunteer = volunteers.lock_own(session, actor)
    if find_break(session, volunteer, pause_id).asked_by_id != actor.id:
        raise Refused([Refusal("not_yours", "The scheme has planned this break. Contact us.")])
    return _cancel(session, actor, volunteer, pause_id)


def _cancel(
    session: Session, actor: Account, volunteer: Volunteer, pause_id: uuid.UUID
) -> VolunteerPause:
    pause = find_break(session, volunteer, pause_id)
    if pause.state == P.CANCELLED:
        return pause
    if pause.state != P.PLANNED:
        raise Refused([Refusal("has_begun", "This break has begun already.")])
    pause.state = P.CANCELLED
    audit.record_change(session, actor, "volunteer.cancel_break", volunteer)
    return pause


def find_break(session: Session, volunteer: Volunteer, pause_id: uuid.UUID) -> VolunteerPause:
    """Return one of a volunteer's breaks.

    Raises
    ------
    NotFound
        It is not one of theirs.
    """
    for pause in list_breaks(session, volunteer):
        if pause.id == pause_id:
            return pause
    raise NotFound("there is no such break")


def change_end(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    pause_id: uuid.UUID,
    ends_on: date | None,
    today: date,
) -> VolunteerPause:
    """Move the last day of a break that is planned or runs."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    pause = find_break(session, volunteer, pause_id)
    if pause.state not in rules.STANDING:
        raise Refused([Refusal("is_over", "This break is over.")])
    if ends_on is not None and ends_on < max(today, pause.starts_on):
        raise Refused([Refusal("ends_on", "The last day must be today or later.")])
    others = [one for one in list_breaks(session, volunteer) if one.id != pause.id]
    standing = [one for one in others if one.state in rules.STANDING]
    if any(rules.overlap(one, pause.starts_on, ends_on) for one in standing):
        raise Refused([Refusal("ends_on", "Another break begins before this day.")])
    pause.ends_on, pause.held_back_on = ends_on, None
    audit.record_change(session, actor, "volunteer.change_break", volunteer)
    return pause


def come_back(
    session: Session, actor: Account, volunteer_id: uuid.UUID, note: str, today: date
) -> Volunteer:
    """End the break that runs, today; every gate is asked again."""
    volunteer = onboarding.resume(session, actor, volunteer_id, note, today)
    _close_running(session, volunteer)
    return volunteer


def _close_running(session: Session, volunteer: Volunteer) -> None:
    for pause in list_breaks(session, volunteer):
        if pause.state == P.RUNNING:
            pause.state = P.ENDED


def list_due(session: Session, today: date) -> Sequence[uuid.UUID]:
    """Return the volunteers with a break that should begin or be over, and was not looked at today.

    A break that nobody could end today, because a gate is not in date, is tried again tomorrow.
    """
    begins = and_(VolunteerPause.state == P.PLANNED, VolunteerPause.starts_on <= today)
    ends = and_(VolunteerPause.state == P.RUNNING, VolunteerPause.ends_on < today)
    closed = and_(
        VolunteerPause.state.in_(rules.STANDING),
        VolunteerPause.volunteer.has(Volunteer.state.in_(FINAL)),
    )
    fresh = or_(VolunteerPause.held_back_on.is_(None), VolunteerPause.held_back_on < today)
    query = (
        select(VolunteerPause.volunteer_id)
        .where(or_(closed, and_(or_(begins, ends), fresh)))
        .distinct()
        .order_by(VolunteerPause.volunteer_id)
    )
    return session.scalars(query).all()


def sweep_volunteer(session: Session, volunteer_id: uuid.UUID, today: date, base_url: str) -> None:
    """Begin and end what is due for one volunteer; a second time changes nothing."""
    volunteer = rows.lock_row(session, Volunteer, volunteer_id)
    for pause in reversed(list_breaks(session, volunteer)):
        if pause.state == P.RUNNING:
            _sweep_running(session, volunteer, pause, today, base_url)
        elif pause.state == P.PLANNED and (volunteer.state in FINAL or pause.starts_on <= today):
            _sweep_planned(session, volunteer, pause, today)
    session.flush()


def _sweep_running(
    session: Session, volunteer: Volunteer, pause: VolunteerPause, today: date, base_url: str
) -> None:
    if volunteer.state not in {VolunteerState.PAUSED, VolunteerState.SUSPENDED}:
        pause.state = P.ENDED
        return
    if not rules.is_over(pause, today) or pause.held_back_on == today:
        return
    first_time = pause.held_back_on is None
    to = volunteer.state_before
    if volunteer.state == VolunteerState.PAUSED and to and not move_refusals(volunteer, to, today):
        pause.state = P.ENDED
        onboarding.change_state(session, None, volunteer, to, "", today)
        return
    pause.held_back_on = today
    if volunteer.state == VolunteerState.PAUSED and first_time:
        _tell(session, volunteer, base_url)


def _tell(session: Session, volunteer: Volunteer, base_url: str) -> None:
    """Say to the coach and their coordinators that the break is over, and a gate is not."""
    messages.queue_notice(session, volunteer.account, f"{base_url}/volunteer/")
    for account in coordinators_of(session, volunteer):
        messages.queue_notice(session, account, f"{base_url}/staff/volunteers/{volunteer.id}")


def _sweep_planned(
    session: Session, volunteer: Volunteer, pause: VolunteerPause, today: date
) -> None:
    if volunteer.state in FINAL:
        pause.state = P.CANCELLED
    elif rules.is_over(pause, today):
        pause.state = P.ENDED
    elif volunteer.state in COACHING_STATES:
        _begin(session, None, volunteer, pause, today)
    else:
        pause.held_back_on = today
