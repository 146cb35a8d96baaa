"""The front door page by page: the family itself, from the first question to a reference."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import ReferralState, Role
from peerapp.models import Message, Referral
from peerapp.services import messages
from tests.factories import NOW, make_account, make_locality
from tests.support.referrals import ANSWERS, CHILDREN, fill_in
from tests.support.staff_pages import text_of

S = ReferralState
PREFIX = "/get-support"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW) as traveller:
        yield traveller


@pytest.fixture
def people(database, scheme_id):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        there = make_locality(session, "Calne", ("SN11 0",))
        return {
            "coordinator": make_account(session, Role.COORDINATOR, (here,)),
            "neighbour": make_account(session, Role.COORDINATOR, (there,)),
            "lead": make_account(session, Role.SAFEGUARDING_LEAD),
        }


@pytest.fixture
def stored(database, scheme_id):
    """Return a function that gives every referral with some of its columns."""

    def asking(*columns):
        with database.reading(scheme_id) as session:
            found = session.scalars(select(Referral).order_by(Referral.created_at)).all()
            return [tuple(getattr(one, column) for column in columns) for one in found]

    return asking


@pytest.fixture
def mail(database, scheme_id):
    """Return a function that gives all messages, or those to one account."""

    def asking(account=None):
        with database.reading(scheme_id) as session:
            query = select(Message).order_by(Message.created_at, Message.id)
            if account is not None:
                query = query.where(Message.account_id == account.id)
            return list(session.scalars(query))

    return asking


def test_family_asks_for_a_coach_page_by_page(client, people, stored, mail):
    assert "Is anyone in danger now?" in text_of(client.get(f"{PREFIX}/danger"))
    answer = fill_in(client)
    assert (answer.status_code, answer.location) == (302, f"{PREFIX}/sent")
    ((state, reference, locality_id, answers, danger),) = stored(
        "state", "reference", "locality_id", "answers", "danger"
    )
    assert (state, danger) == (S.SENT, "no")
    assert locality_id in people["coordinator"].locality_ids
    assert answers["children"] == CHILDREN
    assert answers["agreed"] == ["take_part", "share_with_coach"]
    assert answers["channels"] == ["email"]
    page = client.get(f"{PREFIX}/sent")
    assert reference in page.text
    assert "They only use ways that you called safe." in text_of(page)
    told = [len(mail(people[who])) for who in ("coordinator", "neighbour", "lead")]
    assert told == [1, 0, 0]


def test_second_click_sends_one_referral(client, people, stored, mail):
    fill_in(client, send=False)
    with client.session_transaction() as cookie:
        held = dict(cookie)
    first = client.post(f"{PREFIX}/check")
    count = len(mail())
    with client.session_transaction() as cookie:
        cookie.update(held)
    second = client.post(f"{PREFIX}/check")
    assert [one.location for one in (first, second)] == [f"{PREFIX}/sent"] * 2
    assert (len(stored("id")), len(mail())) == (1, count)
    with client.session_transaction() as cookie:
        cookie.update(held)
    late = client.post(f"{PREFIX}/story", data={"story": "Changed later"})
    assert late.status_code == 409
    ((answers,),) = stored("answers")
    assert answers["story"] == ANSWERS["story"]["story"]


@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_danger_reaches_the_leads_at_once_and_nobody_is_told_more_by_mail(
    client, people, stored, mail, answer
):
    response = client.post(f"{PREFIX}/danger", data={"danger": answer})
    assert response.location == f"{PREFIX}/danger-now"
    page = text_of(client.get(f"{PREFIX}/danger-now"))
    assert "Call 999 if someone is in danger now" in page
    assert "please do not wait for us" in page
    assert stored("state", "danger") == [(S.DRAFT, answer)]
    (notice,) = mail()
    assert notice.account_id == people["lead"].id
    assert (notice.subject, notice.template) == ("You have a message", "danger")
    assert re.sub(r"http\S+", "", notice.body) == "You have a message.\n\nSign in to read it:\n\n"


def test_danger_said_once_is_not_unsaid(client, people, stored, mail):
    client.post(f"{PREFIX}/danger", data={"danger": "yes"})
    client.post(f"{PREFIX}/danger", data={"danger": "no"})
    assert stored("danger") == [("yes",)]
    assert len(mail()) == 1
    client.post(f"{PREFIX}/danger", data={"danger": "unsure"})
    assert len(mail()) == 1


def test_danger_that_comes_later_is_told_too(client, people, stored, mail):
    client.post(f"{PREFIX}/danger", data={"danger": "no"})
    assert mail() == []
    client.post(f"{PREFIX}/danger", data={"danger": "yes"})
    assert [one.account_id for one in mail()] == [people["lead"].id]


def test_nothing_is_kept_before_the_first_answer(client, people, stored):
    client.get(f"{PREFIX}/")
    client.get(f"{PREFIX}/danger")
    assert client.post(f"{PREFIX}/danger", data={}).status_code == 422
    assert stored("id") == []


def test_pages_of_a_browser_without_a_draft_lead_to_the_start(client, people):
    for page in ("name", "children", "check", "saved", "stop", "danger-now"):
        answer = client.get(f"{PREFIX}/{page}")
        assert (answer.status_code, "There is no open form here" in answer.text) == (409, True)
    assert client.get(f"{PREFIX}/sent").location == f"{PREFIX}/"


def test_what_was_sent_is_shown_once(client, people, stored):
    fill_in(client)
    ((reference,),) = stored("reference")
    assert reference in client.get(f"{PREFIX}/sent").text
    assert client.get(f"{PREFIX}/sent").location == f"{PREFIX}/"


def test_start_offers_to_go_on_only_while_the_draft_may_be_opened(client, people, clock):
    fill_in(client, send=False)
    assert f'href="{PREFIX}/check"' in client.get(f"{PREFIX}/").text
    clock.shift(timedelta(hours=2))
    assert f'href="{PREFIX}/check"' not in client.get(f"{PREFIX}/").text
    with client.session_transaction() as cookie:
        assert "front_door" not in cookie


def test_draft_is_open_in_no_other_browser(app, client, people):
    fill_in(client, send=False)
    assert ANSWERS["name"]["last_name"] in client.get(f"{PREFIX}/check").text
    assert app.test_client().get(f"{PREFIX}/check").status_code == 409


def test_exit_this_page_lets_go_of_the_draft(client, people):
    fill_in(client, send=False)
    assert client.get("/leave").status_code == 303
    assert client.get(f"{PREFIX}/check").status_code == 409


def test_browser_left_alone_lets_go_of_the_draft(client, people, clock):
    fill_in(client, send=False)
    clock.shift(timedelta(hours=1, minutes=59))
    assert client.post(f"{PREFIX}/story", data={"story": "More"}).status_code == 302
    clock.shift(timedelta(hours=1, minutes=59))
    assert client.get(f"{PREFIX}/check").status_code == 200
    clock.shift(timedelta(minutes=2))
    assert client.get(f"{PREFIX}/check").status_code == 409


def link_in(message):
    return re.search(r"/get-support/go-on/\S+", message.body)[0]


def test_link_to_go_on_opens_the_form_once_in_another_browser(app, client, people, mail):
    fill_in(client, send=False, until="home")
    assert "Send me the link" in client.get(f"{PREFIX}/saved").text
    assert "We have sent you a link" in client.post(f"{PREFIX}/saved").text
    (message,) = mail()
    assert (message.to_address, message.subject) == ("rosa@example.org", "You have a message")
    link = link_in(message)
    other = app.test_client()
    assert [other.get(link).status_code for _ in range(2)] == [200, 200]
    assert ANSWERS["name"]["last_name"] not in other.get(link).text
    assert other.post(link).location == f"{PREFIX}/home"
    assert "Canary" in other.get(f"{PREFIX}/name").text
    assert [other.get(link).status_code, other.post(link).status_code] == [409, 409]
    assert client.get(f"{PREFIX}/name").status_code == 409


@pytest.mark.parametrize("channels", [["phone"], ["none"]])
def test_no_link_leaves_where_email_is_not_safe(client, people, mail, channels):
    fill_in(client, send=False, until="home", safe={"channels": channels})
    assert "Send me the link" not in client.get(f"{PREFIX}/saved").text
    assert client.post(f"{PREFIX}/saved").status_code == 409
    assert mail() == []


def test_link_is_void_and_a_new_address_unsafe_once_the_address_changes(
    app, client, people, mail, stored
):
    fill_in(client, send=False, until="home")
    client.post(f"{PREFIX}/saved")
    answer = client.post(
        f"{PREFIX}/reach?from=check", data={"phone": "07700 900456", "email": "new@example.org"}
    )
    assert answer.location == f"{PREFIX}/safe?from=check"
    ((answers,),) = stored("answers")
    assert answers["channels"] == []
    assert app.test_client().get(link_in(mail()[0])).status_code == 409
    assert client.post(f"{PREFIX}/saved").status_code == 409


def test_queued_link_does_not_leave_once_email_is_not_safe(
    client, people, mail, database, scheme_id
):
    fill_in(client, send=False, until="home")
    client.post(f"{PREFIX}/saved")
    client.post(f"{PREFIX}/safe", data={"channels": "phone"})
    with database.writing(scheme_id) as session:
        assert messages.claim(session, mail()[0].id, NOW + timedelta(hours=1)) is None
    assert [(one.state, one.body) for one in mail()] == [("cancelled", "")]


@pytest.mark.parametrize(
    ("page", "data", "message"),
    [
        ("name", {"first_name": "Rosa"}, "Enter a last name"),
        ("reach", {"phone": "abc"}, "Enter a phone number"),
        ("safe", {"channels": "sms"}, "There is no phone number."),
        ("safe", {}, "Choose what is safe, or that nothing is"),
        ("careful", {"no_voicemail": "yes"}, "Choose whether someone else uses"),
        ("home", {"postcode": "nowhere", "withheld_address": "no"}, "Enter a full UK postcode"),
        ("children", {}, "Enter the child’s name"),
        ("children", {"child_name": "Ola", "child_age": "19"}, "Enter a whole number from 0 to 18"),
        ("help", {}, "Choose at least one thing"),
        ("help", {"needs": "gold"}, "Choose from the list"),
        ("agree", {"agreed": "take_part"}, "Tick both boxes if you want to go on"),
    ],
)
def test_page_that_lacks_something_is_not_taken(client, people, stored, page, data, message):
    client.post(f"{PREFIX}/danger", data={"danger": "no"})
    answer = client.post(f"{PREFIX}/{page}", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    assert stored("answers") == [({"danger": "no"},)]


def test_incomplete_form_is_not_sent(client, people, stored):
    client.post(f"{PREFIX}/danger", data={"danger": "no"})
    assert "Some answers are still missing" in client.get(f"{PREFIX}/check").text
    answer = client.post(f"{PREFIX}/check")
    assert (answer.status_code, "Enter a first name" in answer.text) == (422, True)
    assert stored("state") == [(S.DRAFT,)]


def test_half_a_page_is_kept_for_later(client, people, stored):
    client.post(f"{PREFIX}/danger", data={"danger": "no"})
    answer = client.post(f"{PREFIX}/name", data={"first_name": "Rosa", "later": "yes"})
    assert answer.location == f"{PREFIX}/saved"
    assert stored("answers") == [({"danger": "no", "first_name": "Rosa"},)]
    assert 'value="Rosa"' in client.get(f"{PREFIX}/name").text


def test_page_keeps_its_own_questions_only(client, people, stored):
    client.post(f"{PREFIX}/danger", data={"danger": "no"})
    smuggled = {"story": "Hello", "state": "accepted", "level": "1", "agreed": "take_part"}
    client.post(f"{PREFIX}/story", data=smuggled)
    assert stored("answers", "state") == [({"danger": "no", "story": "Hello"}, S.DRAFT)]
    assert client.post(f"{PREFIX}/support", data={"level": "1"}).location == f"{PREFIX}/danger"


def test_child_is_taken_out_again(client, people, stored):
    fill_in(client, send=False)
    answer = client.post(f"{PREFIX}/children/0/remove")
    assert answer.location == f"{PREFIX}/children"
    client.post(f"{PREFIX}/children/7/remove")
    ((answers,),) = stored("answers")
    assert answers["children"] == CHILDREN[1:]


def test_draft_is_deleted_at_the_familys_wish(client, people, stored):
    fill_in(client, send=False)
    assert "Nothing of it is kept." in client.get(f"{PREFIX}/stop").text
    assert "What you typed is gone." in client.post(f"{PREFIX}/stop").text
    assert stored("state", "answers") == [(S.DELETED, {})]
    assert client.get(f"{PREFIX}/check").status_code == 409


@pytest.mark.scorecard("6.3.8")
def test_family_is_never_told_whether_it_is_known(app, people, stored):
    """The same form twice: the second one is answered like the first."""
    first, second = app.test_client(), app.test_client()
    pages = []
    for browser in (first, second):
        fill_in(browser)
        pages.append(text_of(browser.get(f"{PREFIX}/sent")))
    (one,), (other,) = stored("reference")
    assert one != other
    assert pages[0].replace(one, "") == pages[1].replace(other, "")


@pytest.mark.scorecard("1.3.7")
def test_script_in_an_answer_stays_text(client, people):
    bad = '<script>alert("x")</script>{{ 7 * 7 }}'
    fill_in(client, send=False, story={"story": bad})
    page = client.get(f"{PREFIX}/check").text
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page


@pytest.mark.scorecard("14.2.1")
def test_no_answer_stands_in_an_address(client, people):
    addresses = []
    fill_in(client, seen=addresses)
    words = ["Canary", "rosa", "SN15", "07700", "Ola"]
    assert len(addresses) > 10
    assert [one for one in addresses for word in words if word in one] == []


def test_link_to_a_draft_is_asked_for_a_few_times_in_a_minute_and_ten_in_an_hour(
    settings, scheme_id, make_app, clock
):
    app = make_app(replace(settings, rate_limits=True))
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    codes = []
    for minute in range(4):
        clock.move_to(NOW + minute * timedelta(minutes=1, seconds=1))
        codes.append([browser.post(f"{PREFIX}/saved").status_code == 429 for _ in range(4)])
    few = [False, False, False, True]  # what is refused counts towards the hour
    assert codes == [few, few, [False, False, True, True], [True] * 4]
    assert browser.get(f"{PREFIX}/").status_code == 200
