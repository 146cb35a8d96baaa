"""Who must never meet is kept apart at once; neither is told, and a lead alone takes it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from peerapp.enums import AgreementMethod, ApartReason, FamilyState, MatchState, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.models import MatchCover
from peerapp.services import (
    approvals,
    first_visits,
    match_life,
    never_meet,
    pairs_apart,
    safe_contact,
    volunteers,
)
from tests.factories import (
    NOW,
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
    make_match,
)
from tests.scenes import BASE_URL
from tests.support.volunteers import audited, refused

A = ApartReason


@pytest.fixture
def family(session, staff, here):
    return make_family(session, staff, here)


@pytest.fixture
def reference(coach):
    return volunteers.reference(coach)


def excluded(session):
    session.flush()
    return set(pairs_apart.standing_exclusions(session, TODAY))


@pytest.mark.parametrize("state", ["proposed", "offered_to_coach", "offered_to_family", "approved"])
def test_what_is_open_between_the_two_is_withdrawn_and_never_comes_again(
    session, staff, family, coach, reference, state
):
    match = make_match(session, family, coach, state=MatchState(state))
    never_meet.keep_apart(session, staff, family.id, reference.lower(), A.EX_PARTNER)
    assert match.state == MatchState.WITHDRAWN
    assert excluded(session) == {(str(family.id), str(coach.id))}


@pytest.mark.parametrize("is_apart", [False, True])
def test_proposal_of_a_run_that_began_before_cannot_be_approved(
    session, staff, family, coach, reference, is_apart
):
    if is_apart:
        never_meet.keep_apart(session, staff, family.id, reference, A.EX_PARTNER)
    match = make_match(session, family, coach)
    given = {
        "seen_family_version": family.version, "seen_volunteer_version": coach.version,
        "accept_changes": True, "coach_agreed_how": AgreementMethod.PHONE,
        "family_agreed_how": AgreementMethod.PHONE, "today": TODAY, "base_url": BASE_URL,
    }  # fmt: skip
    if is_apart:
        assert refused(approvals.approve, session, staff, match.id, **given) == ["rule_excluded"]
    else:
        approvals.approve(session, staff, match.id, **given)
    assert match.state == (MatchState.PROPOSED if is_apart else MatchState.APPROVED)


def test_two_who_meet_are_parted_first(session, staff, family, coach, reference):
    family.state = FamilyState.MATCHED
    make_match(session, family, coach, state=MatchState.ACTIVE)
    given = session, staff, family.id, reference, A.KIN
    assert refused(never_meet.keep_apart, *given) == ["reference"]
    assert excluded(session) == set()


def test_backup_who_must_not_meet_the_family_is_stopped(session, staff, here, family, coach):
    backup = make_coach(session, staff, here, first_name="Bea")
    match = make_match(session, family, coach, state=MatchState.ACTIVE)
    cover = MatchCover(
        match_id=match.id, volunteer_id=backup.id, starts_on=TODAY, ends_on=TODAY,
        coach_agreed_how="phone", family_agreed_how="phone", arranged_by_id=staff.id,
    )  # fmt: skip
    session.add(cover)
    never_meet.keep_apart(session, staff, family.id, volunteers.reference(backup), A.SAME_STREET)
    assert (cover.state, match.state) == ("stopped", MatchState.ACTIVE)
    assert [one.subject_id for one in audited(session, "match_cover.stop")] == [cover.id]


def test_recorded_twice_it_stands_once(session, staff, family, coach, reference):
    for reason in (A.KIN, A.OTHER):
        never_meet.keep_apart(session, staff, family.id, reference, reason)
    found = never_meet.list_pairs(session, staff, family.id)[1]
    assert [(one.reference, one.reason) for one in found] == [(reference, A.KIN)]


def test_trail_names_the_family_and_not_the_coach(session, staff, family, coach, reference):
    never_meet.keep_apart(session, staff, family.id, reference, A.KIN)
    (event,) = audited(session, "family.keep_apart")
    assert event.subject_id == family.id
    told = {str(value) for value in vars(event).values()}
    assert str(family.id) in told  # what the row holds is looked at
    assert not [one for one in told if str(coach.id) in one or reference in one or "kin" in one]


@pytest.mark.parametrize("given", ["V00000000", "F-ABCDE", "nobody", ""])
def test_reference_of_no_volunteer_is_refused(session, staff, family, given):
    asked = session, staff, family.id, given, A.KIN
    assert refused(never_meet.keep_apart, *asked) == ["reference"]


def test_lead_alone_takes_it_back(session, staff, family, coach, reference):
    never_meet.keep_apart(session, staff, family.id, reference, A.KIN)
    with pytest.raises(Forbidden):
        never_meet.take_back(session, staff, family.id, reference)
    lead = make_account(session, Role.SAFEGUARDING_LEAD)
    never_meet.take_back(session, lead, family.id, reference)
    assert excluded(session) == set()
    with pytest.raises(NotFound):
        never_meet.take_back(session, lead, family.id, reference)


def test_somebody_elses_family_does_not_exist(session, family, reference):
    elsewhere = make_locality(session, "Calne", ("SN11 0",))
    other = make_account(session, Role.COORDINATOR, (elsewhere,))
    with pytest.raises(NotFound):
        never_meet.keep_apart(session, other, family.id, reference, A.KIN)
    with pytest.raises(NotFound):
        never_meet.list_pairs(session, other, family.id)


NAMED = pytest.mark.parametrize("whom", ["Sam Canary", "Lou Slade"])
"""Whom the family names: the coach, or, as the control, somebody else."""


@pytest.fixture
def canary(session, staff, here):
    return make_coach(session, staff, here, first_name="Sam", last_name="Canary")


@NAMED
@pytest.mark.parametrize("state", ["proposed", "offered_to_coach", "approved"])
def test_family_that_names_its_coach_to_be_is_parted_from_them_at_once(
    session, staff, family, canary, state, whom
):
    match = make_match(session, family, canary, state=MatchState(state))
    answers = replace(safe_contact.answers_of(family), must_not_be_told=whom)
    safe_contact.answer_safe_contact(session, staff, family.id, answers, TODAY)
    assert match.state == (MatchState.WITHDRAWN if whom == "Sam Canary" else MatchState(state))


@NAMED
def test_family_that_names_a_backup_coach_itself_does_without_them(
    session, staff, here, canary, whom
):
    family = make_family(session, staff, here, state=FamilyState.MATCHED)
    account = make_family_account(session, family)
    match = make_match(session, family, make_coach(session, staff, here), state=MatchState.ACTIVE)
    cover = MatchCover(
        match_id=match.id, volunteer_id=canary.id, starts_on=TODAY, ends_on=TODAY,
        coach_agreed_how="phone", family_agreed_how="phone", arranged_by_id=staff.id,
    )  # fmt: skip
    session.add(cover)
    said = {"must_not_be_told": whom}
    safe_contact.answer_own(session, account, "people", said, TODAY, BASE_URL)
    assert (cover.state == "stopped") == (whom == "Sam Canary")
    stopped = [one.actor_id for one in audited(session, "match_cover.stop")]
    assert stopped == ([account.id] if whom == "Sam Canary" else [])


def plan_visit(session, staff, match):
    given = {"starts_at": NOW + timedelta(days=1), "staff_id": staff.id, "now": NOW}
    return first_visits.plan(session, staff, match.id, **given, today=TODAY, base_url=BASE_URL)


def introduce(session, staff, match):
    given = {"first_visit_on": TODAY, "today": TODAY, "base_url": BASE_URL}
    return match_life.introduce(session, staff, match.id, **given)


def activate(session, staff, match):
    return match_life.activate(session, staff, match.id, today=TODAY)


def resume(session, staff, match):
    return match_life.resume(session, staff, match.id, today=TODAY)


@NAMED
@pytest.mark.parametrize(
    ("act", "state"),
    [
        (plan_visit, "approved"),
        (introduce, "approved"),
        (activate, "introduced"),
        (resume, "paused"),
    ],
)
def test_coach_who_goes_by_a_name_that_the_family_named_is_brought_no_nearer(
    session, staff, here, canary, act, state, whom
):
    family = make_family(session, staff, here, state=FamilyState.MATCHED)
    family.safe_contact.must_not_be_told = whom
    match = make_match(session, family, canary, state=MatchState(state))
    if whom == "Sam Canary":
        assert refused(act, session, staff, match) == ["kept_apart"]
        assert match.state == MatchState(state)
    else:
        act(session, staff, match)
