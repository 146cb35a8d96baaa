"""Panels: who decides, what a decision does, and that nobody passes without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from peerapp.domain.panels import Decision
from peerapp.enums import DropOutReason, GateItem, PanelOutcome, Role, VolunteerState
from peerapp.errors import NotFound
from peerapp.services import onboarding, panels, references
from tests.factories import TODAY, make_account
from tests.support.references import RITA, SAM, URL, received
from tests.support.volunteers import audited, refused

S = VolunteerState
DAY = timedelta(days=1)


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def candidate(coach):
    """At panel with every gate shut but the panel's own; ``staff`` interviewed them."""
    coach.state = S.PANEL
    return coach


@pytest.fixture
def decision(lead):
    return Decision(TODAY, frozenset({lead.id}), (), "Warm, and knows where help ends.")


def approve(session, actor, volunteer, decision):
    return panels.approve(session, actor, volunteer.id, decision, TODAY, URL)


def outcomes(volunteer):
    return [one.outcome for one in volunteer.panel_decisions]


def test_approval_starts_probation_in_one_step(session, candidate, manager, lead, decision):
    made = approve(session, manager, candidate, decision)
    assert candidate.state == S.PROBATION
    assert (made.outcome, made.decided_by_id, made.reasons) == (
        PanelOutcome.APPROVED,
        manager.id,
        "Warm, and knows where help ends.",
    )
    assert {one.account_id for one in made.members} == {manager.id, lead.id}
    assert candidate.history[-1].reason == made.reasons
    (row,) = audited(session, "panel.decide")
    assert (row.actor_id, row.detail) == (manager.id, {"outcome": "approved"})


def test_nobody_gets_into_probation_without_a_decision(session, candidate, manager):
    move = (onboarding.move, session, manager, candidate.id, S.PROBATION, "", TODAY)
    assert refused(*move) == ["panel_missing"]
    assert candidate.state == S.PANEL


def test_approval_of_an_earlier_panel_does_not_count_again(session, candidate, manager, decision):
    approve(session, manager, candidate, decision)
    candidate.state, candidate.state_since = S.PANEL, candidate.state_since + DAY
    move = (onboarding.move, session, manager, candidate.id, S.PROBATION, "", TODAY)
    assert refused(*move) == ["panel_missing"]


def test_approval_with_an_open_gate_is_refused_and_leaves_no_decision(database, scheme_id):
    """In a transaction of its own, as a request has: what was written goes with the refusal."""
    from peerapp.models import Volunteer
    from tests.factories import make_coach, make_locality

    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        manager = make_account(session, Role.MANAGER)
        coach = make_coach(session, staff, here, state=S.PANEL)
        coach.gate_records = [one for one in coach.gate_records if one.item != GateItem.AGREEMENT]
    given = Decision(TODAY, frozenset(), ("Jo Hart, head teacher",), "Good.")
    with database.session(scheme_id, "all") as session:
        assert refused(approve, session, manager, coach, given) == ["agreement_missing"]
        session.rollback()
    with database.reading(scheme_id) as session:
        found = session.get_one(Volunteer, coach.id)
        assert (found.state, outcomes(found)) == (S.PANEL, [])


def test_concern_that_the_lead_has_not_decided_on_stops_an_approval(
    session, candidate, manager, lead, decision
):
    worry = received(session, candidate, SAM, has_concern="yes", concern="Canary worry")
    assert refused(approve, session, manager, candidate, decision) == ["reference_concern"]
    references.reject(session, lead, candidate.id, worry.id, "A mix-up.", TODAY, URL)
    approve(session, manager, candidate, decision)
    assert candidate.state == S.PROBATION


def test_interviewer_does_not_decide_and_does_not_sit(session, candidate, staff, manager, decision):
    assert refused(approve, session, staff, candidate, decision) == ["panel_interviewer"]
    with_them = replace(decision, members=decision.members | {staff.id})
    assert refused(approve, session, manager, candidate, with_them) == ["members"]
    assert (candidate.state, outcomes(candidate)) == (S.PANEL, [])


@pytest.mark.parametrize("same", ["email", "name"])
def test_volunteer_does_not_decide_on_themself(session, candidate, decision, same):
    twin = make_account(session, Role.MANAGER)
    if same == "email":
        local, _, domain = candidate.account.email.partition("@")
        twin.email = f"{local}+work@{domain}"
    else:
        twin.name = candidate.name.upper()
    assert refused(approve, session, twin, candidate, decision) == ["panel_self"]


def test_volunteer_is_no_member_from_outside(session, candidate, manager, decision):
    with_self = replace(decision, other_members=(candidate.name,))
    assert refused(approve, session, manager, candidate, with_self) == ["panel_self"]


