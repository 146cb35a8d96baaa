"""Sessions that follow their plan, the holidays, and what family and coach may know today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import (
    CancelReason,
    EndReason,
    FamilyState,
    MatchState,
    Role,
    SessionState,
    VolunteerState,
)
from peerapp.errors import Forbidden, NotFound
from peerapp.models import MatchEnding, SessionPlan
from peerapp.services import match_life, school_holidays, session_changes, session_plans
from tests.factories import NOW, TODAY, make_account, make_coach, make_locality
from tests.services.session_scenes import (
    DAY,
    DETAILS,
    HOUR,
    MONDAY,
    URL,
    WEEK,
    at,
    first,
    listed,
    match,
    plan,
    told,
)
from tests.support.sealed import values
from tests.support.volunteers import audited, refused

__all__ = ["first", "match", "plan"]
S, R = SessionState, CancelReason


def states(session):
    return [(one.state, one.cancel_reason) for one in listed(session)]


def sweep(session, now=NOW):
    due = list(session_plans.list_due(session, now))
    for plan_id in due:
        session_plans.sweep(session, plan_id, now)
    return len(due)


def test_plan_puts_eight_weeks_of_sessions_into_the_slot(session, plan, match):
    assert [one.slot_on for one in listed(session)] == [MONDAY + n * WEEK for n in range(8)]
    assert {(one.starts_at.astimezone(UTC).hour, one.minutes) for one in listed(session)} == {
        (9, 120)
    }
    assert states(session) == [(S.PLANNED, None)] * 8
    assert told(session) == ["family", "volunteer"]
    (row,) = audited(session, "session.plan")
    assert (row.match_id, row.detail["at"], row.detail["has_link"]) == (match.id, "09:30", False)


def test_sweep_adds_a_week_when_a_week_has_passed_and_nothing_twice(session, plan):
    assert sweep(session) == 0
    later = NOW + WEEK
    assert (sweep(session, later), sweep(session, later)) == (1, 0)
    assert len(listed(session)) == 9
    told(session)
    session_plans.sync(session, plan, later)
    assert (len(listed(session)), told(session)) == (9, [])


def test_sessions_keep_their_time_of_day_when_the_clocks_change(session, staff, match):
    now = datetime(2026, 10, 5, 12, tzinfo=UTC)
    details = replace(DETAILS, first_on=datetime(2026, 10, 19).date())
    session_plans.save_plan(session, staff, match.id, details, now, URL)
    assert [one.starts_at.astimezone(UTC).hour for one in listed(session)[:2]] == [8, 9]


def test_plan_outside_the_slot_is_refused(session, staff, match):
    save = session_plans.save_plan, session, staff, match.id
    assert refused(*save, replace(DETAILS, at=time(13)), NOW, URL) == ["at"]
    match.state = MatchState.ENDED
    assert refused(*save, DETAILS, NOW, URL) == ["not_running"]
    assert listed(session) == []


def test_plan_is_for_coordinators_of_the_locality(session, match, lead):
    there = make_locality(session, "Calne", ("SN11 0",))
    stranger = make_account(session, Role.COORDINATOR, (there,))
    with pytest.raises(NotFound):
        session_plans.save_plan(session, stranger, match.id, DETAILS, NOW, URL)
    with pytest.raises(Forbidden):
        session_plans.save_plan(session, lead, match.id, DETAILS, NOW, URL)


def test_another_time_moves_what_is_to_come_and_another_rhythm_drops_it(session, staff, plan):
    rows = listed(session)
    session_changes.call_off_as_staff(session, staff, rows[1].id, R.BOTH_AGREED, NOW, URL)
    details = replace(DETAILS, at=time(10), minutes=60, every_weeks=2)
    session_plans.save_plan(session, staff, plan.match_id, details, NOW, URL)
    kept, called_off, *_ = rows = listed(session)
    assert (kept.starts_at, kept.minutes, kept.sequence) == (at(MONDAY, 10, 0), 60, 1)
    assert (called_off.starts_at, called_off.cancel_reason) == (at(MONDAY + WEEK), R.BOTH_AGREED)
    assert [one.cancel_reason for one in rows[2:]] == [None, R.PLAN_CHANGED] * 3
    session_plans.save_plan(session, staff, plan.match_id, DETAILS, NOW, URL)
    rows = listed(session)
    assert [one.cancel_reason for one in rows] == [None, R.BOTH_AGREED, *[None] * 6]
    assert {one.starts_at for one in rows} == {at(MONDAY + n * WEEK) for n in range(8)}


def test_session_that_was_moved_stays_where_it_is_when_the_plan_changes(
    session, staff, coach, plan, first
):
    session_changes.move(session, coach.account, first.id, at(MONDAY + 2 * DAY), NOW, URL)
    session_plans.save_plan(session, staff, plan.match_id, replace(DETAILS, at=time(11)), NOW, URL)
    (moved,) = [one for one in listed(session) if one.is_moved]
    assert (moved.starts_at, moved.state) == (at(MONDAY + 2 * DAY), S.PLANNED)
    assert len(listed(session)) == 8


def test_session_moved_to_an_earlier_day_leaves_its_place_empty(session, coach, plan, first):
    session_changes.move(session, coach.account, first.id, at(TODAY, 14), NOW, URL)
    session_plans.sync(session, plan, NOW + 3 * HOUR)
    assert [one.slot_on for one in listed(session)][:2] == [MONDAY, MONDAY + WEEK]
    assert len(listed(session)) == 8


def test_school_holiday_of_the_council_takes_sessions_away_and_gives_them_back(session, here, plan):
    manager = make_account(session, Role.MANAGER)
    elsewhere = school_holidays.add(
        session, manager, "Half-term", "Central Bedfordshire", MONDAY, MONDAY
    )
    assert sweep(session) == 1
    assert states(session) == [(S.PLANNED, None)] * 8
    assert (elsewhere.council, here.council) == ("Central Bedfordshire", "Wiltshire")
    ours = school_holidays.add(session, manager, "Christmas", "Wiltshire", MONDAY, MONDAY + 4 * DAY)
    sweep(session)
    assert states(session)[:2] == [(S.CANCELLED, R.SCHOOL_HOLIDAY), (S.PLANNED, None)]
    school_holidays.remove(session, manager, ours.id)
    sweep(session)
    assert states(session) == [(S.PLANNED, None)] * 8
    assert [row.action for row in audited(session, "school_holiday.remove")] == [
        "school_holiday.remove"
    ]


def test_plan_that_goes_on_in_holidays_ignores_them(session, staff, match):
    manager = make_account(session, Role.MANAGER)
    school_holidays.add(session, manager, "Christmas", "", MONDAY, MONDAY + 30 * DAY)
    details = replace(DETAILS, skips_holidays=False)
    session_plans.save_plan(session, staff, match.id, details, NOW, URL)
    assert states(session) == [(S.PLANNED, None)] * 8


def test_holiday_on_days_of_another_is_refused(session):
    manager = make_account(session, Role.MANAGER)
    school_holidays.add(session, manager, "Christmas", "", MONDAY, MONDAY + 9 * DAY)
    add = school_holidays.add, session, manager, "New Year", "Wiltshire"
    assert refused(*add, MONDAY + 9 * DAY, MONDAY + 12 * DAY) == ["first_on"]
    assert school_holidays.list_holidays(session, TODAY)[0].name == "Christmas"
    assert len(school_holidays.list_holidays(session, MONDAY + 200 * DAY)) == 0


def test_sessions_fall_away_while_contact_is_closed_and_come_back(session, staff, coach, plan):
    match_life.pause(session, staff, plan.match_id)
    plan.swept_at = None
    sweep(session)
    assert states(session) == [(S.CANCELLED, R.ON_HOLD)] * 8
    match_life.resume(session, staff, plan.match_id, today=TODAY)
    coach.state = VolunteerState.SUSPENDED
    sweep(session, NOW + 2 * HOUR)
    assert states(session) == [(S.CANCELLED, R.ON_HOLD)] * 8
    coach.state = VolunteerState.ACTIVE
    sweep(session, NOW + 4 * HOUR)
    assert states(session) == [(S.PLANNED, None)] * 8


def test_what_people_called_off_does_not_come_back(session, staff, plan, first):
    session_changes.call_off_as_staff(session, staff, first.id, R.COACH_CANNOT, NOW, URL)
    for state in (MatchState.PAUSED, MatchState.ACTIVE):
        plan.match.state = state
        session_plans.sync(session, plan, NOW)
    assert states(session)[:2] == [(S.CANCELLED, R.COACH_CANNOT), (S.PLANNED, None)]


def test_sessions_before_now_are_history_whatever_happens(session, staff, plan):
    after = at(MONDAY + DAY)
    plan.match.state = MatchState.PAUSED
    session_plans.sync(session, plan, after)
    assert states(session)[:2] == [(S.PLANNED, None), (S.CANCELLED, R.ON_HOLD)]


def test_plan_of_a_match_that_is_over_is_swept_once_more(session, staff, plan):
    plan.match.state, plan.match.state_since = MatchState.ENDED, NOW + DAY
    assert sweep(session, NOW + 2 * DAY) == 1
    assert set(states(session)) == {(S.CANCELLED, R.ON_HOLD)}
    assert sweep(session, NOW + 3 * DAY) == 0


def test_no_session_is_planned_after_the_last_one_of_a_planned_ending(session, staff, plan):
    ending = MatchEnding(
        match_id=plan.match_id,
        last_session_on=MONDAY + 2 * WEEK,
        reason=EndReason.PLANNED_END,
        family_next=FamilyState.CLOSED,
        planned_by_id=staff.id,
    )
    session.add(ending)
    session_plans.sync(session, plan, NOW)
    assert states(session) == [(S.PLANNED, None)] * 3 + [(S.CANCELLED, R.PLAN_CHANGED)] * 5
    ending.closed_on = TODAY
    session_plans.sync(session, plan, NOW)
    assert states(session) == [(S.PLANNED, None)] * 8


def test_suggestion_is_the_slot_and_then_the_plan(session, staff, match):
    assert session_plans.suggest(session, match, TODAY) == PlanDetails(MONDAY, time(9), 120)
    session_plans.save_plan(session, staff, match.id, replace(DETAILS, every_weeks=2), NOW, URL)
    assert session_plans.suggest(session, match, TODAY) == replace(DETAILS, every_weeks=2)
    later = session_plans.suggest(session, match, MONDAY + 3 * DAY)
    assert later.first_on == MONDAY + 2 * WEEK  # the rhythm goes on


def test_coach_changes_the_link_and_the_family_is_told(session, here, staff, coach, plan):
    told(session)
    link = "https://video.example.org/room"
    change = session_plans.set_video_link, session, coach.account, plan.match_id
    change[0](*change[1:], link, NOW, URL)
    assert values(session, SessionPlan, "video_link") == [link]
    assert told(session) == ["family"]
    change[0](*change[1:], link, NOW, URL)
    assert told(session) == []
    assert refused(*change, "http://video.example.org", NOW, URL) == ["video_link"]
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        session_plans.set_video_link(session, other.account, plan.match_id, link, NOW, URL)
    plan.match.state = MatchState.PAUSED
    with pytest.raises(NotFound):
        session_plans.set_video_link(session, coach.account, plan.match_id, link, NOW, URL)
