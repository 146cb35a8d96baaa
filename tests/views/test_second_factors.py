"""The pages of second factors, by real requests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.adapters.passwords import hash_password
from peerapp.enums import Role
from peerapp.models import AuthenticatorApp, FactorFailure, LoginSession, utc_now
from tests.factories import PASSWORD, make_account
from tests.support.factors import Authenticator, give_app

CODE = "/second-factor/code"
SHOWN = "Demonstration: the code"


@pytest.fixture
def manager(database, scheme_id):
    with database.writing(scheme_id) as session:
        hashed = hash_password(PASSWORD)
        return make_account(session, Role.MANAGER, email="m@example.org", password_hash=hashed)


@pytest.fixture
def phone(database, scheme_id, manager):
    """The manager's authenticator app."""
    with database.writing(scheme_id) as session:
        return give_app(session, manager)


def by_password(client):
    return client.post("/sign-in", data={"email": "m@example.org", "password": PASSWORD})


def give(client, code, **kwargs):
    return client.post(CODE, data={"factor_code": code}, **kwargs)


def text_of(response):
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def key_on(page):
    return Authenticator(re.search(r'id="factor-key">([A-Z2-7 ]+)<', page.text)[1])


def test_first_sign_in_leads_to_setting_up_an_app_and_from_there_on(client, manager):
    by_password(client)
    asked = client.get("/staff/", follow_redirects=True)
    assert asked.request.path == "/second-factor/set-up"
    client.post("/second-factor/app/start?next=/staff/people/")
    page = client.get("/second-factor/app?next=/staff/people/")
    shown = key_on(page)
    assert re.search(r'<svg viewBox="0 0 \d+ \d+" class="app-qr">', page.text)
    assert "style=" not in page.text
    assert "data:" not in page.text
    wrong = client.post("/second-factor/app", data={"factor_code": "000000"})
    assert wrong.status_code == 422
    assert key_on(wrong).secret == shown.secret
    done = client.post("/second-factor/app?next=/staff/people/", data={"factor_code": shown.code()})
    assert done.location == "/second-factor/recovery-codes?next=/staff/people/"
    assert client.get("/staff/people/").status_code == 200


def test_code_opens_the_page_that_was_asked_for(client, manager, phone):
    by_password(client)
    asked = client.get("/staff/people/?page=2")
    assert asked.location == "/second-factor/code?next=/staff/people/?page%3D2"
    done = client.post(asked.location, data={"factor_code": phone.code()})
    assert (done.status_code, done.location) == (302, "/staff/people/?page=2")


def test_spaces_in_a_code_are_no_fault(client, manager, phone):
    by_password(client)
    code = phone.code()
    done = give(client, f" {code[:3]} {code[3:]} ", query_string={"next": "/staff/people/"})
    assert (done.status_code, done.location) == (302, "/staff/people/")


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_page_after_the_code_is_ours(client, manager, phone, target):
    by_password(client)
    assert give(client, phone.code(), query_string={"next": target}).location == "/staff/"


def test_password_and_code_change_the_cookie_each(client, manager, phone):
    def secret():
        with client.session_transaction() as cookie:
            return cookie.get("_user_id")

    by_password(client)
    half = secret()
    give(client, phone.code())
    assert None not in {half, secret()}
    assert half != secret()


def test_half_open_cookie_is_dead_once_the_code_was_given(app, client, manager, phone):
    """Who copied the cookie between password and code holds nothing."""
    by_password(client)
    with client.session_transaction() as cookie:
        captured = dict(cookie)
    give(client, phone.code())
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(captured)
    assert thief.get("/staff/").location == "/sign-in?next=/staff/"
    assert client.get("/staff/").status_code == 200


@pytest.mark.scorecard("6.5.1")
def test_code_is_good_in_one_browser_only(app, client, manager, phone):
    other = app.test_client()
    by_password(client)
    by_password(other)
    code = phone.code()
    assert give(client, code).status_code == 302
    assert give(other, code).status_code == 422
    assert other.get("/staff/").location.startswith(CODE)


def test_wrong_code_is_counted_although_the_page_is_an_error(
    client, database, scheme_id, manager, phone
):
    by_password(client)
    assert give(client, "000000").status_code == 422
    with database.reading(scheme_id) as session:
        assert len(session.scalars(select(FactorFailure)).all()) == 1
        assert session.scalars(select(LoginSession.factor_failures)).one() == 1


