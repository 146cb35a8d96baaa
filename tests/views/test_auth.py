"""Signing up, in and out; links that work once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.adapters.passwords import hash_password
from peerapp.enums import Role, TokenPurpose, VolunteerState
from peerapp.models import Account, LoginSession, Message, Volunteer, utc_now
from peerapp.services import accounts, tokens
from tests.factories import PASSWORD, make_account, make_family, make_locality
from tests.support.factors import give_app


@pytest.fixture
def manager(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(
            session,
            Role.MANAGER,
            email="m@example.org",
            password_hash=hash_password(PASSWORD),
        )


def mails(database, scheme_id):
    with database.reading(scheme_id) as session:
        return session.scalars(select(Message).order_by(Message.created_at)).all()


@pytest.fixture
def link_in(database, scheme_id):
    """Return a function that gives the path of the newest link of a kind in the outbox."""

    def newest(kind):
        texts = [mail.body for mail in mails(database, scheme_id)]
        links = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", "\n".join(texts))
        return [link for link in links if link.startswith(kind)][-1]

    return newest


def sign_in_by_form(client, email, password=PASSWORD, **kwargs):
    return client.post("/sign-in", data={"email": email, "password": password}, **kwargs)


def test_volunteer_signs_up_confirms_and_is_signed_in(app, client, database, scheme_id, link_in):
    sent = client.post("/volunteer/sign-up", data={"email": " New@Example.org "})
    assert (sent.status_code, sent.location) == (302, "/volunteer/sign-up/sent")
    link = link_in("/confirm/")
    assert client.get(link).status_code == 200
    done = client.post(link, data={"password": PASSWORD})
    assert (done.status_code, done.location) == (302, "/volunteer/")
    with database.reading(scheme_id) as session:
        volunteer = session.scalars(select(Volunteer)).one()
        assert volunteer.state == VolunteerState.ENQUIRY
        assert volunteer.account.email == "new@example.org"
        assert volunteer.account.confirmed_at is not None


@pytest.mark.scorecard("6.4.1")
def test_link_works_once(app, client, link_in):
    client.post("/volunteer/sign-up", data={"email": "new@example.org"})
    link = link_in("/confirm/")
    assert client.post(link, data={"password": PASSWORD}).status_code == 302
    assert app.test_client().post(link, data={"password": PASSWORD}).status_code == 409


@pytest.mark.scorecard("6.4.1")
def test_link_runs_out(app, client, link_in):
    client.post("/volunteer/sign-up", data={"email": "new@example.org"})
    link = link_in("/confirm/")
    with time_machine.travel(utc_now() + timedelta(days=2, seconds=1)):
        assert client.get(link).status_code == 409


def test_second_link_ends_the_first(app, client, link_in):
    client.post("/volunteer/sign-up", data={"email": "new@example.org"})
    first = link_in("/confirm/")
    client.post("/volunteer/sign-up", data={"email": "new@example.org"})
    assert client.get(first).status_code == 409
    assert client.get(link_in("/confirm/")).status_code == 200


@pytest.mark.scorecard("6.3.8")
def test_sign_up_answers_the_same_for_a_known_address(app, client, manager):
    known = client.post("/volunteer/sign-up", data={"email": "m@example.org"})
    new = client.post("/volunteer/sign-up", data={"email": "n@example.org"})
    assert (known.status_code, known.location) == (new.status_code, new.location)


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("short", 422),
        ("x" * 14, 422),
        ("passwordpassword", 422),
        ("abcdefabcdefabcdef", 422),
        ("correct pony jug", 302),
        ("c0rrect pony battery staple " * 4, 302),
        ("å" * 7 + " 犬 mañana tea", 302),
        ("y z " * 65, 422),
    ],
)
@pytest.mark.scorecard("6.2.1")
def test_password_is_judged_by_length_and_commonness(app, client, password, status, link_in):
    client.post("/volunteer/sign-up", data={"email": "new@example.org"})
    link = link_in("/confirm/")
    assert client.post(link, data={"password": password}).status_code == status


@pytest.mark.scorecard("11.4.2")
def test_sign_in_reaches_home_and_stores_argon2id(client, database, scheme_id, manager):
    done = sign_in_by_form(client, "M@example.org ")
    assert (done.status_code, done.location) == (302, "/staff/")
    assert client.get("/staff/").location == "/second-factor/code?next=/staff/"
    assert manager.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.scorecard("6.3.8")
def test_wrong_password_and_unknown_address_answer_the_same(client, manager):
    wrong = sign_in_by_form(client, "m@example.org", "wrong password indeed")
    unknown = sign_in_by_form(client, "n@example.org", "wrong password indeed")
    same = unknown.text.replace("n@example.org", "m@example.org")
    assert (wrong.status_code, wrong.text) == (unknown.status_code, same)
    assert wrong.status_code == 422


def test_unconfirmed_and_closed_accounts_cannot_sign_in(client, database, scheme_id, manager):
    for column in ("confirmed_at", "disabled_at"):
        with database.writing(scheme_id) as session:
            account = session.get(Account, manager.id)
            account.confirmed_at, account.disabled_at = utc_now(), None
            setattr(account, column, None if column == "confirmed_at" else utc_now())
        assert sign_in_by_form(client, "m@example.org").status_code == 422


@pytest.mark.scorecard("7.2.4")
def test_sign_in_rotates_the_session(app, database, scheme_id, manager):
    browser = app.test_client()
    sign_in_by_form(browser, "m@example.org")
    with browser.session_transaction() as cookie:
        first = cookie["_user_id"]
    other = app.test_client()
    sign_in_by_form(other, "m@example.org")
    with other.session_transaction() as cookie:
        assert cookie["_user_id"] != first


@pytest.mark.scorecard("7.4.1")
def test_captured_cookie_is_dead_after_sign_out(app, sign_in, manager):
    browser, thief = sign_in(manager), app.test_client()
    with browser.session_transaction() as cookie:
        captured = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(captured)
    assert thief.get("/staff/").status_code == 200
    assert browser.post("/sign-out").status_code == 302
    assert thief.get("/staff/").status_code == 302


def test_leaving_ends_the_session_and_goes_elsewhere(sign_in, manager):
    browser = sign_in(manager)
    left = browser.get("/leave")
    assert (left.status_code, left.location) == (303, "https://www.bbc.co.uk/weather")
    assert browser.get("/staff/").status_code == 302


@pytest.mark.scorecard("7.3.1")
def test_idle_and_absolute_time_out(app, database, scheme_id, manager):
    start = utc_now()
    browser = app.test_client()
    with database.writing(scheme_id) as session:
        phone = give_app(session, manager)
    sign_in_by_form(browser, "m@example.org")
    browser.post("/second-factor/code", data={"factor_code": phone.code()})
    for minutes, status in ((29, 200), (57, 200), (88, 302)):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert browser.get("/staff/").status_code == status
    sign_in_by_form(browser, "m@example.org")
    browser.post("/second-factor/code", data={"factor_code": phone.code()})
    assert browser.get("/staff/").status_code == 200
    with database.writing(scheme_id) as session:
        for login in session.scalars(select(LoginSession)):
            login.last_seen_at = start + timedelta(hours=12)
    with time_machine.travel(start + timedelta(hours=12, minutes=1)):
        assert browser.get("/staff/").status_code == 302


@pytest.mark.scorecard("7.4.2")
def test_disabled_account_is_out_at_the_next_request(sign_in, database, scheme_id, manager):
    browser = sign_in(manager)
    assert browser.get("/staff/").status_code == 200
    with database.writing(scheme_id) as session:
        account = session.get(Account, manager.id)
        accounts.disable_account(session, account, account, utc_now())
    assert browser.get("/staff/").status_code == 302


def test_reset_signs_out_everywhere(app, client, sign_in, manager, link_in):
    browser = sign_in(manager)
    assert client.post("/forgot-password", data={"email": "m@example.org"}).status_code == 200
    link = link_in("/reset-password/")
    assert client.post(link, data={"password": "another long pony"}).status_code == 302
    assert browser.get("/staff/").status_code == 302
    other = app.test_client()
    assert sign_in_by_form(other, "m@example.org").status_code == 422
    assert sign_in_by_form(other, "m@example.org", "another long pony").status_code == 302


@pytest.mark.scorecard("6.3.8")
def test_forgotten_password_answers_the_same_for_unknown_address(client, manager):
    known = client.post("/forgot-password", data={"email": "m@example.org"})
    unknown = client.post("/forgot-password", data={"email": "n@example.org"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/staff/?x=1", "/staff/?x=1"),
        ("//evil.example", "/staff/"),
        ("https://evil.example", "/staff/"),
        ("/\\evil.example", "/staff/"),
        ("/\nevil", "/staff/"),
    ],
)
@pytest.mark.scorecard("3.7.2")
def test_next_page_is_ours(client, manager, target, location):
    done = sign_in_by_form(client, "m@example.org", query_string={"next": target})
    assert done.location == location


@pytest.mark.parametrize(("channels", "count"), [(("email",), 1), (("phone",), 0), ((), 0)])
def test_invitation_is_mailed_only_where_email_is_safe(
    database, scheme_id, manager, channels, count
):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, manager.id)
        family = make_family(session, staff, make_locality(session), channels=channels)
        _, sent = accounts.invite_family(session, staff, family, utc_now(), "https://x")
    assert sent is bool(count)
    assert len(mails(database, scheme_id)) == count
    for mail in mails(database, scheme_id):
        assert mail.subject == "You have a message"
        assert "coach" not in mail.body.lower()


def test_family_accepts_its_invitation_once(app, client, database, scheme_id, manager):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, manager.id)
        family = make_family(session, staff, make_locality(session))
        link, _ = accounts.invite_family(session, staff, family, utc_now(), "")
    done = client.post(link, data={"password": PASSWORD})
    assert (done.status_code, done.location) == (302, "/family/")
    assert app.test_client().get(link).status_code == 409


@pytest.mark.scorecard("6.4.1")
def test_token_of_one_purpose_is_no_good_for_another(client, database, scheme_id, manager):
    with database.writing(scheme_id) as session:
        account = session.get(Account, manager.id)
        secret = tokens.issue(
            session, account, TokenPurpose.RESET_PASSWORD, utc_now(), timedelta(hours=1)
        )
    assert client.get(f"/reset-password/{secret}").status_code == 200
    assert client.get(f"/invitation/{secret}").status_code == 409
    assert client.get(f"/confirm/{secret}").status_code == 409


@pytest.mark.parametrize(
    ("path", "ways_on"),
    [
        ("confirm", ["/sign-in", "/volunteer/sign-up"]),
        ("invitation", ["/sign-in"]),
        ("reset-password", ["/forgot-password"]),
    ],
)
def test_link_that_works_no_more_says_what_to_do(client, scheme_id, path, ways_on):
    answer = client.get(f"/{path}/{'x' * 43}")
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert answer.status_code == 409
    assert re.findall(r'href="(/[^"]*)"', main) == ways_on


def test_start_page_leads_who_is_signed_in_to_their_pages(client, manager, sign_in):
    assert "Go to your pages" not in client.get("/").text
    page = sign_in(manager).get("/").text
    assert "Go to your pages" in page
    assert "Become a volunteer coach" not in page


@pytest.mark.parametrize(
    ("path", "current"),
    [("/staff/families/", "page"), ("/staff/localities/new", "true"), ("/staff/", "page")],
)
def test_menu_marks_where_one_is(manager, sign_in, path, current):
    page = sign_in(manager).get(path).text
    assert re.findall(r'aria-current="([a-z]+)"', page) == [current]
