"""Ways round a gate that somebody could try: each is shut, beside the straight way that is open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerapp.domain import panels
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import CertificateStatus, PanelOutcome, RiskDecision, VolunteerState
from peerapp.models import PanelDecision
from peerapp.services import checks
from tests.factories import NOW, TODAY, make_coach
from tests.services.test_checks import DETAILS, record
from tests.support.volunteers import refused

C = CertificateStatus
BLANK = replace(DETAILS, has_content=False)


@pytest.fixture
def coach(session, here, staff):
    return make_coach(session, staff, here, last_name="Mensah")


def codes(coach):
    return [refusal.code for refusal in clearance_refusals(coach, TODAY)]


@pytest.mark.parametrize("decision", [None, RiskDecision.UNFAVOURABLE, RiskDecision.FAVOURABLE])
@pytest.mark.parametrize("status", [C.RECORDED, C.UNVERIFIED])
def test_certificate_with_content_is_made_blank_by_the_lead_alone(
    session, staff, lead, coach, decision, status
):
    certificate = record(session, staff, coach, has_content=True)
    certificate.risk_decision, certificate.status = decision, status
    correct = checks.correct_certificate, session, staff, coach.id, certificate.id, BLANK, TODAY
    assert refused(*correct) == ["has_content"]
    assert (certificate.has_content, certificate.risk_decision) == (True, decision)
    checks.correct_certificate(session, lead, coach.id, certificate.id, BLANK, TODAY)
    assert (certificate.has_content, certificate.risk_decision) == (False, None)


def test_certificate_called_blank_by_mistake_is_corrected_by_anybody(session, staff, coach):
    certificate = record(session, staff, coach)
    right = replace(DETAILS, has_content=True)
    checks.correct_certificate(session, staff, coach.id, certificate.id, right, TODAY)
    assert certificate.has_content
    assert "certificate_risk" in codes(coach)


def decided(volunteer, outcome, minute):
    made = PanelDecision(
        panel_since=volunteer.state_since,
        outcome=outcome,
        held_on=TODAY,
        reasons="x",
        created_at=NOW.replace(minute=minute),
    )
    volunteer.panel_decisions.append(made)


def test_panel_that_thought_again_has_not_approved(coach):
    coach.state = VolunteerState.PANEL
    decided(coach, PanelOutcome.APPROVED, 1)
    assert panels.approval_refusals(coach) == []
    decided(coach, PanelOutcome.DEFERRED, 2)
    assert [one.code for one in panels.approval_refusals(coach)] == ["panel_missing"]
