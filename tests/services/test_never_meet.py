"""Who must never meet is kept apart at once; neither is told, and a lead alone takes it back."""

from __future__ import annotations

import pytest

from peerapp.enums import AgreementMethod, ApartReason, FamilyState, MatchState, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.models import MatchCover
from peerapp.services import approvals, matching_problem, never_meet, volunteers
from tests.factories import (
    TODAY,
    make_account,
    make_coach,
    make_family,
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
    return set(matching_problem._standing_exclusions(session, TODAY))


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
