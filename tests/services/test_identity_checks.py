"""Identity checks: what is kept, what opens, and what is taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from peerapp.enums import DocumentKind, GateItem, IdentityRoute, Role, SeenHow, VolunteerState
from peerapp.errors import NotFound
from peerapp.models import IdentityCheck, IdentityDocument
from peerapp.services import gates, identity_checks
from tests.domain.test_identity import ONE, TWO, shown
from tests.factories import TODAY, make_account, make_volunteer
from tests.support.volunteers import audited, refused


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here, state=VolunteerState.VETTING)


def record(session, actor, volunteer, given=ONE, **values):
    look = shown(*given, **values)
    return identity_checks.record_check(
        session, actor, volunteer.id, look, SeenHow.IN_PERSON, TODAY
    )


def has_fact(volunteer):
    return any(one.item == GateItem.IDENTITY for one in volunteer.gate_records)


def test_check_keeps_kinds_day_and_person_and_opens_the_gate(session, volunteer, staff):
    check = record(session, staff, volunteer, route_reason="")
    assert (check.route, check.checked_on, check.checked_by_id) == ("route_1", TODAY, staff.id)
    assert {(one.kind, one.seen_on) for one in check.documents} == {
        (DocumentKind.BANK_STATEMENT, TODAY),
        (DocumentKind.PASSPORT, TODAY),
        (DocumentKind.UTILITY_BILL, TODAY),
    }
    assert has_fact(volunteer)
    assert identity_checks.standing_check(session, volunteer) is check
    (row,) = audited(session, "identity.record")
    assert row.detail == {"route": "route_1", "documents": 3}


def test_no_place_for_a_number_or_a_date_of_a_document():
    columns = {one.name for one in IdentityDocument.__table__.columns}
    assert columns == {"id", "scheme_id", "check_id", "kind", "seen_on"}


def test_documents_that_do_not_do_open_nothing(session, volunteer, staff):
    assert refused(record, session, staff, volunteer, ONE[:-1]) == ["documents_count"]
    assert not has_fact(volunteer)
    assert session.scalars(select(IdentityCheck)).all() == []


def test_later_route_keeps_its_reason(session, volunteer, staff):
    check = record(session, staff, volunteer, TWO, route_reason=" Has no passport. ")
    assert (check.route, check.route_reason) == (IdentityRoute.ROUTE_2, "Has no passport.")
    assert check.external_check


def test_taking_back_opens_the_gate_and_keeps_the_record(session, coach, staff):
    check = record(session, staff, coach)
    withdraw = (identity_checks.withdraw_check, session, staff, coach.id)
    assert refused(*withdraw, " ", TODAY) == ["reason"]
    identity_checks.withdraw_check(*withdraw[1:], "The photo was of somebody else.", TODAY)
    assert not has_fact(coach)
    assert check.withdrawn_by_id == staff.id
    assert check.withdrawn_reason == "The photo was of somebody else."
    assert identity_checks.standing_check(session, coach) is None
    assert refused(*withdraw, "Again.", TODAY) == ["nothing_recorded"]


def test_fact_recorded_before_documents_were_kept_is_taken_back_too(session, coach, staff):
    identity_checks.withdraw_check(session, staff, coach.id, "Not on file.", TODAY)
    assert not has_fact(coach)


def test_changed_name_leaves_no_check_standing(session, volunteer, staff):
    record(session, staff, volunteer)
    born = date(1985, 4, 2)
    gates.change_identity(session, staff, volunteer.id, "Ama", "Owusu", born, TODAY)
    assert identity_checks.standing_check(session, volunteer) is None
    record(session, staff, volunteer)
    assert len(identity_checks.list_checks(session, volunteer)) == 2


def test_nobody_checks_their_own_identity_and_no_stranger_does(session, volunteer):
    with pytest.raises(NotFound):
        record(session, make_account(session, Role.COORDINATOR), volunteer)
