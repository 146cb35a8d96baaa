"""A coordinator lets somebody in again: identity first, then a code that is good once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.adapters.passwords import hash_password
from peerapp.domain import helped_access as rules
from peerapp.enums import Channel, Role
from peerapp.models import Account, AuditEvent, Family, Message, Token, Volunteer, utc_now
from peerapp.services import tokens
from tests.factories import PASSWORD, make_account, make_family_account, make_locality
from tests.scenes import scene_in
from tests.support.factors import give_app
from tests.support.sealed import values

NEW = "another quiet heron"
PAGE = "/sign-in/code"
BY_PHONE = {"way": "called_back", "answered": ["worker", "partner", "goal"], "kind": "code"}
SEEN = {"way": "in_person", "answered": "seen", "kind": "code"}


@pytest.fixture
def scene(database, scheme_id):
    return scene_in(database, scheme_id)


@pytest.fixture
def family(scene):
    """A family with an account, whose phone is safe and whose email is not; the account's email."""
    family_id = scene.add_family(channels=("phone",), phone="01632 960111")
    with scene.writing() as session:
        found = session.get_one(Family, family_id)
        account = found.account or make_family_account(session, found)
        account.password_hash = hash_password(PASSWORD)
        account.confirmed_at = utc_now()
        return family_id, account.email, account.id


@pytest.fixture
def worker(scene, sign_in):
    with scene.reading() as session:
        return sign_in(scene.coordinator(session))


@pytest.fixture
def help_in(worker, family):
    """Return a function that sends the worker's form for the family."""
    path = f"/staff/families/{family[0]}/help-in"
    return lambda data: worker.post(path, data=data)


def code_in(answer):
    return re.search(r'app-key">([a-z0-9-]{14})<', answer.text)[1]


def use(app, email, code, password=NEW):
    return app.test_client().post(PAGE, data={"email": email, "code": code, "password": password})


def signs_in(app, email, password):
    data = {"email": email, "password": password}
    return app.test_client().post("/sign-in", data=data).status_code == 302


@pytest.mark.scorecard("6.4.3")
@pytest.mark.parametrize("given", [BY_PHONE, SEEN], ids=["phone", "person"])
def test_code_sets_a_new_password_once(app, help_in, family, given, sign_in, scene):
    _, email, account_id = family
    with scene.reading() as session:
        account = session.get_one(Account, account_id)
    elsewhere = sign_in(account)
    code = code_in(help_in(given))
    assert elsewhere.get("/family/").status_code == 200
    assert use(app, email, code, "short").status_code == 422
    done = use(app, email, f" {code.upper().replace('-', ' ')} ")
    assert (done.status_code, done.location) == (302, "/family/")
    assert elsewhere.get("/family/").status_code == 302
    assert use(app, email, code, "some other long words").status_code == 422
    assert [signs_in(app, email, one) for one in (NEW, PASSWORD)] == [True, False]


@pytest.mark.scorecard("6.4.3")
@pytest.mark.parametrize(("given", "minutes"), [(BY_PHONE, 30), (SEEN, 24 * 60)])
@pytest.mark.parametrize(("before", "status"), [(1, 302), (0, 422)])
def test_code_runs_out(app, help_in, family, given, minutes, before, status):
    with time_machine.travel(utc_now(), tick=False) as clock:
        code = code_in(help_in(given))
        clock.shift(timedelta(minutes=minutes - before))
        assert use(app, family[1], code).status_code == status


@pytest.mark.scorecard("6.4.3", control=True)
def test_code_would_work_again_if_it_were_not_used_up(app, help_in, family, monkeypatch):
    monkeypatch.setattr(tokens, "use", lambda *given: tokens.find(*given).account)
    code = code_in(help_in(BY_PHONE))
    assert [use(app, family[1], code).status_code for _ in range(2)] == [302, 302]


def test_second_code_ends_the_first_and_no_code_is_stored(app, help_in, family, scene):
    first, second = (code_in(help_in(BY_PHONE)) for _ in range(2))
    assert use(app, family[1], first).status_code == 422
    with scene.reading() as session:
        kept = session.scalars(select(Token.token_hash)).all()
    assert [one for one in kept if second in one or second.replace("-", "") in one] == []
    assert use(app, family[1], second).status_code == 302


def test_code_of_one_account_opens_no_other(app, help_in, family, scene):
    with scene.writing() as session:
        make_account(session, Role.VOLUNTEER, email="other@example.org")
    code = code_in(help_in(BY_PHONE))
    wrong = [use(app, email, code) for email in ("other@example.org", "nobody@example.org")]
    assert [one.status_code for one in wrong] == [422, 422]
    texts = [re.sub(r"(other|nobody)@example.org", "…", one.text) for one in wrong]
    assert texts[0] == texts[1]
    assert use(app, family[1], code).status_code == 302


@pytest.mark.scorecard("6.3.1")
def test_guesses_are_counted_like_those_of_a_password(app, help_in, family):
    help_in(BY_PHONE)
    found = [use(app, family[1], f"abcd-efgh-jkm{last}").status_code for last in "23456789"]
    assert found == [422] * 5 + [429] * 3


