"""A second factor that is lost: a manager resets a colleague's, two people those who see all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.clock import today
from peerapp.enums import ResetReason, Role, TwoPersonAct
from peerapp.errors import NotFound, Refused
from peerapp.models import AuditEvent, LoginSession, Message, utc_now
from peerapp.services import recovery_codes, second_decisions, second_factors, two_person_requests
from tests.factories import make_account
from tests.services.test_second_factors import codes_of, enrol, start
from tests.support.factors import give_app
from tests.support.sealed import values

URL = "https://scheme.example"
LOST = ResetReason.LOST


@pytest.fixture
def session(database, scheme_id):
    with database.session(scheme_id, "all") as session:
        yield session


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def auditor(session):
    return make_account(session, Role.AUDITOR)


@pytest.fixture(params=[Role.MANAGER, Role.SAFEGUARDING_LEAD])
def locked_out(request, session):
    """Somebody who sees the whole scheme, with an app that is gone."""
    account = make_account(session, request.param)
    give_app(session, account)
    return account


@pytest.fixture
def lead(session):
    return make_account(session, Role.SAFEGUARDING_LEAD)


def test_manager_resets_a_colleague_who_then_owes_a_new_factor(session, manager, auditor):
    login = start(session, auditor)
    enrol(session, login)
    recovery_codes.make_codes(session, login, URL)
    second_factors.reset_factors(session, manager, auditor.id, ResetReason.LOST, URL)
    session.flush()
    assert session.scalars(select(LoginSession)).all() == []
    factors = second_factors.get_factors(session, auditor)
    assert (factors.has_any, factors.codes_left) == (False, 0)
    assert start(session, auditor).is_half_open
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "factor.reset")).one()
    assert (event.actor_id, event.subject_id) == (manager.id, auditor.id)
    assert event.detail == {"reason": "lost"}
    texts = values(session, Message, "body", Message.account_id == auditor.id)
    start_of = "The second factors of your account have been reset"
    assert [text for text in texts if text.startswith(start_of)] != []


def test_reset_is_for_managers_and_not_for_oneself(session, manager, auditor):
    for actor in (auditor, make_account(session, Role.COORDINATOR)):
        with pytest.raises(NotFound):
            second_factors.reset_factors(session, actor, manager.id, ResetReason.LOST, URL)
    with pytest.raises(Refused) as refused:
        second_factors.reset_factors(session, manager, manager.id, ResetReason.LOST, URL)
    assert codes_of(refused) == ["own_factors"]
    family = make_account(session, Role.FAMILY)
    with pytest.raises(NotFound):
        second_factors.reset_factors(session, manager, family.id, ResetReason.LOST, URL)


@pytest.mark.scorecard("2.3.5")
def test_nobody_resets_alone_who_sees_the_whole_scheme(session, manager, lead, locked_out):
    with pytest.raises(Refused) as refused:
        second_factors.reset_factors(session, manager, locked_out.id, LOST, URL)
    assert codes_of(refused) == ["two_people"]
    asked = second_factors.ask_for_reset(session, manager, locked_out.id, LOST, utc_now(), URL)
    assert second_factors.has_factor(session, locked_out.id)
    told = set(session.scalars(select(Message.account_id)))
    assert lead.id in told
    assert told & {manager.id, locked_out.id} == set()
    for nobody in (manager, locked_out):
        with pytest.raises(Refused):
            decide(session, nobody, asked)
    assert second_factors.has_factor(session, locked_out.id)


def decide(session, actor, asked, *, agreed=True):
    given = asked.id, utc_now(), today(), URL
    return second_decisions.decide(session, actor, *given, agreed=agreed, note="Not now.")


@pytest.mark.parametrize("agreed", [True, False])
def test_factors_go_once_a_second_person_agrees(session, manager, lead, locked_out, agreed):
    start(session, locked_out)
    asked = second_factors.ask_for_reset(session, manager, locked_out.id, LOST, utc_now(), URL)
    decide(session, lead, asked, agreed=agreed)
    assert second_factors.has_factor(session, locked_out.id) is not agreed
    query = select(LoginSession).where(LoginSession.account_id == locked_out.id)
    assert (session.scalars(query).all() == []) is agreed
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "factor.reset")).all()
    found = [(one.actor_id, one.detail) for one in events]
    assert found == [(lead.id, {"reason": "lost"})][:agreed]
    bodies = values(session, Message, "body", Message.account_id == locked_out.id)
    told = "The second factors of your account have been reset"
    assert [one.startswith(told) for one in bodies] == [True][:agreed]


@pytest.mark.scorecard("2.3.5", control=True)
def test_reset_by_one_person_would_be_noticed(session, manager, locked_out, monkeypatch):
    monkeypatch.setattr(second_factors, "takes_two", lambda _: False)
    second_factors.reset_factors(session, manager, locked_out.id, LOST, URL)
    assert not second_factors.has_factor(session, locked_out.id)


def test_same_is_not_asked_twice_nor_where_nobody_is_left(session, manager, locked_out):
    with pytest.raises(Refused) as refused:
        second_factors.ask_for_reset(session, manager, locked_out.id, LOST, utc_now(), URL)
    assert codes_of(refused) == ["nobody"]
    make_account(session, Role.SAFEGUARDING_LEAD)
    second_factors.ask_for_reset(session, manager, locked_out.id, LOST, utc_now(), URL)
    with pytest.raises(Refused) as refused:
        second_factors.ask_for_reset(session, manager, locked_out.id, LOST, utc_now(), URL)
    assert codes_of(refused) == ["asked"]


def test_only_managers_ask_and_not_for_themselves(session, manager, lead, auditor, locked_out):
    with pytest.raises(Refused) as refused:
        second_factors.ask_for_reset(session, lead, locked_out.id, LOST, utc_now(), URL)
    assert "role" in codes_of(refused)
    with pytest.raises(Refused) as refused:
        second_factors.ask_for_reset(session, manager, manager.id, LOST, utc_now(), URL)
    assert codes_of(refused) == ["own_factors"]
    query = two_person_requests.list_requests(session, manager)
    assert [one for one in query if one.act is TwoPersonAct.RESET_FACTORS] == []
