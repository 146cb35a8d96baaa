"""The volunteer's own pages, as a browser uses them."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from peerapp.enums import GateItem, Role, VolunteerState
from peerapp.models import GateRecord, Volunteer, VolunteerEvent
from peerapp.services import volunteers
from tests.factories import NOW, make_account, make_coach, make_locality, make_volunteer

ANSWERS = {
    "about": {
        "first_name": "Zofia",
        "last_name": "Nowak",
        "date_of_birth-day": "27",
        "date_of_birth-month": "3",
        "date_of_birth-year": "1990",
        "phone": "07700 900982",
        "gender": "woman",
    },
    "travel": {"postcode": "sn15 1aa", "miles": "5"},
    "availability": {"slots": ["mon_morning", "thu_evening"]},
    "experience": {"lived_experience": ["isolation"]},
    "languages": {"languages": ["en", "pl"]},
    "helping": {"offers_remote": "yes", "avoids": "none", "capacity": "2"},
    "sharing": {"shares": ["scheme_phone", "email"]},
}
PAGES = list(ANSWERS)


@pytest.fixture
def add(database, scheme_id):
    """Return a function that adds rows in a transaction of its own."""

    def adding(make, *args, **values):
        with database.writing(scheme_id) as session:
            return make(session, *args, **values)

    return adding


@pytest.fixture
def account(add):
    """An account with a blank record, as signing up leaves it."""

    def make(session):
        account = make_account(session, Role.VOLUNTEER, email="zofia@example.org")
        session.add(Volunteer(account_id=account.id, state=VolunteerState.ENQUIRY, state_since=NOW))
        return account

    return add(make)


@pytest.fixture
def browser(sign_in, account):
    return sign_in(account)


@pytest.fixture
def saved(database, scheme_id):
    """Return a function that reads a volunteer as it is in the database."""

    def reading(account):
        with database.reading(scheme_id) as session:
            query = select(Volunteer).where(Volunteer.account_id == account.id)
            volunteer = session.scalars(query).one()
            session.refresh(volunteer, ["history"])
            return volunteer

    return reading


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def fill_in(browser):
    for page, answers in ANSWERS.items():
        assert browser.post(f"/volunteer/profile/{page}", data=answers).status_code == 302


def test_application_from_blank_to_sent_page_by_page(browser, account, saved, add):
    add(make_locality)
    assert "Your application is not finished" in browser.get("/volunteer/").text
    for page, following in zip(PAGES, [*PAGES[1:], None], strict=True):
        assert browser.get(f"/volunteer/profile/{page}").status_code == 200
        answer = browser.post(f"/volunteer/profile/{page}", data=ANSWERS[page])
        expected = f"/volunteer/profile/{following}" if following else "/volunteer/check"
        assert (answer.status_code, answer.location) == (302, expected)
    check = text_of(browser.get("/volunteer/check"))
    for told in ("Zofia Nowak", "27 March 1990", "SN15 1AA", "5 miles", "English", "Polish"):
        assert told in check
    answer = browser.post("/volunteer/check", data={"is_true": "y"})
    assert (answer.status_code, answer.location) == (302, "/volunteer/sent")
    volunteer = saved(account)
    assert volunteer.state == VolunteerState.APPLIED
    sent = text_of(browser.get("/volunteer/sent"))
    assert volunteers.reference(volunteer) in sent
    assert "We have your application" in browser.get("/volunteer/").text


def test_application_sent_twice_is_sent_once(browser, account, saved):
    fill_in(browser)
    for _ in range(2):
        answer = browser.post("/volunteer/check", data={"is_true": "y"})
        assert (answer.status_code, answer.location) == (302, "/volunteer/sent")
    assert [event.to_state for event in saved(account).history] == [VolunteerState.APPLIED]


def test_application_without_the_declaration_is_not_sent(browser, account, saved):
    fill_in(browser)
    answer = browser.post("/volunteer/check", data={})
    assert answer.status_code == 422
    assert "Confirm that what you told us is true" in answer.text
    assert saved(account).state == VolunteerState.ENQUIRY


def test_application_that_lacks_answers_says_which_and_is_not_sent(browser, account, saved):
    browser.post("/volunteer/profile/about", data=ANSWERS["about"])
    page = browser.get("/volunteer/check").text
    assert "/volunteer/profile/travel?from=check" in page
    assert "Send your application" not in page
    assert browser.post("/volunteer/check", data={"is_true": "y"}).status_code == 422
    assert saved(account).state == VolunteerState.ENQUIRY
    assert "/volunteer/profile/travel" in browser.get("/volunteer/").text


def test_confirmation_before_sending_leads_home(browser):
    answer = browser.get("/volunteer/sent")
    assert (answer.status_code, answer.location) == (302, "/volunteer/")


def test_change_from_the_check_page_returns_to_it(browser, account, saved):
    fill_in(browser)
    address = "/volunteer/profile/languages?from=check"
    assert 'href="/volunteer/check"' in browser.get(address).text
    answer = browser.post(address, data={"languages": ["en"]})
    assert (answer.status_code, answer.location) == (302, "/volunteer/check")
    assert saved(account).languages == ("en",)


WRONG = [
    ("about", {"first_name": ""}, "Enter your first name"),
    ("about", {"date_of_birth-month": "13"}, "Date of birth must be a real date"),
    ("about", {"date_of_birth-year": "2020"}, "Volunteers must be 16 or older"),
    ("about", {"phone": "12"}, "Enter a phone number, like"),
    ("about", {"gender": "robot"}, "Choose from the list"),
    ("travel", {"postcode": "SN15"}, "Enter a full UK postcode"),
    ("travel", {"postcode": "SN15 8ZZ"}, "We cannot find this postcode"),
    ("travel", {"postcode": "EH1 1YZ"}, "This postcode is in Scotland"),
    ("travel", {"miles": "0"}, "Enter a whole number from 1 to 60"),
    ("travel", {"miles": "five"}, "Enter a whole number from 1 to 60"),
    ("availability", {"slots": []}, "Choose at least one time when you are free"),
    ("availability", {"slots": ["mon_night"]}, "Choose from the list"),
    ("experience", {"experience": ["flying"]}, "Choose from the list"),
    ("languages", {"languages": []}, "Choose at least one language"),
    ("helping", {"capacity": "4"}, "Choose from the list"),
    ("helping", {"offers_remote": ""}, "Choose yes if you could meet by phone"),
    ("sharing", {"shares": []}, "Choose at least one way to reach you"),
]


def test_answer_that_cannot_be_is_refused_beside_its_question(browser, account, saved):
    for page, answers, message in WRONG:
        answer = browser.post(f"/volunteer/profile/{page}", data={**ANSWERS[page], **answers})
        assert (page, answer.status_code) == (page, 422)
        assert "There is a problem" in answer.text
        assert message in text_of(answer)
    assert saved(account).version == 1


def test_profile_page_ignores_fields_that_it_does_not_ask(browser, account, saved, add):
    locality = add(make_locality)
    extra = {
        "state": "active",
        "role": "manager",
        "locality_id": str(locality.id),
        "scheme_phone": "01632 960000",
        "easting": "1",
        "capacity": "3",
        "check_level": "basic",
    }
    browser.post("/volunteer/profile/languages", data={**ANSWERS["languages"], **extra})
    volunteer = saved(account)
    assert volunteer.languages == ("en", "pl")
    assert (volunteer.state, volunteer.locality_id) == (VolunteerState.ENQUIRY, None)
    assert (volunteer.scheme_phone, volunteer.easting, volunteer.capacity) == ("", None, None)


def test_profile_page_that_does_not_exist_is_not_found(browser):
    assert browser.get("/volunteer/profile/dbs").status_code == 404


def test_checked_name_is_shown_and_not_asked(add, sign_in, saved):
    def make(session):
        staff = make_account(session, Role.MANAGER)
        volunteer = make_volunteer(session, state=VolunteerState.VETTING, last_name="Canary")
        volunteer.gate_records = [
            GateRecord(item=GateItem.IDENTITY, done_on=NOW.date(), recorded_by_id=staff.id)
        ]
        return volunteer.account

    account = add(make)
    browser = sign_in(account)
    page = browser.get("/volunteer/profile/about").text
    assert "Ama Canary" in page
    assert 'name="last_name"' not in page
    answers = {**ANSWERS["about"], "phone": "01632 960001"}
    assert browser.post("/volunteer/profile/about", data=answers).status_code == 302
    volunteer = saved(account)
    assert (volunteer.name, volunteer.phone) == ("Ama Canary", "01632 960001")


def test_withdrawing_asks_first_and_closes_the_record(browser, account, saved):
    assert "Withdraw your application" in browser.get("/volunteer/withdraw").text
    answer = browser.post("/volunteer/withdraw")
    assert (answer.status_code, answer.location) == (302, "/volunteer/")
    assert saved(account).state == VolunteerState.WITHDRAWN
    home = browser.get("/volunteer/").text
    assert "You have withdrawn your application" in home
    assert "/volunteer/withdraw" not in home
    check = browser.get("/volunteer/check").text
    assert "from=check" not in check
    assert browser.get("/volunteer/withdraw").location == "/volunteer/"
    assert (
        browser.post("/volunteer/profile/languages", data=ANSWERS["languages"]).status_code == 422
    )


def test_coach_is_led_to_the_families_and_cannot_withdraw(add, sign_in):
    def make(session):
        locality = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (locality,))
        return make_coach(session, staff, locality).account

    browser = sign_in(add(make))
    home = browser.get("/volunteer/").text
    assert "You are a coach" in home
    assert "/volunteer/withdraw" not in home
    assert "Your DBS check is done." in home
    assert browser.post("/volunteer/withdraw").location == "/volunteer/"


def test_reasons_of_staff_never_reach_the_volunteer(add, sign_in):
    def make(session):
        staff = make_account(session, Role.MANAGER, name="Canary Staff")
        volunteer = make_volunteer(session, state=VolunteerState.SUSPENDED)
        volunteer.details_query = "canary query"
        volunteer.history = [
            VolunteerEvent(
                from_state=VolunteerState.ACTIVE,
                to_state=VolunteerState.SUSPENDED,
                by_id=staff.id,
                reason="canary reason",
            )
        ]
        return volunteer.account, volunteer.id, staff

    account, volunteer_id, staff = add(make)
    seen_by_staff = sign_in(staff).get(f"/staff/volunteers/{volunteer_id}").text
    for canary in ("canary query", "canary reason", "Canary Staff"):
        assert canary in seen_by_staff
    browser = sign_in(account)
    for address in ("/volunteer/", "/volunteer/check", "/volunteer/sent"):
        assert "canary" not in browser.get(address).text.lower()
    assert "Your role is on hold" in browser.get("/volunteer/").text


@pytest.mark.parametrize("address", ["/volunteer/", "/volunteer/check", "/volunteer/profile/about"])
def test_pages_are_for_volunteers_alone(client, add, sign_in, address):
    assert client.get(address).status_code == 302
    for role in set(Role) - {Role.VOLUNTEER}:
        assert sign_in(add(make_account, role)).get(address).status_code == 403
