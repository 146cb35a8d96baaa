"""Status checks on the staff's pages, with the stand-in for DBS behind the site."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from peerapp.demo.update_service_answers import Told
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import Role, StatusOutcome
from peerapp.models import Account, Scheme, StatusCheck, StatusConsent, Subscription, Volunteer
from peerapp.views.status_checks import REFRESH_FOR
from tests.factories import NOW, TODAY, make_account, make_coach
from tests.support.queries import counted
from tests.support.staff_pages import at, text_of
from tests.support.update_service import stand_in

pytestmark = pytest.mark.usefixtures("on_the_day")

__all__ = ["stand_in"]

SETTINGS = {
    "organisation": "Wiltshire Council",
    "checker_forename": "Priya",
    "checker_surname": "Shah",
    "every_days": "14",
    "terms_agreed": "y",
}


@pytest.fixture
def settings(settings, stand_in):
    """The site may reach the stand-in."""
    return dataclasses.replace(settings, update_service_url=stand_in.base_url)


@pytest.fixture
def ready(database, scheme_id, place, stand_in):
    """A scheme that is set up, and a function that lets DBS be asked about a coach."""

    def agree(volunteer_id, told=Told.BLANK):
        with database.writing(scheme_id) as session:
            coach = session.get_one(Volunteer, volunteer_id)
            coach.consents.append(StatusConsent(version=1, typed_name=coach.name, given_at=NOW))
            coach.certificates[-1].subscription = Subscription(
                joined_on=date(2026, 3, 10),
                renew_by=date(2027, 3, 10),
                recorded_by_id=place["coordinator"].id,
            )
            stand_in.know(coach.certificates[-1], told)

    with database.writing(scheme_id) as session:
        scheme = session.get_one(Scheme, scheme_id)
        scheme.status_organisation = "Wiltshire Council"
        scheme.status_terms_agreed_on = TODAY
        session.get_one(Account, place["coordinator"].id).name = "Cora Dale"
    return agree


def ask(browser, coach):
    return browser.post(at(coach, "/status-checks"), follow_redirects=True)


def test_button_asks_dbs_and_shows_the_answer(staff, place, ready, audited):
    coach = place["coach"]
    ready(coach.id)
    assert "DBS has not been asked yet." in staff.get(at(coach)).text
    answer = ask(staff, coach)
    assert answer.status_code == 200
    assert "Still current" in text_of(answer)
    assert "by Cora Dale" in text_of(answer)
    assert "Refresh" not in answer.headers
    page = text_of(staff.get(at(coach)))
    assert "Last check: Still current" in page
    assert "Check the status now" in page
    check_id = uuid.UUID(answer.request.path.rsplit("/", 1)[1])
    assert audited(check_id) == [
        "status_check.ask",
        "status_check.answer",
        "status_check.view",
    ]


def test_new_information_is_told_and_listed(staff, lead, place, ready, saved):
    coach = place["coach"]
    ready(coach.id, Told.NEW_INFO)
    text = text_of(ask(staff, coach))
    assert "No longer current" in text
    assert "Ask the volunteer to apply for a new DBS check." in text
    codes = saved(coach, lambda one: [row.code for row in clearance_refusals(one, TODAY)])
    assert codes == ["certificate_new_information"]
    for browser in (staff, lead):
        assert "Canary" in browser.get("/staff/status-checks/").text
    again = ask(staff, coach)
    assert again.status_code == 409
    assert "A new DBS check is needed." in text_of(again)


def test_open_question_looks_for_its_answer_by_itself(
    staff, place, ready, audited, database, scheme_id
):
    ready(place["coach"].id)
    with database.writing(scheme_id) as session:
        coach = session.get_one(Volunteer, place["coach"].id)
        check = StatusCheck(volunteer_id=coach.id, certificate_id=coach.certificates[0].id)
        session.add(check)
        session.flush()
        check_id, made_at = check.id, check.created_at
    page = staff.get(f"/staff/status-checks/{check_id}")
    assert page.headers["Refresh"] == "2"
    assert "Waiting for the answer" in text_of(page)
    assert "by the schedule" in text_of(page)
    assert audited(check_id) == []
    with time_machine.travel(made_at + REFRESH_FOR):
        later = staff.get(f"/staff/status-checks/{check_id}")
    assert "Waiting for the answer" in text_of(later)
    assert "Refresh" not in later.headers


def test_what_is_missing_stands_in_place_of_the_button(staff, place, ready):
    page = text_of(staff.get(at(place["coach"])))
    assert "The volunteer has not agreed in writing to status checks." in page
    assert "Check the status now" not in page
    answer = ask(staff, place["coach"])
    assert answer.status_code == 409
    assert "has not agreed in writing" in text_of(answer)


def test_manager_reads_and_does_not_ask(sign_in, place, ready, database, scheme_id):
    ready(place["coach"].id)
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER, name="Mae Good")
    browser = sign_in(manager)
    assert "Check the status now" not in browser.get(at(place["coach"])).text
    assert ask(browser, place["coach"]).status_code == 403


def test_stranger_finds_nothing(sign_in, staff, place, ready):
    coach = place["coach"]
    ready(coach.id, Told.NO_MATCH)
    path = ask(staff, coach).request.path
    stranger = sign_in(place["stranger"])
    assert ask(stranger, coach).status_code == 404
    assert stranger.get(path).status_code == 404
    assert "Canary" in staff.get("/staff/status-checks/").text
    assert "Canary" not in stranger.get("/staff/status-checks/").text


def test_flag_goes_when_a_later_check_passes(staff, place, ready, stand_in):
    coach = place["coach"]
    ready(coach.id, Told.NO_MATCH)
    ask(staff, coach)
    assert "Canary" in staff.get("/staff/status-checks/").text
    stand_in.tell_all(Told.BLANK)
    text = text_of(ask(staff, coach))
    assert "Still current" in text
    assert "The safeguarding lead may accept it again." in text
    assert "No status check needs you." in text_of(staff.get("/staff/status-checks/"))


def test_settings_are_saved_by_a_manager(sign_in, staff, place, database, scheme_id):
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
    browser = sign_in(manager)
    assert staff.get("/staff/status-checks/settings").status_code == 403
    page = browser.get("/staff/status-checks/settings")
    assert 'value="Wiltshire Council"' in page.text
    assert browser.post("/staff/status-checks/settings", data=SETTINGS).status_code == 302
    with database.reading(scheme_id) as session:
        scheme = session.get_one(Scheme, scheme_id)
        assert (scheme.status_organisation, scheme.status_check_days) == ("Wiltshire Council", 14)
        assert (scheme.status_checker_forename, scheme.status_checker_surname) == ("Priya", "Shah")
        assert scheme.status_terms_agreed_on == TODAY
    without = {name: value for name, value in SETTINGS.items() if name != "terms_agreed"}
    browser.post("/staff/status-checks/settings", data=without)
    with database.reading(scheme_id) as session:
        assert session.get_one(Scheme, scheme_id).status_terms_agreed_on is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"organisation": ""}, "Enter the name of the organisation"),
        ({"organisation": "  "}, "Enter the name of the organisation"),
        ({"checker_surname": ""}, "Enter the checker’s last name"),
        ({"every_days": "0"}, "Enter a whole number from 1 to 365"),
        ({"every_days": "often"}, "Enter a whole number from 1 to 365"),
    ],
)
def test_settings_that_cannot_be_are_refused(sign_in, database, scheme_id, place, change, message):
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
    answer = sign_in(manager).post("/staff/status-checks/settings", data={**SETTINGS, **change})
    assert answer.status_code == 422
    assert message in text_of(answer)


def test_list_needs_as_many_queries_for_thirty_as_for_one(
    app, staff, place, ready, database, scheme_id
):
    def add(number):
        with database.writing(scheme_id) as session:
            for _ in range(number):
                coach = make_coach(session, place["coordinator"], place["here"])
                session.add(
                    StatusCheck(
                        volunteer_id=coach.id,
                        certificate_id=coach.certificates[0].id,
                        outcome=StatusOutcome.UNKNOWN,
                        is_flagged=True,
                        next_at=NOW,
                        answered_at=NOW,
                    )
                )

    def queries():
        with counted(app) as sent:
            assert staff.get("/staff/status-checks/").status_code == 200
        return len(sent)

    add(1)
    queries()
    for_one = queries()
    add(29)
    assert queries() == for_one
    with database.reading(scheme_id) as session:
        assert len(session.scalars(select(StatusCheck)).all()) == 30
