"""A family's own pages on what it said yes to, and on how it may be reached."""

from __future__ import annotations

from dataclasses import fields

import pytest

from peerapp.domain.family_records import FamilyDetails, SafeContactAnswers
from peerapp.enums import ConsentPurpose, FamilyState
from peerapp.models import Family
from peerapp.services import families, family_consent_texts, safe_contact
from tests.factories import TODAY
from tests.services.family_scenes import make_family_scene
from tests.services.own_family_scenes import OwnScene, as_own

pytestmark = pytest.mark.usefixtures("on_the_day")

CHOICES = "/family/choices"
SAFE = "/family/safe-contact"
QUESTIONS = ("times", "name", "voicemail", "device", "address", "people", "ways")
ANSWERS = {
    "times": {"safe_slots": ["mon_morning", "tue_morning"], "times": ""},
    "name": {"alias": "The library"},
    "voicemail": {"no_voicemail": "yes"},
    "device": {"shared_device": "yes"},
    "address": {"withheld_address": "yes"},
    "people": {"must_not_be_told": "Canary the neighbour"},
    "ways": {"channels": ["sms"]},
}


@pytest.fixture
def scene(database, scheme_id) -> OwnScene:
    return as_own(make_family_scene(database, scheme_id))


def own(scene: OwnScene, sign_in, **values):
    scene.add_own(**values)
    with scene.reading() as (session, _):
        account = session.get_one(Family, scene.family_id).account
    return sign_in(account)


def test_choices_show_where_each_purpose_stands(scene, sign_in):
    page = own(scene, sign_in).get(f"{CHOICES}/").text
    assert page.count("govuk-tag--green") == 3
    assert page.count("govuk-tag--grey") == 3
    assert "govuk-exit-this-page" in page


def test_saying_yes_and_taking_it_back(scene, sign_in):
    browser = own(scene, sign_in)
    page = browser.get(f"{CHOICES}/research").text
    assert "We count what helps families" in page
    assert "You have not said yes to this" in page
    answer = browser.post(f"{CHOICES}/research", data={"seen": "1.en.1"})
    assert (answer.status_code, answer.location) == (303, f"{CHOICES}/")
    assert "You said yes on 20 November 2026" in browser.get(f"{CHOICES}/research").text
    before = browser.get(f"{CHOICES}/research/stop").text
    assert "We leave you out when we count" in before
    assert ConsentPurpose.RESEARCH in scene.standing()
    assert browser.post(f"{CHOICES}/research/stop").status_code == 303
    assert ConsentPurpose.RESEARCH not in scene.standing()
    assert "You took this back on 20 November 2026" in browser.get(f"{CHOICES}/research").text


def test_yes_to_words_that_changed_shows_the_new_words_with_the_reason(scene, sign_in):
    browser = own(scene, sign_in)
    with scene.writing("manager") as (session, manager):
        family_consent_texts.write(
            session,
            manager,
            ConsentPurpose.RESEARCH,
            "Quite other words. " * 9,
            "1.en.1",
            TODAY,
            asks_again=False,
        )
    answer = browser.post(f"{CHOICES}/research", data={"seen": "1.en.1"})
    assert answer.status_code == 422
    assert "The words have changed since you opened this page" in answer.text
    assert "Quite other words." in answer.text
    assert 'value="2.en.1"' in answer.text


def test_words_in_another_language_say_so_to_screen_readers(scene, sign_in):
    browser = own(scene, sign_in)
    with scene.writing("manager") as (session, manager):
        family_consent_texts.translate(
            session,
            manager,
            ConsentPurpose.TAKE_PART,
            "ar",
            "نبحث لك عن شخص يساعدك. " * 9,
            "1.en.1",
            TODAY,
        )
    english = browser.get(f"{CHOICES}/take_part").text
    assert 'hreflang="ar"' in english
    arabic = browser.get(f"{CHOICES}/take_part?language=ar").text
    assert '<div lang="ar" dir="rtl">' in arabic
    assert '<div lang="en" dir="ltr">' in browser.get(f"{CHOICES}/take_part?language=zz").text


@pytest.mark.parametrize("path", ["/nothing", "/nothing/stop", "/TAKE_PART"])
def test_a_purpose_that_does_not_exist_is_not_found(scene, sign_in, path):
    assert own(scene, sign_in).get(CHOICES + path).status_code == 404


def test_stopping_what_never_began_leads_back(scene, sign_in):
    browser = own(scene, sign_in)
    answer = browser.get(f"{CHOICES}/research/stop")
    assert (answer.status_code, answer.location) == (302, f"{CHOICES}/research")
    assert browser.post(f"{CHOICES}/research/stop").status_code == 409


