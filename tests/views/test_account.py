"""The own account: a new password, where it is open, and what a manager can end."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from peerapp.adapters import passwords
from peerapp.adapters.passwords import hash_password
from peerapp.enums import Role
from peerapp.models import Account, AuditEvent, Family, KnownBrowser, LoginSession, Message, utc_now
from peerapp.services import sign_in as signing
from tests.factories import (
    PASSWORD,
    make_account,
    make_family,
    make_family_account,
    make_locality,
)

NEW = "another quiet heron"
FIREFOX = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 Safari/604.1"}
HASHED = hash_password(PASSWORD)


@pytest.fixture
def volunteer(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.VOLUNTEER, email="v@example.org", password_hash=HASHED)


@pytest.fixture
def manager(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.MANAGER, email="m@example.org", password_hash=HASHED)


@pytest.fixture
def family(database, scheme_id, manager):
    with database.writing(scheme_id) as session:
        staff = session.get(Account, manager.id)
        found = make_family(session, staff, make_locality(session), channels=("email",))
        account = make_family_account(session, found)
        account.password_hash = HASHED
        return account


def enter(app, account, headers=FIREFOX, password=PASSWORD):
    browser = app.test_client()
    data = {"email": account.email, "password": password}
    assert browser.post("/sign-in", data=data, headers=headers).status_code == 302
    return browser


def change(browser, current=PASSWORD, new=NEW):
    return browser.post("/account/password", data={"current": current, "password": new})


def mails(database, scheme_id):
    with database.reading(scheme_id) as session:
        return session.scalars(select(Message).order_by(Message.created_at)).all()


def actions(database, scheme_id):
    with database.reading(scheme_id) as session:
        return session.scalars(select(AuditEvent.action)).all()


@pytest.mark.scorecard("7.4")
def test_new_password_ends_other_browsers_and_is_told(app, volunteer, database, scheme_id):
    here, elsewhere = enter(app, volunteer), enter(app, volunteer, IPHONE)
    done = change(here)
    assert (done.status_code, done.location) == (302, "/account/")
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert [mail.template for mail in mails(database, scheme_id)] == ["new_browser", "new_password"]
    assert enter(app, volunteer, password=NEW)
    assert "account.change_password" in actions(database, scheme_id)


def test_new_password_needs_the_present_one_and_only_so_many_tries(app, volunteer):
    here = enter(app, volunteer)
    answers = [change(here, "not the password at all") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 6
    told = [re.findall(r"This is not your password|Wait 1 minute", one.text)[0] for one in answers]
    assert told == ["This is not your password"] * 5 + ["Wait 1 minute"]
    assert change(here).status_code == 422


@pytest.mark.parametrize("new", ["short", "v@example.org 123", "passwordpassword", "y z!" * 65])
def test_new_password_is_judged(app, volunteer, new):
    assert change(enter(app, volunteer), new=new).status_code == 422


def test_name_of_scheme_or_person_is_no_password(app, volunteer, database, scheme_id):
    with database.writing(scheme_id) as session:
        session.get(Account, volunteer.id).name = "Ama Mensah"
    here = enter(app, volunteer)
    assert change(here, new="Wiltshire Coaching").status_code == 422
    assert change(here, new="ama mensah mensah 1").status_code == 422
    assert change(here, new="Wiltshire heron jugs").status_code == 302


@pytest.mark.scorecard("7.4")
def test_browsers_are_listed_in_plain_words_and_ended_one_by_one(app, volunteer):
    here, elsewhere = enter(app, volunteer), enter(app, volunteer, IPHONE)
    page = here.get("/account/signed-in").text
    main = page.partition("<main")[2]
    assert sorted(re.findall(r"\w+ on an? [\w ]+", main)) == [
        "Firefox on a Windows computer",
        "Safari on an iPhone",
    ]
    assert main.count("This one") == 1
    links = re.findall(r"/account/signed-in/[-0-9a-f]{36}/end", main)
    assert len(links) == 1
    assert here.post(links[0]).status_code == 302
    assert elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


@pytest.mark.scorecard("7.4")
def test_all_others_are_ended_at_once(app, volunteer):
    here, *others = [enter(app, volunteer) for _ in range(3)]
    assert here.post("/account/signed-in/end-others").status_code == 302
    assert [one.get("/account/").status_code for one in (here, *others)] == [200, 302, 302]


def test_session_of_another_account_cannot_be_ended(app, volunteer, family, database, scheme_id):
    here, other = enter(app, volunteer), enter(app, family)
    with database.reading(scheme_id) as session:
        theirs = session.scalars(
            select(LoginSession.id).where(LoginSession.account_id == family.id)
        ).one()
    assert here.post(f"/account/signed-in/{theirs}/end").status_code == 404
    assert other.get("/family/").status_code == 200


def test_session_that_idled_too_long_is_not_listed(app, volunteer):
    enter(app, volunteer, IPHONE)
    with time_machine.travel(utc_now() + timedelta(minutes=31)):
        page = enter(app, volunteer).get("/account/signed-in").text
    assert "iPhone" not in page.partition("<main")[2]


@pytest.mark.scorecard("7.4")
def test_manager_ends_the_sessions_of_staff_and_of_nobody_else(
    app, sign_in, manager, volunteer, database, scheme_id
):
    with database.writing(scheme_id) as session:
        colleague = make_account(session, Role.COORDINATOR)
    theirs, browser = sign_in(colleague), sign_in(manager)
    page = f"/staff/people/{colleague.id}/signed-in"
    assert browser.get(page).status_code == 200
    assert theirs.get("/staff/").status_code == 200
    assert browser.post(f"{page}/end").status_code == 302
    assert theirs.get("/staff/").status_code == 302
    assert browser.get(f"/staff/people/{volunteer.id}/signed-in").status_code == 404
    assert browser.post(f"/staff/people/{volunteer.id}/signed-in/end").status_code == 404


@pytest.mark.scorecard("7.4")
def test_other_role_ends_the_session(sign_in, volunteer, database, scheme_id):
    browser = sign_in(volunteer)
    assert browser.get("/account/").status_code == 200
    with database.writing(scheme_id) as session:
        session.get(Account, volunteer.id).role = Role.COORDINATOR
    assert browser.get("/account/").status_code == 302


@pytest.mark.scorecard("7.3")
def test_staff_may_have_less_time_than_others(make_app, settings, sign_in, manager, volunteer):
    app = make_app(replace(settings, staff_idle_minutes=10, staff_session_hours=4))
    app.config["WTF_CSRF_ENABLED"] = False
    assert settings.session_lifetime(is_staff=True) < settings.session_lifetime(is_staff=False)
    start = utc_now()
    staff, other = sign_in(manager, app), enter(app, volunteer)
    with time_machine.travel(start + timedelta(minutes=11)):
        assert staff.get("/account/").location.startswith("/sign-in")
        assert other.get("/account/").status_code == 200


def test_first_browser_is_no_news_and_a_known_one_neither(app, volunteer, database, scheme_id):
    here = enter(app, volunteer)
    here.post("/sign-out")
    here.post("/sign-in", data={"email": volunteer.email, "password": PASSWORD}, headers=IPHONE)
    assert mails(database, scheme_id) == []


def test_new_browser_is_told_by_mail_and_at_the_next_sign_in(app, volunteer, database, scheme_id):
    here = enter(app, volunteer)
    stranger = enter(app, volunteer, IPHONE)
    (mail,) = mails(database, scheme_id)
    assert (mail.subject, mail.to_address) == ("You have a message", "v@example.org")
    assert "Safari on an iPhone" in mail.body
    assert "new to it" not in stranger.get("/account/").text
    here.post("/sign-out")
    here.post("/sign-in", data={"email": volunteer.email, "password": PASSWORD})
    assert "opened in a browser that was new to it" in here.get("/account/").text


@pytest.mark.scorecard("DA-2")
def test_family_hears_of_a_new_browser_in_neutral_words_where_that_is_safe(
    app, family, database, scheme_id
):
    enter(app, family)
    enter(app, family, IPHONE)
    (mail,) = mails(database, scheme_id)
    assert mail.subject == "You have a message"
    words = "You have a message.\n\nSign in to read it:\nhttp://127.0.0.1:8000/sign-in\n"
    assert mail.body == words


@pytest.mark.scorecard("DA-2")
def test_family_whose_email_is_unsafe_gets_no_mail(app, family, database, scheme_id):
    with database.writing(scheme_id) as session:
        found = session.scalars(select(Family).where(Family.account_id == family.id)).one()
        found.safe_contact.channels = ("phone",)
    enter(app, family)
    enter(app, family, IPHONE)
    assert mails(database, scheme_id) == []


def test_family_browser_forgets_when_it_is_closed_and_at_an_exit(app, family, volunteer):
    def cookie_of(answer):
        cookies = answer.headers.getlist("Set-Cookie")
        return next(cookie for cookie in cookies if cookie.startswith("known="))

    kept = {}
    for account in (family, volunteer):
        browser = app.test_client()
        data = {"email": account.email, "password": PASSWORD}
        kept[account.role] = cookie_of(browser.post("/sign-in", data=data))
        assert cookie_of(browser.get("/leave")).startswith("known=;")
    assert [("Max-Age" in kept[role]) for role in (Role.FAMILY, Role.VOLUNTEER)] == [False, True]
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in kept.values())


def test_family_in_a_browser_of_the_same_kind_is_no_news(app, family, database, scheme_id):
    enter(app, family)
    enter(app, family)
    assert mails(database, scheme_id) == []
    with database.reading(scheme_id) as session:
        assert len(session.scalars(select(KnownBrowser)).all()) == 1


def test_staff_have_no_link_to_choose(sign_in, manager):
    assert sign_in(manager).get("/account/sign-in-link").status_code == 403
    assert "Sign in by an emailed link" not in sign_in(manager).get("/account/").text


@pytest.mark.scorecard("11.4.2")
def test_weaker_hash_is_made_anew_at_sign_in(app, volunteer, database, scheme_id):
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with database.writing(scheme_id) as session:
        session.get(Account, volunteer.id).password_hash = weaker
    enter(app, volunteer)
    with database.reading(scheme_id) as session:
        stored = session.get(Account, volunteer.id).password_hash
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert enter(app, volunteer)


@pytest.mark.scorecard("11.4.2", control=True)
def test_weaker_hash_would_stay_if_nobody_renewed_it(
    app, volunteer, database, scheme_id, monkeypatch
):
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with database.writing(scheme_id) as session:
        session.get(Account, volunteer.id).password_hash = weaker
    monkeypatch.setattr(signing, "needs_rehash", lambda _: False)
    enter(app, volunteer)
    with database.reading(scheme_id) as session:
        assert session.get(Account, volunteer.id).password_hash == weaker


def test_password_is_not_hashed_in_a_queue_without_end(app, volunteer, monkeypatch):
    """When there is no room the try is not counted, and the browser is told when to come back."""
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    data = {"email": volunteer.email, "password": "not the password at all"}
    with ExitStack() as held:
        for _ in range(passwords.CONCURRENT_HASHES):
            held.enter_context(passwords._turn())
        answers = [app.test_client().post("/sign-in", data=data) for _ in range(7)]
    assert [(one.status_code, one.headers["Retry-After"]) for one in answers] == [(503, "5")] * 7
    assert app.test_client().post("/sign-in", data=data).status_code == 422
