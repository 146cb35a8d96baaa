"""Moves of a volunteer: each with its event, its audit row and what follows for matches."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import (
    CertificateStatus,
    GateItem,
    MatchState,
    MessageState,
    Role,
    VolunteerState,
)
from peerapp.errors import NotFound
from peerapp.models import Message
from peerapp.services import onboarding
from tests.factories import (
    TODAY,
    make_account,
    make_volunteer,
)
from tests.support.volunteers import audited, lift_as_two, refused

S = VolunteerState
URL = "https://scheme.example.org"
LATER = "2026-11-20T15:00:00+00:00"


def suspend(session, actor, volunteer, reason="A family was worried."):
    return onboarding.suspend(session, actor, volunteer.id, reason, TODAY, URL)


def events(volunteer):
    return [(one.from_state, one.to_state, one.by_id, one.reason) for one in volunteer.history]


def test_complete_application_is_sent_with_event_audit_and_time(session, here):
    volunteer = make_volunteer(session, here)
    with time_machine.travel(LATER, tick=False):
        onboarding.submit_application(session, volunteer.account, TODAY)
    assert volunteer.state == S.APPLIED
    assert volunteer.state_since.isoformat() == LATER
    assert events(volunteer) == [(S.ENQUIRY, S.APPLIED, volunteer.account_id, "")]
    rows = audited(session, "volunteer.move")
    assert [row.detail for row in rows] == [{"before": "enquiry", "after": "applied"}]
    assert volunteer.version == 2


@pytest.mark.parametrize("state", [S.APPLIED, S.VETTING, S.ACTIVE])
def test_application_sent_again_changes_nothing(session, here, state):
    volunteer = make_volunteer(session, here, state=state)
    onboarding.submit_application(session, volunteer.account, TODAY)
    assert (volunteer.state, volunteer.version, events(volunteer)) == (state, 1, [])


def test_incomplete_application_is_refused_with_everything_it_lacks(session, here):
    volunteer = make_volunteer(session, here, phone="", slots=(), shares=())
    codes = refused(onboarding.submit_application, session, volunteer.account, TODAY)
    assert codes == ["profile_phone", "profile_slots", "profile_shares"]
    assert volunteer.state == S.ENQUIRY


@pytest.mark.parametrize("state", [S.ENQUIRY, S.APPLIED, S.PANEL])
def test_withdrawing_closes_the_record(session, here, state):
    volunteer = make_volunteer(session, here, state=state)
    onboarding.withdraw(session, volunteer.account, TODAY)
    assert volunteer.state == S.WITHDRAWN
    assert refused(onboarding.withdraw, session, volunteer.account, TODAY) == ["record_closed"]


def test_coach_cannot_withdraw_the_application(session, coach):
    assert refused(onboarding.withdraw, session, coach.account, TODAY) == ["no_such_move"]


def test_move_goes_one_step_and_only_one_if_sent_twice(session, here, staff):
    volunteer = make_volunteer(session, here, state=S.APPLIED)
    onboarding.move(session, staff, volunteer.id, S.SCREENING, "", TODAY)
    again = refused(onboarding.move, session, staff, volunteer.id, S.SCREENING, "", TODAY)
    assert (volunteer.state, again) == (S.SCREENING, ["no_such_move"])
    assert events(volunteer) == [(S.APPLIED, S.SCREENING, staff.id, "")]


def test_move_never_leads_where_another_verb_does(session, coach, staff):
    others = {
        S.ENQUIRY: (S.APPLIED, S.WITHDRAWN, S.SUSPENDED),
        S.ACTIVE: (S.PAUSED, S.SUSPENDED, S.LEFT),
    }
    for state, reachable in others.items():
        coach.state = state
        for to in reachable:
            given = (session, staff, coach.id, to, "x", TODAY)
            assert refused(onboarding.move, *given) == ["no_such_move"]


@pytest.mark.parametrize(("before", "to"), [(S.SUSPENDED, S.PANEL), (S.PAUSED, S.ACTIVE)])
def test_move_never_brings_back_from_beside_the_path(session, coach, staff, before, to):
    coach.state, coach.state_before = before, to
    assert refused(onboarding.move, session, staff, coach.id, to, "", TODAY) == ["no_such_move"]


def test_move_to_panel_names_every_open_gate(session, coach, staff):
    coach.state = S.TRAINING
    coach.certificates[0].status = CertificateStatus.RECORDED
    coach.gate_records = [
        record for record in coach.gate_records if record.item != GateItem.AGREEMENT
    ]
    codes = refused(onboarding.move, session, staff, coach.id, S.PANEL, "", TODAY)
    assert codes == ["certificate_recorded", "agreement_missing"]


def test_move_of_a_complete_volunteer_leads_to_probation_with_a_day_for_its_review(
    session, coach, staff
):
    coach.state = S.TRAINING
    onboarding.move(session, staff, coach.id, S.PANEL, "", TODAY)
    assert coach.probation_review_due is None
    onboarding.change_state(session, staff, coach, S.PROBATION, "", TODAY)
    assert coach.probation_review_due == date(2027, 2, 12)
    assert [to for _, to, _, _ in events(coach)] == [S.PANEL, S.PROBATION]


def test_move_never_leads_to_active_which_a_review_does(session, coach, staff):
    coach.state = S.PROBATION
    codes = refused(onboarding.move, session, staff, coach.id, S.ACTIVE, "", TODAY)
    assert (coach.state, codes) == (S.PROBATION, ["no_such_move"])


def test_declining_needs_a_reason_and_keeps_it(session, here, staff):
    volunteer = make_volunteer(session, here, state=S.SCREENING)
    decline = (onboarding.move, session, staff, volunteer.id, S.DECLINED)
    assert refused(*decline, "  ", TODAY) == ["reason_missing"]
    onboarding.move(session, staff, volunteer.id, S.DECLINED, " Not now. ", TODAY)
    assert events(volunteer) == [(S.SCREENING, S.DECLINED, staff.id, "Not now.")]


def test_suspension_is_one_step_from_any_open_state(session, here, staff):
    closed = {S.SUSPENDED, S.DECLINED, S.WITHDRAWN, S.LEFT}
    for state in set(S) - closed:
        volunteer = make_volunteer(session, here, state=state)
        suspend(session, staff, volunteer)
        assert (volunteer.state, volunteer.state_before) == (S.SUSPENDED, state)


def test_suspension_withdraws_proposals_and_tells_every_lead_without_a_name(
    session, coach, proposal, staff, lead
):
    suspend(session, staff, coach)
    assert proposal.state == MatchState.WITHDRAWN
    sent = session.scalars(select(Message).where(Message.account_id == lead.id)).all()
    assert [(one.subject, one.state) for one in sent] == [
        ("You have a message", MessageState.QUEUED)
    ]
    assert f"{URL}/staff/volunteers/{coach.id}" in sent[0].body
    assert coach.last_name not in sent[0].body


def test_suspension_by_the_lead_does_not_write_to_the_lead(session, coach, lead):
    suspend(session, lead, coach)
    assert session.scalars(select(Message).where(Message.account_id == lead.id)).all() == []


def test_suspension_keeps_the_reason_out_of_the_audit_trail(session, coach, staff):
    suspend(session, staff, coach, "Something private")
    rows = audited(session, "volunteer.move")
    assert [row.detail for row in rows] == [{"before": "active", "after": "suspended"}]
    assert events(coach)[-1][-1] == "Something private"


def test_suspension_without_a_reason_is_refused(session, coach, staff):
    verb = (onboarding.suspend, session, staff, coach.id)
    assert refused(*verb, " ", TODAY, URL) == ["reason_missing"]
    assert coach.state == S.ACTIVE


def test_suspension_by_another_localitys_coordinator_finds_nobody(session, coach):
    stranger = make_account(session, Role.COORDINATOR)
    with pytest.raises(NotFound):
        suspend(session, stranger, coach)


def test_suspension_is_lifted_by_a_lead_and_somebody_else(session, coach, staff, lead):
    suspend(session, staff, coach)
    given = coach.id, "All clear.", TODAY
    assert refused(lift_as_two, session, staff, *given) == ["role"]
    assert refused(lift_as_two, session, lead, *given, second=lead) == ["same_person"]
    assert coach.state == S.SUSPENDED
    manager = make_account(session, Role.MANAGER)
    lift_as_two(session, lead, *given, second=manager)
    assert (coach.state, coach.state_before) == (S.ACTIVE, None)
    assert events(coach)[-1] == (S.SUSPENDED, S.ACTIVE, manager.id, "All clear.")


def test_break_survives_suspensions_in_the_middle(session, coach, staff, lead):
    coach.state = S.PROBATION
    onboarding.pause(session, staff, coach.id, "", TODAY)
    for _ in range(2):
        suspend(session, staff, coach)
        lift_as_two(session, lead, coach.id, "All clear.", TODAY)
        assert (coach.state, coach.state_before) == (S.PAUSED, S.PROBATION)
    onboarding.resume(session, staff, coach.id, "", TODAY)
    assert (coach.state, coach.state_before) == (S.PROBATION, None)


def test_break_withdraws_proposals(session, coach, proposal, staff):
    onboarding.pause(session, staff, coach.id, "", TODAY)
    assert (coach.state, coach.state_before) == (S.PAUSED, S.ACTIVE)
    assert proposal.state == MatchState.WITHDRAWN


def test_break_of_somebody_who_does_not_coach_is_refused(session, here, staff):
    volunteer = make_volunteer(session, here, state=S.TRAINING)
    assert refused(onboarding.pause, session, staff, volunteer.id, "", TODAY) == ["no_such_move"]


def test_break_ends_only_with_every_gate_in_date(session, coach, staff):
    onboarding.pause(session, staff, coach.id, "", TODAY)
    resume = (onboarding.resume, session, staff, coach.id, "")
    assert refused(*resume, date(2029, 3, 1)) == ["certificate_lapsed"]
    onboarding.resume(*resume[1:], date(2029, 2, 28))
    assert coach.state == S.ACTIVE


def test_break_that_never_began_cannot_end(session, coach, staff):
    assert refused(onboarding.resume, session, staff, coach.id, "", TODAY) == ["not_paused"]


@pytest.mark.parametrize("state", sorted(HOLDS_PLACE))
def test_coach_leaves_only_after_the_matches_ended(session, coach, proposal, staff, state):
    proposal.state = state
    leave = (onboarding.leave, session, staff, coach.id, "Moved away.", TODAY)
    assert refused(*leave) == ["holds_families"]
    proposal.state = MatchState.ENDED
    onboarding.leave(*leave[1:])
    assert coach.state == S.LEFT


def test_leaving_withdraws_proposals(session, coach, proposal, staff):
    onboarding.leave(session, staff, coach.id, "Moved away.", TODAY)
    assert proposal.state == MatchState.WITHDRAWN
