"""Signing in by a mailed link: once, soon, in the browser that asked, and only by a button."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import Account, Family, Message, utc_now
from tests.factories import make_account, make_family, make_family_account, make_locality
from tests.support.sealed import values

ASK = "/sign-in/link"


@pytest.fixture
def volunteer(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(session, Role.VOLUNTEER, email="v@example.org", signs_in_by_link=True)


@pytest.fixture
def family(database, scheme_id):
    with database.writing(scheme_id) as session:
        staff = make_account(session, Role.COORDINATOR)
        found = make_family(session, staff, make_locality(session), channels=("email",))
        account = make_family_account(session, found)
        account.signs_in_by_link = True
        return account


def links(database, scheme_id):
    with database.reading(scheme_id) as session:
        bodies = [one.body for one in session.scalars(select(Message).order_by(Message.created_at))]
    return [re.search(rf"{ASK}/\S+", body)[0] for body in bodies]


@pytest.fixture
def asked(client, volunteer, database, scheme_id):
    """A browser that asked for a link, and the link."""
    assert client.post(ASK, data={"email": volunteer.email}).status_code == 200
    (link,) = links(database, scheme_id)
    return client, link


@pytest.mark.scorecard("6.4.x")
def test_button_behind_the_link_signs_in_once(app, asked, volunteer):
    browser, link = asked
    for _ in range(3):  # whatever scans mail opens links
        assert browser.get(link).status_code == 200
        assert app.test_client().get(link).status_code == 409
    done = browser.post(link)
    assert (done.status_code, done.location) == (302, "/volunteer/")
    assert browser.get("/account/").status_code == 200
    browser.post("/sign-out")
    assert browser.post(link).status_code == 409


@pytest.mark.scorecard("6.4.x")
def test_link_is_no_good_in_another_browser_and_stays_good_in_its_own(app, asked):
    browser, link = asked
    thief = app.test_client()
    assert thief.post(link).status_code == 409
    thief.post(ASK, data={"email": "nobody@example.org"})
    assert thief.post(link).status_code == 409
    assert browser.post(link).status_code == 302


@pytest.mark.scorecard("6.4.x")
@pytest.mark.parametrize(("minutes", "status"), [(14, 302), (15, 409)])
def test_link_runs_out_after_a_quarter(client, volunteer, database, scheme_id, minutes, status):
    with time_machine.travel(utc_now(), tick=False) as clock:
        client.post(ASK, data={"email": volunteer.email})
        clock.shift(timedelta(minutes=minutes))
        assert client.post(links(database, scheme_id)[0]).status_code == status


def test_link_is_void_once_its_owner_chooses_so_or_is_closed(asked, volunteer, database, scheme_id):
    browser, link = asked
    for field, value in (("signs_in_by_link", False), ("disabled_at", utc_now())):
        with database.writing(scheme_id) as session:
            account = session.get(Account, volunteer.id)
            account.signs_in_by_link, account.disabled_at = True, None
            setattr(account, field, value)
        assert browser.post(link).status_code == 409


def test_newer_link_ends_the_older(asked, volunteer, database, scheme_id):
    browser, first = asked
    browser.post(ASK, data={"email": volunteer.email})
    assert browser.post(first).status_code == 409
    assert browser.post(links(database, scheme_id)[1]).status_code == 302


@pytest.mark.parametrize(
    "values",
    [
        {"signs_in_by_link": False},
        {"disabled_at": utc_now()},
        {"confirmed_at": None},
        {"role": Role.COORDINATOR},
    ],
    ids=lambda values: next(iter(values)),
)
def test_no_link_leaves_for_who_may_not_use_one(client, volunteer, database, scheme_id, values):
    with database.writing(scheme_id) as session:
        for name, value in values.items():
            setattr(session.get(Account, volunteer.id), name, value)
    client.post(ASK, data={"email": volunteer.email})
    assert links(database, scheme_id) == []


@pytest.mark.scorecard("6.3.8")
def test_answer_is_the_same_for_an_address_without_an_account(app, volunteer):
    answers = []
    for email in (volunteer.email, "nobody@example.org"):
        answer = app.test_client().post(ASK, data={"email": email})
        answers.append((answer.status_code, answer.text, sorted(answer.headers.keys())))
    assert answers[0] == answers[1]


@pytest.mark.scorecard("DA-2")
@pytest.mark.parametrize(
    ("channels", "slots", "count"),
    [
        (("email",), (), 1),
        (("phone",), (), 0),
        (("email",), ("mon_morning",), 1),
        (("email",), ("tue_evening",), 0),
    ],
)
def test_family_is_sent_a_link_only_where_and_when_email_is_safe(
    client, family, database, scheme_id, channels, slots, count
):
    with database.writing(scheme_id) as session:
        found = session.scalars(select(Family)).one()
        found.safe_contact.channels, found.safe_contact.safe_slots = channels, slots
    with time_machine.travel("2026-11-23 10:00:00Z"):  # a Monday morning
        client.post(ASK, data={"email": family.email})
        assert len(links(database, scheme_id)) == count
        if count:
            done = client.post(links(database, scheme_id)[0])
            assert (done.status_code, done.location) == (302, "/family/")
    with database.reading(scheme_id) as session:
        assert values(session, Message, "subject") == ["You have a message"] * count


def test_choice_is_made_on_the_own_account(sign_in, volunteer, database, scheme_id):
    browser = sign_in(volunteer)
    assert browser.post("/account/sign-in-link", data={"by_link": "no"}).status_code == 302
    with database.reading(scheme_id) as session:
        assert session.get(Account, volunteer.id).signs_in_by_link is False
    assert browser.post("/account/sign-in-link", data={"by_link": "maybe"}).status_code == 422
