"""Sessions, places on them, the waiting list, attendance and what it leaves."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import BookingState, MatchState, Role, TrainingMethod, VolunteerState
from peerapp.errors import Forbidden, NotFound
from peerapp.models import Message
from peerapp.services import (
    course_places,
    course_sessions,
    courses,
    onboarding,
    training,
)
from peerapp.services.course_sessions import SessionValues
from peerapp.services.courses import CourseValues
from tests.factories import NOW, TODAY, make_account, make_locality, make_volunteer
from tests.support.volunteers import audited, refused

S, B = VolunteerState, BookingState
URL = "https://scheme.example.org"
SOON = NOW + timedelta(days=7)
VALUES = SessionValues(SOON, 120, "Town hall", "", "Jo Trainer", 2)


def dated(session, staff, course="safeguarding", **values):
    given = SessionValues(**{**vars(VALUES), **values})
    return course_sessions.add_session(session, staff, course, given, NOW)


def applied(session, here, count):
    return [make_volunteer(session, here, state=S.APPLIED) for _ in range(count)]


SECONDS = itertools.count(1)


def book(session, volunteer, one):
    """Ask for a place, a second after whoever asked before."""
    now = NOW + timedelta(seconds=next(SECONDS))
    return course_places.book(session, volunteer.account, one.id, now)


def told(session, volunteer):
    session.flush()
    query = select(Message.id).where(Message.account_id == volunteer.account_id)
    return len(session.scalars(query).all())


def test_places_are_given_in_order_and_then_a_turn_on_the_waiting_list(session, here, staff):
    one = dated(session, staff)
    people = applied(session, here, 4)
    states = [book(session, person, one).state for person in people]
    assert states == [B.BOOKED, B.BOOKED, B.WAITING, B.WAITING]
    assert book(session, people[0], one).state == B.BOOKED
    rows = audited(session, "course_booking.set")
    assert [row.detail["state"] for row in rows] == ["booked", "booked", "waiting", "waiting"]


def test_place_given_up_goes_to_who_waits_longest_and_they_are_told(session, here, staff):
    one = dated(session, staff)
    people = applied(session, here, 4)
    for person in people:
        book(session, person, one)
    course_places.cancel(session, people[0].account, one.id, NOW, URL)
    states = [course_places.find_booking(one, person).state for person in people]
    assert states == [B.CANCELLED, B.BOOKED, B.BOOKED, B.WAITING]
    assert [told(session, person) for person in people] == [0, 0, 1, 0]
    assert book(session, people[0], one).state == B.WAITING


def test_more_places_are_passed_on_and_fewer_than_taken_are_refused(session, here, staff):
    one = dated(session, staff)
    people = applied(session, here, 3)
    for person in people:
        book(session, person, one)
    fewer = SessionValues(**{**vars(VALUES), "places": 1})
    change = course_sessions.change_session, session, staff, one.id
    assert refused(*change, fewer, NOW, URL) == ["places"]
    more = SessionValues(**{**vars(VALUES), "places": 3})
    change[0](*change[1:], more, NOW, URL)
    assert course_places.find_booking(one, people[2]).state == B.BOOKED
    assert [told(session, person) for person in people] == [0, 0, 1]


def test_change_of_time_tells_everybody_and_a_cancelled_session_frees_them(session, here, staff):
    one = dated(session, staff)
    people = applied(session, here, 3)
    for person in people:
        book(session, person, one)
    later = SessionValues(**{**vars(VALUES), "starts_at": SOON + timedelta(hours=2)})
    course_sessions.change_session(session, staff, one.id, later, NOW, URL)
    assert [told(session, person) for person in people] == [1, 1, 1]
    course_sessions.cancel_session(session, staff, one.id, NOW, URL)
    course_sessions.cancel_session(session, staff, one.id, NOW, URL)
    assert [told(session, person) for person in people] == [2, 2, 2]
    assert {booking.state for booking in one.bookings} == {B.CANCELLED}
    assert refused(book, session, people[0], one) == ["session_cancelled"]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"starts_at": NOW}, ["on"]),
        ({"place": ""}, ["place"]),
        ({"video_link": "javascript:alert(1)"}, ["video_link"]),
        ({"place": "", "video_link": "https://video.example.org/1"}, []),
    ],
)
def test_session_that_nobody_could_come_to_is_refused(session, staff, values, codes):
    if codes:
        assert refused(dated, session, staff, **values) == codes
    else:
        assert dated(session, staff, **values).video_link == values["video_link"]


def test_booking_is_refused_before_applying_after_the_start_and_twice_for_one_course(
    session, here, staff
):
    one, other = dated(session, staff), dated(session, staff, starts_at=SOON + timedelta(days=1))
    asking = make_volunteer(session, here)
    assert refused(book, session, asking, one) == ["not_applied"]
    (person,) = applied(session, here, 1)
    late = (course_places.book, session, person.account, one.id, SOON)
    assert refused(*late) == ["session_over"]
    book(session, person, one)
    assert refused(book, session, person, other) == ["has_other_place"]
    course_places.cancel(session, person.account, one.id, NOW, URL)
    assert book(session, person, other).state == B.BOOKED


def test_cancelling_somebody_elses_place_finds_nothing(session, here, staff):
    one = dated(session, staff)
    mine, other = applied(session, here, 2)
    book(session, mine, one)
    with pytest.raises(NotFound):
        course_places.cancel(session, other.account, one.id, NOW, URL)


def test_closed_record_gives_its_places_up_and_the_job_passes_them_on(session, here, staff):
    one = dated(session, staff, places=1)
    first, second = applied(session, here, 2)
    book(session, first, one)
    book(session, second, one)
    onboarding.withdraw(session, first.account, TODAY)
    assert course_places.find_booking(one, first).state == B.CANCELLED
    assert course_places.list_waited_for(session, NOW) == [one.id]
    course_places.pass_on_free(session, one.id, NOW, URL)
    assert course_places.find_booking(one, second).state == B.BOOKED
    assert (told(session, second), course_places.list_waited_for(session, NOW)) == (1, [])


def marked(session, actor, one, state, now=SOON + timedelta(hours=3)):
    marks = {booking.id: state for booking in one.bookings}
    return training.mark_attendance(session, actor, one.id, marks, now, now.date())


def test_attendance_leaves_a_record_with_its_last_day_and_taken_back_leaves_none(
    session, here, staff
):
    one = dated(session, staff, course="data_protection")
    (person,) = applied(session, here, 1)
    book(session, person, one)
    assert refused(marked, session, staff, one, B.ATTENDED, NOW) == ["not_started"]
    marked(session, staff, one, B.ATTENDED)
    (record,) = person.training
    assert (record.course, record.method) == ("data_protection", TrainingMethod.SESSION)
    assert (record.completed_on, record.valid_until) == (date(2026, 11, 27), date(2027, 11, 26))
    marked(session, staff, one, B.MISSED)
    assert person.training == []
    assert course_places.find_booking(one, person).marked_by_id == staff.id
    marked(session, staff, one, B.BOOKED)
    assert course_places.find_booking(one, person).marked_by_id is None


def test_attendance_marked_twice_leaves_one_record_and_keeps_what_was_done_by_hand(
    session, here, staff, coach
):
    one = dated(session, staff)
    book(session, coach, one)
    for _ in range(2):
        marked(session, staff, one, B.ATTENDED)
    held = [row for row in coach.training if row.course == "safeguarding"]
    assert sorted(row.session_id is None for row in held) == [False, True]
    marked(session, staff, one, B.MISSED)
    assert clearance_refusals(coach, SOON.date()) == []


def test_attendance_of_another_localitys_volunteer_is_not_mine_to_mark(session, here, staff):
    elsewhere = make_locality(session, "Calne", ("SN11 0",))
    one = dated(session, staff)
    person = make_volunteer(session, elsewhere, state=S.APPLIED)
    book(session, person, one)
    with pytest.raises(NotFound):
        marked(session, staff, one, B.ATTENDED)
    (shown,) = course_sessions.list_attendees(session, staff, one)
    assert (shown.may_see, person.training) == (False, [])
    unknown = {uuid.uuid4(): B.ATTENDED}
    with pytest.raises(NotFound):
        training.mark_attendance(session, staff, one.id, unknown, SOON, SOON.date())


def test_last_day_of_a_course_counts_and_the_day_after_does_not(session, staff, coach):
    coach.training = [row for row in coach.training if row.course != "boundaries"]
    record = "boundaries", date(2026, 2, 28), TrainingMethod.ONLINE, "Certificate 1", None
    training.record_by_hand(session, staff, coach.id, *record, TODAY)
    held = next(row for row in coach.training if row.course == "boundaries")
    assert held.valid_until == date(2029, 2, 27)
    refusals = [
        [one.code for one in clearance_refusals(coach, day) if "boundaries" in one.code]
        for day in (date(2029, 2, 27), date(2029, 2, 28))
    ]
    assert refusals == [[], ["training_boundaries"]]


def test_training_by_hand_needs_evidence_and_never_counts_longer(session, staff, coach):
    def record(evidence, until):
        return refused(
            training.record_by_hand,
            session,
            staff,
            coach.id,
            "send",
            TODAY,
            TrainingMethod.ONLINE,
            evidence,
            until,
            TODAY,
        )

    assert record(" ", None) == ["evidence"]
    assert record("Certificate", date(2029, 11, 20)) == ["valid_until"]


def test_training_taken_back_opens_the_gate_and_withdraws_proposals(
    session, staff, coach, proposal
):
    record = next(row for row in coach.training if row.course == "boundaries")
    training.take_back(session, staff, coach.id, record.id, TODAY)
    assert [one.code for one in clearance_refusals(coach, TODAY)] == ["training_boundaries"]
    assert proposal.state == MatchState.WITHDRAWN
    with pytest.raises(NotFound):
        training.take_back(session, staff, coach.id, record.id, TODAY)


def test_core_course_is_added_only_with_the_knowledge_of_who_stops(session, staff, coach, proposal):
    manager = make_account(session, Role.MANAGER)
    values = CourseValues("First aid", 36, False)
    code = courses.add_course(session, manager, values, TODAY)
    assert code == "first_aid"
    assert refused(courses.add_course, session, manager, values, TODAY) == ["title"]
    change = courses.change_course, session, manager, code, CourseValues("First aid", 24, True)
    assert refused(*change, TODAY, confirmed=False) == ["confirmed"]
    entry = change[0](*change[1:], TODAY, confirmed=True)
    assert (entry.is_core, entry.valid_months, entry.is_standard) == (True, 24, False)
    assert [one.code for one in clearance_refusals(coach, TODAY)] == ["training_first_aid"]
    assert proposal.state == MatchState.WITHDRAWN


def test_only_managers_change_courses(session, staff):
    values = CourseValues("Safeguarding", 24, True)
    with pytest.raises(Forbidden):
        courses.change_course(session, staff, "safeguarding", values, TODAY, confirmed=True)
    with pytest.raises(Forbidden):
        courses.add_course(session, staff, values, TODAY)
    with pytest.raises(NotFound):
        courses.get_course(session, "juggling")


def test_month_of_the_calendar_is_londons(session, staff):
    summer = datetime(2027, 7, 31, 23, 30, tzinfo=UTC)  # 1 August in London
    dated(session, staff, starts_at=summer)
    listed = [course_sessions.list_month(session, date(2027, month, 1), NOW) for month in (7, 8)]
    assert [len(one) for one in listed] == [0, 1]


def test_own_training_shows_missing_core_courses_first_with_place_and_turn(session, here, staff):
    one = dated(session, staff, places=1)
    extra = dated(session, staff, course="send")
    first, second = applied(session, here, 2)
    book(session, first, one)
    book(session, second, one)
    own = training.list_own(session, second, NOW, TODAY)
    by_code = {item.course.code: item for item in own}
    assert len(own) == 6
    assert (by_code["safeguarding"].turn, by_code["safeguarding"].dates) == (1, [])
    assert [item.session.id for item in by_code["send"].dates] == [extra.id]
    assert own[-1].course.code == "send"
