"""Pages of training, the volunteer agreement, breaks, reviews and coming back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import object_session

from peerapp.enums import FamilyState, Role, VolunteerState
from peerapp.models import (
    Account,
    AgreementText,
    CourseBooking,
    CourseSession,
    Scheme,
    Volunteer,
)
from peerapp.models.vault import blind_indexes
from peerapp.services import comebacks, course_places, course_sessions, onboarding
from peerapp.services.course_sessions import SessionValues
from tests.factories import (
    NOW,
    TODAY,
    make_account,
    make_family,
    make_family_account,
    make_volunteer,
)
from tests.support.queries import counted
from tests.support.staff_pages import at, state, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState
SESSION = {
    "course": "safeguarding",
    "on-day": "1",
    "on-month": "12",
    "on-year": "2026",
    "at": "9:30am",
    "minutes": "120",
    "place": "Town hall",
    "video_link": "https://video.example.org/room",
    "trainer": "Jo Trainer",
    "places": "1",
}
BODY = "We agree to keep children safe. " * 10


@pytest.fixture
def manager(database, scheme_id, place, sign_in):
    with database.writing(scheme_id) as session:
        account = make_account(session, Role.MANAGER)
    return sign_in(account)


@pytest.fixture
def volunteer_of(sign_in, saved):
    def browser(volunteer):
        return sign_in(saved(volunteer, lambda one: one.account))

    return browser


@pytest.fixture
def ids(database, scheme_id):
    def of(kind):
        with database.reading(scheme_id) as session:
            return list(session.scalars(select(kind.id)))

    return of


def test_session_is_booked_attended_and_counts(
    staff, add, volunteer_of, saved, ids, sign_in, place
):
    page = "/staff/training/sessions/new"
    assert staff.post(page, data={**SESSION, "at": "soon"}).status_code == 422
    assert (
        "must start with https" in staff.post(page, data={**SESSION, "video_link": "http://x"}).text
    )
    assert staff.post(page, data=SESSION).status_code == 302
    (session_id,) = ids(CourseSession)
    assert "Safeguarding" in staff.get("/staff/training/?month=2026-12").text
    assert "No session" in staff.get("/staff/training/?month=2026-11").text

    first, second = add(state=S.TRAINING), add(state=S.TRAINING)
    mine, other = volunteer_of(first), volunteer_of(second)
    assert "video.example.org" not in mine.get("/volunteer/training/").text
    for browser in (mine, other):
        assert browser.post(f"/volunteer/training/{session_id}/book").status_code == 302
    assert "video.example.org" in mine.get("/volunteer/training/").text
    waiting = other.get("/volunteer/training/").text
    assert "number 1 on the waiting list" in waiting
    assert "video.example.org" not in waiting
    assert mine.post(f"/volunteer/training/{session_id}/cancel").status_code == 302
    assert "video.example.org" in other.get("/volunteer/training/").text

    with time_machine.travel(NOW + timedelta(days=12), tick=True):
        staff = sign_in(place["coordinator"])
        detail = f"/staff/training/sessions/{session_id}"
        assert second.last_name in staff.get(detail).text
        assert "Attendance to mark" in staff.get("/staff/training/").text
        (booking,) = saved(second, lambda one: _bookings(one, session_id))
        answer = staff.post(f"{detail}/attendance", data={f"mark-{booking}": "attended"})
        assert answer.status_code == 302
        held = saved(second, lambda one: [(row.course, row.valid_until) for row in one.training])
        assert held == [("safeguarding", datetime(2029, 11, 30).date())]
        assert staff.post(f"{detail}/attendance", data={"mark-x": "y"}).status_code == 400


def _bookings(volunteer, session_id):
    query = select(CourseBooking.id).where(
        CourseBooking.volunteer_id == volunteer.id, CourseBooking.session_id == session_id
    )
    return list(object_session(volunteer).scalars(query))


def test_attendee_of_another_locality_has_no_name(
    database, scheme_id, place, add, sign_in, staff, ids
):
    staff.post("/staff/training/sessions/new", data=SESSION)
    (session_id,) = ids(CourseSession)
    volunteer = add(state=S.TRAINING, last_name="Canary")
    with database.writing(scheme_id) as session:
        actor = session.get_one(Volunteer, volunteer.id).account
        course_places.book(session, actor, session_id, NOW)
    page = f"/staff/training/sessions/{session_id}"
    assert "Canary" in staff.get(page).text
    stranger = sign_in(place["stranger"]).get(page).text
    assert "Canary" not in stranger
    assert "A volunteer of another locality" in stranger


def test_calendar_asks_no_query_for_each_session(app, database, scheme_id, place, staff):
    counts = []
    for more in (1, 29):
        with database.writing(scheme_id) as session:
            actor = session.get_one(Account, place["coordinator"].id)
            for _ in range(more):
                at_noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
                values = SessionValues(at_noon, 60, "Hall", "", "Jo", 10)
                one = course_sessions.add_session(session, actor, "send", values, NOW)
                person = make_volunteer(session, None, state=S.TRAINING)
                course_places.book_for(session, actor, person.id, one.id, NOW)
        with counted(app) as sent:
            assert staff.get("/staff/training/?month=2026-12").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_session_is_changed_and_cancelled(staff, ids):
    staff.post("/staff/training/sessions/new", data=SESSION)
    (session_id,) = ids(CourseSession)
    page = f"/staff/training/sessions/{session_id}"
    assert 'value="09:30"' in staff.get(f"{page}/edit").text
    assert staff.post(f"{page}/edit", data={**SESSION, "at": "14:00"}).status_code == 302
    assert "2pm to 4pm" in staff.get(page).text
    assert staff.get(f"{page}/cancel").status_code == 200
    assert staff.post(f"{page}/cancel").status_code == 302
    assert "Cancelled" in staff.get(page).text


def test_staff_book_for_a_volunteer_who_phoned(staff, add, saved, ids):
    staff.post("/staff/training/sessions/new", data=SESSION)
    (session_id,) = ids(CourseSession)
    volunteer = add(state=S.TRAINING)
    page = f"/staff/training/for/{volunteer.id}"
    assert "1 of 1 places free" in staff.get(page).text
    assert staff.post(page, data={"session": str(session_id)}).status_code == 302
    assert len(saved(volunteer, lambda one: _bookings(one, session_id))) == 1


def test_course_becomes_core_only_with_a_tick(manager, staff, saved, place, database, scheme_id):
    given = {"title": "Send", "valid_months": "24", "is_core": "yes", "is_offered": "yes"}
    page = "/staff/training/courses/send"
    assert staff.get(page).status_code == 403
    refused = manager.post(page, data=given)
    assert refused.status_code == 422
    assert "have done it: 1." in refused.text
    assert manager.post(page, data={**given, "confirmed": "y"}).status_code == 302
    with database.reading(scheme_id) as session:
        assert "send" in session.scalars(select(Scheme)).one().core_courses
    assert manager.get("/staff/training/courses/juggling").status_code == 404
    new = {"title": "First aid", "is_offered": "yes"}
    assert manager.post("/staff/training/courses/new", data=new).status_code == 302
    assert "First aid" in staff.get("/staff/training/courses/").text


def published(manager, ids, **values):
    given = {"body": BODY, "sign_again": "no", **values}
    assert manager.post("/staff/volunteer-agreement/new", data=given).status_code == 302
    return ids(AgreementText)[-1]


def test_agreement_is_published_read_and_signed_by_name(manager, add, volunteer_of, saved, ids):
    volunteer = add(state=S.VETTING)
    mine = volunteer_of(volunteer)
    assert "nothing to sign" in mine.get("/volunteer/agreement").text
    assert "put the safety of children first" in manager.get("/staff/volunteer-agreement/new").text
    text_id = published(manager, ids)
    assert "keep children safe" in mine.get("/volunteer/agreement").text
    given = {"text_id": str(text_id), "typed_name": "Nobody Else", "agreed": "y"}
    refused = mine.post("/volunteer/agreement", data=given)
    assert (refused.status_code, "Type your name as" in refused.text) == (422, True)
    name = saved(volunteer, lambda one: one.name)
    signed = mine.post("/volunteer/agreement", data={**given, "typed_name": name})
    assert signed.status_code == 302
    assert saved(volunteer, lambda one: [row.item.value for row in one.gate_records]) == [
        "agreement"
    ]
    assert "You signed version 1" in mine.get("/volunteer/agreement").text


def test_agreement_on_the_staffs_side_replaces_the_bare_form(
    manager, staff, place, saved, ids, audited
):
    coach = place["coach"]
    assert staff.get(at(coach, "/gates/agreement")).status_code == 200
    text_id = published(manager, ids, sign_again="yes")
    assert staff.get(at(coach, "/gates/agreement")).status_code == 302
    page = at(coach, "/agreement")
    assert "counts until 18 December 2026" in staff.get(page).text
    day = {"signed_on-day": "20", "signed_on-month": "11", "signed_on-year": "2026"}
    given = {"text_id": str(text_id), "confirmed": "y", **day}
    assert staff.post(page, data=given).status_code == 302
    assert "On paper" in staff.get(page).text
    assert staff.post(f"{page}/take-back").status_code == 302
    assert "volunteer_agreement.take_back" in audited(coach.id)
    assert "agreement" not in saved(coach, lambda one: [r.item.value for r in one.gate_records])


def test_own_break_is_planned_and_called_off(place, volunteer_of, staff):
    coach = place["coach"]
    mine = volunteer_of(coach)
    days = {"starts_on-day": "1", "starts_on-month": "12", "starts_on-year": "2026"}
    page = "/volunteer/breaks/"
    assert mine.post(page, data=days).status_code == 422
    assert mine.post(page, data={**days, "reason": "holiday"}).status_code == 302
    shown = mine.get(page).text
    assert "From 1 December 2026" in shown
    (cancel,) = [line for line in shown.split('"') if line.endswith("/cancel")]
    assert "Holiday" in staff.get(at(coach)).text
    assert mine.post(cancel).status_code == 302
    assert "Call it off" not in mine.get(page).text


def test_review_is_listed_flagged_and_leads_to_active(staff, place, saved, database, scheme_id):
    coach = place["coach"]
    with database.writing(scheme_id) as session:
        person = session.get_one(Volunteer, coach.id)
        person.state, person.state_since = S.PROBATION, NOW - timedelta(weeks=13)
        person.probation_review_due = TODAY - timedelta(days=1)
    assert "Overdue" in staff.get("/staff/volunteers/reviews").text
    assert "Overdue" in staff.get(at(coach)).text
    assert staff.post(at(coach, "/move"), data={"to": "active"}).status_code == 409
    day = {"held_on-day": "20", "held_on-month": "11", "held_on-year": "2026"}
    given = {**day, "outcome": "extended", "reason": "More time."}
    assert staff.post(at(coach, "/review"), data=given).status_code == 422
    given["outcome"] = "passed"
    assert staff.post(at(coach, "/review"), data=given).status_code == 302
    assert saved(coach, state) == S.ACTIVE
    assert "More time." in staff.get(at(coach)).text


def test_reviews_list_asks_no_query_for_each_coach(app, database, scheme_id, place, staff):
    counts = []
    for more in (1, 29):
        with database.writing(scheme_id) as session:
            for _ in range(more):
                make_volunteer(session, None, state=S.PROBATION)
        with counted(app) as sent:
            assert staff.get("/staff/volunteers/reviews").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_withdrawn_volunteer_applies_again(add, volunteer_of, saved):
    volunteer = add(state=S.APPLIED)
    mine = volunteer_of(volunteer)
    assert mine.get("/volunteer/apply-again").status_code == 302
    assert mine.post("/volunteer/withdraw", data={"drop_out": "no_time"}).status_code == 302
    events = saved(volunteer, lambda one: [row.drop_out for row in one.history])
    assert events == ["no_time"]
    assert "Apply again" in mine.get("/volunteer/").text
    assert mine.post("/volunteer/apply-again").status_code == 302
    assert saved(volunteer, state) == S.ENQUIRY


def test_declined_volunteer_sees_from_when_and_not_why(
    add, volunteer_of, lead, staff, saved, database, scheme_id, place
):
    volunteer = add(state=S.APPLIED)
    given = {"drop_out": "not_suitable", "reason": "Canary words."}
    staff.post(at(volunteer, "/decline"), data=given)
    assert "Canary words." in staff.get(at(volunteer)).text
    mine = volunteer_of(volunteer)
    page = text_of(mine.get("/volunteer/apply-again"))
    assert "from 20 May 2027" in page
    assert "Canary" not in page
    assert mine.post("/volunteer/apply-again").status_code == 409
    assert staff.get(at(volunteer, "/reopen")).status_code == 403
    assert lead.post(at(volunteer, "/reopen"), data={"reason": "Talked."}).status_code == 302
    assert saved(volunteer, state) == S.ENQUIRY


def test_other_localities_volunteers_are_not_there(sign_in, place, ids):
    stranger, coach = sign_in(place["stranger"]), place["coach"]
    pages = ("breaks/new", "review", "agreement", "decline", "withdraw", "leave")
    for page in pages:
        assert stranger.get(at(coach, f"/{page}")).status_code == 404, page
        assert stranger.post(at(coach, f"/{page}"), data={}).status_code == 404, page
    assert stranger.post(at(coach, "/agreement/take-back")).status_code == 404
    assert stranger.get(f"/staff/training/for/{coach.id}").status_code == 404


def test_profile_page_can_be_saved_for_later(add, volunteer_of):
    mine = volunteer_of(add())
    page, given = "/volunteer/profile/languages", {"languages": "en"}
    onwards = mine.post(page, data=given)
    later = mine.post(page, data={**given, "later": "yes"})
    assert (onwards.status_code, later.status_code) == (302, 302)
    assert later.location == "/volunteer/"
    assert onwards.location != later.location


def test_closed_family_is_told_from_when_and_gets_an_account_of_its_own(
    database, scheme_id, place, sign_in, staff
):
    with database.writing(scheme_id) as session:
        coordinator = session.get_one(Account, place["coordinator"].id)
        family = make_family(session, coordinator, place["here"], last_name="Canary")
        family.state, family.state_since = FamilyState.CLOSED, NOW - timedelta(days=100)
        account = make_family_account(session, family)
    mine = sign_in(account)
    assert "/family/volunteer" in mine.get("/family/").text
    assert "You can apply from" in mine.get("/family/volunteer").text
    assert mine.post("/family/volunteer", data={"email": "n@example.org"}).status_code == 422
    with time_machine.travel(NOW + timedelta(days=100), tick=True):
        mine = sign_in(account)
        given = {"email": "new.start@example.org"}
        assert mine.post("/family/volunteer", data=given).status_code == 302
    with database.reading(scheme_id) as session:
        query = select(Volunteer).join(Account, Volunteer.account_id == Account.id)
        indexes = blind_indexes(session, "email", given["email"])
        made = session.scalars(query.where(Account.email_index.in_(indexes))).one()
    shown = staff.get(at(made)).text
    assert "No name yet" in shown
    assert "Canary" not in shown
    assert str(family.id) not in shown


def test_closed_record_offers_the_lead_alone_a_new_start(add, staff, lead, database, scheme_id):
    volunteer = add(state=S.APPLIED)
    with database.writing(scheme_id) as session:
        person = session.get_one(Volunteer, volunteer.id)
        onboarding.withdraw(session, person.account, TODAY)
        assert comebacks.may_return_from(person) == TODAY
    assert at(volunteer, "/reopen") not in staff.get(at(volunteer)).text
    assert at(volunteer, "/reopen") in lead.get(at(volunteer)).text
