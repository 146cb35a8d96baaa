"""Breaks that begin and end by themselves, and every gate asked again at their end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from peerapp.enums import CertificateStatus, MatchState, PauseReason, PauseState, VolunteerState
from peerapp.errors import NotFound
from peerapp.models import Message
from peerapp.services import breaks, onboarding
from tests.factories import TODAY, make_coach, make_volunteer
from tests.support.volunteers import audited, lift_as_two, refused

S, P = VolunteerState, PauseState
URL = "https://scheme.example.org"
DAY = timedelta(days=1)


def plan(session, actor, coach, first, last):
    holiday = PauseReason.HOLIDAY
    return breaks.plan(session, actor, coach.id, holiday, first, last, "Beach", TODAY)


def sweep(session, today):
    found = list(breaks.list_due(session, today))
    for volunteer_id in found:
        breaks.sweep_volunteer(session, volunteer_id, today, URL)
    return len(found)


def events(coach):
    return [(one.from_state, one.to_state, one.by_id) for one in coach.history]


def test_planned_break_begins_and_ends_on_the_day_by_itself(session, staff, coach, proposal):
    first, last = TODAY + 3 * DAY, TODAY + 9 * DAY
    pause = plan(session, staff, coach, first, last)
    assert (pause.state, coach.state, sweep(session, first - DAY)) == (P.PLANNED, S.ACTIVE, 0)
    assert proposal.state == MatchState.PROPOSED
    assert (sweep(session, first), sweep(session, first)) == (1, 0)
    assert (pause.state, coach.state, coach.state_before) == (P.RUNNING, S.PAUSED, S.ACTIVE)
    assert proposal.state == MatchState.WITHDRAWN
    assert sweep(session, last) == 0
    assert (sweep(session, last + DAY), sweep(session, last + DAY)) == (1, 0)
    assert (pause.state, coach.state) == (P.ENDED, S.ACTIVE)
    assert events(coach) == [(S.ACTIVE, S.PAUSED, None), (S.PAUSED, S.ACTIVE, None)]


def test_break_from_today_begins_at_once(session, staff, coach):
    assert plan(session, staff, coach, TODAY, None).state == P.RUNNING
    assert (coach.state, sweep(session, TODAY + 400 * DAY)) == (S.PAUSED, 0)
    assert [row.detail for row in audited(session, "volunteer.plan_break")] == [
        {"reason": "holiday"}
    ]


def test_break_is_not_over_while_a_gate_is_open_and_people_are_told_once(session, staff, coach):
    pause = plan(session, staff, coach, TODAY, TODAY)
    coach.certificates[0].status = CertificateStatus.REVOKED
    assert [sweep(session, TODAY + days * DAY) for days in (1, 1, 2)] == [1, 0, 1]
    assert (pause.state, coach.state, pause.held_back_on) == (P.RUNNING, S.PAUSED, TODAY + 2 * DAY)
    session.flush()
    assert session.scalar(select(func.count(Message.id))) == 2
    coach.certificates[0].status = CertificateStatus.ACCEPTED
    sweep(session, TODAY + 3 * DAY)
    assert (pause.state, coach.state) == (P.ENDED, S.ACTIVE)


def test_break_that_no_job_saw_in_time_leaves_no_trace_but_its_row(session, staff, coach):
    pause = plan(session, staff, coach, TODAY + DAY, TODAY + 2 * DAY)
    sweep(session, TODAY + 9 * DAY)
    assert (pause.state, coach.state, events(coach)) == (P.ENDED, S.ACTIVE, [])


def test_break_that_begins_during_a_suspension_waits_for_its_end(session, staff, lead, coach):
    pause = plan(session, staff, coach, TODAY + DAY, TODAY + 20 * DAY)
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    sweep(session, TODAY + DAY)
    assert (pause.state, coach.state) == (P.PLANNED, S.SUSPENDED)
    lift_as_two(session, lead, coach.id, "All clear.", TODAY + DAY)
    sweep(session, TODAY + 2 * DAY)
    assert (pause.state, coach.state) == (P.RUNNING, S.PAUSED)


def test_suspension_in_a_break_outlasts_it(session, staff, lead, coach):
    pause = plan(session, staff, coach, TODAY, TODAY + DAY)
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    sweep(session, TODAY + 5 * DAY)
    assert (pause.state, coach.state) == (P.RUNNING, S.SUSPENDED)
    lift_as_two(session, lead, coach.id, "All clear.", TODAY + 5 * DAY)
    assert coach.state == S.PAUSED
    sweep(session, TODAY + 6 * DAY)
    assert (pause.state, coach.state) == (P.ENDED, S.ACTIVE)


def test_break_of_who_left_is_called_off(session, staff, coach):
    pause = plan(session, staff, coach, TODAY + DAY, None)
    onboarding.leave(session, staff, coach.id, "Moved away.", TODAY)
    sweep(session, TODAY)
    assert (pause.state, coach.state) == (P.CANCELLED, S.LEFT)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY - DAY, None, "starts_on"),
        (TODAY + 367 * DAY, None, "starts_on"),
        (TODAY + 2 * DAY, TODAY + DAY, "ends_on"),
        (TODAY + 9 * DAY, None, "starts_on"),
        (TODAY + DAY, TODAY + 10 * DAY, "starts_on"),
    ],
)
def test_break_on_days_that_cannot_be_is_refused(session, staff, coach, first, last, code):
    plan(session, staff, coach, TODAY + 10 * DAY, TODAY + 12 * DAY)
    assert refused(plan, session, staff, coach, first, last) == [code]


def test_break_next_to_another_is_allowed(session, staff, coach):
    plan(session, staff, coach, TODAY + 10 * DAY, TODAY + 12 * DAY)
    plan(session, staff, coach, TODAY + 13 * DAY, None)
    plan(session, staff, coach, TODAY + DAY, TODAY + 9 * DAY)
    assert len(breaks.list_breaks(session, coach)) == 3


def test_break_of_somebody_who_does_not_coach_is_refused(session, here, staff):
    volunteer = make_volunteer(session, here, state=S.TRAINING)
    assert refused(plan, session, staff, volunteer, TODAY, None) == ["not_coaching"]


def test_last_day_can_be_moved_but_not_into_another_break(session, staff, coach):
    pause = plan(session, staff, coach, TODAY, TODAY + 5 * DAY)
    plan(session, staff, coach, TODAY + 20 * DAY, None)

    def move(day):
        return breaks.change_end(session, staff, coach.id, pause.id, day, TODAY)

    assert move(TODAY + 19 * DAY).ends_on == TODAY + 19 * DAY
    assert [refused(move, day) for day in (TODAY - DAY, TODAY + 20 * DAY, None)] == [
        ["ends_on"],
        ["ends_on"],
        ["ends_on"],
    ]


def test_coming_back_early_asks_every_gate_and_closes_the_break(session, staff, coach):
    pause = plan(session, staff, coach, TODAY, None)
    back = breaks.come_back, session, staff, coach.id, ""
    assert refused(*back, date(2029, 3, 1)) == ["certificate_lapsed"]
    back[0](*back[1:], TODAY)
    assert (pause.state, coach.state) == (P.ENDED, S.ACTIVE)


def test_own_break_is_told_to_coordinators_and_called_off_only_by_its_author(
    session, here, staff, coach
):
    given = PauseReason.ILLNESS, TODAY + DAY, None, ""
    mine = breaks.plan_own(session, coach.account, *given, TODAY, URL)
    session.flush()
    assert session.scalars(select(Message.account_id)).all() == [staff.id]
    theirs = breaks.cancel(session, staff, coach.id, mine.id)
    assert theirs.state == P.CANCELLED
    by_staff = plan(session, staff, coach, TODAY + DAY, None)
    cancel = breaks.cancel_own, session, coach.account, by_staff.id
    assert refused(*cancel) == ["not_yours"]
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        breaks.cancel_own(session, other.account, by_staff.id)
