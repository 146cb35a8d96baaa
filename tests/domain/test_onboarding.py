"""Which move may follow which, and what each asks for."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.domain import onboarding
from peerapp.enums import GateItem, VolunteerState
from tests.domain.volunteers import TODAY, cleared_coach, codes

S = VolunteerState

MOVES = {
    S.ENQUIRY: {S.APPLIED, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.APPLIED: {S.SCREENING, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.SCREENING: {S.INTERVIEWED, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.INTERVIEWED: {S.VETTING, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.VETTING: {S.TRAINING, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.TRAINING: {S.PANEL, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.PANEL: {S.PROBATION, S.DECLINED, S.WITHDRAWN, S.SUSPENDED},
    S.PROBATION: {S.ACTIVE, S.PAUSED, S.LEFT, S.SUSPENDED},
    S.ACTIVE: {S.PAUSED, S.LEFT, S.SUSPENDED},
    S.PAUSED: {S.ACTIVE, S.LEFT, S.SUSPENDED},
    S.SUSPENDED: {S.LEFT},
    S.DECLINED: {S.ENQUIRY},
    S.WITHDRAWN: {S.ENQUIRY},
    S.LEFT: {S.ENQUIRY},
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("to", list(S))
def test_move_of_a_complete_volunteer_follows_the_table(state, to):
    volunteer = cleared_coach(state=state, state_before=S.ACTIVE)
    expected = [] if to in MOVES[state] else ["no_such_move"]
    assert codes(onboarding.move_refusals(volunteer, to, TODAY)) == expected


def test_move_out_of_a_break_leads_only_to_where_it_began():
    volunteer = cleared_coach(state=S.PAUSED, state_before=S.PROBATION)
    assert codes(onboarding.move_refusals(volunteer, S.PROBATION, TODAY)) == []
    assert codes(onboarding.move_refusals(volunteer, S.ACTIVE, TODAY)) == ["no_such_move"]


@pytest.mark.parametrize("state", [S.TRAINING, S.PANEL, S.PROBATION])
def test_move_on_from_training_asks_for_every_gate(state):
    volunteer = cleared_coach(state=state, gate_records=[])
    to = onboarding.next_state(volunteer)
    assert codes(onboarding.move_refusals(volunteer, to, TODAY)) == [
        "identity_missing",
        "first_reference_missing",
        "second_reference_missing",
        "interview_missing",
        "agreement_missing",
    ]


def test_move_to_interviewed_asks_for_the_interview():
    volunteer = cleared_coach(state=S.SCREENING)
    volunteer.gate_records = [
        record for record in volunteer.gate_records if record.item != GateItem.INTERVIEW
    ]
    refusals = onboarding.move_refusals(volunteer, S.INTERVIEWED, TODAY)
    assert codes(refusals) == ["interview_missing"]


@pytest.mark.parametrize(
    ("field", "empty", "code"),
    [
        ("first_name", "", "profile_name"),
        ("last_name", "", "profile_name"),
        ("date_of_birth", None, "profile_date_of_birth"),
        ("phone", "", "profile_phone"),
        ("easting", None, "profile_postcode"),
        ("max_distance_m", None, "profile_travel"),
        ("slots", (), "profile_slots"),
        ("languages", (), "profile_languages"),
        ("capacity", None, "profile_capacity"),
        ("gender", None, "profile_gender"),
        ("offers_remote", None, "profile_remote"),
    ],
)
def test_applying_without_one_part_of_the_profile_names_it_alone(field, empty, code):
    volunteer = cleared_coach(state=S.ENQUIRY, **{field: empty})
    assert codes(onboarding.move_refusals(volunteer, S.APPLIED, TODAY)) == [code]


@pytest.mark.parametrize(
    ("born", "expected"),
    [(date(2010, 11, 20), []), (date(2010, 11, 21), ["too_young"])],
)
def test_applying_on_and_before_the_sixteenth_birthday(born, expected):
    volunteer = cleared_coach(state=S.ENQUIRY, date_of_birth=born)
    assert codes(onboarding.move_refusals(volunteer, S.APPLIED, TODAY)) == expected


@pytest.mark.parametrize(
    ("today", "age"), [(date(2026, 2, 28), 21), (date(2026, 3, 1), 22), (date(2028, 2, 29), 24)]
)
def test_age_of_one_born_on_a_leap_day(today, age):
    assert onboarding.age_on(date(2004, 2, 29), today) == age


@pytest.mark.parametrize("state", list(S))
def test_only_a_suspension_is_lifted(state):
    expected = [] if state == S.SUSPENDED else ["not_suspended"]
    assert codes(onboarding.lift_refusals(cleared_coach(state=state))) == expected


@pytest.mark.parametrize("state", list(S))
def test_next_state_goes_along_the_path_and_stops_beside_it(state):
    path = dict(zip(onboarding.PATH, onboarding.PATH[1:], strict=False))
    assert onboarding.next_state(cleared_coach(state=state)) == path.get(state)
