"""Two who change in one moment by which ways people are reached, by real threads."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from peerapp.db import SchemeSession
from peerapp.domain.match_states import is_frozen
from peerapp.enums import ConcernAbout, MatchState
from peerapp.models import CalendarFeed, Concern, Match
from peerapp.services import calendar_addresses, concerns
from peerapp.services.concerns import Report, Subject
from peerapp.services.rows import get_row
from tests.factories import NOW
from tests.faults.test_approval_races import (
    ROUNDS,
    Meeting,
    Work,
    _on_the_day,
    at_once,
    before_writing,
    scene,
)
from tests.scenes import BASE_URL, Scene

__all__ = ["_on_the_day", "scene"]  # fixtures


def running(scene: Scene) -> uuid.UUID:
    family_id = scene.add_family(account=True)
    return scene.add_match(family_id, scene.add_coach(), state=MatchState.ACTIVE)


def making(match_id: uuid.UUID, meeting: Meeting) -> Work:
    def work(session: SchemeSession) -> str:
        with before_writing(session, CalendarFeed, meeting):
            family = session.get_one(Match, match_id).family
            return calendar_addresses.make_address(session, family.account, NOW)

    return work


def race_for_two_addresses(scene: Scene) -> int:
    doubles = 0
    for _ in range(ROUNDS):
        match_id, meeting = running(scene), Meeting()
        assert all(at_once(scene, making(match_id, meeting), making(match_id, meeting)))
        with scene.reading() as session:
            account_id = session.get_one(Match, match_id).family.account_id
            works = select(func.count(CalendarFeed.id)).where(
                CalendarFeed.account_id == account_id, CalendarFeed.revoked_at.is_(None)
            )
            doubles += (session.scalar(works) or 0) > 1
    return doubles


def test_of_two_calendar_addresses_made_at_once_one_works(scene):
    assert race_for_two_addresses(scene) == 0


@pytest.mark.postgres
def test_two_calendar_addresses_work_without_the_lock(scene, monkeypatch):
    monkeypatch.setattr(calendar_addresses, "lock_row", get_row)
    assert race_for_two_addresses(scene) >= 0.9 * ROUNDS


def raising(match_id: uuid.UUID, side: str, meeting: Meeting) -> Work:
    def work(session: SchemeSession) -> Concern:
        match = session.get_one(Match, match_id)
        actor = match.family.account if side == "family" else match.volunteer.account
        subject = Subject(match, match.family, match.volunteer, can_stop=True)
        report = Report(uuid.uuid4(), ConcernAbout.CHILD, False, "A worry.", True)
        with before_writing(session, Concern, meeting):
            return concerns.raise_concern(session, actor, subject, report, NOW, BASE_URL)

    return work


def test_two_concerns_about_one_match_do_not_wait_for_each_other_for_ever(scene):
    for _ in range(ROUNDS):
        match_id, meeting = running(scene), Meeting()
        both = [raising(match_id, side, meeting) for side in ("family", "coach")]
        assert [type(one) for one in at_once(scene, *both)] == [Concern, Concern]
        with scene.reading() as session:
            match = session.get_one(Match, match_id)
            assert (is_frozen(match), len(match.freezes)) == (True, 2)
