"""From a closed family to a volunteer, without a way from one record to the other."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from peerapp.enums import Consequence, FamilyState, Role, VolunteerState
from peerapp.models import AuditEvent, Exclusion, Message, Volunteer
from peerapp.services import family_volunteering, matching_problem
from peerapp.services.accounts import find_by_email
from tests.factories import NOW, TODAY, make_coach, make_family, make_family_account
from tests.support.volunteers import refused

URL = "https://scheme.example.org"
NEW = "new.start@example.org"


@pytest.fixture
def family(session, here, staff):
    made = make_family(session, staff, here, state=FamilyState.CLOSED, first_name="Canary")
    made.state_since = datetime(2026, 5, 20, 12, tzinfo=UTC)
    make_family_account(session, made)
    return made


def apply(session, family, email=NEW, today=TODAY):
    family_volunteering.apply(session, family.account, email, NOW, today, URL)
    session.flush()


def volunteers(session):
    return session.scalars(select(Volunteer)).all()


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 11, 19), False), (date(2026, 11, 20), True)]
)
def test_answer_is_yes_from_the_first_day_after_the_cooling_off(session, family, today, expected):
    answer = family_volunteering.get_answer(session, family.account, today)
    assert (answer.may_apply, answer.from_day) == (expected, date(2026, 11, 20))
    if not expected:
        assert refused(apply, session, family, NEW, today) == ["too_soon"]


@pytest.mark.parametrize("state", set(FamilyState) - {FamilyState.CLOSED})
def test_family_that_is_supported_is_told_no_day(session, family, state):
    family.state = state
    answer = family_volunteering.get_answer(session, family.account, TODAY)
    assert (answer.may_apply, answer.from_day) == (False, None)
    assert refused(apply, session, family) == ["too_soon"]


def test_new_account_has_nothing_of_the_family_but_an_exclusion(session, family):
    apply(session, family)
    (volunteer,) = volunteers(session)
    assert (volunteer.state, volunteer.account.email) == (VolunteerState.ENQUIRY, NEW)
    told = (volunteer.name, volunteer.phone, volunteer.postcode, volunteer.details_query)
    assert told == ("", "", "", "")
    (row,) = session.scalars(select(Exclusion)).all()
    assert (row.family_id, row.volunteer_id) == (family.id, volunteer.id)
    assert (row.consequence, row.until) == (Consequence.EXCLUDED_FOR_GOOD, None)
    assert row.recorded_by_id is None
    (mail,) = session.scalars(select(Message)).all()
    assert (mail.to_address, "family" in mail.body.lower()) == (NEW, False)


def test_no_row_of_the_audit_trail_names_both(session, family):
    apply(session, family)
    (volunteer,) = volunteers(session)
    sides = {family.id: "family", family.account_id: "family"}
    sides |= {volunteer.id: "volunteer", volunteer.account_id: "volunteer"}
    for event in session.scalars(select(AuditEvent)):
        named = {sides.get(event.actor_id), sides.get(event.subject_id)} - {None}
        assert len(named) == 1
        assert not {str(one) for one in sides} & set(map(str, event.detail.values()))


def test_asking_twice_makes_one_account_and_one_exclusion(session, family):
    apply(session, family)
    apply(session, family)
    assert len(volunteers(session)) == 1
    assert len(session.scalars(select(Exclusion)).all()) == 1


def test_address_of_the_family_is_refused(session, family):
    assert refused(apply, session, family, family.account.email.upper()) == ["email"]


def test_address_of_somebody_elses_account_gets_no_exclusion(session, family, coach):
    apply(session, family, coach.account.email)
    assert session.scalars(select(Exclusion)).all() == []
    assert find_by_email(session, coach.account.email).role == Role.VOLUNTEER


@pytest.mark.parametrize(
    "values",
    [
        {"phone": "+44 7700 900456"},
        {"last_name": "Nováková-Smith", "postcode": "SN151AB"},
    ],
)
def test_matcher_never_pairs_a_home_with_itself(session, here, staff, values):
    family = make_family(
        session, staff, here, phone="07700 900456", last_name="Novakova Smith", postcode="SN15 1AB"
    )
    itself, other = (make_coach(session, staff, here, **one) for one in (values, {}))
    problem = matching_problem.build(session, TODAY).problem
    assert (str(family.id), str(itself.id)) in problem.exclusions
    assert (str(family.id), str(other.id)) not in problem.exclusions
    pair = matching_problem.build_pair(session, family, itself, TODAY)
    assert (str(family.id), str(itself.id)) in pair.exclusions
