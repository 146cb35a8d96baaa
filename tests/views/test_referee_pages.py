"""A referee's pages, the volunteer's and the staff's, from naming to a gate that opens."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from peerapp.enums import ReferenceState, Role, VolunteerState
from peerapp.models import Account, Message, Reference
from tests.factories import make_account, make_volunteer
from tests.support.references import ANSWERS, RITA, links_of, name
from tests.support.sealed import values
from tests.support.staff_pages import at, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = ReferenceState
NAMED = {
    "name": "Rita Hollis",
    "relation": "employer",
    "known_how": "My manager at the library",
    "known_years": "4",
    "email": "rita.hollis@library.example",
    "phone": "01632 960 555",
    "postcode": "sn153zz",
}
PAGES = tuple(ANSWERS)
SENT = {"is_true": "y"}


@pytest.fixture
def volunteer(database, scheme_id, place):
    with database.writing(scheme_id) as session:
        return make_volunteer(
            session, place["here"], state=VolunteerState.VETTING, last_name="Canarivol"
        )


@pytest.fixture
def browser(database, scheme_id, volunteer, sign_in):
    with database.reading(scheme_id) as session:
        return sign_in(session.get_one(Account, volunteer.account_id))


@pytest.fixture
def secret(database, scheme_id, volunteer):
    with database.writing(scheme_id) as session:
        found = session.merge(volunteer, load=True)
        return links_of(session, name(session, found, RITA))[0]


@pytest.fixture
def stored(database, scheme_id):
    """Return a function that gives every reference with some of its columns."""

    def asking(*columns):
        with database.reading(scheme_id) as session:
            found = session.scalars(select(Reference).order_by(Reference.created_at)).all()
            return [tuple(getattr(one, column) for column in columns) for one in found]

    return asking


def form_of(page, **changes):
    return {key: str(value) for key, value in {**ANSWERS[page], **changes}.items()}


def fill_in(client, secret, **changes):
    for page in PAGES:
        answer = client.post(f"/reference/{secret}/{page}", data=form_of(page, **changes))
        assert answer.status_code == 302, text_of(answer)
    return client.post(f"/reference/{secret}/check", data=SENT)


def test_volunteer_names_a_referee_who_gets_a_link(browser, stored, database, scheme_id):
    assert "Name two people" in browser.get("/volunteer/referees/").text
    answer = browser.post("/volunteer/referees/new", data=NAMED)
    assert (answer.status_code, answer.location) == (302, "/volunteer/referees/")
    assert stored("name", "postcode", "state") == [("Rita Hollis", "SN15 3ZZ", S.ASKED)]
    page = text_of(browser.get("/volunteer/referees/"))
    assert "We have asked Rita Hollis." in page
    assert "Name one more person" in page
    with database.reading(scheme_id) as session:
        (mail,) = session.scalars(select(Message).where(Message.reference_id.is_not(None)))
        assert mail.to_address == NAMED["email"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"relation": "relative"}, "relation", "A relative cannot be a referee."),
        ({"postcode": "SN15 1AA"}, "postcode", "A referee cannot share your address."),
        ({"phone": "+44 7700 900123"}, "phone", "This is your own phone number."),
        ({"name": ""}, "name", "Enter their full name"),
        ({"known_years": "-1"}, "known_years", "Enter a whole number from 0 to 90"),
    ],
)
def test_wrong_referee_is_refused_beside_the_question(browser, stored, changes, field, message):
    answer = browser.post("/volunteer/referees/new", data={**NAMED, **changes})
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', answer.text, re.S)
    assert error is not None
    assert message in error[1]
    assert stored("id") == []


def test_form_behind_the_link_is_filled_in_page_by_page_and_sent_once(client, secret, stored):
    start = client.get(f"/reference/{secret}")
    assert "A reference for Ama Canarivol" in text_of(start)
    answer = fill_in(client, secret)
    assert (answer.status_code, answer.location) == (302, "/reference/sent")
    assert stored("state") == [(S.RECEIVED,)]
    ((answers,),) = stored("answers")
    assert answers == {name: value for page in ANSWERS.values() for name, value in page.items()}
    assert "We have your answers" in client.get("/reference/sent").text


def test_second_click_gets_the_same_answer_and_the_link_opens_nothing_more(client, secret, stored):
    fill_in(client, secret)
    again = client.post(f"/reference/{secret}/check", data=SENT)
    assert (again.status_code, again.location) == (302, "/reference/sent")
    for path in ("", "/knowing", "/check", "/saved", "/decline"):
        gone = client.get(f"/reference/{secret}{path}")
        assert (gone.status_code, "does not work any more" in gone.text) == (409, True)
        assert [word for word in ("Canarivol", "Canary patience") if word in gone.text] == []
    late = client.post(f"/reference/{secret}/view", data=form_of("view", recommends="no"))
    assert late.status_code == 409
    ((answers,),) = stored("answers")
    assert answers["recommends"] == "yes"


def test_every_wrong_link_gets_one_and_the_same_page(client, secret):
    pages = [client.get(f"/reference/{one}").text for one in ("x", "a" * 43, secret[:-1], "é")]
    assert len(set(pages)) == 1
    assert "does not work any more" in pages[0]
    assert "Canarivol" not in pages[0]


def test_referee_sees_the_volunteers_name_and_nothing_else_of_them(client, secret, volunteer):
    for path in ("", *(f"/{page}" for page in PAGES), "/check", "/decline", "/saved"):
        shown = client.get(f"/reference/{secret}{path}")
        assert shown.status_code == 200
        assert "Ama Canarivol" in shown.text
        private = ["07700 900123", "SN15 1AA", "1985", str(volunteer.id), "Vetting", "library"]
        assert [word for word in private if word in shown.text] == []
        assert "Exit this page" not in shown.text
        assert 'name="robots" content="noindex' in shown.text


def test_referee_stops_and_comes_back(client, secret, stored):
    half = {"known_how": "At the library", "later": "yes"}
    answer = client.post(f"/reference/{secret}/knowing", data=half)
    assert (answer.status_code, answer.location) == (302, f"/reference/{secret}/saved")
    assert stored("answers") == [({"known_how": "At the library"},)]
    assert "At the library" in client.get(f"/reference/{secret}/knowing").text
    assert f"/reference/{secret}/knowing" in client.get(f"/reference/{secret}").text


def test_page_without_what_it_needs_is_not_taken(client, secret, stored):
    answer = client.post(f"/reference/{secret}/knowing", data={"known_how": "x"})
    assert answer.status_code == 422
    assert "Choose yes if you live at the same address" in answer.text
    concern = client.post(f"/reference/{secret}/children", data={"has_concern": "yes"})
    assert (concern.status_code, "Say what your concern is." in concern.text) == (422, True)
    assert stored("answers") == [({},)]


def test_check_page_does_not_send_what_is_incomplete(client, secret, stored):
    assert "Some answers are still missing" in client.get(f"/reference/{secret}/check").text
    answer = client.post(f"/reference/{secret}/check", data=SENT)
    assert (answer.status_code, "Say how you know them." in answer.text) == (422, True)
    assert stored("state") == [(S.ASKED,)]


def test_referee_declines(client, secret, stored, browser):
    answer = client.post(f"/reference/{secret}/decline", data={"reason": "Canary reason"})
    assert (answer.status_code, answer.location) == (302, "/reference/declined")
    assert stored("state") == [(S.DECLINED,)]
    page = text_of(browser.get("/volunteer/referees/"))
    assert "They would rather not give a reference." in page
    assert "Canary reason" not in page


def test_script_in_a_referees_answer_stays_text(client, secret, staff, volunteer, stored):
    bad = '<script>alert("x")</script>{{ 7 * 7 }}'
    fill_in(client, secret, strengths=bad)
    ((reference_id,),) = stored("id")
    page = staff.get(at(volunteer, f"/references/{reference_id}")).text
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page


def test_volunteer_never_sees_what_was_written(client, secret, browser):
    fill_in(client, secret, strengths="Canary patience")
    for path in ("/volunteer/", "/volunteer/referees/", "/volunteer/check"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "Canary patience" not in page.text
    assert "They have answered. We are checking it." in browser.get("/volunteer/referees/").text


def test_coordinator_reads_verifies_and_the_gate_opens(
    client, secret, staff, volunteer, stored, saved, audited
):
    fill_in(client, secret)
    ((reference_id,),) = stored("id")
    assert "Canary patience" not in staff.get(at(volunteer, "/references/")).text
    page = at(volunteer, f"/references/{reference_id}")
    assert "Canary patience" in staff.get(page).text
    assert audited(reference_id)[-1] == "reference.view"
    given = {"how": "phone_call", "note": "Rang the library.", "confirmed": "y"}
    given |= {"verified_on-day": "20", "verified_on-month": "11", "verified_on-year": "2026"}
    assert staff.post(f"{page}/verify", data={**given, "confirmed": ""}).status_code == 422
    assert staff.post(f"{page}/verify", data=given).status_code == 302
    items = saved(volunteer, lambda one: [row.item for row in one.gate_records])
    assert items == ["first_reference"]
    assert "Phone call" in text_of(staff.get(at(volunteer, "/references/"))).replace(
        "phone", "Phone"
    )
    assert staff.post(f"{page}/reject", data={"reason": "It was her aunt."}).status_code == 302
    assert saved(volunteer, lambda one: list(one.gate_records)) == []


def test_coordinator_does_not_reject_a_concern_but_passes_it_to_the_lead(
    client, secret, staff, lead, volunteer, stored, database, scheme_id, place
):
    fill_in(client, secret, has_concern="yes", concern="Canary worry")
    ((reference_id,),) = stored("id")
    page = at(volunteer, f"/references/{reference_id}")
    shown = staff.get(page).text
    assert ["Ask the safeguarding lead" in shown, "Reject it" in shown] == [True, False]
    assert "Ask the lead about the reference" in staff.get(f"{page}/reject").text
    answer = staff.post(f"{page}/reject", data={"reason": "I know her, she is fine."})
    assert answer.status_code == 302
    assert "They have been told." in staff.get(answer.location).text
    assert stored("state") == [(S.RECEIVED,)]
    with database.reading(scheme_id) as session:
        bodies = values(session, Message, "body", Message.account_id == place["lead"].id)
    assert [body for body in bodies if str(reference_id) in body] != []
    told = text_of(lead.get(page))
    assert "Safeguarding lead asked" in told
    assert "I know her, she is fine." in told
    assert lead.post(f"{page}/reject", data={"reason": "Not proven."}).status_code == 302
    assert stored("state") == [(S.REJECTED,)]


def test_answers_by_phone_are_typed_in_marked_and_verified_by_another(
    secret, staff, volunteer, stored, database, scheme_id, place, sign_in, client
):
    ((reference_id,),) = stored("id")
    page = at(volunteer, f"/references/{reference_id}")
    assert f"{page}/enter" in staff.get(at(volunteer, "/references/")).text
    form = staff.get(f"{page}/enter").text
    assert 'value="Rita Hollis"' in form
    assert "How do you know Ama Canarivol?" in form
    given = {key: value for one in PAGES for key, value in form_of(one).items()}
    day = {"given_on-day": "20", "given_on-month": "11", "given_on-year": "2026"}
    given |= {"given_how": "phone", "given_by": "Rita Hollis", **day}
    refused = staff.post(f"{page}/enter", data=given)
    assert refused.status_code == 422
    assert "Confirm that the answers are the referee’s own" in refused.text
    answer = staff.post(f"{page}/enter", data={**given, **SENT})
    assert answer.status_code == 302
    marked = f"By phone on 20 November 2026 by Rita Hollis, typed in by {place['coordinator'].name}"
    for where in ("/references/", f"/references/{reference_id}"):
        assert marked in text_of(staff.get(at(volunteer, where)))
    assert "Somebody else must verify it." in text_of(staff.get(page))
    assert client.get(f"/reference/{secret}").status_code == 409
    check = {"how": "phone_call", "confirmed": "y"}
    check |= {"verified_on-day": "20", "verified_on-month": "11", "verified_on-year": "2026"}
    assert staff.post(f"{page}/verify", data=check).status_code == 422
    with database.writing(scheme_id) as session:
        here = session.merge(place["here"], load=True)
        colleague = make_account(session, Role.COORDINATOR, (here,))
    assert sign_in(colleague).post(f"{page}/verify", data=check).status_code == 302
    assert stored("state", "entered_by_id") == [(S.VERIFIED, place["coordinator"].id)]
    assert staff.get(f"{page}/enter").status_code == 404


def test_who_may_not_read_finds_nothing(
    client, secret, sign_in, place, volunteer, stored, database, scheme_id
):
    fill_in(client, secret)
    ((reference_id,),) = stored("id")
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
    expected = {
        "stranger": (404, 404, 404),
        "lead": (200, 404, 404),
        "manager": (200, 403, 403),
    }
    people = {"stranger": place["stranger"], "lead": place["lead"], "manager": manager}
    for who, account in people.items():
        one = sign_in(account)
        page = at(volunteer, f"/references/{reference_id}")
        found = (
            one.get(at(volunteer, "/references/")).status_code,
            one.get(page).status_code,
            one.get(f"{page}/verify").status_code,
        )
        assert (who, found) == (who, expected[who])
        for verb in ("resend", "revoke"):
            posted = one.post(f"{page}/{verb}", data={"reason": "x"})
            assert posted.status_code == (404 if who == "stranger" else posted.status_code)


def test_coordinator_sends_a_new_link_and_stops_asking(client, secret, staff, volunteer, stored):
    ((reference_id,),) = stored("id")
    page = at(volunteer, f"/references/{reference_id}")
    assert staff.post(f"{page}/resend").status_code == 302
    assert client.get(f"/reference/{secret}").status_code == 409
    assert staff.post(f"{page}/revoke", data={"reason": ""}).status_code == 422
    assert staff.post(f"{page}/revoke", data={"reason": "Wrong person."}).status_code == 302
    assert stored("state") == [(S.CANCELLED,)]


def test_volunteer_takes_a_referee_back(secret, client, browser, stored):
    ((reference_id,),) = stored("id")
    path = f"/volunteer/referees/{reference_id}/take-back"
    assert "Take back Rita Hollis?" in browser.get(path).text
    assert browser.post(path).status_code == 302
    assert stored("state") == [(S.CANCELLED,)]
    assert client.get(f"/reference/{secret}").status_code == 409


def test_volunteer_reaches_nobody_elses_referee(secret, add, sign_in, stored, database, scheme_id):
    ((reference_id,),) = stored("id")
    other = add(state=VolunteerState.VETTING)
    with database.reading(scheme_id) as session:
        account = session.get_one(Account, other.account_id)
    one, path = sign_in(account), f"/volunteer/referees/{reference_id}/take-back"
    assert [one.get(path).status_code, one.post(path).status_code] == [404, 404]
    assert "Rita" not in one.get("/volunteer/referees/").text
    assert stored("state") == [(S.ASKED,)]


def test_public_form_is_rate_limited(make_app, settings, scheme_id):
    client = make_app(replace(settings, rate_limits=True)).test_client()
    codes = [client.get(f"/reference/{number:043}").status_code for number in range(61)]
    assert codes == [409] * 60 + [429]
