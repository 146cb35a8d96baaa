"""Links that were asked for are looked up by a job, which leaves nothing of the asking behind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peerapp.enums import Role, TokenPurpose, VolunteerState
from peerapp.models import AskedLink, Message, PersonKey, Token, Volunteer, utc_now
from peerapp.services import accounts, asked_links
from tests.factories import make_account
from tests.support.sealed import values

NEW, KNOWN, NOBODY = "new@example.org", "known@example.org", "nobody@example.org"


@pytest.fixture
def ask(database, scheme_id):
    """Return a function that asks for a link."""

    def by(email, purpose=TokenPurpose.RESET_PASSWORD):
        with database.writing(scheme_id) as session:
            asked_links.ask(session, email, purpose)

    return by


@pytest.fixture
def answer(database, scheme_id):
    """Return a function that does the job; how many were attended to, and how many are left."""

    def by(now=None):
        done = asked_links.answer_due(database, scheme_id, now or utc_now(), "http://x")
        with database.reading(scheme_id) as session:
            return done, session.scalar(select(func.count(AskedLink.id)))

    return by


@pytest.fixture
def known(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.VOLUNTEER, email=KNOWN)


def mailed(database, scheme_id):
    with database.reading(scheme_id) as session:
        return values(session, Message, "to_address")


def test_mail_goes_to_who_has_an_account_and_nothing_stays(database, scheme_id, known, ask, answer):
    ask(KNOWN)
    ask(NOBODY)
    with database.reading(scheme_id) as session:
        asked = set(session.scalars(select(AskedLink.id)))
        assert asked < set(session.scalars(select(PersonKey.owner_id)))
    assert answer() == (2, 0)
    assert mailed(database, scheme_id) == [KNOWN]
    with database.reading(scheme_id) as session:
        assert asked & set(session.scalars(select(PersonKey.owner_id))) == set()
    assert answer() == (0, 0)


def test_sign_up_is_not_lost_between_asking_and_answering(database, scheme_id, ask, answer):
    ask(NEW, TokenPurpose.CONFIRM_EMAIL)
    assert mailed(database, scheme_id) == []
    assert answer() == (1, 0)
    with database.reading(scheme_id) as session:
        assert session.scalars(select(Volunteer)).one().state is VolunteerState.ENQUIRY
    assert mailed(database, scheme_id) == [NEW]


def test_one_that_fails_waits_and_keeps_no_other_waiting(
    database, scheme_id, known, ask, answer, monkeypatch
):
    sound = accounts.request_reset

    def fails_once(session, email, *given):
        if email == NOBODY:
            raise RuntimeError("no keys")
        sound(session, email, *given)

    ask(NOBODY)
    ask(KNOWN)
    with monkeypatch.context() as broken:
        broken.setattr(accounts, "request_reset", fails_once)
        assert answer() == (2, 1)
    assert mailed(database, scheme_id) == [KNOWN]
    assert answer() == (1, 0)


def test_one_that_waited_for_a_day_is_given_up(database, scheme_id, known, ask, answer):
    ask(KNOWN)
    assert answer(utc_now() + timedelta(days=1, seconds=1)) == (1, 0)
    assert mailed(database, scheme_id) == []


def test_address_is_not_stored_in_clear(database, scheme_id, ask):
    ask(NOBODY)
    with database.engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT email FROM asked_link").all()
    assert NOBODY not in row[0]
    assert len(row[0]) > 40


def test_lost_offer_is_found_by_the_minutes_sweep(app, database, scheme_id, client, monkeypatch):
    jobs = app.extensions["jobs"]

    def down(_):
        raise ConnectionError

    monkeypatch.setattr(jobs, "offer_links", down)
    assert client.post("/volunteer/sign-up", data={"email": NEW}).status_code == 302
    assert mailed(database, scheme_id) == []
    jobs.every_minute()
    assert mailed(database, scheme_id) == [NEW]
    with database.reading(scheme_id) as session:
        assert session.scalar(select(func.count(Token.id))) == 1
