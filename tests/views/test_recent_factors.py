"""Sensitive acts ask for the second factor again, and lose nothing of a form meanwhile."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import Account, utc_now
from peerapp.permissions import ROUTES
from tests.factories import make_account
from tests.support.factors import give_app


@pytest.fixture
def manager(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.MANAGER, email="m@example.org")


@pytest.fixture
def phone(database, scheme_id, manager):
    """The manager's authenticator app."""
    with database.writing(scheme_id) as session:
        return give_app(session, manager)


@pytest.fixture
def volunteer(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.VOLUNTEER)


def text_of(response):
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def stale(minutes=11):
    return time_machine.travel(utc_now() + timedelta(minutes=minutes))


@pytest.mark.scorecard("7.5.3")
def test_sensitive_page_asks_again_once_the_factor_is_old(sign_in, manager, phone):
    browser = sign_in(manager)
    invite = "/staff/people/invite?x=1"
    with stale(9):
        assert browser.get(invite).status_code == 200
    with stale():
        asked = browser.get(invite)
        assert asked.location == "/second-factor/code?next=/staff/people/invite?x%3D1"
        assert "Confirm that it is you" in browser.get(asked.location).text
        done = browser.post(asked.location, data={"factor_code": phone.code()})
        assert (done.status_code, done.location) == (302, invite)
        assert browser.get(invite).status_code == 200


@pytest.mark.scorecard("7.5.3", control=True)
def test_page_that_is_not_sensitive_asks_nothing(sign_in, manager):
    browser = sign_in(manager)
    with stale():
        assert browser.get("/staff/people/").status_code == 200


INVITED = {"name": "Ann <b>Other</b>", "email": "ann@example.org", "role": "auditor"}


def hidden_in(page):
    form = page.text.partition('<form method="post" novalidate>')[2].partition("</form>")[0]
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in pairs}


@pytest.mark.scorecard("7.5.3")
def test_form_that_went_stale_is_kept_and_goes_on_with_the_code(
    sign_in, database, scheme_id, manager, phone
):
    browser = sign_in(manager)
    with stale():
        kept = browser.post("/staff/people/invite", data=INVITED)
        assert kept.status_code == 422
        assert names_of(database, scheme_id) == {manager.name}
        fields = hidden_in(kept)
        assert {name: fields[name] for name in INVITED} == INVITED
        wrong = browser.post("/staff/people/invite", data={**fields, "factor_code": "000000"})
        assert (wrong.status_code, hidden_in(wrong)["name"]) == (422, INVITED["name"])
        done = browser.post("/staff/people/invite", data={**fields, "factor_code": phone.code()})
        assert (done.status_code, done.location) == (302, "/staff/people/")
    assert names_of(database, scheme_id) == {manager.name, INVITED["name"]}


def test_code_is_used_up_although_the_form_behind_it_is_wrong(
    app, sign_in, database, scheme_id, manager, phone
):
    """The form's changes are undone; the proof is not, or its code could be given again."""
    browser, other = sign_in(manager), sign_in(manager)
    wrong = {**INVITED, "email": "no address", "factor_confirm": "yes"}
    with stale():
        code = phone.code()
        answer = browser.post("/staff/people/invite", data={**wrong, "factor_code": code})
        assert answer.status_code == 422
        assert "Enter an email address in the correct format" in text_of(answer)
        assert browser.get("/staff/people/invite").status_code == 200
        again = other.post("/staff/people/invite", data={**wrong, "factor_code": code})
        assert "That code is not right, or has been used." in text_of(again)
        assert other.get("/staff/people/invite").status_code == 302


@pytest.mark.scorecard("2.3.3")
def test_form_behind_a_code_that_is_sent_again_with_another_one_is_taken_once(
    sign_in, database, scheme_id, manager, phone
):
    """A second click on the page that asks for the code, which then asks for the next one."""
    first = send_behind_a_code(sign_in(manager), phone)
    assert [(one.status_code, one.location) for one in first] == [(302, "/staff/people/")] * 2
    assert names_of(database, scheme_id) == {manager.name, INVITED["name"]}


@pytest.mark.scorecard("2.3.3", control=True)
def test_without_the_token_of_the_first_page_it_is_looked_at_anew(sign_in, manager, phone):
    sent = send_behind_a_code(sign_in(manager), phone, forget="factor_first_token")
    assert [one.status_code for one in sent] == [302, 422]


def send_behind_a_code(browser, phone, forget=""):
    """Send a form that is kept, then twice with a code, from a page that is made anew each time."""
    with stale() as clock:
        kept = browser.post("/staff/people/invite", data={**INVITED, "csrf_token": "first"})
        fields = {name: one for name, one in hidden_in(kept).items() if name != forget}
        answers = []
        for token in ("second", "third"):
            data = {**fields, "csrf_token": token, "factor_code": phone.code()}
            answers.append(browser.post("/staff/people/invite", data=data))
            clock.shift(60)
        return answers


def names_of(database, scheme_id):
    with database.reading(scheme_id) as session:
        return set(session.scalars(select(Account.name)))


@pytest.mark.scorecard("7.5.3")
def test_sensitive_acts_ask_for_a_recent_factor():
    """Which ones do is written down twice: whoever drops one has to say so here too."""
    asking = {name for name, access in ROUTES.items() if access.recent_factor}
    assert asking >= {
        "audit.export",
        "certificates.export",
        "duty_covers.new",
        "expense_claims.ask_for_file",
        "expense_claims.make_file",
        "families.export",
        "outcomes.export",
        "passkeys.add",
        "passkeys.ask_for_new",
        "passkeys.remove",
        "people.close",
        "people.invite",
        "people.reset_factors",
        "plan_overrides.agree",
        "plan_overrides.ask",
        "scheme_figures.change",
        "second_factors.app",
        "second_factors.recovery_codes_page",
        "second_factors.remove_app",
        "second_factors.set_up",
        "second_factors.start_app",
        "two_person_requests.decide",
        "two_person_requests.fetch",
    }


def test_account_without_a_factor_signs_in_again_before_it_sets_one_up(sign_in, volunteer):
    browser = sign_in(volunteer)
    assert browser.get("/second-factor/set-up").status_code == 200
    with stale():
        asked = browser.get("/second-factor/set-up", follow_redirects=True)
        assert "Sign in again to go on" in asked.text
        assert browser.get("/second-factor/").status_code == 200


def test_form_of_an_account_without_a_factor_is_shown_to_copy(sign_in, manager, database):
    """Whose factor the council asked for has none here: they sign in again, and lose no text."""
    browser = sign_in(manager)
    with stale():
        kept = browser.post("/staff/people/invite", data=INVITED)
    assert kept.status_code == 422
    assert "Sign in again, then fill in the form once more." in text_of(kept)
    listed = re.findall(r'<li class="app-lines">([^<]*)</li>', kept.text)
    assert [html.unescape(one) for one in listed] == list(INVITED.values())
