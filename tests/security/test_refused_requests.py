"""Refused requests leave a trace that cannot fill a disk, and many of them tell the managers."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from peerapp.enums import Role
from peerapp.models import Account, AuditEvent, Message
from peerapp.services import audit_heads, refused_access
from tests.factories import NOW, PASSWORD, make_account

NOTED = [*range(1, 11), 16, 32, 64]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(scene):
    with scene.writing() as session:
        return {role: make_account(session, role) for role in Role}


def events(scene, action):
    with scene.reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.seq)
        return session.scalars(query).all()


def notices(scene):
    with scene.reading() as session:
        query = select(Message).where(Message.template == "refused")
        return session.scalars(query).all()


@pytest.mark.scorecard("16.3.2")
def test_refused_page_is_written_down_with_who_what_and_which_record(scene, people, sign_in):
    coordinator = sign_in(people[Role.COORDINATOR])
    sought = scene.add_family()  # of another locality than this coordinator works in
    assert coordinator.get(f"/staff/families/{sought}").status_code == 404
    assert coordinator.post(f"/staff/families/{sought}/close").status_code == 404
    assert sign_in(people[Role.VOLUNTEER]).get("/staff/people/").status_code == 403
    found = [
        (one.actor_id, one.detail["page"], one.detail["status"], one.detail.get("record"))
        for one in events(scene, refused_access.REFUSED)
    ]
    actor = people[Role.COORDINATOR].id
    assert found == [
        (actor, "families.show", 404, str(sought)),
        (actor, "families.close", 404, str(sought)),
        (people[Role.VOLUNTEER].id, "people.list_staff", 403, None),
    ]


def test_page_that_is_shown_or_that_nobody_signed_in_asks_for_leaves_none(scene, people, client):
    """The control."""
    assert client.get(f"/staff/families/{uuid.uuid4()}").status_code == 302
    assert client.get("/nowhere").status_code == 404
    assert events(scene, refused_access.REFUSED) == []


@pytest.mark.scorecard("16.3.2")
def test_many_refusals_are_bounded_and_tell_the_managers_once(scene, people, sign_in, clock):
    browser = sign_in(people[Role.VOLUNTEER])
    for _ in range(70):
        assert browser.get(f"/staff/families/{uuid.uuid4()}").status_code == 403
    written = [one.detail["times"] for one in events(scene, refused_access.REFUSED)]
    assert written == NOTED
    assert [one.account_id for one in notices(scene)] == [people[Role.MANAGER].id]
    manager = sign_in(people[Role.MANAGER])
    page = manager.get("/staff/refused/")
    assert page.text.count('<th scope="row"') == 1
    assert people[Role.VOLUNTEER].name not in page.text
    clock.shift(timedelta(hours=2))
    assert browser.get(f"/staff/families/{uuid.uuid4()}").status_code in {302, 403}
    with scene.reading() as session:
        assert audit_heads.check(session).faults == ()


def test_few_refusals_tell_nobody(scene, people, sign_in):
    browser = sign_in(people[Role.VOLUNTEER])
    for _ in range(15):
        browser.get(f"/staff/families/{uuid.uuid4()}")
    assert notices(scene) == []
    assert events(scene, refused_access.PATTERN) == []


def test_refused_sign_ins_are_written_down_alike_for_known_and_unknown(scene, people, client):
    known = people[Role.COORDINATOR].email
    for email in (known, known, "nobody@example.org"):
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 422
    found = events(scene, refused_access.SIGN_IN)
    scheme = scene.scheme_id
    assert [(one.subject_id, one.actor_id, one.detail) for one in found] == [
        (people[Role.COORDINATOR].id, None, {"times": 1}),
        (people[Role.COORDINATOR].id, None, {"times": 2}),
        (scheme, None, {"times": 1}),
    ]


@pytest.mark.parametrize("email", ["{known}", "nobody@example.org"])
def test_refused_sign_ins_cannot_fill_the_disk(scene, people, email):
    given = email.format(known=people[Role.COORDINATOR].email)
    for _ in range(70):
        refused_access.record_sign_in(
            scene.database, scene.scheme_id, given, secret="s" * 32, now=NOW
        )
    written = [one.detail["times"] for one in events(scene, refused_access.SIGN_IN)]
    assert written == NOTED


def test_refused_sign_ins_of_ever_new_addresses_cannot_fill_the_disk(scene, monkeypatch):
    monkeypatch.setattr(refused_access, "ALL_SIGN_INS", 20)
    for number in range(30):
        refused_access.record_sign_in(
            scene.database, scene.scheme_id, f"a{number}@example.org", secret="s" * 32, now=NOW
        )
    assert len(events(scene, refused_access.SIGN_IN)) == 20


def test_refusal_that_cannot_be_noted_is_still_refused(scene, people, sign_in):
    browser = sign_in(people[Role.VOLUNTEER])
    with scene.database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE throttle RENAME TO throttle_away")
    assert browser.get(f"/staff/families/{uuid.uuid4()}").status_code == 403
    with scene.reading() as session:
        assert session.scalar(select(func.count(Account.id))) == len(Role) + 1
