"""Links behind which a password is chosen: once, in time, and each stored hash is a strong one.

Each check has its control: with the guard taken away, the link opens again.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from argon2 import Type, extract_parameters
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import Account, Message, Token, utc_now
from peerapp.services import accounts, tokens
from tests.factories import PASSWORD, make_account

EMAIL = "person@example.org"
OTHER = "another quiet heron"


def sign_up(client, database, scheme_id):
    client.post("/volunteer/sign-up", data={"email": EMAIL})


def forget(client, database, scheme_id):
    with database.writing(scheme_id) as session:
        make_account(session, Role.VOLUNTEER, email=EMAIL)
    client.post("/forgot-password", data={"email": EMAIL})


def invite(client, database, scheme_id):
    with database.writing(scheme_id) as session:
        manager, now = make_account(session, Role.MANAGER), utc_now()
        accounts.invite_staff(session, manager, EMAIL, "Ama", Role.COORDINATOR, (), now, "http://x")


ASKED = {
    "confirm": (sign_up, timedelta(days=2)),
    "reset-password": (forget, timedelta(hours=1)),
    "invitation": (invite, timedelta(days=7)),
}


@pytest.fixture(params=ASKED)
def link(request, client, database, scheme_id):
    """A link as it arrives, and how long it is good for."""
    ask, lifetime = ASKED[request.param]
    ask(client, database, scheme_id)
    with database.reading(scheme_id) as session:
        bodies = [mail.body for mail in session.scalars(select(Message))]
    return re.search(rf"/{request.param}/\S+", "".join(bodies))[0], lifetime


@pytest.fixture
def choose(app):
    """Return a function that sends the form behind a link, in a new browser."""

    def send(path, password=PASSWORD):
        return app.test_client().post(path, data={"password": password}).status_code

    return send


@pytest.mark.scorecard("6.4.1", "11.4.2")
def test_link_sets_a_password_once_and_stores_a_strong_hash(link, choose, database, scheme_id):
    path, _ = link
    assert [choose(path), choose(path, OTHER)] == [302, 409]
    with database.reading(scheme_id) as session:
        query = select(Account).where(Account.password_hash.is_not(None))
        found = [one.password_hash for one in session.scalars(query) if one.email == EMAIL]
    (made,) = map(extract_parameters, found)
    assert (made.type, made.memory_cost >= 19 * 1024, made.time_cost >= 2) == (Type.ID, True, True)


@pytest.mark.scorecard("6.4.1", control=True)
def test_link_would_work_again_if_it_were_not_used_up(link, choose, monkeypatch):
    path, _ = link
    monkeypatch.setattr(tokens, "use", lambda *given: tokens.find(*given).account)
    assert [choose(path), choose(path, OTHER)] == [302, 302]


@pytest.mark.scorecard("6.4.1")
def test_link_runs_out_to_the_second(link, client):
    path, lifetime = link
    start = utc_now()
    for seconds, status in ((-60, 200), (1, 409)):
        with time_machine.travel(start + lifetime + timedelta(seconds=seconds)):
            assert client.get(path).status_code == status


@pytest.mark.scorecard("6.4.1", control=True)
def test_link_would_not_run_out_if_the_clock_were_not_asked(link, client, monkeypatch):
    path, lifetime = link
    sound, start = tokens.find, utc_now()
    monkeypatch.setattr(tokens, "find", lambda *given: sound(*given[:3], start))
    with time_machine.travel(start + lifetime + timedelta(days=1)):
        assert client.get(path).status_code == 200


@pytest.mark.scorecard("6.4.1")
def test_no_secret_of_a_link_is_stored(link, database, scheme_id):
    secret = link[0].rpartition("/")[2]
    with database.reading(scheme_id) as session:
        (token,) = session.scalars(select(Token))
        assert token.token_hash == tokens.token_hash(secret)
        assert secret not in token.token_hash
