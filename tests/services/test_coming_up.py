"""What comes next for the two who meet: shown to both, and to neither while contact is stopped."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from peerapp.domain.family_records import AgreementDetails
from peerapp.enums import (
    AgreementMethod,
    CancelReason,
    ConsentPurpose,
    FamilyState,
    MatchState,
    VolunteerState,
)
from peerapp.services import (
    agreements,
    coming_up,
    conversation_lists,
    conversations,
    goals,
    match_life,
    session_changes,
)
from tests.factories import NOW, TODAY
from tests.services.session_scenes import DAY, URL, WEEK, first, match, plan

__all__ = ["first", "match", "plan"]


def both(session, match, now=NOW):
    """Return what comes next for the coach, and for the family."""
    asked = (coming_up.for_coach, match.volunteer), (coming_up.for_family, match.family)
    return tuple(
        ask(session, one.account, now, conversation_lists.count_new(session, one.account, TODAY))
        for ask, one in asked
    )


def test_next_session_is_told_to_both(session, match, first):
    assert [one.next_session.session for one in both(session, match)] == [first, first]


def test_session_that_is_called_off_is_not_the_next(session, staff, match, first):
    session_changes.call_off_as_staff(session, staff, first.id, CancelReason.COACH_CANNOT, NOW, URL)
    after = [one.next_session.session for one in both(session, match)]
    assert [one.starts_at - first.starts_at for one in after] == [WEEK, WEEK]


@pytest.mark.parametrize("change", ["paused", "suspended"])
def test_nothing_is_told_while_contact_is_stopped(session, staff, match, first, change):
    if change == "paused":
        match_life.pause(session, staff, match.id)
    else:
        match.volunteer.state = VolunteerState.SUSPENDED
    session.flush()
    assert [one.is_empty for one in both(session, match)] == [True, True]


def test_coach_is_reminded_of_a_session_without_a_note(session, match, first):
    coach, family = both(session, match, first.ends_at + timedelta(minutes=1))
    assert (coach.to_note, family.to_note) == (1, 0)


def test_new_message_is_counted_for_the_one_who_has_not_read_it(session, staff, match):
    yes = AgreementDetails(
        "Rosa", TODAY, AgreementMethod.PHONE, purposes=(ConsentPurpose.MESSAGES,)
    )
    agreements.record_agreement(session, staff, match.family_id, yes, TODAY)
    conversations.send(session, match.volunteer.account, match, "Hello", uuid.uuid4(), TODAY, URL)
    session.flush()
    assert [one.new_messages for one in both(session, match)] == [0, 1]


def test_family_is_asked_how_near_its_goals_are_until_it_is_closed(session, match):
    own = match.family.account
    goals.add(session, own, match.family_id, "One table", is_shared=True, score=2, today=TODAY)
    later = NOW + 60 * DAY
    assert both(session, match, later)[1].has_goals_to_score
    match.family.state = FamilyState.CLOSED
    match.state = MatchState.ENDED
    session.flush()
    assert both(session, match, later)[1].is_empty
