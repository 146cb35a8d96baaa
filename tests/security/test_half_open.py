"""A session that owes its second factor reaches nothing: every route is asked."""

from __future__ import annotations

import pytest

from peerapp.enums import STAFF_ROLES, Role
from peerapp.permissions import ROUTES
from peerapp.route_access.kinds import Access, Owed, anyone, signed_in
from tests.factories import make_account
from tests.support.factors import give_app
from tests.test_permissions import requests_of

ENDS_IT = {"auth.sign_out", "auth.leave"}


@pytest.fixture
def half_open(database, scheme_id, sign_in):
    """Return a function that gives a half-open browser of an account, with or without an app."""

    def make(role, *, with_app):
        with database.writing(scheme_id) as session:
            account = make_account(session, role)
            if with_app:
                give_app(session, account)
        return sign_in(account, half_open=True)

    return make


def walk(app, browser):
    """Return the endpoints whose pages a browser gets: neither sent away nor public."""
    reached = set()
    for endpoint, method, path in requests_of(app):
        if endpoint in ENDS_IT or ROUTES[endpoint].who(None):
            continue
        answer = browser.open(path, method=method)
        answer.close()
        sent_away = answer.status_code == 302 and answer.location.startswith(
            ("/second-factor/code", "/second-factor/set-up")
        )
        if not sent_away:
            reached.add(endpoint)
    return reached


def declared(*owed):
    return {name for name, access in ROUTES.items() if access.owed in owed} - ENDS_IT


@pytest.mark.walk
@pytest.mark.scorecard("6.3.3")
def test_session_that_owes_its_factor_reaches_only_where_it_is_given(app, half_open):
    browser = half_open(Role.MANAGER, with_app=True)
    assert walk(app, browser) == declared(Owed.GIVE)
    assert len(ROUTES) > 200


@pytest.mark.scorecard("6.3.3")
def test_session_without_any_factor_reaches_only_where_one_is_set_up(app, half_open):
    browser = half_open(Role.COORDINATOR, with_app=False)
    assert browser.get("/second-factor/set-up").status_code == 200
    assert browser.post("/second-factor/app/start").location == "/second-factor/app"
    assert browser.get("/second-factor/app").status_code == 200
    for path in ("/staff/", "/second-factor/", "/second-factor/recovery-codes"):
        assert browser.get(path, follow_redirects=True).request.path == "/second-factor/set-up"


@pytest.mark.scorecard("6.3.3", control=True)
def test_walk_notices_a_route_that_lets_half_open_sessions_in(app, half_open, monkeypatch):
    browser = half_open(Role.MANAGER, with_app=True)
    assert browser.get("/staff/people/").location.startswith("/second-factor/code")
    monkeypatch.setitem(ROUTES, "people.list_staff", Access(signed_in, owed=Owed.GIVE))
    answer = browser.get("/staff/people/")
    assert answer.status_code != 302


@pytest.mark.scorecard("6.3.3", control=True)
def test_every_page_of_staff_opens_once_the_factor_is_given(sign_in, database, scheme_id):
    """The control of the walk: with the factor given, the same address is no redirect."""
    with database.writing(scheme_id) as session:
        staff = [make_account(session, role) for role in sorted(STAFF_ROLES)]
    assert [sign_in(one).get("/staff/").status_code for one in staff] == [200] * len(staff)


def test_public_page_does_not_know_who_is_half_open(half_open):
    browser = half_open(Role.MANAGER, with_app=True)
    page = browser.get("/")
    assert page.status_code == 200
    assert "Go to your pages" not in page.text


def test_only_second_factor_pages_and_ways_out_are_open_to_half_open_sessions():
    open_to_them = {name for name, access in ROUTES.items() if access.owed is not Owed.NOTHING}
    assert {name.partition(".")[0] for name in open_to_them} == {
        "auth",
        "passkeys",
        "second_factors",
    }
    assert {name for name in open_to_them if name.startswith("auth.")} == {"auth.sign_out"}
    assert all(ROUTES[name].who is not anyone for name in open_to_them)
