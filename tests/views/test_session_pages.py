"""The pages of sessions by real requests: coach, family and staff, and what none of them shows."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from sqlalchemy import select

from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import MatchState, Role, SessionState
from peerapp.models import CoachingSession, Family, Match, Volunteer
from peerapp.services import session_plans
from tests import factories
from tests.factories import NOW
from tests.scenes import BASE_URL, Scene, scene_in

S, M = SessionState, MatchState
PLAN = PlanDetails(date(2026, 11, 23), time(9, 30), 120)
AFTER = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOTE = {"minutes": "95", "mood": "mixed", "text": "Her canary is ill."}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    return scene_in(database, scheme_id)


@pytest.fixture
def match_id(scene) -> uuid.UUID:
    family_id = scene.add_family(account=True, last_name="Canarifamily")
    found = scene.add_match(family_id, scene.add_coach(last_name="Canaricoach"), state=M.ACTIVE)
    with scene.writing() as session:
        session_plans.save_plan(session, scene.coordinator(session), found, PLAN, NOW, BASE_URL)
    return found


@pytest.fixture
def accounts(scene, match_id):
    """The match's family, its coach, its coordinator, and others of each kind."""
    other = scene.add_match(scene.add_family(account=True), scene.add_coach(), state=M.ACTIVE)
    with scene.writing() as session:
        here = session.get_one(Match, match_id)
        there = session.get_one(Match, other)
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        return {
            "family": here.family.account,
            "coach": here.volunteer.account,
            "staff": scene.coordinator(session),
            "other_family": there.family.account,
            "other_coach": there.volunteer.account,
            "stranger": factories.make_account(session, Role.COORDINATOR, (elsewhere,)),
            "manager": factories.make_account(session, Role.MANAGER),
        }


@pytest.fixture
def people(accounts, sign_in):
    """A browser for each."""
    return {name: sign_in(account) for name, account in accounts.items()}


@pytest.fixture
def people_at(accounts, sign_in, clock):
    """Return a function that moves the clock and gives everybody a new browser."""

    def at(moment):
        clock.move_to(moment)
        return {name: sign_in(account) for name, account in accounts.items()}

    return at


@pytest.fixture
def first_id(scene, match_id) -> uuid.UUID:
    with scene.reading() as session:
        query = select(CoachingSession.id).order_by(CoachingSession.starts_at)
        return session.scalars(query).first()


def session_of(scene, session_id):
    with scene.reading() as session:
        one = session.get_one(CoachingSession, session_id)
        return one.state, one.cancel_reason, [note.text for note in one.notes]


