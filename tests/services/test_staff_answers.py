"""What coordinators write down of the answers to an offer, and what they may not."""

from __future__ import annotations

import pytest

from peerapp.enums import (
    AgreementMethod,
    OfferAnswer,
    OfferSide,
)
from peerapp.errors import Refused
from peerapp.models import (
    Match,
    Scheme,
)
from peerapp.services import match_offers
from tests.factories import TODAY
from tests.scenes import BASE_URL
from tests.services.match_scenes import on_the_day, propose, scene
from tests.services.offer_scenes import answers, ask, codes, yes

__all__ = ["on_the_day", "scene"]  # fixtures

A, S = OfferAnswer, OfferSide


def test_a_coordinator_writes_down_what_each_said_by_phone(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    for side, how in ((S.COACH, AgreementMethod.PHONE), (S.FAMILY, AgreementMethod.FACE_TO_FACE)):
        with scene.writing() as session:
            actor = scene.coordinator(session)
            given = {"side": side, "how": how, "today": TODAY, "base_url": BASE_URL}
            match_offers.record_yes(session, actor, match_id, **given)
    with scene.reading() as session:
        found = session.get_one(Match, match_id).offers
        assert [(one.side, one.answer, one.answered_how, one.answered_by_id) for one in found] == [
            (S.COACH, A.YES, AgreementMethod.PHONE, scene.coordinator_id),
            (S.FAMILY, A.YES, AgreementMethod.FACE_TO_FACE, scene.coordinator_id),
        ]
    scene.approve(match_id, coach_agreed_how=None, family_agreed_how=None)


def test_where_the_scheme_wants_answers_on_the_site_no_coordinator_gives_them(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        session.get_one(Scheme, scene.scheme_id).staff_record_answers = False
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert codes(refused) == ["coach_answers_on_site", "family_answers_on_site"]
    ask(scene, match_id)
    with pytest.raises(Refused) as refused, scene.writing() as session:
        how = AgreementMethod.PHONE
        given = {"side": S.COACH, "how": how, "today": TODAY, "base_url": BASE_URL}
        match_offers.record_yes(session, scene.coordinator(session), match_id, **given)
    assert codes(refused) == ["answers_on_site"]
    yes(scene, match_id, S.COACH)
    yes(scene, match_id, S.FAMILY)
    scene.approve(match_id, coach_agreed_how=None, family_agreed_how=None)


@pytest.mark.parametrize("side", [S.COACH, None])
def test_a_yes_written_down_after_the_coach_answered_is_not_taken_for_the_familys(scene, side):
    match_id = propose(scene)
    ask(scene, match_id)
    yes(scene, match_id, S.COACH)
    with pytest.raises(Refused) as refused, scene.writing() as session:
        how = AgreementMethod.PHONE
        given = {"side": side, "how": how, "today": TODAY, "base_url": BASE_URL}
        match_offers.record_yes(session, scene.coordinator(session), match_id, **given)
    assert codes(refused) == ["nobody_asked"]
    assert answers(scene, match_id) == {S.COACH: A.YES, S.FAMILY: A.WAITING}


def test_no_coordinator_says_that_a_yes_came_on_the_site(scene):
    match_id = propose(scene)
    ask(scene, match_id)
    with pytest.raises(Refused) as refused, scene.writing() as session:
        how = AgreementMethod.ON_SITE
        given = {"side": S.COACH, "how": how, "today": TODAY, "base_url": BASE_URL}
        match_offers.record_yes(session, scene.coordinator(session), match_id, **given)
    assert codes(refused) == ["not_by_staff"]


@pytest.mark.parametrize(
    ("coach", "family", "missing"),
    [
        (None, AgreementMethod.PHONE, ["coach_yes_missing"]),
        (AgreementMethod.PHONE, None, ["family_yes_missing"]),
        (None, None, ["coach_yes_missing", "family_yes_missing"]),
    ],
)
def test_approve_without_both_answers_is_refused(scene, coach, family, missing):
    match_id = propose(scene)
    with pytest.raises(Refused) as refused:
        scene.approve(match_id, coach_agreed_how=coach, family_agreed_how=family)
    assert codes(refused) == missing
