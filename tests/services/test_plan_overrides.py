"""A child protection plan blocks, unless two people say otherwise, and only while they do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.eligibility import block_refusals, matching_refusals
from peerapp.domain.match_states import contact_refusals
from peerapp.enums import MatchState, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.models import Family, Match, Message
from peerapp.services import family_states, plan_overrides
from tests.factories import NOW, TODAY, make_account, make_family, make_match
from tests.support.volunteers import audited, refused

URL = "https://scheme.example.org"
DAYS = timedelta(days=1)


@pytest.fixture
def family(session, staff, here):
    return make_family(session, staff, here, child_protection_plan=True)


def ask(session, actor, family, reason="The core group agrees."):
    return plan_overrides.ask(session, actor, family.id, reason, TODAY, URL)


def agree(session, actor, family, today=TODAY):
    return plan_overrides.agree(session, actor, family.id, "I agree.", NOW, today)


def blocks(family):
    return [one.code for one in block_refusals(family, TODAY)]


@pytest.mark.scorecard("2.3.5")
def test_plan_blocks_until_two_people_have_said_otherwise(session, family, staff, lead):
    assert blocks(family) == ["child_protection"]
    ask(session, staff, family)
    assert blocks(family) == ["child_protection"]
    version = family.version
    override = agree(session, lead, family)
    assert (blocks(family), matching_refusals(family, TODAY)) == ([], [])
    assert (override.asked_by_id, override.agreed_by_id) == (staff.id, lead.id)
    assert family.version == version + 1
    assert [len(audited(session, f"plan_override.{verb}")) for verb in ("ask", "agree")] == [1, 1]


@pytest.mark.scorecard("2.3.5")
def test_nobody_agrees_with_themselves(session, family, lead):
    ask(session, lead, family)
    assert refused(agree, session, lead, family) == ["same_person"]
    assert blocks(family) == ["child_protection"]
    agree(session, make_account(session, Role.SAFEGUARDING_LEAD), family)
    assert blocks(family) == []


@pytest.mark.scorecard("2.3.5")
def test_override_of_one_person_is_none_even_if_a_row_says_so(session, family, lead):
    override = ask(session, lead, family)
    override.agreed_by_id, override.agreed_at = lead.id, NOW
    session.flush()
    assert blocks(family) == ["child_protection"]


def test_only_a_lead_is_the_second_person(session, family, staff, here):
    ask(session, staff, family)
    with pytest.raises(Forbidden):
        agree(session, make_account(session, Role.COORDINATOR, (here,)), family)
    with pytest.raises(Forbidden):
        agree(session, make_account(session, Role.MANAGER), family)
    assert blocks(family) == ["child_protection"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MANAGER])
def test_who_does_not_work_with_the_family_asks_nothing(session, family, role):
    with pytest.raises(NotFound):
        ask(session, make_account(session, role), family)


def test_section_47_is_overridden_by_nobody(session, family, staff, lead):
    ask(session, staff, family)
    family.section_47_open = True
    assert refused(agree, session, lead, family) == ["section_47"]
    plan_overrides.end(session, staff, family.id, "No more.", NOW)
    assert refused(ask, session, staff, family) == ["section_47"]
    family.section_47_open = False
    ask(session, staff, family)
    agree(session, lead, family)
    family.section_47_open = True
    assert blocks(family) == ["section_47"]


def test_one_override_at_a_time(session, family, staff, lead):
    ask(session, staff, family)
    assert refused(ask, session, staff, family) == ["override_there"]
    agree(session, lead, family)
    assert refused(ask, session, staff, family) == ["override_there"]
    assert refused(agree, session, lead, family) == ["no_override"]


def test_override_without_a_plan_is_not_asked_for(session, staff, here):
    assert refused(ask, session, staff, make_family(session, staff, here)) == ["no_plan"]


@pytest.fixture
def running(session, family, staff, lead, coach):
    """A match that runs under an override."""
    ask(session, staff, family)
    agree(session, lead, family)
    return make_match(session, family, coach, state=MatchState.ACTIVE)


def contact(session, match):
    match = session.get(Match, match.id)
    return [one.code for one in contact_refusals(match, TODAY)]


def test_contact_closes_the_moment_an_override_ends(session, running, staff):
    before = contact(session, running)
    plan_overrides.end(session, staff, running.family_id, "New risk.", NOW)
    assert sorted({*contact(session, running)} - {*before}) == ["child_protection"]


def test_override_ends_on_its_day_by_itself(session, family, running, lead, staff):
    until = TODAY + 90 * DAYS
    assert plan_overrides.end_due(session, NOW, until - DAYS, URL) == 0
    assert blocks(family) == []
    assert plan_overrides.end_due(session, NOW, until, URL) == 1
    assert plan_overrides.end_due(session, NOW, until, URL) == 0
    assert blocks(session.get(Family, family.id)) == ["child_protection"]
    told = session.scalars(select(Message).where(Message.account_id == lead.id)).all()
    assert [one.subject for one in told] == ["You have a message"] * 2


def test_request_that_nobody_answered_is_over_on_its_day(session, family, staff, lead):
    ask(session, staff, family)
    assert refused(agree, session, lead, family, TODAY + 90 * DAYS) == ["override_over"]


def test_end_of_the_plan_ends_the_override_and_a_new_plan_blocks(session, family, staff, lead):
    ask(session, staff, family)
    agree(session, lead, family)
    flags = {"section_47_open": False}
    for plan in (False, True):
        family_states.set_blocks(
            session, staff, family.id, family.version, child_protection_plan=plan, **flags
        )
    assert blocks(session.get(Family, family.id)) == ["child_protection"]
    assert [one.ended_why for one in family.plan_overrides] == ["The plan has ended."]


def test_proposal_is_withdrawn_when_an_override_ends(session, family, staff, lead, coach):
    ask(session, staff, family)
    agree(session, lead, family)
    proposal = make_match(session, family, coach)
    plan_overrides.end(session, staff, family.id, "New risk.", NOW)
    assert session.get(Match, proposal.id).state == MatchState.WITHDRAWN


def test_override_stops_counting_on_its_day_before_any_job_ends_it(session, family, staff, lead):
    ask(session, staff, family)
    override = agree(session, lead, family)
    assert block_refusals(family, override.until - timedelta(days=1)) == []
    assert [one.code for one in block_refusals(family, override.until)] == ["child_protection"]
