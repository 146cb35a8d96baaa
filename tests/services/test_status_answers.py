"""What each answer of DBS does, over real HTTP against the stand-in, in a real database."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from peerapp.demo.update_service_answers import Told
from peerapp.domain.match_states import contact_refusals
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import (
    ApplicationReason,
    DropOutReason,
    RiskDecision,
    Role,
    VolunteerState,
)
from peerapp.errors import Refused
from peerapp.models import (
    Account,
    CheckApplication,
    Match,
    Volunteer,
)
from peerapp.services import checks, comebacks, onboarding, staff_of, status_check_pages
from tests.factories import NOW, TODAY
from tests.services.status_scenes import (
    CALM,
    NOTHING_TOLD,
    C,
    M,
    O,
    _on_the_day,
    apply,
    begin,
    carry_out,
    checks_of,
    coach,
    facts,
    join,
    know,
    press,
    run,
    scene,
    told_accounts,
)
from tests.support.update_service import FAST, stand_in

__all__ = ["_on_the_day", "coach", "scene", "stand_in"]


def test_blank_and_current_passes_and_changes_nothing(scene, stand_in, coach):
    before = facts(scene, coach)
    assert run(scene, stand_in) == {"passed": 1}
    assert facts(scene, coach) == before
    assert before["cleared"]
    (check,) = checks_of(scene)
    assert (check.outcome, check.failure, check.attempt) == (O.PASSED, None, 1)
    assert (check.answered_at, check.next_at) == (NOW, NOW + timedelta(days=30))
    assert (check.is_flagged, check.asked_by_id) == (False, None)


@pytest.mark.parametrize("told", NOTHING_TOLD)
def test_answer_that_is_none_changes_nothing(scene, stand_in, coach, told):
    scene.add_match(scene.add_family(), coach)
    stand_in.tell_all(told)
    before = facts(scene, coach)
    assert run(scene, stand_in, **(FAST if told not in CALM else {})) == {"unknown": 1}
    assert facts(scene, coach) == before
    assert before["cleared"]
    (check,) = checks_of(scene)
    assert (check.outcome, check.attempt, check.is_flagged) == (O.UNKNOWN, 1, False)
    assert check.failure is not None
    assert check.next_at == NOW + timedelta(minutes=15)


def test_new_information_takes_everything_away_at_once(scene, stand_in, coach):
    proposed = scene.add_match(scene.add_family(), coach)
    live = scene.add_match(scene.add_family(account=True), coach, state=M.ACTIVE)
    stand_in.tell_all(Told.NEW_INFO)
    with scene.reading() as session:
        assert contact_refusals(session.get_one(Match, live), TODAY) == []
    assert run(scene, stand_in) == {"new_information": 1}
    with scene.reading() as session:
        found = session.get_one(Volunteer, coach)
        codes = [one.code for one in clearance_refusals(found, TODAY)]
        assert codes == ["certificate_new_information"]
        assert session.get_one(Match, proposed).state == M.WITHDRAWN
        assert session.get_one(Match, live).state == M.ACTIVE
        assert contact_refusals(session.get_one(Match, live), TODAY) != []
        (opened,) = session.scalars(select(CheckApplication))
        assert (opened.reason, opened.opened_by_id) == (ApplicationReason.NEW_INFORMATION, None)
    assert told_accounts(scene) == [Role.COORDINATOR, Role.SAFEGUARDING_LEAD]
    assert checks_of(scene)[0].is_flagged


def test_what_dbs_called_out_of_date_nobody_accepts_again(scene, stand_in, coach):
    """One that a person called so by mistake, the safeguarding lead still may."""
    with scene.writing() as session:
        lead = session.scalars(select(Account).where(Account.role == Role.SAFEGUARDING_LEAD)).one()
        held = session.get_one(Volunteer, coach).certificates[-1]
        ids = coach, held.id
        checks.set_status(session, lead, *ids, C.NEW_INFORMATION, "", TODAY)
        checks.accept_certificate(session, lead, *ids, TODAY)
    stand_in.tell_all(Told.NEW_INFO)
    run(scene, stand_in)
    with scene.writing() as session, pytest.raises(Refused) as refused:
        checks.accept_certificate(session, session.get_one(Account, lead.id), *ids, TODAY)
    assert [one.code for one in refused.value.refusals] == ["no_longer_current"]
    assert facts(scene, coach)["status"] == C.NEW_INFORMATION


def test_new_information_with_other_details_is_still_new_information(scene, stand_in, coach):
    know(scene, stand_in, coach, told=Told.NEW_INFO, print_date=date(2020, 1, 1))
    assert run(scene, stand_in) == {"new_information": 1}
    assert facts(scene, coach)["status"] == C.NEW_INFORMATION


def test_no_match_is_unverified_and_never_clear(scene, stand_in, coach):
    stand_in.tell_all(Told.NO_MATCH)
    assert run(scene, stand_in) == {"no_match": 1}
    after = facts(scene, coach)
    assert (after["cleared"], after["status"]) == (False, C.UNVERIFIED)
    assert after["applications"] == []
    assert told_accounts(scene) == [Role.COORDINATOR]
    stand_in.tell_all(Told.BLANK)
    assert carry_out(scene, stand_in, press(scene, coach)).outcome == O.PASSED
    after = facts(scene, coach)
    assert (after["cleared"], after["status"]) == (False, C.UNVERIFIED)


def test_content_that_we_did_not_know_of_needs_a_decision(scene, stand_in, coach):
    scene.add_match(scene.add_family(), coach)
    stand_in.tell_all(Told.NON_BLANK)
    assert run(scene, stand_in) == {"content_not_decided": 1}
    after = facts(scene, coach)
    assert after["content"] == (True, None)
    assert (after["cleared"], after["matches"]) == (False, [M.WITHDRAWN])
    assert told_accounts(scene) == [Role.COORDINATOR, Role.SAFEGUARDING_LEAD]


@pytest.mark.parametrize(
    ("decision", "outcome", "cleared"),
    [
        (RiskDecision.FAVOURABLE, O.PASSED, True),
        (RiskDecision.UNFAVOURABLE, O.CONTENT_NOT_DECIDED, False),
        (None, O.CONTENT_NOT_DECIDED, False),
    ],
)
def test_known_content_passes_only_with_a_favourable_decision(
    scene, stand_in, decision, outcome, cleared
):
    coach = scene.add_coach()
    join(scene, coach, has_content=True, risk_decision=decision, risk_review_on=TODAY)
    know(scene, stand_in, coach, told=Told.NON_BLANK)
    before = facts(scene, coach)
    assert run(scene, stand_in) == {outcome.value: 1}
    after = facts(scene, coach)
    assert after["cleared"] is before["cleared"] is cleared
    assert after["content"] == (True, decision)


ANOTHER_CERTIFICATE = [
    lambda coach: setattr(coach.certificates[-1], "number", "999999999999"),
    lambda coach: setattr(coach.certificates[-1], "status", C.SUPERSEDED),
]
CLOSED = [
    lambda coach: setattr(coach, "state", VolunteerState.LEFT),
    lambda coach: setattr(coach, "state", VolunteerState.WITHDRAWN),
    lambda coach: setattr(coach, "state", VolunteerState.DECLINED),
]
OTHER_DETAILS = [
    lambda coach: setattr(coach.certificates[-1], "issue_date", date(2026, 3, 2)),
    lambda coach: setattr(coach.certificates[-1], "name_as_printed", "AMA OWUSU"),
    lambda coach: setattr(coach, "date_of_birth", date(1985, 4, 3)),
]


def answered_after(scene, stand_in, coach, told, change):
    """Let a record change between question and answer; return what came of the answer."""
    stand_in.tell_all(told)
    asking = begin(scene, press(scene, coach))
    reply = stand_in.client().ask(asking.question)
    with scene.writing() as session:
        change(session.get_one(Volunteer, coach))
    before = facts(scene, coach)
    return apply(scene, asking, reply), facts(scene, coach) == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        *product(ANOTHER_CERTIFICATE, (Told.BLANK, Told.NEW_INFO, Told.NO_MATCH, Told.NON_BLANK)),
        *product(CLOSED, (Told.BLANK, Told.NO_MATCH, Told.NON_BLANK)),
        *product(OTHER_DETAILS, (Told.BLANK, Told.NO_MATCH, Told.NON_BLANK)),
    ],
)
def test_answer_about_a_record_that_changed_meanwhile_is_put_aside(
    scene, stand_in, coach, change, told
):
    assert answered_after(scene, stand_in, coach, told, change) == (O.DISCARDED, True)
    (check,) = checks_of(scene)
    assert (check.next_at, check.is_flagged) == (NOW, False)


@pytest.mark.parametrize("change", OTHER_DETAILS)
def test_news_of_the_very_certificate_is_not_put_aside(scene, stand_in, coach, change):
    found = answered_after(scene, stand_in, coach, Told.NEW_INFO, change)
    assert found == (O.NEW_INFORMATION, False)
    assert facts(scene, coach)["status"] == C.NEW_INFORMATION


@pytest.mark.parametrize("change", CLOSED)
def test_news_of_somebody_who_has_gone_is_kept_for_the_lead(scene, stand_in, coach, change):
    found = answered_after(scene, stand_in, coach, Told.NEW_INFO, change)
    assert found == (O.NEW_INFORMATION, False)
    after = facts(scene, coach)
    assert (after["status"], after["applications"]) == (C.NEW_INFORMATION, [])
    assert told_accounts(scene) == [Role.SAFEGUARDING_LEAD]
    with scene.reading() as session:
        lead = staff_of.list_active(session, Role.SAFEGUARDING_LEAD)[0]
        coordinator = scene.coordinator(session)
        flagged = status_check_pages.list_flagged(session, lead, TODAY)
        assert [(one.volunteer.id, one.to_do) for one in flagged] == [
            (coach, status_check_pages.CLOSED)
        ]
        assert status_check_pages.list_flagged(session, coordinator, TODAY) == []


def test_news_of_somebody_who_has_gone_stops_their_return_until_the_lead_opens_it(
    scene, stand_in, coach
):
    def leave(volunteer):
        session = object_session(volunteer)
        given = "Moved away", TODAY
        reason = DropOutReason.MOVED_AWAY
        staff = scene.coordinator(session)
        onboarding.change_state(
            session, staff, volunteer, VolunteerState.LEFT, *given, drop_out=reason
        )

    answered_after(scene, stand_in, coach, Told.NEW_INFO, leave)
    with scene.writing() as session:
        gone = session.get_one(Volunteer, coach)
        assert [one.code for one in comebacks.return_refusals(gone, TODAY)] == ["ask_the_scheme"]
        lead = staff_of.list_active(session, Role.SAFEGUARDING_LEAD)[0]
        comebacks.reopen(session, lead, coach, "We talked.", TODAY)
        assert [one.code for one in clearance_refusals(gone, TODAY)] == [
            "not_active",
            "certificate_new_information",
        ]
    assert facts(scene, coach)["applications"] == [ApplicationReason.NEW_INFORMATION]


def test_change_that_matters_to_nobody_puts_nothing_aside(scene, stand_in, coach):
    stand_in.tell_all(Told.NEW_INFO)
    asking = begin(scene, press(scene, coach))
    reply = stand_in.client().ask(asking.question)
    with scene.writing() as session:
        found = session.get_one(Volunteer, coach)
        found.slots, found.version = ("fri_evening",), found.version + 1
        found.consents.clear()
        scene.coordinator(session).name = "Cora Other"
    assert apply(scene, asking, reply) == O.NEW_INFORMATION
