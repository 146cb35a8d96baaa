"""What staff see before they decide, by what they may do."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.enums import (
    CertificateStatus,
    Course,
    Gate,
    MatchState,
    Role,
    VolunteerState,
    WaitsFor,
)
from peerapp.errors import NotFound
from peerapp.models import utc_now
from peerapp.services import onboarding, standings, suspension_lifts
from tests.factories import (
    TODAY,
    make_account,
    make_certificate,
    make_family,
    make_match,
    make_volunteer,
)
from tests.support.volunteers import audited

S = VolunteerState
URL = "https://scheme.example.org"
C = CertificateStatus


def test_standing_of_a_cleared_coach_has_nothing_missing_and_is_audited(session, staff, coach):
    standing = standings.get_standing(session, staff, coach.id, TODAY)
    assert (standing.clearance, standing.next_state, standing.families) == ((), None, 0)
    assert standing.moves == {S.SUSPENDED, S.PAUSED, S.LEFT}
    assert [row.subject_id for row in audited(session, "volunteer.view")] == [coach.id]


def test_standing_for_another_locality_is_not_found(session, coach):
    stranger = make_account(session, Role.COORDINATOR)
    with pytest.raises(NotFound):
        standings.get_standing(session, stranger, coach.id, TODAY)


def test_standing_in_training_names_what_panel_lacks(session, staff, coach):
    coach.state = S.TRAINING
    coach.gate_records = []
    standing = standings.get_standing(session, staff, coach.id, TODAY)
    assert standing.next_state == S.PANEL
    assert [refusal.code for refusal in standing.next_refusals] == [
        "identity_missing",
        "first_reference_missing",
        "second_reference_missing",
        "interview_missing",
        "agreement_missing",
    ]
    assert [step.gate for step in standing.steps if not step.is_met] == [
        Gate.IDENTITY,
        Gate.REFERENCES,
        Gate.INTERVIEW,
        Gate.AGREEMENT,
    ]
    assert standings.count_gates_met(coach, TODAY) == 3


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (MatchState.PROPOSED, 0),
        (MatchState.APPROVED, 1),
        (MatchState.ACTIVE, 1),
        (MatchState.ENDED, 0),
    ],
)
def test_standing_counts_families_held(session, staff, here, coach, state, counted):
    make_match(session, make_family(session, staff, here), coach, state=state)
    assert standings.get_standing(session, staff, coach.id, TODAY).families == counted


def test_standing_offers_leads_to_propose_a_lift_until_it_is_proposed(session, staff, lead, coach):
    onboarding.suspend(session, staff, coach.id, "A worry.", TODAY, URL)
    make_account(session, Role.MANAGER)

    def standing(actor):
        return standings.get_standing(session, actor, coach.id, TODAY)

    assert (standing(staff).may_lift, standing(lead).may_lift) == (False, True)
    asked = suspension_lifts.propose(session, lead, coach.id, "All clear.", utc_now(), URL)
    assert (standing(lead).may_lift, standing(lead).lift) == (False, asked)


def test_certificates_come_newest_first_and_only_the_newest_is_current(session, staff, coach):
    newer = make_certificate(
        session, coach, staff, issue_date=date(2026, 9, 1), seen_on=date(2026, 9, 2)
    )
    found = standings.get_standing(session, staff, coach.id, TODAY).certificates
    assert [(one.certificate is newer, one.is_current) for one in found] == [
        (True, True),
        (False, False),
    ]
    assert found[0].due == date(2029, 9, 1)


@pytest.mark.parametrize(
    ("status", "role", "expected"),
    [
        (C.RECORDED, Role.COORDINATOR, (True, True)),
        (C.ACCEPTED, Role.COORDINATOR, (False, False)),
        (C.UNVERIFIED, Role.COORDINATOR, (False, True)),
        (C.UNVERIFIED, Role.SAFEGUARDING_LEAD, (True, True)),
        (C.REVOKED, Role.COORDINATOR, (False, False)),
        (C.REVOKED, Role.SAFEGUARDING_LEAD, (True, False)),
    ],
)
def test_certificate_offers_what_the_role_may_do(
    session, staff, lead, coach, status, role, expected
):
    coach.certificates[0].status = status
    actor = staff if role == Role.COORDINATOR else lead
    found = standings.get_standing(session, actor, coach.id, TODAY).certificates[0]
    assert (found.may_accept, found.may_correct) == expected


def test_decision_on_content_is_offered_to_the_lead_alone(session, staff, lead, coach):
    held = coach.certificates[0]
    held.has_content, held.status = True, C.RECORDED
    as_staff = standings.get_standing(session, staff, coach.id, TODAY).certificates[0]
    as_lead = standings.get_standing(session, lead, coach.id, TODAY).certificates[0]
    assert (as_staff.may_decide, as_lead.may_decide) == (False, True)
    assert [refusal.code for refusal in as_staff.acceptance] == ["certificate_risk"]


def test_training_says_which_course_counts_today(session, staff, coach):
    for record in coach.training:
        if record.course == Course.BOUNDARIES:
            record.valid_until = date(2026, 11, 19)
    found = standings.get_standing(session, staff, coach.id, TODAY)
    assert [one.name for one in found.training if not one.is_in_date] == ["Boundaries"]
    assert len(found.training) == 5
    training = next(step for step in found.steps if step.gate == Gate.CORE_TRAINING)
    assert training.text == "Missing or out of date: boundaries. No date has been set."
    assert (training.who, training.since) == (WaitsFor.COORDINATOR, date(2026, 11, 19))


def test_standing_of_a_closed_record_offers_nothing(session, staff, here):
    closed = []
    for state in S:
        volunteer = make_volunteer(session, here, state=state)
        standing = standings.get_standing(session, staff, volunteer.id, TODAY)
        assert standing.is_open == (standing.moves != {S.ENQUIRY})
        if not standing.is_open:
            closed.append(state)
    assert closed == [S.DECLINED, S.WITHDRAWN, S.LEFT]
