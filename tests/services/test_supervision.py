"""Calls are planned, moved, told, made and left out; nobody supervises more than they can."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from peerapp.enums import CallMood, CallState, FamilyState, MatchState, Role, VolunteerState
from peerapp.errors import NotFound
from peerapp.models import MatchEvent, Message, SupervisionCall, VolunteerEvent
from peerapp.services import matching_problem, supervision, supervisors
from peerapp.services.supervision import CallDetails
from tests.factories import (
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_locality,
    make_match,
)
from tests.support.queries import counted
from tests.support.volunteers import audited, refused

M, C = MatchState, CallState
URL = "https://scheme.example.org"
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def matched(session, here, staff, coach, state=M.ACTIVE, first_visit_on=TODAY):
    family = make_family(session, staff, here, state=FamilyState.MATCHED)
    return make_match(session, family, coach, state=state, first_visit_on=first_visit_on)


@pytest.fixture
def match(session, here, staff, coach):
    return matched(session, here, staff, coach)


def moment(day):
    return datetime.combine(day, time(12), UTC)


def step(session, match, day, to):
    event = MatchEvent(
        match_id=match.id, position=(day - TODAY).days, to_state=to, created_at=moment(day)
    )
    session.add(event)
    match.state = to
    session.flush()


def sweep(session, today=TODAY):
    found = supervision.list_due(session, today)
    for match_id in found:
        supervision.sweep_match(session, match_id, today, URL)
    return len(found)


def calls(session, match):
    query = select(SupervisionCall).where(SupervisionCall.match_id == match.id)
    found = session.scalars(query.order_by(SupervisionCall.number))
    return [(one.number, one.due_on, one.state) for one in found]


def made(session, actor, match, day, **values):
    given = {"held_on": day, "spoke_to_coach": True, "spoke_to_family": False}
    given |= {"mood": CallMood.WELL, "note": "They meet each week.", **values}
    return supervision.record(session, actor, match.id, CallDetails(**given), day)


def told(session):
    session.flush()
    return [one.account_id for one in session.scalars(select(Message).order_by(Message.id))]


def test_next_call_is_planned_once_and_only_for_matches_that_run(session, here, staff, match):
    for state in (M.PROPOSED, M.APPROVED, M.ENDED):
        matched(session, here, staff, make_coach(session, staff, here), state)
    assert (sweep(session), sweep(session)) == (1, 0)
    assert calls(session, match) == [(1, TODAY + 3 * WEEK, C.PLANNED)]
    assert session.scalars(select(SupervisionCall.match_id)).all() == [match.id]


def test_call_that_was_made_is_followed_by_the_next(session, staff, match):
    sweep(session)
    made(session, staff, match, TODAY + 4 * WEEK)
    supervision.skip(session, staff, match.id, "They are away.", TODAY + 10 * WEEK)
    made(session, staff, match, TODAY + 17 * WEEK)
    due = [(number, (day - TODAY) // WEEK, state) for number, day, state in calls(session, match)]
    assert due == [(1, 3, C.HELD), (2, 10, C.SKIPPED), (3, 18, C.HELD), (4, 22, C.PLANNED)]
    assert [row.detail for row in audited(session, "supervision.call")] == [{"mood": "well"}] * 2


def test_pause_moves_the_call_and_nothing_is_late_meanwhile(session, staff, match):
    sweep(session)
    step(session, match, TODAY + 2 * WEEK, M.PAUSED)
    later = TODAY + 8 * WEEK
    assert (sweep(session, later), supervision.count_late(session, staff, later)) == (0, 0)
    lines, _ = supervision.list_to_make(session, staff, later, mine=False)
    assert [(line.is_late, line.is_paused) for line in lines] == [(False, True)]
    step(session, match, TODAY + 7 * WEEK, M.ACTIVE)
    session.expire_all()
    assert sweep(session, TODAY + 7 * WEEK) == 1
    assert calls(session, match) == [(1, TODAY + 8 * WEEK, C.PLANNED)]


def test_break_of_the_coach_moves_the_call_too(session, match):
    sweep(session)
    for day, to in ((1, VolunteerState.PAUSED), (15, VolunteerState.ACTIVE)):
        match.volunteer.history.append(
            VolunteerEvent(to_state=to, created_at=moment(TODAY + day * DAY))
        )
    session.flush()
    sweep(session)
    assert calls(session, match) == [(1, TODAY + 5 * WEEK, C.PLANNED)]


def test_supervisor_is_told_once_on_the_day_and_coordinators_where_there_is_none(
    session, here, staff, match
):
    other = matched(session, here, staff, make_coach(session, staff, here))
    supervisor = make_account(session, Role.COORDINATOR, (here,))
    match.volunteer.supervisor_id = supervisor.id
    session.flush()
    session.expire_all()
    sweep(session)
    due = TODAY + 3 * WEEK
    assert (sweep(session, due - DAY), told(session)) == (0, [])
    assert (sweep(session, due), sweep(session, due + DAY)) == (2, 0)
    expected = [supervisor.id, supervisor.id, staff.id]
    assert sorted(told(session)) == sorted(expected)
    assert other.id != match.id


def test_call_is_late_after_the_days_of_grace(session, staff, match):
    sweep(session)
    last = TODAY + 3 * WEEK + 7 * DAY
    assert supervision.count_late(session, staff, last) == 0
    assert supervision.count_late(session, staff, last + DAY) == 1
    found = supervision.get_calls(session, staff, match.id, last + DAY)
    assert (found.is_late, found.to_make.number, list(found.done)) == (True, 1, [])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"held_on": TODAY + 30 * DAY}, "held_on"),
        ({"held_on": TODAY - DAY}, "held_on"),
        ({"spoke_to_coach": False}, "spoke_to"),
        ({"note": " "}, "note"),
    ],
)
def test_call_that_cannot_be_is_refused(session, staff, match, values, code):
    given = {"held_on": TODAY + 21 * DAY, **values}
    day = TODAY + 21 * DAY
    details = {"spoke_to_coach": True, "spoke_to_family": False, "mood": CallMood.WELL}
    details = CallDetails(**{**details, "note": "Well.", **given})
    assert refused(supervision.record, session, staff, match.id, details, day) == [code]


def test_match_that_does_not_run_has_no_call_to_make(session, here, staff):
    coach = make_coach(session, staff, here)
    over = matched(session, here, staff, coach, M.ENDED)
    assert refused(made, session, staff, over, TODAY) == ["no_call"]
    assert refused(supervision.skip, session, staff, over.id, "x", TODAY) == ["no_call"]


def test_calls_are_for_those_who_work_with_the_match(session, here, staff, lead, match):
    there = make_locality(session, "Calne", ())
    stranger = make_account(session, Role.COORDINATOR, (there,))
    manager = make_account(session, Role.MANAGER)
    sweep(session)
    for actor in (stranger, manager, match.volunteer.account):
        with pytest.raises(NotFound):
            supervision.get_calls(session, actor, match.id, TODAY)
        with pytest.raises(NotFound):
            made(session, actor, match, TODAY)
    with pytest.raises(NotFound):
        supervision.get_calls(session, staff, uuid.uuid4(), TODAY)
    match.volunteer.supervisor_id = stranger.id
    session.flush()
    assert supervision.get_calls(session, stranger, match.id, TODAY).to_make.number == 1
    assert made(session, lead, match, TODAY + WEEK).by_id == lead.id
    assert len(audited(session, "supervision.read")) == 1


def test_list_shows_what_the_actor_may_see_with_a_constant_number_of_queries(
    session, here, staff, match
):
    stranger = make_account(session, Role.COORDINATOR, (make_locality(session, "Calne", ()),))
    sweep(session)
    session.commit()

    def count(actor, number, *, mine=False):
        session.expire_all()
        assert (actor.role, len(actor.locality_ids)) == (Role.COORDINATOR, 1)  # loaded
        with counted(session.get_bind()) as sent:
            lines, _ = supervision.list_to_make(session, actor, TODAY, mine=mine)
            named = [(one.call.match.family.name, one.call.match.volunteer.name) for one in lines]
        assert len(named) == number
        return len(sent)

    few = count(staff, 1)
    count(stranger, 0)
    count(staff, 0, mine=True)
    for _ in range(29):
        matched(session, here, staff, make_coach(session, staff, here))
    sweep(session)
    session.commit()
    assert count(staff, 30) == few


def test_planning_takes_a_constant_number_of_queries(session, here, staff, match):
    session.commit()

    def count(number):
        session.expire_all()
        with counted(session.get_bind()) as sent:
            assert len(supervision.list_due(session, TODAY)) == number
        return len(sent)

    few = count(1)
    for _ in range(29):
        matched(session, here, staff, make_coach(session, staff, here))
    session.commit()
    assert count(30) == few


def test_supervisor_works_where_the_coach_lives(session, here, staff, coach):
    there = make_locality(session, "Calne", ())
    stranger = make_account(session, Role.COORDINATOR, (there,))
    version = coach.version
    assert refused(supervisors.assign, session, staff, coach.id, stranger.id) == ["supervisor_id"]
    supervisors.assign(session, staff, coach.id, staff.id)
    supervisors.assign(session, staff, coach.id, staff.id)
    assert (coach.supervisor, coach.version) == (staff, version + 1)
    rows = audited(session, "volunteer.supervise")
    assert [row.detail for row in rows] == [{"before": None, "after": str(staff.id)}]
    with pytest.raises(NotFound):
        supervisors.assign(session, stranger, coach.id, stranger.id)


def test_own_figure_of_a_supervisor_goes_before_the_schemes(session, here, staff, coach, match):
    manager = make_account(session, Role.MANAGER)
    supervisors.assign(session, staff, coach.id, staff.id)
    coach.scheme.matching_settings = {"supervisor_capacity": 9}

    def load():
        session.flush()
        return [(one.capacity, one.is_full) for one in supervisors.list_loads(session)]

    def matching():
        return matching_problem.build(session, TODAY).problem.supervisors

    assert (load(), matching()) == ([(9, False)], {str(staff.id): 9})
    supervisors.set_capacity(session, manager, staff.id, 1)
    assert (load(), matching()) == ([(1, True)], {str(staff.id): 1})
    supervisors.set_capacity(session, manager, staff.id, None)
    assert load() == [(9, False)]
    assert refused(supervisors.set_capacity, session, manager, staff.id, 201) == ["capacity"]
    with pytest.raises(NotFound):
        supervisors.set_capacity(session, manager, manager.id, 3)
    coach.scheme.matching_settings = {}
    assert (load(), matching()) == ([(None, False)], {})


def test_matches_of_coaches_who_take_a_break_still_count_for_the_supervisor(
    session, here, staff, coach, match
):
    for one in (coach, make_coach(session, staff, here)):
        one.supervisor_id = staff.id
    staff.supervises_up_to = 3
    coach.state = VolunteerState.PAUSED
    session.flush()
    assert matching_problem.build(session, TODAY).problem.supervisors == {str(staff.id): 2}
