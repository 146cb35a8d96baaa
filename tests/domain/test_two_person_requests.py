"""Who may ask, who may agree, and when a file may be fetched."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from peerapp.domain import two_person_requests as rules
from peerapp.enums import Role, TwoPersonAct
from peerapp.models import Account, Scheme, TwoPersonRequest
from tests.factories import NOW

A = TwoPersonAct
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
SECOND = timedelta(seconds=1)


def scheme(manager=True, coordinator=False):
    return Scheme(second_person_manager=manager, second_person_coordinator=coordinator)


def account(row_id=ONE, role=Role.SAFEGUARDING_LEAD, **values):
    return Account(id=row_id, role=role, **values)


def request(act=A.EXPORT_FAMILIES, **values):
    given = {"asked_by_id": ONE, "expires_at": NOW + SECOND, "reason": "Needed."}
    return TwoPersonRequest(act=act, **{**given, **values})


def agreed(**values):
    return request(**{"agreed": True, "decided_by_id": TWO, "decided_at": NOW, **values})


def codes(refusals):
    return [one.code for one in refusals]


@pytest.mark.parametrize("act", list(A))
@pytest.mark.parametrize(("manager", "coordinator"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_leads_are_always_second_people(act, manager, coordinator):
    expected = {Role.SAFEGUARDING_LEAD}
    expected |= {Role.MANAGER} if manager else set()
    for_all = act not in {A.ERASE, A.RESET_FACTORS}
    expected |= {Role.COORDINATOR} if coordinator and for_all else set()
    assert rules.second_roles(scheme(manager, coordinator), act) == expected


@pytest.mark.scorecard("2.3.5")
def test_nobody_decides_on_what_is_about_themselves():
    about = request(A.RESET_FACTORS, subject_id=TWO)
    everybody = scheme(True, True)
    assert codes(rules.deciding_refusals(account(TWO), about, everybody, NOW)) == ["about_you"]
    third = account(uuid.UUID(int=3))
    assert codes(rules.deciding_refusals(third, about, everybody, NOW)) == []


@pytest.mark.scorecard("2.3.5")
@pytest.mark.parametrize("act", list(A))
@pytest.mark.parametrize("role", list(Role))
def test_nobody_decides_on_what_they_asked_for(act, role):
    everybody = scheme(True, True)
    own = rules.deciding_refusals(account(role=role), request(act), everybody, NOW)
    assert "same_person" in codes(own)
    by_another = rules.deciding_refusals(account(TWO, role), request(act), everybody, NOW)
    may = role in rules.second_roles(everybody, act)
    assert codes(by_another) == ([] if may else ["role"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"expires_at": NOW}, ["over"]),
        ({"agreed": True, "decided_at": NOW, "decided_by_id": TWO}, ["decided"]),
        ({"agreed": False, "decided_at": NOW, "decided_by_id": TWO}, ["decided"]),
    ],
)
def test_a_request_is_decided_once_and_in_time(values, expected):
    refusals = rules.deciding_refusals(account(TWO), request(**values), scheme(), NOW)
    assert codes(refusals) == expected


def test_a_closed_account_decides_nothing():
    closed = account(TWO, disabled_at=NOW)
    assert codes(rules.deciding_refusals(closed, request(), scheme(), NOW)) == ["role"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"agreed": None, "decided_by_id": None}, False),
        ({"agreed": False}, False),
        ({"decided_by_id": ONE}, False),
        ({"used_at": NOW - SECOND}, False),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW + timedelta(microseconds=1)}, True),
        ({"asked_by_id": TWO, "decided_by_id": ONE}, False),
        ({"act": A.LIFT_SUSPENSION}, False),
    ],
)
def test_a_file_is_fetched_by_whoever_asked_once_in_time_after_another_agreed(values, expected):
    assert rules.may_fetch(account(), agreed(**values), NOW) is expected


@pytest.mark.parametrize("act", list(A))
@pytest.mark.parametrize("role", list(Role))
def test_asking_needs_the_role_and_a_reason(act, role):
    may = role in rules.MAY_ASK[act]
    assert codes(rules.asking_refusals(account(role=role), act, "Why.")) == (
        [] if may else ["role"]
    )
    assert codes(rules.asking_refusals(account(role=role), act, "  ")) == (
        ["reason"] if may else ["role", "reason"]
    )