def move_day(form, day):
    return {**form, "on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}


def test_family_and_coach_read_when_they_meet_and_nobody_is_named(people, scene):
    family = people["family"].get("/family/sessions/").text
    coach = people["coach"].get("/volunteer/sessions/").text
    for page in (family, coach):
        assert "Monday 23 November 2026, 9:30am to 11:30am" in page
        assert "Canari" not in page.split("<main")[1]
    assert "govuk-exit-this-page" in family
    assert "Canarifamily" in people["staff"].get("/staff/matches/?state=running").text


def test_coach_notes_a_session_and_only_the_coordinator_reads_the_words(
    people, people_at, scene, match_id, first_id
):
    path = f"/volunteer/sessions/{first_id}/held"
    early = [people["coach"].post(path, data=NOTE)]
    early += [people["coach"].get(path.replace("held", page)) for page in ("held", "missed")]
    assert [(one.status_code, "23 November" in one.text) for one in early] == [(404, False)] * 3
    people = people_at(AFTER)
    page = people["coach"].get("/volunteer/sessions/").text
    assert ("Tell us how it went" in page, "&lt;" in page) == (True, False)
    empty = people["coach"].post(path, data={"minutes": ""})
    assert (empty.status_code, "Choose how it went" in empty.text) == (422, True)
    answer = people["coach"].post(path, data=NOTE)
    assert (answer.status_code, answer.location) == (302, f"/volunteer/sessions/{first_id}/noted")
    assert session_of(scene, first_id) == (S.HELD, None, ["Her canary is ill."])
    staff = people["staff"].get(f"/staff/matches/{match_id}/sessions").text
    assert "Her canary is ill." in staff
    assert "95 minutes" in staff
    pages = [
        people["coach"].get(answer.location),
        people["coach"].get(path),
        people["coach"].get("/volunteer/sessions/"),
        people["family"].get("/family/sessions/"),
        people["manager"].get(f"/staff/matches/{match_id}/sessions"),
    ]
    assert [page.status_code for page in pages] == [200] * 5
    assert ["canary" in page.text for page in pages] == [False] * 5


def test_coach_says_that_a_session_did_not_happen(people_at, scene, first_id):
    people = people_at(AFTER)
    path = f"/volunteer/sessions/{first_id}/missed"
    assert people["coach"].post(path, data={}).status_code == 422
    assert people["coach"].post(path, data={"reason": "family_not_there"}).status_code == 302
    assert session_of(scene, first_id)[0] == S.NOT_HELD


def test_coach_moves_and_calls_off(people, scene, match_id, first_id):
    path = f"/volunteer/sessions/{first_id}/move"
    assert people["coach"].post(path, data={"at": "late"}).status_code == 422
    answer = people["coach"].post(path, data=move_day({"at": "2pm"}, date(2026, 11, 24)))
    assert answer.status_code == 302
    page = people["family"].get("/family/sessions/").text
    assert "Tuesday 24 November 2026, 2pm to 4pm" in page
    assert "New time" in page
    path = f"/volunteer/sessions/{first_id}/call-off"
    assert people["coach"].post(path, data={"reason": "on_hold"}).status_code == 422
    assert people["coach"].post(path, data={"reason": "coach_cannot"}).status_code == 302
    assert "Called off" in people["family"].get("/family/sessions/").text


def test_family_says_that_it_cannot_come(people, scene, first_id):
    path = f"/family/sessions/{first_id}/cannot-come"
    page = people["family"].get(path)
    assert (page.status_code, "You do not have to say why" in page.text) == (200, True)
    assert session_of(scene, first_id)[0] == S.PLANNED
    assert people["family"].post(path).status_code == 302
    assert session_of(scene, first_id)[:2] == (S.CANCELLED, "family_cannot")
    assert people["family"].post(path).status_code == 302


def test_sessions_of_others_are_not_there(people, people_at, match_id, first_id):
    coach_paths = [
        f"/volunteer/sessions/{first_id}/move",
        f"/volunteer/sessions/{first_id}/call-off",
        f"/volunteer/sessions/other/{match_id}",
        f"/volunteer/sessions/link/{match_id}",
    ]
    after_paths = [
        f"/volunteer/sessions/{first_id}/held",
        f"/volunteer/sessions/{first_id}/missed",
        f"/volunteer/expenses/new?session={first_id}",
    ]
    later = people_at(AFTER)
    noted = f"/volunteer/sessions/{first_id}/noted"
    assert later["coach"].get(noted).location == "/volunteer/sessions/"
    assert later["other_coach"].get(noted).status_code == 404
    for path in after_paths:
        assert later["coach"].get(path).status_code == 200, path
        assert later["other_coach"].get(path).status_code == 404, path
    people = people_at(NOW)
    for path in after_paths:  # when they are to meet may be hidden by then
        assert people["coach"].get(path).status_code == 404, path
    for path in coach_paths:
        assert people["coach"].get(path).status_code == 200, path
        assert people["other_coach"].get(path).status_code == 404, path
    path = f"/family/sessions/{first_id}/cannot-come"
    assert people["family"].get(path).status_code == 200
    assert people["other_family"].get(path).status_code == 404
    for path in (
        f"/staff/matches/{match_id}/sessions",
        f"/staff/matches/{match_id}/sessions/plan",
        f"/staff/sessions/{first_id}/call-off",
    ):
        assert people["staff"].get(path).status_code == 200, path
        assert people["stranger"].get(path).status_code == 404, path


@pytest.mark.parametrize("state", [M.PAUSED, M.ENDED])
def test_open_page_of_a_closed_match_finds_nothing(people, scene, match_id, first_id, state):
    path = f"/family/sessions/{first_id}/cannot-come"
    before = people["family"].get("/family/sessions/").text
    assert people["family"].get(path).status_code == 200
    with scene.writing() as session:
        session.get_one(Match, match_id).state = state
    assert people["family"].post(path).status_code == 404
    assert people["coach"].get(f"/volunteer/sessions/{first_id}/move").status_code == 404
    page = people["family"].get("/family/sessions/").text
    assert ("23 November" in before, "23 November" in page) == (True, False)
    assert "There is nothing to show here at the moment" in page


def test_why_sessions_are_gone_cannot_be_told_from_the_page(people, scene, match_id):
    def pages():
        places = (people["family"], "/family/sessions/"), (people["coach"], "/volunteer/sessions/")
        return [browser.get(path).text.split("<main")[1] for browser, path in places]

    seen = []
    for state, coach_state in ((M.PAUSED, "active"), (M.ACTIVE, "suspended"), (M.PAUSED, "paused")):
        with scene.writing() as session:
            match = session.get_one(Match, match_id)
            match.state = state
            session.get_one(Volunteer, match.volunteer_id).state = coach_state
        seen.append(pages())
    assert seen[0] == seen[1] == seen[2]


def test_coordinator_plans_and_the_form_names_what_is_wrong(people, scene):
    family_id = scene.add_family(slots=("tue_evening",))
    match_id = scene.add_match(family_id, scene.add_coach(), state=M.ACTIVE, slot="tue_evening")
    path = f"/staff/matches/{match_id}/sessions/plan"
    page = people["staff"].get(path).text
    assert "Tuesday evening (6pm to 9pm)" in page
    assert 'value="6pm"' in page
    form = {"minutes": "90", "every_weeks": "1", "skips_holidays": "yes"}
    first = {"first_on-day": "24", "first_on-month": "11", "first_on-year": "2026"}
    wrong = people["staff"].post(path, data={**form, **first, "at": "2pm"})
    assert (wrong.status_code, "between 18:00 and 20:59" in wrong.text) == (422, True)
    right = people["staff"].post(path, data={**form, **first, "at": "6:30pm"})
    assert right.status_code == 302
    assert "24 November 2026, 6:30pm to 8pm" in people["staff"].get(right.location).text
    assert people["manager"].post(path, data={**form, **first, "at": "7pm"}).status_code == 403


def test_video_sessions_have_a_link_on_pages_of_the_two_only(people, scene, match_id):
    with scene.writing() as session:
        session.get_one(Match, match_id).mode = "remote"
    link = "https://video.example.org/room-canary"
    path = f"/volunteer/sessions/link/{match_id}"
    assert people["coach"].post(path, data={"video_link": "room"}).status_code == 422
    assert people["coach"].post(path, data={"video_link": link}).status_code == 302
    pages = {
        name: people[name].get(path).text
        for name, path in {
            "family": "/family/sessions/",
            "coach": "/volunteer/sessions/",
            "other_family": "/family/sessions/",
            "other_coach": "/volunteer/sessions/",
        }.items()
    }
    assert [f'href="{link}"' in page for page in pages.values()] == [True, True, False, False]


def test_calendar_address_is_shown_once_and_read_without_signing_in(people, client, scene):
    for name in ("family", "coach"):
        page = people[name].post("/calendar/new")
        assert page.status_code == 200
        address = page.text.split("<code>")[1].split("</code>")[0]
        path = "/calendar/" + address.rpartition("/")[2]
        answer = client.get(path)
        assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
        assert answer.data.count(b"BEGIN:VEVENT") == 8
        assert b"anari" not in answer.data
        assert "no-store" in answer.headers["Cache-Control"]
        again = people[name].get("/calendar/").text
        assert ("<code>" in again, "You have an address" in again) == (False, True)
        assert people[name].post("/calendar/stop").status_code == 302
        assert client.get(path).status_code == 404
    assert client.get("/calendar/guess.ics").status_code == 404
    assert people["staff"].get("/calendar/").status_code == 403


def test_family_on_a_shared_phone_is_warned_before_it_makes_an_address(people, scene, match_id):
    assert "Other people may see your phone" not in people["family"].get("/calendar/").text
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        session.get_one(Family, match.family_id).safe_contact.shared_device = True
    assert "Other people may see your phone" in people["family"].get("/calendar/").text


def test_sessions_to_look_at_are_listed_and_counted(people, people_at):
    assert "Every session has its note." in people["staff"].get("/staff/sessions/").text
    people = people_at(datetime(2026, 11, 30, 12, tzinfo=UTC))
    page = people["staff"].get("/staff/sessions/").text
    assert "Canarifamily" in page
    assert "Monday 23 November 2026" in page
    assert "Canarifamily" not in people["stranger"].get("/staff/sessions/").text
    assert "Sessions to look at" in people["staff"].get("/staff/").text


def test_manager_adds_and_removes_a_holiday(people):
    form = {"name": "Christmas", "council": "Wiltshire"}
    for name, day in (("first_on", 21), ("last_on", 31)):
        form |= {f"{name}-day": str(day), f"{name}-month": "12", f"{name}-year": "2026"}
    path = "/staff/school-holidays/"
    assert people["staff"].post(f"{path}new", data=form).status_code == 403
    assert people["manager"].post(f"{path}new", data={**form, "name": ""}).status_code == 422
    assert people["manager"].post(f"{path}new", data=form).status_code == 302
    everywhere = {**form, "name": "Easter", "council": "", "first_on-month": "3"}
    everywhere |= {"last_on-month": "3", "first_on-year": "2027", "last_on-year": "2027"}
    assert people["manager"].post(f"{path}new", data=everywhere).status_code == 302
    page = people["manager"].get(path).text
    assert ("31 December 2026" in page, "31 March 2027" in page) == (True, True)
    holidays = re.findall(r'action="/staff/school-holidays/([0-9a-f-]{36})/remove"', page)
    assert len(holidays) == 2
    for holiday in holidays:
        assert people["staff"].post(f"{path}{holiday}/remove").status_code == 403
        assert people["manager"].post(f"{path}{holiday}/remove").status_code == 302
    assert "No school holidays are known" in people["manager"].get(path).text


def watched(page):
    return set(re.findall(r'data-contact-watch="([^"]+)"', page.text))


def test_open_pages_of_sessions_learn_that_contact_is_over(people, scene, match_id, first_id):
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        match.mode = "remote"
        session_plans.find_plan(session, match_id).video_link = "https://video.example.org/canari"
    mine, own = f"/volunteer/sessions/of/{match_id}", f"/family/sessions/of/{match_id}"
    links = ("coach", mine), ("family", own)
    pages = {
        ("coach", "/volunteer/sessions/"): f"{mine}/link/still",
        ("coach", f"/volunteer/sessions/{first_id}/move"): f"{mine}/times/still",
        ("coach", f"/volunteer/sessions/{first_id}/call-off"): f"{mine}/times/still",
        ("coach", f"/volunteer/sessions/link/{match_id}"): f"{mine}/plan/still",
        ("family", "/family/sessions/"): f"{own}/link/still",
        ("family", f"/family/sessions/{first_id}/cannot-come"): f"{own}/times/still",
    }
    for (who, path), address in pages.items():
        page = people[who].get(path)
        assert (path, watched(page)) == (path, {address})
        assert 'http-equiv="refresh"' in page.text

    def answers():
        return {people[who].get(address).status_code for (who, _), address in pages.items()}

    assert answers() == {204}
    for who in ("other_coach", "other_family"):
        asked = [address for (side, _), address in pages.items() if who.endswith(side)]
        assert {people[who].get(address).status_code for address in asked} == {410}
    with scene.writing() as session:
        session_plans.find_plan(session, match_id).video_link = ""
    asked = [people[who].get(f"{base}/link/still") for who, base in links]
    assert [one.status_code for one in asked] == [410, 410]
    with scene.writing() as session:
        session.get_one(Match, match_id).state = M.PAUSED
    assert answers() == {410}
    assert watched(people["coach"].get("/volunteer/sessions/")) == set()
