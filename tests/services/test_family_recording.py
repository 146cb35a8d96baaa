"""A family recorded by hand is asked about where a record resembles it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from peerapp.errors import Refused
from peerapp.models import Family
from peerapp.services import family_recording
from peerapp.services.family_recording import PossibleDuplicates
from tests.factories import TODAY, make_family
from tests.services.family_scenes import GOOD
from tests.support.referral_scenes import make_staff
from tests.support.volunteers import audited


@pytest.fixture
def staff(session):
    return make_staff(session)


@pytest.fixture
def known(session, staff):
    return make_family(session, staff.coordinator, staff.here, phone="+44 7700 900123")


def record(session, actor, different=()):
    return family_recording.record_family(session, actor, GOOD, TODAY, different)


def count(session):
    return session.scalar(select(func.count(Family.id)))


def test_family_that_resembles_no_other_is_recorded(session, staff):
    assert record(session, staff.coordinator).name == "Amina Yusuf"


def test_family_that_resembles_another_is_asked_about(session, staff, known):
    before = count(session)
    with pytest.raises(PossibleDuplicates) as caught:
        record(session, staff.coordinator)
    assert [one.family.id for one in caught.value.alike] == [known.id]
    assert count(session) == before
    family = record(session, staff.coordinator, [known.id])
    assert count(session) == before + 1
    (row,) = audited(session, "family.call_different")
    assert (row.subject_id, row.detail) == (family.id, {"family": str(known.id)})


def test_answer_about_one_record_is_none_about_another(session, staff, known):
    later = make_family(
        session, staff.coordinator, staff.here, first_name="Amina", last_name="Yousuf"
    )
    with pytest.raises(PossibleDuplicates) as caught:
        record(session, staff.coordinator, [known.id])
    assert [one.family.id for one in caught.value.alike] == [later.id]


def test_nobody_answers_for_a_record_that_they_may_not_open(session, staff):
    far = make_family(session, staff.neighbour, staff.there, phone="07700 900123")
    with pytest.raises(PossibleDuplicates) as caught:
        record(session, staff.coordinator, [far.id])
    assert [one.is_open for one in caught.value.alike] == [False]
    assert far.reference not in caught.value.refusals[0].message
    assert record(session, staff.lead, [far.id]).name == "Amina Yusuf"


def test_double_is_a_refusal_like_others(session, staff, known):
    with pytest.raises(Refused) as caught:
        record(session, staff.coordinator)
    assert [one.code for one in caught.value.refusals] == ["possible_duplicate"]
