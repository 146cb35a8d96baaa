"""What people ask about their data: received, told in time, each step kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.rights_requests import due_on, is_late
from peerapp.enums import RightKind, RightState, RightStep, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.models import Message, RightsRequest
from peerapp.services import rights_requests
from tests.factories import TODAY, make_account, make_family, make_family_account
from tests.support.volunteers import URL, refused

K = RightKind


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def family(session, staff, here):
    family = make_family(session, staff, here)
    make_family_account(session, family)
    return family


def ask(session, account, kind=K.CORRECT, words="My name is Rosa."):
    return rights_requests.ask_for_own(session, account, kind, words, TODAY, URL)


def test_a_request_is_kept_with_its_history_and_told_to_the_managers(session, family, manager):
    request = ask(session, family.account)
    assert (request.family_id, request.due_on) == (family.id, date(2026, 12, 20))
    assert [one.to_address for one in session.scalars(select(Message))] == [manager.email]
    rights_requests.acknowledge(session, manager, request.id, TODAY)
    rights_requests.note(session, manager, request.id, "Looked at the form.")
    rights_requests.close(session, manager, request.id, "We changed it.", TODAY)
    steps = [one.step for one in request.events]
    assert steps == [
        RightStep.RECEIVED, RightStep.ACKNOWLEDGED, RightStep.NOTED, RightStep.DONE,
    ]  # fmt: skip
    assert rights_requests.list_own(session, family.account)[0].outcome == "We changed it."
    given = (rights_requests.close, session, manager, request.id)
    assert refused(*given, "Again.", TODAY) == ["closed"]


def test_something_to_put_right_has_to_be_said(session, family):
    assert refused(ask, session, family.account, words=" ") == ["words"]


def test_the_same_is_not_asked_twice_while_it_is_open(session, family, manager):
    first = ask(session, family.account, K.ACCESS, "")
    assert refused(ask, session, family.account, K.ACCESS, "") == ["kind"]
    ask(session, family.account, K.ERASE, "")
    rights_requests.close(session, manager, first.id, "Handed over.", TODAY)
    ask(session, family.account, K.ACCESS, "")


def test_nobody_sees_what_another_asked(session, family, coach, staff):
    ask(session, family.account)
    assert rights_requests.list_own(session, coach.account) == []
    with pytest.raises(NotFound):
        rights_requests.list_own(session, staff)
    with pytest.raises(Forbidden):
        rights_requests.list_requests(session, staff)


def test_a_complaint_may_come_from_somebody_without_a_record(session, manager):
    given = (rights_requests.receive, session, manager, K.COMPLAINT, "Too many letters.", TODAY)
    assert refused(*given, TODAY) == ["who"]
    request = rights_requests.receive(*given[1:], TODAY, who="A neighbour")
    assert request.due_on == TODAY + timedelta(days=30)
    last = TODAY + timedelta(days=30)
    assert [is_late(request, day) for day in (last, last + timedelta(days=1))] == [False, True]
    rights_requests.acknowledge(session, manager, request.id, last)
    assert not is_late(request, last + timedelta(days=1))


def test_other_requests_need_a_person_and_a_day_that_has_come(session, manager):
    tomorrow = TODAY + timedelta(days=1)
    given = (rights_requests.receive, session, manager, K.ACCESS, "", tomorrow, TODAY)
    assert refused(*given) == ["reference", "received_on"]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 11, 20), date(2026, 12, 20)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_a_request_is_answered_within_a_month(received, due):
    assert due_on(K.ACCESS, received) == due


def test_a_closed_request_is_not_late(session):
    request = RightsRequest(kind=K.ACCESS, state=RightState.DONE, due_on=TODAY)
    assert not is_late(request, TODAY + timedelta(days=9))
