"""Staff accounts: a manager invites, sees and closes them; nobody else does."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import Account, AuditEvent, Message
from tests.factories import PASSWORD, make_account, make_locality


@pytest.fixture
def people(database, scheme_id):
    with database.writing(scheme_id) as session:
        place = make_locality(session)
        return {
            "place": place.id,
            "manager": make_account(session, Role.MANAGER, name="Mo"),
            "coordinator": make_account(session, Role.COORDINATOR, (place,), name="Cleo"),
            "volunteer": make_account(session, Role.VOLUNTEER, name="Vic"),
        }


@pytest.fixture
def manager(sign_in, people):
    return sign_in(people["manager"])


def invite(browser, people, **values):
    form = {
        "name": "Lena",
        "email": "lena@council.example",
        "role": "coordinator",
        "localities": str(people["place"]),
    }
    return browser.post("/staff/people/invite", data={**form, **values})


def test_invited_coordinator_opens_an_account_in_their_localities(
    app, database, scheme_id, people, manager
):
    assert invite(manager, people).status_code == 302
    with database.reading(scheme_id) as session:
        mail = session.scalars(select(Message)).one()
        assert (mail.to_address, mail.subject) == ("lena@council.example", "You have a message")
    link = re.search(r"/invitation/\S+", mail.body)[0]
    done = app.test_client().post(link, data={"password": PASSWORD})
    assert (done.status_code, done.location) == (302, "/staff/")
    with database.reading(scheme_id) as session:
        account = session.scalars(select(Account).where(Account.name == "Lena")).one()
        assert account.locality_ids == {people["place"]}


@pytest.mark.parametrize(
    "values",
    [{"role": "family"}, {"role": "volunteer"}, {"role": ""}, {"email": "nobody"}, {"name": ""}],
)
def test_invitation_that_is_wrong_makes_no_account(database, scheme_id, people, manager, values):
    assert invite(manager, people, **values).status_code == 422
    with database.reading(scheme_id) as session:
        assert session.scalars(select(Message)).all() == []


def test_known_address_is_refused_beside_its_field(people, manager):
    answer = invite(manager, people, email=people["coordinator"].email.upper())
    assert answer.status_code == 422
    assert "There is an account with this email address." in answer.text


def test_closing_asks_first_then_signs_out_at_once(database, scheme_id, sign_in, people, manager):
    browser, page = (
        sign_in(people["coordinator"]),
        f"/staff/people/{people['coordinator'].id}/close",
    )
    assert "Close the account of Cleo?" in manager.get(page).text
    assert browser.get("/staff/").status_code == 200
    assert manager.post(page).status_code == 302
    assert browser.get("/staff/").status_code == 302
    with database.reading(scheme_id) as session:
        query = select(AuditEvent.subject_id).where(AuditEvent.action == "account.disable")
        assert session.scalars(query).all() == [people["coordinator"].id]


def test_own_account_and_those_of_others_than_staff_cannot_be_closed(people, manager):
    assert manager.post(f"/staff/people/{people['manager'].id}/close").status_code == 409
    for account_id in (people["volunteer"].id, uuid.UUID(int=7)):
        assert manager.get(f"/staff/people/{account_id}/close").status_code == 404
        assert manager.post(f"/staff/people/{account_id}/close").status_code == 404


def test_coordinator_without_localities_is_not_shown_as_working_everywhere(
    database, scheme_id, manager
):
    with database.writing(scheme_id) as session:
        make_account(session, Role.COORDINATOR, name="Nowhere yet")
    page = manager.get("/staff/people/").text
    assert page.count("None yet") == 1
    assert page.count("Whole scheme") == 1
