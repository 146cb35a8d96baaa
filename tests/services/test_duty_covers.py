"""A record outside the caseload: by exact reference, with a reason, told, timed, looked through."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.domain import access
from peerapp.enums import CoverVerdict, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.models import AccessGrant, Message, utc_now
from peerapp.services import duty_covers, families, staff_of, volunteers
from peerapp.services.families import FamilyFilters
from peerapp.services.schemes import get_scheme
from tests.factories import (
    NOW,
    make_account,
    make_family,
    make_locality,
    make_match,
    make_scheme,
)
from tests.support.queries import counted
from tests.support.volunteers import URL, audited, refused

WHY = "A neighbour called: a child may be alone there."
SECOND = timedelta(seconds=1)
V = CoverVerdict


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def there(session):
    return make_locality(session, "Calne", ("SN11 0",))


@pytest.fixture
def stranger(session, there):
    return make_account(session, Role.COORDINATOR, (there,))


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def family(session, staff, here):
    return make_family(session, staff, here, reference="F-7KQ2M")


def open_record(session, actor, reference="F-7KQ2M", reason=WHY):
    return duty_covers.open_record(session, actor, reference, reason, utc_now(), URL)


def sees(session, actor, family):
    session.expire(actor, ["grants"])
    return access.may_see_family(actor, family)


@pytest.mark.scorecard("8.2.2")
def test_a_grant_opens_one_record_until_its_last_second(session, family, stranger, here, clock):
    other = make_family(session, stranger, here, reference="F-OTHER")
    assert not sees(session, stranger, family)
    grant = open_record(session, stranger)
    assert grant.expires_at == NOW + timedelta(hours=get_scheme(session).duty_cover_hours)
    assert (sees(session, stranger, family), sees(session, stranger, other)) == (True, False)
    clock.move_to(grant.expires_at - SECOND)
    assert sees(session, stranger, family)
    clock.move_to(grant.expires_at)
    assert not sees(session, stranger, family)
    with pytest.raises(NotFound):
        families.get_family(session, stranger, family.id)


@pytest.mark.parametrize("ender", ["stranger", "manager"])
def test_a_grant_ends_at_once_when_it_is_ended(session, family, stranger, manager, ender):
    grant = open_record(session, stranger)
    by = {"stranger": stranger, "manager": manager}[ender]
    duty_covers.end(session, by, grant.id, utc_now())
    assert not sees(session, stranger, family)
    assert grant.ended_by_id == by.id


def test_managers_are_told_at_once_and_nobody_else(session, family, stranger, manager, lead):
    grant = open_record(session, stranger)
    (message,) = session.scalars(select(Message)).all()
    assert message.to_address == manager.email
    assert f"{URL}/staff/duty-cover/{grant.id}" in message.body
    assert "F-7KQ2M" not in message.body + message.subject


def test_leads_are_told_where_there_is_no_manager(session, family, stranger, lead):
    open_record(session, stranger)
    assert [one.to_address for one in session.scalars(select(Message))] == [lead.email]


@pytest.mark.parametrize("reference", [" f-7kq2m ", "F-7KQ2M"])
def test_the_reference_is_exact_but_for_case_and_spaces(session, family, stranger, reference):
    assert open_record(session, stranger, reference).family_id == family.id


@pytest.mark.parametrize("reference", ["F-7KQ2", "F-7KQ2M0", "%", "F-7KQ2_", "V", "V00000000", ""])
def test_part_of_a_reference_finds_nothing(session, family, stranger, reference):
    assert refused(open_record, session, stranger, reference) == ["reference"]


def test_a_volunteer_is_found_by_their_reference(session, coach, stranger):
    grant = open_record(session, stranger, volunteers.reference(coach).lower())
    assert grant.volunteer_id == coach.id
    assert access.may_see_volunteer(stranger, coach)


@pytest.mark.parametrize("reason", ["", "urgent", "   urgent        "])
def test_a_reason_that_says_nothing_is_refused(session, family, stranger, reason):
    assert refused(open_record, session, stranger, reason=reason) == ["reason"]


def test_ones_own_record_is_opened_in_the_ordinary_way(session, family, staff):
    assert refused(open_record, session, staff) == ["reference"]
    assert session.scalars(select(AccessGrant)).all() == []


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR])
def test_only_coordinators_have_a_caseload_to_go_beyond(session, family, role):
    with pytest.raises(Forbidden):
        open_record(session, make_account(session, role))


def test_asking_twice_gives_one_grant(session, family, stranger, manager):
    assert open_record(session, stranger) is open_record(session, stranger)
    assert len(session.scalars(select(Message)).all()) == 1


def test_a_grant_does_not_browse_decide_or_make_responsible(
    session, staff, here, family, stranger, coach
):
    match = make_match(session, family, coach)
    open_record(session, stranger)
    open_record(session, stranger, volunteers.reference(coach))
    assert access.may_see_match(stranger, match)
    assert not access.may_decide_match(stranger, match)
    assert families.list_families(session, stranger, FamilyFilters()).total == 0
    assert volunteers.list_volunteers(session, stranger, volunteers.Filters())[0] == []
    assert staff_of.coordinators_in(session, family) == [staff]
    assert staff_of.coordinators_of(session, coach) == [staff]


def test_a_read_under_a_grant_is_audited_with_it(session, family, stranger, staff):
    grant = open_record(session, stranger)
    families.get_family(session, stranger, family.id)
    families.get_family(session, staff, family.id)
    session.flush()
    details = {row.actor_id: row.detail.get("grant") for row in audited(session, "family.read")}
    assert details == {stranger.id: str(grant.id), staff.id: None}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.VOLUNTEER, Role.FAMILY])
def test_a_grant_is_no_good_to_another_account(session, family, stranger, role):
    grant = open_record(session, stranger)
    other = make_account(session, role)
    assert not access.may_see_family(other, family)
    with pytest.raises(NotFound):
        duty_covers.get_grant(session, other, grant.id)


def test_whoever_is_no_coordinator_any_more_has_lost_the_grant(session, family, stranger):
    open_record(session, stranger)
    stranger.role = Role.AUDITOR
    assert not sees(session, stranger, family)


def sign_off(session, actor, grant, verdict=V.IN_ORDER, note=""):
    return duty_covers.sign_off(session, actor, grant.id, verdict, note, utc_now())


def test_a_manager_signs_off_once_it_has_ended(session, family, stranger, manager, clock):
    grant = open_record(session, stranger)
    assert refused(sign_off, session, manager, grant) == ["stands"]
    clock.move_to(grant.expires_at)
    assert duty_covers.count_unsigned(session, manager) == 1
    assert refused(sign_off, session, manager, grant, V.LOOK_INTO) == ["note"]
    sign_off(session, manager, grant, V.LOOK_INTO, "Ask the lead why.")
    assert duty_covers.count_unsigned(session, manager) == 0
    assert refused(sign_off, session, manager, grant) == ["signed"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING_LEAD])
def test_nobody_but_a_manager_signs_off(session, family, stranger, role, clock):
    grant = open_record(session, stranger)
    clock.move_to(grant.expires_at)
    with pytest.raises(Forbidden):
        sign_off(session, stranger, grant)
    with pytest.raises(Forbidden):
        sign_off(session, make_account(session, role), grant)


def test_who_became_a_manager_does_not_sign_off_their_own(session, family, stranger, clock):
    grant = open_record(session, stranger)
    clock.move_to(grant.expires_at)
    stranger.role = Role.MANAGER
    assert refused(sign_off, session, stranger, grant) == ["own"]


def test_another_schemes_references_open_nothing(database, scheme_id, session, family):
    session.commit()
    with database.session(None, "all") as other:
        theirs = make_scheme("other")
        other.add(theirs)
        other.commit()
    with database.session(theirs.id, "all") as other:
        theirs_staff = make_account(other, Role.COORDINATOR)
        assert refused(open_record, other, theirs_staff) == ["reference"]


def test_the_list_asks_as_often_for_30_rows_as_for_one(session, staff, here, stranger, manager):
    def listed(count):
        for number in range(count):
            make_family(session, staff, here, reference=f"Q-{count}-{number}")
            open_record(session, stranger, f"Q-{count}-{number}")
        session.flush()
        session.expire_all()
        with counted(session.get_bind().engine) as sent:
            for one in duty_covers.list_grants(session, manager):
                assert one.account.name
        return len(sent)

    assert listed(1) == listed(29)
