from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.enums import (
    CertificateStatus,
    CloseReason,
    EndReason,
    FamilyState,
    MessageState,
)
from peerapp.errors import Refused
from peerapp.models import (
    Exclusion,
    Match,
    Message,
    Volunteer,
)
from peerapp.services import match_life
from tests.factories import TODAY
from tests.scenes import BASE_URL
from tests.services.match_scenes import M, on_the_day, propose, scene

__all__ = ["on_the_day", "scene"]  # fixtures


def test_introduce_asks_for_safe_contact_and_a_visit_that_was(scene):
    match_id = scene.add_match(scene.add_family(channels=()), scene.add_coach())
    scene.approve(match_id)
    with scene.writing() as session:
        with pytest.raises(Refused) as refused:
            match_life.introduce(
                session,
                scene.coordinator(session),
                match_id,
                first_visit_on=TODAY + timedelta(days=1),
                today=TODAY,
                base_url=BASE_URL,
            )
        assert [one.code for one in refused.value.refusals] == [
            "safe_contact_missing",
            "visit_in_future",
        ]


def test_introduce_before_the_approval_is_refused(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    with pytest.raises(Refused) as refused:
        scene.introduce(match_id, first_visit_on=TODAY - timedelta(days=1))
    assert [one.code for one in refused.value.refusals] == ["visit_too_early"]


def test_introduce_with_a_coach_who_lapsed_is_refused(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        session.get_one(Match, match_id).state = M.APPROVED
        session.scalars(select(Volunteer)).one().certificates[0].status = CertificateStatus.REVOKED
    with pytest.raises(Refused) as refused:
        scene.introduce(match_id)
    assert [one.code for one in refused.value.refusals] == ["certificate_revoked"]


@pytest.mark.parametrize(
    ("reason", "family_next", "close_reason", "kept_apart"),
    [
        (EndReason.GOALS_REACHED, FamilyState.CLOSED, CloseReason.SUPPORT_FINISHED, 0),
        (EndReason.PLANNED_END, FamilyState.WAITING, None, 0),
        (EndReason.COACH_CHOICE, FamilyState.WAITING, None, 1),
        (EndReason.FAMILY_CHOICE, FamilyState.CLOSED, CloseReason.FAMILY_CHOICE, 1),
        (EndReason.SAFEGUARDING, FamilyState.CLOSED, CloseReason.OTHER_SUPPORT, 1),
        (EndReason.MOVED_AWAY, FamilyState.CLOSED, CloseReason.MOVED_AWAY, 0),
        (EndReason.STEPPED_UP, FamilyState.CLOSED, CloseReason.OTHER_SUPPORT, 0),
    ],
)
def test_end_moves_the_family_and_stops_what_waits_to_be_sent(
    scene, reason, family_next, close_reason, kept_apart
):
    match_id = propose(scene)
    scene.approve(match_id)
    with scene.writing() as session:
        match_life.end(
            session,
            scene.coordinator(session),
            match_id,
            reason=reason,
            family_next=family_next,
            today=TODAY,
        )
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert (match.state, match.ended_on, match.end_reason) == (M.ENDED, TODAY, reason)
        assert (match.family.state, match.family.close_reason) == (family_next, close_reason)
        assert len(session.scalars(select(Exclusion)).all()) == kept_apart
        states = session.scalars(select(Message.state)).all()
        assert states == [MessageState.CANCELLED] * 2