@pytest.mark.parametrize(
    "given",
    [
        {**BY_PHONE, "answered": ["worker", "goal"]},
        {**BY_PHONE, "answered": ["worker", "partner", "seen"]},
        {**BY_PHONE, "answered": ["worker", "partner", "referees"]},
        {**SEEN, "answered": ["worker", "partner", "goal"]},
        {"way": "called_back", "kind": "code"},
        {**BY_PHONE, "kind": "second_step"},
        {**BY_PHONE, "way": "they_rang"},
    ],
)
def test_nobody_is_let_in_without_proof(help_in, scene, given):
    assert help_in(given).status_code == 422
    with scene.reading() as session:
        assert session.scalars(select(Token)).all() == []


@pytest.mark.scorecard("6.4.3", control=True)
def test_somebody_without_proof_would_be_let_in_if_nobody_asked(help_in, monkeypatch):
    monkeypatch.setattr(rules, "proof_refusals", lambda *_, **__: [])
    assert code_in(help_in({"way": "called_back", "kind": "code"}))


def test_phone_that_is_not_safe_is_not_rung(worker, help_in, family, scene):
    with scene.writing() as session:
        session.get_one(Family, family[0]).safe_contact.channels = (Channel.EMAIL,)
    page = worker.get(f"/staff/families/{family[0]}/help-in")
    assert "has not said that its phone is safe" in page.text
    assert help_in(BY_PHONE).status_code == 422
    assert code_in(help_in(SEEN))


def test_help_is_on_record_and_told_only_where_that_is_safe(help_in, family, scene):
    help_in(BY_PHONE)
    with scene.reading() as session:
        assert values(session, Message, "subject") == []
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "account.help_in"))
        assert (event.actor_id, event.subject_id) == (scene.coordinator_id, family[2])
        told = {"kind": "code", "way": "called_back", "answered": "goal,partner,worker"}
        assert event.detail == told
    with scene.writing() as session:
        session.get_one(Family, family[0]).safe_contact.channels = ("phone", "email")
    help_in(BY_PHONE)
    with scene.reading() as session:
        assert values(session, Message, "subject") == ["You have a message"]
        (body,) = values(session, Message, "body")
    assert body.endswith("/sign-in\n")


def test_lost_second_step_is_reset_and_the_password_kept(app, help_in, family, scene, sign_in):
    with scene.writing() as session:
        account = session.get_one(Account, family[2])
        give_app(session, account)
    elsewhere = sign_in(account)
    assert help_in({**BY_PHONE, "kind": "second_step"}).status_code == 302
    assert elsewhere.get("/family/").status_code == 302
    browser = app.test_client()
    browser.post("/sign-in", data={"email": family[1], "password": PASSWORD})
    assert browser.get("/family/").status_code == 200


def test_both_are_lost(app, help_in, family, scene):
    with scene.writing() as session:
        give_app(session, session.get_one(Account, family[2]))
    done = use(app, family[1], code_in(help_in({**BY_PHONE, "kind": "both"})))
    assert (done.status_code, done.location) == (302, "/family/")


def test_code_alone_leaves_a_second_step_owed(app, help_in, family, scene):
    with scene.writing() as session:
        give_app(session, session.get_one(Account, family[2]))
    browser = app.test_client()
    given = {"email": family[1], "code": code_in(help_in(BY_PHONE)), "password": NEW}
    assert browser.post(PAGE, data=given).status_code == 302
    assert browser.get("/family/").location.startswith("/second-factor/code")


def test_volunteer_is_helped_by_the_own_coordinator_alone(app, scene, worker, sign_in):
    coach_id = scene.add_coach(phone="07700 900123")
    with scene.writing() as session:
        account = session.get_one(Account, session.get_one(Volunteer, coach_id).account_id)
        elsewhere = make_account(
            session, Role.COORDINATOR, (make_locality(session, "Calne", ("SN11 0",)),)
        )
        lead = make_account(session, Role.SAFEGUARDING_LEAD)
        email = account.email
    path = f"/staff/volunteers/{coach_id}/help-in"
    assert sign_in(elsewhere).get(path).status_code == 404
    assert sign_in(lead).get(path).status_code == 403
    assert "Help them to get in again" in worker.get(f"/staff/volunteers/{coach_id}").text
    given = {"way": "called_back", "answered": ["worker", "course", "referees"], "kind": "code"}
    done = use(app, email, code_in(worker.post(path, data=given)))
    assert (done.status_code, done.location) == (302, "/volunteer/")


@pytest.mark.parametrize("column", ["confirmed_at", "disabled_at"])
def test_account_that_is_not_open_gets_no_code(help_in, family, scene, column):
    with scene.writing() as session:
        account = session.get_one(Account, family[2])
        setattr(account, column, None if column == "confirmed_at" else utc_now())
    answer = help_in(BY_PHONE)
    assert answer.status_code == 422
    assert "They have no open account here" in answer.text


def test_page_of_the_code_is_found_from_the_forgotten_password(client, scheme_id):
    assert f'href="{PAGE}"' in client.get("/forgot-password").text
    assert client.get(PAGE).status_code == 200
