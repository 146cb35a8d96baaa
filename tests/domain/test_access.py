from __future__ import annotations

import uuid

import pytest

from peerapp.domain.access import (
    may_be_worker,
    may_decide_match,
    may_see_family,
    may_see_match,
    may_see_sensitive_needs,
    may_see_volunteer,
    sees_every_locality,
    works_in,
)
from peerapp.enums import Role
from peerapp.models import Account, Family, Match, StaffLocality, Volunteer

HERE, ELSEWHERE = uuid.UUID(int=1), uuid.UUID(int=2)


def account(role: Role, *localities: uuid.UUID) -> Account:
    return Account(
        role=role, localities=[StaffLocality(locality_id=locality) for locality in localities]
    )


COORDINATOR = account(Role.COORDINATOR, HERE)
EVERYBODY = {role: account(role, HERE) for role in Role}


@pytest.mark.parametrize(
    ("role", "locality", "expected"),
    [
        (Role.COORDINATOR, HERE, True),
        (Role.COORDINATOR, ELSEWHERE, False),
        (Role.COORDINATOR, None, False),
        (Role.SAFEGUARDING_LEAD, ELSEWHERE, True),
        (Role.SAFEGUARDING_LEAD, None, True),
        (Role.MANAGER, ELSEWHERE, True),
        (Role.AUDITOR, HERE, False),
        (Role.VOLUNTEER, HERE, False),
        (Role.FAMILY, HERE, False),
    ],
)
def test_works_in_depends_on_role_and_locality(
    role: Role, locality: uuid.UUID | None, expected: bool
) -> None:
    assert works_in(EVERYBODY[role], locality) is expected
    assert may_see_family(EVERYBODY[role], Family(locality_id=locality)) is expected
    assert may_see_match(EVERYBODY[role], Match(family=Family(locality_id=locality))) is expected


def test_whole_scheme_is_seen_by_lead_and_manager_only() -> None:
    assert {role for role in Role if sees_every_locality(EVERYBODY[role])} == {
        Role.SAFEGUARDING_LEAD,
        Role.MANAGER,
    }


def test_sensitive_needs_are_for_coordinator_and_lead_only() -> None:
    assert {role for role in Role if may_see_sensitive_needs(EVERYBODY[role])} == {
        Role.COORDINATOR,
        Role.SAFEGUARDING_LEAD,
    }


def test_volunteer_outside_all_localities_is_seen_by_every_coordinator() -> None:
    assert may_see_volunteer(COORDINATOR, Volunteer(locality_id=None)) is True
    assert may_see_volunteer(COORDINATOR, Volunteer(locality_id=HERE)) is True
    assert may_see_volunteer(COORDINATOR, Volunteer(locality_id=ELSEWHERE)) is False


def test_match_is_decided_by_a_coordinator_of_the_family_only() -> None:
    here, there = (Match(family=Family(locality_id=place)) for place in (HERE, ELSEWHERE))
    deciders = {role for role in Role if may_decide_match(EVERYBODY[role], here)}
    assert deciders == {Role.COORDINATOR}
    assert may_decide_match(COORDINATOR, there) is False


def test_a_named_worker_sees_a_family_wherever_it_lives() -> None:
    elsewhere = uuid.uuid4()
    coordinator = Account(id=uuid.uuid4(), role=Role.COORDINATOR)
    family = Family(locality_id=elsewhere, worker_id=coordinator.id)
    assert may_see_family(coordinator, family) is True
    assert may_be_worker(coordinator, family) is False
    assert may_see_family(coordinator, Family(locality_id=elsewhere)) is False
    assert may_see_family(Account(id=coordinator.id, role=Role.AUDITOR), family) is False
