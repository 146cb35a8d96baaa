"""Applying again after a record was closed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from peerapp.domain.vetting import gate_statuses
from peerapp.enums import DropOutReason, GateItem, Role, VolunteerState
from peerapp.errors import Forbidden, NotFound
from peerapp.services import comebacks, onboarding
from tests.factories import TODAY, make_account, make_coach, make_volunteer
from tests.support.volunteers import refused

S, D = VolunteerState, DropOutReason
URL = "https://scheme.example.org"


def end(session, staff, volunteer, state, drop_out, day="2026-11-20"):
    """Close a record on a day."""
    onboarding.change_state(session, staff, volunteer, state, "x", TODAY, drop_out=drop_out)
    volunteer.state_since = datetime.fromisoformat(f"{day}T12:00+00:00").astimezone(UTC)
    return volunteer


def again(session, volunteer, today=TODAY):
    return comebacks.apply_again(session, volunteer.account, today)


@pytest.mark.parametrize(
    ("state", "reason"), [(S.WITHDRAWN, D.NOT_SAID), (S.LEFT, D.NO_TIME), (S.LEFT, D.FINISHED)]
)
def test_who_went_by_themselves_comes_back_at_once_with_the_history(
    session, staff, coach, state, reason
):
    end(session, staff, coach, state, reason)
    again(session, coach)
    assert (coach.state, coach.probation_review_due) == (S.ENQUIRY, None)
    assert [one.to_state for one in coach.history] == [state, S.ENQUIRY]
    assert [status.is_met for status in gate_statuses(coach, TODAY)] == [True] * 7
    assert refused(again, session, coach) == ["not_closed"]
    onboarding.submit_application(session, coach.account, TODAY)
    assert coach.state == S.APPLIED


@pytest.mark.parametrize(("state", "reason"), [(S.DECLINED, D.NOT_SUITABLE), (S.LEFT, D.PROBATION)])
def test_who_was_declined_comes_back_after_the_schemes_months(session, staff, coach, state, reason):
    end(session, staff, coach, state, reason, "2026-05-20")
    day_before, first_day = date(2026, 11, 19), date(2026, 11, 20)
    assert comebacks.may_return_from(coach) == first_day
    assert refused(again, session, coach, day_before) == ["too_soon"]
    again(session, coach, first_day)
    assert coach.state == S.ENQUIRY


@pytest.mark.parametrize("reason", [D.SAFEGUARDING, D.CHECK_RESULT])
def test_who_was_declined_for_safety_is_let_in_by_the_lead_alone(
    session, here, staff, lead, reason
):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    end(session, staff, volunteer, S.DECLINED, reason, "2020-01-01")
    assert refused(again, session, volunteer) == ["ask_the_scheme"]
    assert comebacks.may_return_from(volunteer) is None
    for actor in (staff, make_account(session, Role.MANAGER)):
        with pytest.raises(Forbidden):
            comebacks.reopen(session, actor, volunteer.id, "Talked.", TODAY)
    with pytest.raises(NotFound):
        stranger = make_account(session, Role.COORDINATOR)
        comebacks.reopen(session, stranger, volunteer.id, "Talked.", TODAY)
    assert refused(comebacks.reopen, session, lead, volunteer.id, " ", TODAY) == ["reason"]
    comebacks.reopen(session, lead, volunteer.id, "Talked.", TODAY)
    assert volunteer.state == S.ENQUIRY
    assert (volunteer.history[-1].by_id, volunteer.history[-1].reason) == (lead.id, "Talked.")


def test_who_left_out_of_a_suspension_needs_the_lead(session, staff, coach):
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    onboarding.leave(session, staff, coach.id, "Stopped.", TODAY, drop_out=D.NO_TIME)
    assert refused(again, session, coach) == ["ask_the_scheme"]


def test_record_closed_without_a_trace_needs_the_lead(session, here):
    volunteer = make_volunteer(session, here, state=S.DECLINED)
    assert refused(again, session, volunteer, date(2036, 1, 1)) == ["ask_the_scheme"]


def test_gates_found_too_long_ago_are_found_again(session, here, staff):
    coach = make_coach(session, staff, here)
    for record in coach.gate_records:
        fresh = record.item in {GateItem.IDENTITY, GateItem.INTERVIEW}
        record.done_on = date(2025, 11, 21) if fresh else date(2025, 11, 20)
    end(session, staff, coach, S.LEFT, D.HEALTH)
    again(session, coach)
    assert {one.item for one in coach.gate_records} == {GateItem.IDENTITY, GateItem.INTERVIEW}


def test_interview_is_held_again_after_a_decline_however_fresh(session, here, staff):
    coach = make_coach(session, staff, here, state=S.PANEL)
    end(session, staff, coach, S.DECLINED, D.NO_TIME, "2026-05-01")
    again(session, coach)
    assert GateItem.INTERVIEW not in {one.item for one in coach.gate_records}
    assert len(coach.gate_records) == 4


def test_reason_that_belongs_to_another_end_is_refused(session, here, staff):
    volunteer = make_volunteer(session, here, state=S.APPLIED)
    withdraw = onboarding.withdraw, session, volunteer.account, TODAY
    assert refused(*withdraw, drop_out=D.SAFEGUARDING) == ["drop_out"]
    by_staff = onboarding.withdraw_for, session, staff, volunteer.id, "No answer.", TODAY
    by_staff[0](*by_staff[1:], drop_out=D.NO_REPLY)
    end_event = volunteer.history[-1]
    assert (volunteer.state, end_event.drop_out) == (S.WITHDRAWN, D.NO_REPLY)
    assert (end_event.by_id, end_event.reason) == (staff.id, "No answer.")
