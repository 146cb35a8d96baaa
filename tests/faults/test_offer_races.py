"""Races around offers.

The control without locks goes wrong on PostgreSQL. For a yes against a revocation there is none:
both write the offer's row, so that without our locks the database stops one of them.
"""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from peerapp.db import SchemeSession
from peerapp.enums import MatchState, MessageState, OfferSide
from peerapp.models import Match, MatchEvent, MatchOffer, Message
from peerapp.services import match_offers
from tests.factories import TODAY
from tests.faults.test_approval_races import (
    ROUNDS,
    Meeting,
    Work,
    _on_the_day,
    at_once,
    before_writing,
    proposal,
    revoking,
    scene,
    without_locks,
)
from tests.scenes import BASE_URL, Scene

__all__ = ["_on_the_day", "scene", "without_locks"]  # fixtures

M = MatchState


def offering(scene: Scene, match_id: uuid.UUID, meeting: Meeting) -> Work:
    def work(session: SchemeSession) -> None:
        with before_writing(session, MatchEvent, meeting):
            match = session.get_one(Match, match_id)
            match_offers.offer_to_coach(
                session,
                scene.coordinator(session),
                match_id,
                seen_family_version=match.family.version,
                seen_volunteer_version=match.volunteer.version,
                today=TODAY,
                base_url=BASE_URL,
            )

    return work


def saying_yes(match_id: uuid.UUID, meeting: Meeting) -> Work:
    def work(session: SchemeSession) -> None:
        with before_writing(session, MatchEvent, meeting):
            match = session.get_one(Match, match_id)
            query = select(MatchOffer.id).where(
                MatchOffer.match_id == match_id, MatchOffer.side == OfferSide.COACH
            )
            match_offers.say_yes(
                session,
                match.volunteer.account,
                session.scalars(query).one(),
                seen=match_offers.seen_of(match),
                today=TODAY,
                base_url=BASE_URL,
            )

    return work


def race_for_the_last_place(scene: Scene) -> int:
    overbooked = 0
    for _ in range(ROUNDS):
        coach_id = scene.add_coach(capacity=1, slots=("mon_morning", "tue_evening"))
        first = scene.add_match(scene.add_family(), coach_id)
        second = scene.add_match(
            scene.add_family(slots=("tue_evening",)), coach_id, slot="tue_evening"
        )
        meeting = Meeting()
        at_once(scene, *(offering(scene, one, meeting) for one in (first, second)))
        with scene.reading() as session:
            held = select(func.count(Match.id)).where(
                Match.volunteer_id == coach_id, Match.state == M.OFFERED_TO_COACH
            )
            number = session.scalar(held) or 0
        assert number in {1, 2}
        overbooked += number == 2
    return overbooked


@pytest.mark.scorecard("2.3.4")
def test_two_offers_of_the_last_place_have_one_winner(scene):
    assert race_for_the_last_place(scene) == 0


@pytest.mark.postgres
@pytest.mark.scorecard("2.3.4", control=True)
def test_two_offers_of_the_last_place_go_wrong_without_locks(scene, without_locks):
    assert race_for_the_last_place(scene) >= 0.9 * ROUNDS


def race_to_revoke(scene: Scene) -> int:
    """Count in how many rounds a family is asked about a coach who is no longer cleared."""
    violations = 0
    for _ in range(ROUNDS):
        match_id = proposal(scene)
        with scene.writing() as session:
            match = session.get_one(Match, match_id)
            given = {"today": TODAY, "base_url": BASE_URL}
            match_offers.offer_to_coach(
                session,
                scene.coordinator(session),
                match_id,
                seen_family_version=match.family.version,
                seen_volunteer_version=match.volunteer.version,
                **given,
            )
        with scene.writing() as session:  # what has left is not written again: no other meeting
            for message in session.scalars(select(Message)):
                message.state = MessageState.SENT
        meeting = Meeting()
        at_once(scene, saying_yes(match_id, meeting), revoking(scene, match_id, meeting))
        with scene.reading() as session:
            violations += session.get_one(Match, match_id).state == M.OFFERED_TO_FAMILY
    return violations


def test_yes_while_the_certificate_is_revoked_asks_no_family(scene):
    assert race_to_revoke(scene) == 0
