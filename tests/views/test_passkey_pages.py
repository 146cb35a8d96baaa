"""Passkeys by real requests; the browser's part is played by a security key in software."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import Passkey, PasskeyChallenge
from tests.factories import make_account
from tests.support.factors import give_app
from tests.support.security_keys import SecurityKey

FOLDER = "/second-factor/passkeys"


@pytest.fixture
def app(make_app, settings, scheme_id):
    """A site with a name."""
    made = make_app(replace(settings, base_url="https://scheme.example"))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def manager(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.MANAGER)


@pytest.fixture
def key(sign_in, manager):
    """A passkey that the manager has set up, at the first sign-in."""
    key, browser = SecurityKey(), sign_in(manager, half_open=True)
    asked = browser.post(f"{FOLDER}/options-to-add")
    answer = {"factor_passkey": key.make(asked.text), "name": "blue key"}
    done = browser.post(f"{FOLDER}/add?next=/staff/people/", data=answer)
    assert done.location == "/second-factor/recovery-codes?next=/staff/people/"
    assert browser.get("/staff/people/").status_code == 200
    return key


def sign(browser, key, what):
    asked = browser.post(f"{FOLDER}/options-to-{what}")
    return {"factor_passkey": key.sign(asked.text)}


def test_passkey_is_the_second_factor(sign_in, manager, key):
    browser = sign_in(manager, half_open=True)
    answer = sign(browser, key, "confirm")
    done = browser.post("/second-factor/code?next=/staff/people/", data=answer)
    assert (done.status_code, done.location) == (302, "/staff/people/")
    assert browser.get("/staff/people/").status_code == 200


def test_passkey_signs_in_alone(client, key):
    done = client.post(f"{FOLDER}/sign-in", data=sign(client, key, "sign-in"))
    assert (done.status_code, done.location) == (302, "/staff/")
    assert client.get("/staff/").status_code == 200


def test_answer_of_one_browser_is_no_good_in_another(app, client, key):
    """The question is kept here under an id in the browser's session: no other browser has it."""
    answer = sign(client, key, "sign-in")
    assert app.test_client().post(f"{FOLDER}/sign-in", data=answer).status_code == 422
    assert client.post(f"{FOLDER}/sign-in", data=answer).status_code == 302


def test_answer_is_good_once(app, client, key, database, scheme_id):
    answer = sign(client, key, "sign-in")
    with client.session_transaction() as cookie:
        captured = dict(cookie)
    assert client.post(f"{FOLDER}/sign-in", data=answer).status_code == 302
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(captured)
    refused = thief.post(f"{FOLDER}/sign-in", data=answer)
    assert refused.status_code == 422
    assert "The passkey was not taken." in refused.text
    with database.reading(scheme_id) as session:
        assert session.scalars(select(PasskeyChallenge)).all() == []


def test_rejected_answer_uses_the_question_up(client, key, database, scheme_id):
    answer = sign(client, key, "sign-in")
    assert client.post(f"{FOLDER}/sign-in", data={"factor_passkey": "{}"}).status_code == 422
    with database.reading(scheme_id) as session:
        assert session.scalars(select(PasskeyChallenge)).all() == []
    assert client.post(f"{FOLDER}/sign-in", data=answer).status_code == 422


def test_passkey_is_listed_and_removed(sign_in, database, scheme_id, manager, key):
    browser = sign_in(manager)
    with database.writing(scheme_id) as session:
        passkey_id = session.scalars(select(Passkey.id)).one()
    address = f"{FOLDER}/{passkey_id}/remove"
    assert "blue key" in browser.get("/second-factor/").text
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 409
    with database.writing(scheme_id) as session:
        give_app(session, manager)
    assert browser.post(address).status_code == 302
    assert "blue key" not in browser.get("/second-factor/").text


def test_page_for_a_passkey_says_what_to_do_without_scripts(sign_in, manager, key):
    page = sign_in(manager, half_open=True).get("/second-factor/code").text
    assert "Use your passkey" in page
    assert "Passkeys need JavaScript, which is off in this browser." in page
    assert 'src="/static/passkeys.js' in page


def test_sign_in_page_offers_passkeys_only_where_they_work(make_app, settings, client, key):
    assert "Sign in with a passkey" in client.get("/sign-in").text
    nameless = make_app(settings).test_client()
    assert "Sign in with a passkey" not in nameless.get("/sign-in").text
