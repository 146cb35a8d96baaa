"""Two who accept in one moment: one record of a family, whichever referral it was."""

from __future__ import annotations

import random
import string
import uuid

import pytest
from sqlalchemy import func, select

from peerapp.errors import Refused
from peerapp.models import Family
from peerapp.services import referral_acceptance, referrals
from peerapp.services.referral_acceptance import Decision
from peerapp.services.rows import get_row
from tests.factories import TODAY
from tests.faults.test_approval_races import ROUNDS, Meeting, Work, at_once, before_writing
from tests.scenes import Scene
from tests.support.referral_scenes import sent

pytestmark = pytest.mark.usefixtures("on_the_day")

RANDOM = random.Random(7)


def _word() -> str:
    return "".join(RANDOM.choices(string.ascii_lowercase, k=14)).capitalize()


def referrals_of_one_family(scene: Scene, count: int) -> list[uuid.UUID]:
    """Return referrals of a family that resembles none of earlier rounds."""
    told = {
        "first_name": _word(),
        "last_name": _word(),
        "phone": f"07700 {RANDOM.randrange(10**6):06d}",
        "email": f"{_word()}@example.org",
        "address": "",
        "children": [{"name": _word(), "age": 6}],
    }
    with scene.writing() as session:
        return [sent(session, **told).id for _ in range(count)]


def accepting(scene: Scene, referral_id: uuid.UUID, meeting: Meeting) -> Work:
    def work(session) -> uuid.UUID:
        with before_writing(session, Family, meeting):
            actor = scene.coordinator(session)
            decision = Decision(level=2)
            return referral_acceptance.accept(session, actor, referral_id, decision, TODAY).id

    return work


def race_to_accept(scene: Scene, count: int) -> int:
    """Accept two referrals of one family, or one twice; return how often that made two records."""
    doubles = 0
    for _ in range(ROUNDS):
        ids, meeting = referrals_of_one_family(scene, count), Meeting()
        before = _families(scene)
        works = [accepting(scene, one, meeting) for one in (ids * 2)[:2]]
        outcomes = at_once(scene, *works)
        made = _families(scene) - before
        assert made in (1, 2)
        if made == 1:
            assert sorted(isinstance(one, Refused) for one in outcomes) == [False, True]
        doubles += made == 2
    return doubles


def _families(scene: Scene) -> int:
    with scene.reading() as session:
        return session.scalar(select(func.count(Family.id))) or 0


def test_two_referrals_of_one_family_make_one_record(scene):
    assert race_to_accept(scene, 2) == 0


def test_one_referral_accepted_twice_makes_one_record(scene):
    assert race_to_accept(scene, 1) == 0


@pytest.mark.postgres
@pytest.mark.parametrize("count", [1, 2])
def test_acceptances_make_doubles_without_locks(scene, monkeypatch, count):
    monkeypatch.setattr(referral_acceptance, "lock_scheme", lambda _: None)
    monkeypatch.setattr(referrals, "lock_row", get_row)
    assert race_to_accept(scene, count) >= 0.9 * ROUNDS
