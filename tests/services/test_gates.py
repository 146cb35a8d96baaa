"""Facts towards the gates: recorded, replaced, taken back."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import Course, GateItem, MatchState
from peerapp.errors import NotFound
from peerapp.services import gates
from tests.factories import (
    TODAY,
    make_volunteer,
)
from tests.support.volunteers import audited, refused

TOMORROW = date(2026, 11, 21)


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here)


def codes(coach):
    return [refusal.code for refusal in clearance_refusals(coach, TODAY)]


@pytest.mark.parametrize("item", list(GateItem))
def test_gate_item_is_recorded_with_day_person_and_note(session, staff, volunteer, item):
    gates.record_gate_item(session, staff, volunteer.id, item, TODAY, "Seen.", TODAY)
    record = gates.find_record(volunteer, item)
    assert (record.done_on, record.recorded_by_id, record.note) == (TODAY, staff.id, "Seen.")
    rows = audited(session, "volunteer.record_gate")
    assert [row.detail for row in rows] == [{"item": item.value}]
    assert volunteer.version == 2


def test_gate_item_recorded_again_replaces_the_record(session, staff, volunteer):
    for day in (date(2026, 10, 1), TODAY):
        gates.record_gate_item(session, staff, volunteer.id, GateItem.IDENTITY, day, "", TODAY)
    assert [record.done_on for record in volunteer.gate_records] == [TODAY]


def test_gate_item_of_tomorrow_is_refused(session, staff, volunteer):
    verb = (gates.record_gate_item, session, staff, volunteer.id, GateItem.IDENTITY)
    assert refused(*verb, TOMORROW, "", TODAY) == ["done_on"]
    assert volunteer.gate_records == []


def test_gate_item_taken_back_opens_the_gate_and_withdraws_proposals(
    session, staff, coach, proposal
):
    gates.remove_gate_item(session, staff, coach.id, GateItem.AGREEMENT, TODAY)
    assert codes(coach) == ["agreement_missing"]
    assert proposal.state == MatchState.WITHDRAWN
    with pytest.raises(NotFound):
        gates.remove_gate_item(session, staff, coach.id, GateItem.AGREEMENT, TODAY)


@pytest.mark.parametrize(
    ("completed", "until", "expected"),
    [
        (TODAY, None, []),
        (TODAY, TODAY, []),
        (TOMORROW, None, ["completed_on"]),
        (TODAY, date(2026, 11, 19), ["valid_until"]),
    ],
)
def test_training_days_must_be_possible(session, staff, volunteer, completed, until, expected):
    given = (session, staff, volunteer.id, Course.SEND, completed, until, TODAY)
    if expected:
        assert refused(gates.record_training, *given) == expected
        assert volunteer.training == []
    else:
        gates.record_training(*given)
        held = [(one.course, one.completed_on, one.valid_until) for one in volunteer.training]
        assert held == [("send", completed, until)]


def test_training_recorded_again_with_a_day_that_passed_withdraws_proposals(
    session, staff, coach, proposal
):
    passed = date(2026, 3, 1), date(2026, 11, 19)
    gates.record_training(session, staff, coach.id, Course.BOUNDARIES, *passed, TODAY)
    assert codes(coach) == ["training_boundaries"]
    assert proposal.state == MatchState.WITHDRAWN
    assert len(coach.training) == 5


def test_changed_name_opens_the_identity_gate_again(session, staff, coach, proposal):
    born = coach.date_of_birth
    gates.change_identity(session, staff, coach.id, "Ama", "Owusu", born, TODAY)
    assert coach.name == "Ama Owusu"
    assert codes(coach) == ["identity_missing", "certificate_name"]
    assert proposal.state == MatchState.WITHDRAWN
    rows = audited(session, "volunteer.change_identity")
    assert [(row.fields, row.detail) for row in rows] == [(("last_name",), {})]


def test_identity_saved_unchanged_changes_nothing(session, staff, coach):
    same = coach.first_name, coach.last_name, coach.date_of_birth
    gates.change_identity(session, staff, coach.id, *same, TODAY)
    assert (coach.version, codes(coach)) == (1, [])


def test_changed_birthday_below_the_minimum_age_is_refused(session, staff, coach):
    verb = (gates.change_identity, session, staff, coach.id, "Ama", "Owusu")
    assert refused(*verb, date(2010, 11, 21), TODAY) == ["date_of_birth"]