def test_fifth_wrong_code_ends_the_session(client, manager, phone):
    by_password(client)
    answers = [give(client, "000000") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [302]
    assert answers[-1].location == "/sign-in"
    assert "There were too many wrong codes. Sign in again." in client.get("/sign-in").text
    assert give(client, phone.code()).location.startswith("/sign-in")


def test_proven_browser_is_let_in_while_a_stranger_guesses(app, client, manager, phone):
    by_password(client)
    assert give(client, phone.code()).status_code == 302
    client.post("/sign-out")
    stranger = app.test_client()
    for _ in range(2):
        by_password(stranger)
        for _ in range(5):
            give(stranger, "000000")
    by_password(stranger)
    refused = give(stranger, phone.code())
    assert "There have been too many wrong codes." in text_of(refused)
    by_password(client)
    with time_machine.travel(utc_now() + timedelta(minutes=1)):
        assert give(client, phone.code()).status_code == 302


def test_mark_of_a_proven_browser_cannot_be_made_up(app, client, manager, phone):
    """The control: with a made-up mark, the same owner shares the lane of strangers."""
    client.set_cookie("proven", "made-up.by.hand")
    by_password(client)
    give(client, "000000")
    with app.extensions["database"].reading(None) as session:
        lanes = session.scalars(
            select(FactorFailure.lane), execution_options={"scheme_free": True}
        ).all()
    assert lanes == ["new"]


def test_families_get_no_lasting_cookie(app, database, scheme_id):
    with database.writing(scheme_id) as session:
        family = make_account(
            session, Role.VOLUNTEER, email="v@example.org", password_hash=hash_password(PASSWORD)
        )
        app_of = give_app(session, family)
    browser = app.test_client()
    browser.post("/sign-in", data={"email": "v@example.org", "password": PASSWORD})
    assert give(browser, app_of.code()).status_code == 302
    assert browser.get_cookie("proven") is None


def test_recovery_codes_are_shown_once_and_let_in_once(app, client, sign_in, manager, phone):
    browser = sign_in(manager)
    shown = browser.post("/second-factor/recovery-codes")
    codes = re.findall(r'<li class="app-key">([a-z0-9-]{19})</li>', shown.text)
    assert len(codes) == 10
    again = browser.get("/second-factor/recovery-codes")
    assert "You have 10 codes left." in text_of(again)
    assert [code for code in codes if code in again.text] == []
    by_password(client)
    data = {"recovery_code": codes[0]}
    done = client.post("/second-factor/recovery-code", data=data)
    assert done.location == "/second-factor/"
    assert "You have 9 codes left." in text_of(client.get("/second-factor/"))
    other = app.test_client()
    by_password(other)
    assert other.post("/second-factor/recovery-code", data=data).status_code == 422
    assert other.get("/staff/").status_code == 302


def test_wrong_recovery_code_is_audited(client, manager, phone, audited):
    by_password(client)
    client.post("/second-factor/recovery-code", data={"recovery_code": "aaaa-aaaa-aaaa-aaaa"})
    assert audited(manager.id)[-1] == "factor.fail"


def test_secret_of_an_app_is_not_in_the_database(client, database, scheme_id, manager):
    by_password(client)
    client.post("/second-factor/app/start")
    secret = key_on(client.get("/second-factor/app")).secret
    with database.reading(scheme_id) as session:
        app = session.scalars(select(AuthenticatorApp)).one()
        stored = [getattr(app, one.slot).token for one in AuthenticatorApp.__sealed__]
        assert (app.secret, app.sealed_secret) == (secret, "")
    assert len(stored) == 1
    assert secret not in stored[0]


def test_demonstration_shows_the_code_and_no_other_site_does(
    make_app, settings, client, manager, phone
):
    by_password(client)
    assert "Demonstration" not in client.get(CODE).text
    demo = make_app(replace(settings, demo=True))
    demo.config["WTF_CSRF_ENABLED"] = False
    browser = demo.test_client()
    by_password(browser)
    with time_machine.travel(utc_now(), tick=False) as clock:
        for _ in range(2):
            code = re.search(rf"{SHOWN} now is (\d{{3}} \d{{3}})", text_of(browser.get(CODE)))[1]
            assert give(browser, code).status_code == 302
        pattern = rf"{SHOWN} in (\d+) seconds will be (\d{{3}} \d{{3}})"
        wait, code = re.search(pattern, text_of(browser.get(CODE))).groups()
        clock.shift(int(wait))
        assert give(browser, code).status_code == 302


def test_sign_out_and_leaving_end_a_half_open_session(client, database, scheme_id, manager, phone):
    for path, method in (("/sign-out", "POST"), ("/leave", "GET")):
        by_password(client)
        assert client.open(path, method=method).status_code in {302, 303}
        with database.reading(scheme_id) as session:
            assert session.scalars(select(LoginSession)).all() == []


def test_half_open_page_shows_no_menu_and_a_way_out(client, manager, phone):
    by_password(client)
    page = client.get(CODE).text
    assert "Main menu" not in page
    assert "Sign out" in page


@pytest.fixture
def volunteer(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.VOLUNTEER)


def test_volunteer_adds_a_second_step_and_owes_it_from_then_on(
    sign_in, database, scheme_id, volunteer
):
    browser = sign_in(volunteer)
    browser.post("/second-factor/app/start")
    shown = key_on(browser.get("/second-factor/app"))
    assert browser.post("/second-factor/app", data={"factor_code": shown.code()}).status_code == 302
    assert browser.get("/second-factor/").status_code == 200
    other = sign_in(volunteer, half_open=True)
    assert other.get("/second-factor/").location.startswith(CODE)
    assert browser.post("/second-factor/app/remove").location == "/second-factor/"
    assert "You sign in with your password alone." in text_of(browser.get("/second-factor/"))