def test_first_answers_follow_one_another_and_end_with_what_is_safe(scene, sign_in):
    browser = own(scene, sign_in, channels=())
    assert "Until you do, we will not write or call" in browser.get(SAFE).text
    address = f"{SAFE}/times?all=1"
    for number, question in enumerate(QUESTIONS, start=1):
        assert address == f"{SAFE}/{question}?all=1"
        assert f"Question {number} of 7" in browser.get(address).text
        answer = browser.post(address, data=ANSWERS[question])
        assert answer.status_code == 303
        address = answer.location
    assert address == SAFE
    page = browser.get(SAFE).text
    shown = ("Text message", "Monday morning", "The library", "We do not leave one")
    assert [text for text in shown if text not in page] == []
    assert "You told us. We do not show it here." in page
    assert "Canary" not in page


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_answer_can_be_changed_alone(scene, sign_in, question):
    browser = own(scene, sign_in)
    assert browser.get(f"{SAFE}/{question}").status_code == 200
    answer = browser.post(f"{SAFE}/{question}", data=ANSWERS[question])
    assert (answer.status_code, answer.location) == (303, SAFE)
    assert len(scene.audited("safe_contact.answer")) == 1


@pytest.mark.parametrize("question", ["voicemail", "device", "address", "ways"])
def test_a_question_without_an_answer_is_asked_again(scene, sign_in, question):
    browser = own(scene, sign_in)
    answer = browser.post(f"{SAFE}/{question}", data={})
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)


def test_people_named_before_are_not_on_the_page_that_asks(scene, sign_in):
    browser = own(scene, sign_in)
    browser.post(f"{SAFE}/people", data=ANSWERS["people"])
    page = browser.get(f"{SAFE}/people").text
    assert "You told us about this before" in page
    assert "Canary" not in page
    with scene.reading() as (session, _):
        safe = session.get_one(Family, scene.family_id).safe_contact
        assert safe.must_not_be_told == "Canary the neighbour"


def test_a_way_without_a_number_is_not_offered(scene, sign_in):
    browser = own(scene, sign_in, phone="")
    page = browser.get(f"{SAFE}/ways").text
    assert "We do not have your phone number" in page
    assert ('value="sms"' in page, 'value="email"' in page) == (False, True)
    answer = browser.post(f"{SAFE}/ways", data={"channels": ["sms"]})
    assert answer.status_code == 422


def test_a_question_that_does_not_exist_is_not_found(scene, sign_in):
    assert own(scene, sign_in).get(f"{SAFE}/shoe-size").status_code == 404


def test_a_closed_family_changes_how_it_is_reached_and_is_told_why_it_says_no_more(scene, sign_in):
    browser = own(scene, sign_in, state=FamilyState.CLOSED)
    assert browser.post(f"{SAFE}/name", data=ANSWERS["name"]).status_code in {302, 303}
    assert browser.post(f"{CHOICES}/take_part/stop", data={}).status_code == 303
    answer = browser.post(f"{CHOICES}/research", data={"seen": "1.en.1"})
    assert (answer.status_code, "Your time with us is over" in answer.text) == (422, True)


def test_home_says_what_waits_for_the_family_and_who_its_worker_is(scene, sign_in):
    browser = own(scene, sign_in, channels=(), purposes=("take_part",))
    with scene.writing() as (session, coordinator):
        coordinator.name = "Priya Shah"
        session.get_one(Family, scene.family_id).worker_id = coordinator.id
    page = browser.get("/family/").text
    assert "What we need from you" in page
    assert "Tell us how we can reach you safely" in page
    assert "May we tell a coach about you?" in page
    assert "Priya Shah is your worker" in page
    assert "Since 20 November 2026" in page


def test_home_of_a_family_that_has_answered_asks_for_nothing(scene, sign_in):
    page = own(scene, sign_in).get("/family/").text
    assert ("Where things stand" in page, "What we need from you" in page) == (True, False)


def test_home_asks_to_read_words_that_changed(scene, sign_in):
    browser = own(scene, sign_in)
    with scene.writing("manager") as (session, manager):
        family_consent_texts.write(
            session,
            manager,
            ConsentPurpose.MESSAGES,
            "Quite other words. " * 9,
            "1.en.1",
            TODAY,
            asks_again=True,
        )
    page = browser.get("/family/").text
    assert "May you and your coach write to each other here?" in page
    assert "We changed the words. Please read them." in page


def call_unsafe(*channels):
    def act(session, staff, family):
        answers = SafeContactAnswers(TODAY, channels)
        safe_contact.answer_safe_contact(session, staff, family.id, answers, TODAY)

    return act


def change_details(**changes):
    def act(session, staff, family):
        names = [field.name for field in fields(FamilyDetails)]
        details = FamilyDetails(**{**{name: getattr(family, name) for name in names}, **changes})
        families.update_family(session, staff, family.id, family.version, details, TODAY)

    return act


@pytest.mark.parametrize(
    ("act", "stays"),
    [
        (call_unsafe("email", "phone", "sms"), True),
        (call_unsafe("phone", "sms"), False),
        (call_unsafe("email"), False),
        (change_details(last_name="Ali"), True),
        (change_details(phone="07700 900999"), False),
        (change_details(email=""), False),
        (change_details(address="2 New Road"), False),
    ],
)
def test_family_is_signed_out_when_staff_call_a_way_unsafe_or_change_it(scene, sign_in, act, stays):
    browser = own(scene, sign_in, channels=("email", "phone"))
    assert browser.get("/family/").status_code == 200
    with scene.writing() as (session, staff):
        act(session, staff, session.get_one(Family, scene.family_id))
    answer = browser.get("/family/")
    assert (answer.status_code == 200) == stays
    assert stays or answer.location.startswith("/sign-in")
