"""The plan of a match's sessions, and keeping the sessions in line with it.

Sessions stand some weeks ahead. They fall away by themselves on school holidays, when the plan
changes, and while family and coach may not see how to reach each other; they come back when that
is over. What people called off or moved stays as they left it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from peerapp.clock import LONDON
from peerapp.domain import session_plans as rules
from peerapp.domain.match_states import HOLDS_PLACE, contact_refusals
from peerapp.domain.session_access import Opening
from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import CANCELLED_BY_RULE, CancelReason, SessionState
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import (
    Account,
    CoachingSession,
    Match,
    MatchEnding,
    SchoolHoliday,
    SessionPlan,
    Volunteer,
)
from peerapp.services import audit, matches, messages
from peerapp.services.contacts import own_volunteer
from peerapp.services.match_steps import lock_for_decision, lock_together
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme

S, R = SessionState, CancelReason
SWEEP_AFTER = timedelta(hours=1)
SWEPT_AT_ONCE = 200


def find_plan(session: Session, match_id: uuid.UUID) -> SessionPlan | None:
    """Return the plan of a match, if there is one."""
    return session.scalar(select(SessionPlan).where(SessionPlan.match_id == match_id))


def may_plan(actor: Account, match: Match) -> bool:
    """Say whether the actor may plan the sessions of a match, for the buttons of its page."""
    return match.state in HOLDS_PLACE and matches.may_decide(actor, match)


def suggest(session: Session, match: Match, today: date) -> PlanDetails:
    """Return what a plan could be: the present one from now on, or the first of the slot."""
    plan = find_plan(session, match.id)
    first_on = rules.first_day(match.slot, today + timedelta(days=1))
    if plan is None:
        minutes = get_scheme(session).session_minutes
        return PlanDetails(first_on, rules.slot_start(match.slot), minutes)
    days = rules.session_days(plan.first_on, plan.every_weeks, first_on, date.max)
    first_on = next(days)
    weeks, holidays, link = plan.every_weeks, plan.skips_holidays, plan.video_link
    return PlanDetails(first_on, plan.at, plan.minutes, weeks, holidays, link)


def save_plan(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    details: PlanDetails,
    now: datetime,
    base_url: str,
) -> SessionPlan:
    """Plan the sessions of a match, or change the plan; family and coach are told.

    Raises
    ------
    Refused
        The match does not run, or the times cannot be.
    """
    match = lock_for_decision(session, actor, match_id)
    if match.state not in HOLDS_PLACE:
        raise Refused([Refusal("not_running", "This match does not run.")])
    refusals = rules.plan_refusals(match.slot, details, _day(now))
    if refusals:
        raise Refused(refusals)
    plan = find_plan(session, match.id)
    if plan is None:
        plan = SessionPlan(match=match, planned_by_id=actor.id)
        session.add(plan)
    plan.first_on, plan.at, plan.minutes = details.first_on, details.at, details.minutes
    plan.every_weeks, plan.skips_holidays = details.every_weeks, details.skips_holidays
    plan.video_link, plan.planned_by_id = details.video_link, actor.id
    _record(session, actor, match, plan)
    sync(session, plan, now)
    tell(session, match, (match.family.account, match.volunteer.account), now, base_url)
    return plan


def _record(session: Session, actor: Account, match: Match, plan: SessionPlan) -> None:
    audit.record_change(
        session,
        actor,
        "session.plan",
        match,
        match_id=match.id,
        first_on=plan.first_on.isoformat(),
        at=plan.at.isoformat("minutes"),
        minutes=plan.minutes,
        every_weeks=plan.every_weeks,
        skips_holidays=plan.skips_holidays,
        has_link=bool(plan.video_link),
    )


def tell(
    session: Session,
    match: Match,
    accounts: Sequence[Account | None],
    now: datetime,
    base_url: str,
    day: date | None = None,
) -> None:
    """Tell people of a match that there is something on the site; not while contact is closed.

    ``day`` is that of the session that it is about; without one, it is about today.
    """
    if not Opening(match, _day(now)).is_open_on(day or _day(now)):
        return
    for account in accounts:
        if account is not None:
            messages.queue_notice(session, account, f"{base_url}/sign-in", match_id=match.id)


def find_open_plan(
    session: Session, actor: Account, match_id: uuid.UUID, now: datetime
) -> SessionPlan:
    """Return the plan of a match of the actor as a coach, while the match is open to them.

    Raises
    ------
    NotFound
        The match is not this coach's, has no plan, or is closed to the coach at the moment.
    """
    is_mine = Match.volunteer_id == own_volunteer(session, actor).id
    query = select(SessionPlan).join(SessionPlan.match).where(Match.id == match_id, is_mine)
    plan = session.scalar(query)
    if plan is None or contact_refusals(plan.match, _day(now)):
        raise NotFound("there is no such plan")
    return plan


def set_video_link(
    session: Session, actor: Account, match_id: uuid.UUID, link: str, now: datetime, base_url: str
) -> SessionPlan:
    """Let a coach change the link of the sessions by video; the family is told.

    Raises
    ------
    Refused
        The link cannot be shown.
    """
    plan_id = find_open_plan(session, actor, match_id, now).id
    lock_together(session, match_id)
    lock_row(session, SessionPlan, plan_id)
    plan = find_open_plan(session, actor, match_id, now)
    refusals = rules.video_link_refusals(link)
    if refusals:
        raise Refused(refusals)
    if link != plan.video_link:
        plan.video_link = link
        _record(session, actor, plan.match, plan)
        tell(session, plan.match, [plan.match.family.account], now, base_url)
    return plan


def _day(now: datetime) -> date:
    return now.astimezone(LONDON).date()


def sync(session: Session, plan: SessionPlan, now: datetime) -> None:
    """Bring the sessions that lie ahead in line with the plan; a second time changes nothing."""
    session.flush()
    opening = Opening(plan.match, _day(now))
    wanted = _wanted(session, plan, now)
    ahead = _ahead(session, plan, now)
    for one in ahead.values():
        if one.starts_at > now:
            _settle(one, plan, wanted, opening, now)
    for day, reason in wanted.items():
        if day not in ahead and _starts_at(plan, day) > now and opening.is_open_on(day):
            session.add(_new(plan, day, reason, now))
    plan.swept_at = now
    session.flush()


def _wanted(session: Session, plan: SessionPlan, now: datetime) -> dict[date, CancelReason | None]:
    """Return the days of the plan that lie ahead, each with why there is no session, or None."""
    today = _day(now)
    latest = min(today + rules.HORIZON, _last_day(session, plan) or date.max)
    holidays = _holidays(session, today, latest) if plan.skips_holidays else []
    locality = plan.match.family.locality
    council = locality.council if locality else ""
    return {
        day: R.SCHOOL_HOLIDAY if rules.holiday_on(day, council, holidays) else None
        for day in rules.session_days(plan.first_on, plan.every_weeks, today, latest)
    }


def _last_day(session: Session, plan: SessionPlan) -> date | None:
    """Return the day of the last session, where an ending with notice is planned."""
    query = select(func.min(MatchEnding.last_session_on)).where(
        MatchEnding.match_id == plan.match_id, MatchEnding.closed_on.is_(None)
    )
    return session.scalar(query)


def _holidays(session: Session, first: date, last: date) -> Sequence[SchoolHoliday]:
    query = select(SchoolHoliday).where(
        SchoolHoliday.first_on <= last, SchoolHoliday.last_on >= first
    )
    return session.scalars(query.order_by(SchoolHoliday.first_on, SchoolHoliday.id)).all()


def _ahead(session: Session, plan: SessionPlan, now: datetime) -> dict[date, CoachingSession]:
    """Lock and return the sessions of the plan that lie ahead, or whose day does, by that day."""
    is_ahead = or_(CoachingSession.starts_at > now, CoachingSession.slot_on >= _day(now))
    query = select(CoachingSession).where(
        CoachingSession.match_id == plan.match_id,
        CoachingSession.slot_on.is_not(None),
        is_ahead,
    )
    rows = session.scalars(query.order_by(CoachingSession.slot_on).with_for_update())
    return {one.slot_on: one for one in rows if one.slot_on is not None}


def _settle(
    one: CoachingSession,
    plan: SessionPlan,
    wanted: dict[date, CancelReason | None],
    opening: Opening,
    now: datetime,
) -> None:
    """Call off a session that may not be, take back what a rule called off, follow the plan."""
    by_rule = one.state == S.CANCELLED and one.cancel_reason in CANCELLED_BY_RULE
    if one.state != S.PLANNED and not by_rule:
        return
    reason: CancelReason | None = R.ON_HOLD
    if opening.is_open_on(_day(one.starts_at)):
        planned = wanted.get(one.slot_on, R.PLAN_CHANGED) if one.slot_on else None
        reason = None if one.is_moved else planned
    state = S.PLANNED if reason is None else S.CANCELLED
    if (one.state, one.cancel_reason) != (state, reason):
        one.state, one.cancel_reason = state, reason
        touch(one, None, now)
    if state == S.PLANNED and not one.is_moved and one.slot_on is not None:
        due = _starts_at(plan, one.slot_on), plan.minutes
        if (one.starts_at, one.minutes) != due:
            one.starts_at, one.minutes = due
            touch(one, None, now)


def touch(one: CoachingSession, actor: Account | None, now: datetime) -> None:
    """Note that a session has changed, by whom, and so that calendars take it up."""
    one.sequence += 1
    one.changed_at = now
    one.changed_by_id = actor.id if actor else None


def _starts_at(plan: SessionPlan, day: date) -> datetime:
    return datetime.combine(day, plan.at, LONDON)


def _new(
    plan: SessionPlan, day: date, reason: CancelReason | None, now: datetime
) -> CoachingSession:
    return CoachingSession(
        match_id=plan.match_id,
        slot_on=day,
        state=S.PLANNED if reason is None else S.CANCELLED,
        cancel_reason=reason,
        starts_at=_starts_at(plan, day),
        minutes=plan.minutes,
        changed_at=now,
    )


def list_due(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Return plans that were not looked at for an hour, the longest ago first."""
    query = (
        select(SessionPlan.id)
        .join(SessionPlan.match)
        .where(
            or_(SessionPlan.swept_at.is_(None), SessionPlan.swept_at <= now - SWEEP_AFTER),
            or_(Match.state.in_(HOLDS_PLACE), SessionPlan.swept_at < Match.state_since),
        )
        .order_by(SessionPlan.swept_at.is_not(None), SessionPlan.swept_at, SessionPlan.id)
        .limit(SWEPT_AT_ONCE)
    )
    return session.scalars(query).all()


def sweep(session: Session, plan_id: uuid.UUID, now: datetime) -> None:
    """Bring one plan's sessions in line with it, in a transaction of its own."""
    loading = joinedload(SessionPlan.match)
    query = (
        select(SessionPlan)
        .where(SessionPlan.id == plan_id)
        .options(
            loading.joinedload(Match.family),
            loading.joinedload(Match.volunteer).selectinload(Volunteer.certificates),
        )
        .with_for_update(of=SessionPlan, skip_locked=True)
    )
    plan = session.scalar(query)
    if plan is not None:
        sync(session, plan, now)


def forget_sweeps(session: Session) -> None:
    """Have every plan looked at again soon: what all of them rest on has changed."""
    for plan in session.scalars(select(SessionPlan).order_by(SessionPlan.id)):
        plan.swept_at = None