@pytest.mark.parametrize("state", [S.TRAINING, S.PROBATION, S.ACTIVE])
def test_decision_is_for_those_at_panel(session, candidate, manager, decision, state):
    candidate.state = state
    assert refused(approve, session, manager, candidate, decision) == ["not_at_panel"]


def test_second_click_decides_nothing(session, candidate, manager, decision):
    approve(session, manager, candidate, decision)
    assert refused(approve, session, manager, candidate, decision) == ["not_at_panel"]
    assert outcomes(candidate) == [PanelOutcome.APPROVED]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"members": frozenset()}, ["members"]),
        ({"members": frozenset(), "other_members": ("Jo Hart",)}, None),
        ({"members": frozenset(), "other_members": (" ",)}, ["members"]),
        ({"held_on": TODAY + DAY}, ["held_on"]),
        ({"reasons": " "}, ["reasons"]),
    ],
)
def test_panel_that_is_not_in_order_is_told_why(
    session, candidate, manager, decision, changes, expected
):
    given = replace(decision, **changes)
    if expected is None:
        assert approve(session, manager, candidate, given).other_members == "Jo Hart"
    else:
        assert refused(approve, session, manager, candidate, given) == expected


def test_member_who_is_no_staff_is_refused(session, candidate, manager, decision):
    given = replace(decision, members=frozenset({candidate.account_id}))
    assert refused(approve, session, manager, candidate, given) == ["members"]


def test_conditions_are_asked_for_and_shown_to_the_volunteer(session, candidate, manager, decision):
    verb = (panels.approve_with_conditions, session, manager, candidate.id)
    assert refused(*verb, decision, TODAY, URL) == ["conditions"]
    given = replace(decision, conditions="Supervision every week.")
    panels.approve_with_conditions(*verb[1:], given, TODAY, URL)
    assert panels.conditions_of(candidate) == "Supervision every week."
    candidate.state = S.LEFT
    assert panels.conditions_of(candidate) == ""


def test_deferral_changes_no_state_and_names_its_day(session, candidate, manager, decision):
    verb = (panels.defer, session, manager, candidate.id)
    assert refused(*verb, replace(decision, again_on=TODAY), TODAY) == ["again_on"]
    made = panels.defer(*verb[1:], replace(decision, again_on=TODAY + DAY), TODAY)
    assert (candidate.state, made.again_on) == (S.PANEL, TODAY + DAY)
    approve(session, manager, candidate, decision)
    assert outcomes(candidate) == [PanelOutcome.DEFERRED, PanelOutcome.APPROVED]
    assert candidate.state == S.PROBATION


def test_declining_closes_the_record_with_its_reason(session, candidate, manager, decision):
    given = decision, DropOutReason.NOT_SUITABLE, TODAY, URL
    panels.decline(session, manager, candidate.id, *given)
    assert (candidate.state, outcomes(candidate)) == (S.DECLINED, [PanelOutcome.DECLINED])
    assert candidate.history[-1].drop_out == DropOutReason.NOT_SUITABLE


def test_declining_does_not_need_the_gates(session, candidate, manager, decision):
    candidate.gate_records = [
        one for one in candidate.gate_records if one.item == GateItem.INTERVIEW
    ]
    panels.decline(session, manager, candidate.id, decision, DropOutReason.OTHER, TODAY, URL)
    assert candidate.state == S.DECLINED


def test_other_localitys_coordinator_finds_no_panel(session, candidate, decision):
    stranger = make_account(session, Role.COORDINATOR)
    with pytest.raises(NotFound):
        approve(session, stranger, candidate, decision)
    with pytest.raises(NotFound):
        panels.get_papers(session, stranger, candidate.id, TODAY)


def test_papers_hold_what_the_panel_must_know_and_are_audited(session, candidate, here, manager):
    received(session, candidate, RITA)
    colleague = make_account(session, Role.COORDINATOR, (here,))
    papers = panels.get_papers(session, colleague, candidate.id, TODAY)
    assert [one.may_read for one in papers.references] == [True]
    assert (papers.open_gates, papers.refusals) == ((), ())
    assert papers.certificate is candidate.certificates[0]
    (view,) = audited(session, "reference.view")
    assert view.actor_id == colleague.id
    for_manager = panels.get_papers(session, manager, candidate.id, TODAY)
    assert [one.may_read for one in for_manager.references] == [False]
    assert len(audited(session, "reference.view")) == 1


def test_candidates_for_the_panel_have_not_interviewed(session, candidate, staff, manager, lead):
    papers = panels.get_papers(session, manager, candidate.id, TODAY)
    assert [one.id for one in papers.candidates] == [lead.id]
    assert staff.id not in {one.id for one in papers.candidates}
