"""A cookie that somebody copied: worth nothing once the session behind it is over.

Each check has its control: with the guard taken away, the copied cookie goes on.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from peerapp.adapters.passwords import hash_password
from peerapp.enums import Role
from peerapp.models import Account, LoginSession, utc_now
from peerapp.services import accounts, authenticator_apps, sign_in
from peerapp.services.tokens import token_hash
from tests.factories import PASSWORD, make_account
from tests.support.factors import give_app

PAGE = "/account/"


@pytest.fixture
def volunteer(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(
            session, Role.VOLUNTEER, email="v@example.org", password_hash=hash_password(PASSWORD)
        )


@pytest.fixture
def enter(app):
    """Return a function that signs an account in by the form, in a browser of its own."""

    def by_form(account, browser=None):
        browser = browser or app.test_client()
        data = {"email": account.email, "password": PASSWORD}
        assert browser.post("/sign-in", data=data).status_code == 302
        return browser

    return by_form


@pytest.fixture
def copy(app):
    """Return a function that gives a second browser which holds what another one holds."""

    def of(browser):
        thief = app.test_client()
        with browser.session_transaction() as held, thief.session_transaction() as cookie:
            cookie.update(held)
        return thief

    return of


def is_in(browser) -> bool:
    return browser.get(PAGE).status_code == 200


@pytest.fixture
def change(database, scheme_id, volunteer):
    """Return a function that changes the account as staff or time would."""

    def by(act):
        with database.writing(scheme_id) as session:
            act(session, session.get_one(Account, volunteer.id))

    return by


def blind_find(session, secret, now, idle, staff_idle=None):
    """Find a session by its secret alone: neither clock, nor role, nor closing is asked."""
    query = select(LoginSession).where(LoginSession.token_hash == token_hash(secret))
    options = joinedload(LoginSession.account).selectinload(Account.localities)
    return session.scalar(query.options(options))


# Time


@pytest.fixture(params=["idle", "absolute"])
def outlived(request, enter, copy, volunteer, database, scheme_id):
    """A captured cookie and a moment at which it must be over."""
    start, thief = utc_now(), copy(enter(volunteer))
    assert is_in(thief)
    if request.param == "idle":
        return thief, start + timedelta(minutes=31)
    with database.writing(scheme_id) as session:  # in use all day
        for login in session.scalars(select(LoginSession)):
            login.last_seen_at = start + timedelta(hours=12)
    return thief, start + timedelta(hours=12, minutes=1)


@pytest.mark.scorecard("7.3")
def test_cookie_is_dead_after_its_time(outlived):
    thief, moment = outlived
    with time_machine.travel(moment):
        assert not is_in(thief)


@pytest.mark.scorecard("7.3", control=True)
def test_cookie_would_live_on_if_no_clock_were_asked(outlived, monkeypatch):
    thief, moment = outlived
    monkeypatch.setattr(sign_in, "is_running", lambda *_: True)
    aged = thief.application.config  # the signature of a cookie has an age of its own
    monkeypatch.setitem(aged, "PERMANENT_SESSION_LIFETIME", timedelta(days=9))
    with time_machine.travel(moment):
        assert is_in(thief)


# Acts that end it


def close(session, account):
    accounts.disable_account(session, account, account, utc_now())


def give_role(session, account):
    account.role = Role.FAMILY  # staff would owe a second factor too


ENDINGS = {
    "signed out": (lambda browser, _: browser.post("/sign-out"), (sign_in, "end_session")),
    "left": (lambda browser, _: browser.get("/leave"), (sign_in, "end_session")),
    "closed": (lambda _, change: change(close), (accounts, "sign_out_everywhere")),
    "another role": (lambda _, change: change(give_role), (sign_in, "is_running")),
}


@pytest.mark.scorecard("7.4")
@pytest.mark.parametrize("why", ENDINGS)
def test_captured_cookie_is_dead_at_once(enter, copy, volunteer, change, why):
    act, _ = ENDINGS[why]
    browser = enter(volunteer)
    thief = copy(browser)
    assert is_in(thief)
    act(browser, change)
    assert not is_in(thief)


@pytest.mark.scorecard("7.4", control=True)
@pytest.mark.parametrize("why", ENDINGS)
def test_captured_cookie_would_live_on_without_what_ends_it(
    enter, copy, volunteer, change, monkeypatch, why
):
    act, (module, name) = ENDINGS[why]
    browser = enter(volunteer)
    thief = copy(browser)
    monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(sign_in, "find_session", blind_find)
    act(browser, change)
    assert is_in(thief)


# What was held before


@pytest.mark.scorecard("7.2.4")
def test_session_that_was_planted_is_not_the_one_that_is_opened(enter, copy, volunteer):
    """Somebody signs in on a machine, leaves the cookie there and waits for its owner."""
    planted = enter(volunteer)
    thief = copy(planted)
    planted.delete_cookie("known")
    victim = copy(planted)
    with victim.session_transaction() as cookie:
        before = cookie.pop("_fresh"), cookie["_user_id"]
    assert victim.post("/sign-out").status_code == 302
    enter(volunteer, victim)
    with victim.session_transaction() as cookie:
        assert cookie["_user_id"] != before[1]
    assert (is_in(victim), is_in(thief)) == (True, False)


@pytest.fixture
def half_open(enter, copy, volunteer, database, scheme_id):
    """A browser that owes its factor, a copy of its cookie, and the app."""
    with database.writing(scheme_id) as session:
        phone = give_app(session, session.get_one(Account, volunteer.id))
    browser = enter(volunteer)
    return browser, copy(browser), phone


def prove(browser, phone):
    sent = browser.post("/second-factor/code", data={"factor_code": phone.code()})
    assert sent.status_code == 302
    assert is_in(browser)


@pytest.mark.scorecard("7.2.4")
def test_cookie_from_before_the_second_factor_is_worth_nothing_after_it(half_open):
    browser, thief, phone = half_open
    prove(browser, phone)
    assert not is_in(thief)


@pytest.mark.scorecard("7.2.4", control=True)
def test_cookie_from_before_would_be_signed_in_if_it_were_kept(half_open, monkeypatch):
    browser, thief, phone = half_open
    with browser.session_transaction() as cookie:
        held = cookie["_user_id"]

    def keep(session, login, kind, now):
        login.factor_at = now
        return held

    monkeypatch.setattr(authenticator_apps, "pass_factor", keep)
    prove(browser, phone)
    assert is_in(thief)
