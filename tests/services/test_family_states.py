from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from peerapp.db import Database
from peerapp.domain.family_records import AgreementDetails, SafeContactAnswers
from peerapp.domain.match_states import contact_refusals
from peerapp.enums import AgreementMethod, CloseReason, FamilyState, MatchState
from peerapp.errors import Refused
from peerapp.models import Account, Family, Locality, Match
from peerapp.services import agreements, family_states, safe_contact
from peerapp.services.families import Invalid
from tests import factories
from tests.factories import TODAY
from tests.services.family_scenes import FamilyScene, make_family_scene

AGREEMENT = AgreementDetails("Amina", date(2026, 9, 2), AgreementMethod.VIDEO, "so")


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


def add_match(scene: FamilyScene, family_id: uuid.UUID, state: MatchState) -> uuid.UUID:
    with scene.writing() as (session, coordinator):
        locality = session.get_one(Locality, scene.localities["here"])
        coach = factories.make_coach(session, coordinator, locality)
        family = session.get_one(Family, family_id)
        if state not in (MatchState.PROPOSED, MatchState.OFFERED_TO_COACH):
            family.state = FamilyState.MATCHED
        return factories.make_match(session, family, coach, state=state).id


def match_state(scene: FamilyScene, match_id: uuid.UUID) -> MatchState:
    with scene.database.reading(scene.scheme_id) as session:
        return session.get_one(Match, match_id).state


def codes(refused: Refused) -> list[str]:
    return [refusal.code for refusal in refused.refusals]


def refer(scene: FamilyScene, **values: Any) -> uuid.UUID:
    return scene.add_family(state=FamilyState.REFERRED, **values)


def test_accept_family_lets_it_wait(scene: FamilyScene) -> None:
    family_id = refer(scene)
    with scene.writing() as (session, actor):
        family_states.accept_family(session, actor, family_id, 1)
    assert scene.family(family_id, "state", "version") == (FamilyState.WAITING, 2)
    assert [one.subject_id for one in scene.audited("family.accept")] == [family_id]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"section_47_open": True}, "section_47"),
        ({"child_protection_plan": True}, "child_protection"),
    ],
)
def test_accept_family_that_is_blocked_is_refused(
    scene: FamilyScene, values: dict[str, bool], code: str
) -> None:
    family_id = refer(scene, **values)
    with pytest.raises(Refused) as caught, scene.writing() as (session, actor):
        family_states.accept_family(session, actor, family_id, 1)
    assert codes(caught.value) == [code]
    assert scene.family(family_id, "state") == (FamilyState.REFERRED,)


def test_accept_family_twice_is_refused(scene: FamilyScene) -> None:
    family_id = refer(scene)
    with scene.writing() as (session, actor):
        family_states.accept_family(session, actor, family_id, 1)
    with pytest.raises(Refused) as caught, scene.writing() as (session, actor):
        family_states.accept_family(session, actor, family_id, 2)
    assert codes(caught.value) == ["not_referred"]


def test_record_agreement_stores_who_when_how_language_and_version(scene: FamilyScene) -> None:
    family_id = refer(scene)
    with scene.writing() as (session, actor):
        agreements.record_agreement(session, actor, family_id, AGREEMENT, TODAY)
    with scene.reading() as (session, actor):
        newest = session.get_one(Family, family_id).agreements[-1]
        assert (newest.given_by, newest.given_on, newest.method, newest.language) == (
            "Amina",
            date(2026, 9, 2),
            AgreementMethod.VIDEO,
            "so",
        )
        assert (newest.version, newest.recorded_by_id) == ("2026-1", actor.id)
    (event,) = scene.audited("agreement.record")
    assert event.detail == {
        "method": "video",
        "language": "so",
        "purposes": "share_with_coach take_part",
    }


def test_record_agreement_of_tomorrow_is_refused(scene: FamilyScene) -> None:
    family_id = refer(scene)
    late = AgreementDetails("Amina", date(2026, 11, 21), AgreementMethod.PHONE)
    with pytest.raises(Invalid) as caught, scene.writing() as (session, actor):
        agreements.record_agreement(session, actor, family_id, late, TODAY)
    assert [fault.field for fault in caught.value.faults] == ["given_on"]


def test_withdraw_agreement_makes_a_waiting_family_a_referral(scene: FamilyScene) -> None:
    family_id = scene.add_family()
    match_id = add_match(scene, family_id, MatchState.PROPOSED)
    with scene.writing() as (session, actor):
        agreements.withdraw_agreement(session, actor, family_id, TODAY)
    assert scene.family(family_id, "state", "version") == (FamilyState.REFERRED, 2)
    assert match_state(scene, match_id) == MatchState.WITHDRAWN
    with pytest.raises(Refused) as caught, scene.writing() as (session, actor):
        family_states.accept_family(session, actor, family_id, 2)
    assert codes(caught.value) == ["no_agreement"]


def test_withdraw_agreement_without_one_is_refused(scene: FamilyScene) -> None:
    family_id = scene.add_family()
    with scene.writing() as (session, actor):
        agreements.withdraw_agreement(session, actor, family_id, TODAY)
    with pytest.raises(Refused) as caught, scene.writing() as (session, actor):
        agreements.withdraw_agreement(session, actor, family_id, TODAY)
    assert codes(caught.value) == ["no_agreement"]


def withdraw(session: Any, actor: Account, family_id: uuid.UUID) -> None:
    agreements.withdraw_agreement(session, actor, family_id, TODAY)


def open_section_47(session: Any, actor: Account, family_id: uuid.UUID) -> None:
    family_states.set_blocks(
        session, actor, family_id, 1, section_47_open=True, child_protection_plan=False
    )


def plan(session: Any, actor: Account, family_id: uuid.UUID) -> None:
    family_states.set_blocks(
        session, actor, family_id, 1, section_47_open=False, child_protection_plan=True
    )


@pytest.mark.parametrize(
    ("stop", "code"),
    [(withdraw, "no_agreement"), (open_section_47, "section_47"), (plan, "child_protection")],
)
def test_what_stops_support_takes_contact_details_away(
    scene: FamilyScene, stop: Any, code: str
) -> None:
    family_id = scene.add_family()
    match_id = add_match(scene, family_id, MatchState.ACTIVE)
    with scene.reading() as (session, _):
        assert contact_refusals(session.get_one(Match, match_id), TODAY) == []
    with scene.writing() as (session, actor):
        stop(session, actor, family_id)
    with scene.reading() as (session, _):
        refusals = contact_refusals(session.get_one(Match, match_id), TODAY)
        assert [refusal.code for refusal in refusals] == [code]


@pytest.mark.parametrize("stop", [withdraw, open_section_47, plan])
@pytest.mark.parametrize("state", [MatchState.PROPOSED, MatchState.APPROVED])
def test_what_stops_support_withdraws_open_proposals(
    scene: FamilyScene, stop: Any, state: MatchState
) -> None:
    family_id = scene.add_family()
    match_id = add_match(scene, family_id, state)
    with scene.writing() as (session, actor):
        stop(session, actor, family_id)
    assert match_state(scene, match_id) == MatchState.WITHDRAWN


def test_set_blocks_back_to_no_leaves_proposals(scene: FamilyScene) -> None:
    family_id = scene.add_family(section_47_open=True)
    match_id = add_match(scene, family_id, MatchState.PROPOSED)
    with scene.writing() as (session, actor):
        family_states.set_blocks(
            session, actor, family_id, 1, section_47_open=False, child_protection_plan=False
        )
    assert match_state(scene, match_id) == MatchState.PROPOSED
    assert scene.family(family_id, "section_47_open", "version") == (False, 2)


def test_resolve_details_query_clears_it(scene: FamilyScene) -> None:
    family_id = scene.add_family(details_query="The phone number is wrong")
    with scene.writing() as (session, actor):
        family_states.resolve_details_query(session, actor, family_id, 1)
    assert scene.family(family_id, "details_query", "version") == ("", 2)
    assert [one.fields for one in scene.audited("family.resolve_query")] == [("details_query",)]


def test_close_family_withdraws_open_proposals(scene: FamilyScene) -> None:
    family_id = scene.add_family()
    match_id = add_match(scene, family_id, MatchState.OFFERED_TO_COACH)
    with scene.writing() as (session, actor):
        family_states.close_family(session, actor, family_id, 1, CloseReason.MOVED_AWAY)
    assert scene.family(family_id, "state", "close_reason") == (
        FamilyState.CLOSED,
        CloseReason.MOVED_AWAY,
    )
    assert match_state(scene, match_id) == MatchState.WITHDRAWN
    assert [one.detail for one in scene.audited("family.close")] == [{"reason": "moved_away"}]


@pytest.mark.parametrize("state", [MatchState.INTRODUCED, MatchState.ACTIVE, MatchState.PAUSED])
def test_close_family_with_a_coach_is_refused(scene: FamilyScene, state: MatchState) -> None:
    family_id = scene.add_family()
    match_id = add_match(scene, family_id, state)
    with pytest.raises(Refused) as caught, scene.writing() as (session, actor):
        family_states.close_family(session, actor, family_id, 1, CloseReason.MOVED_AWAY)
    assert codes(caught.value) == ["has_coach"]
    assert match_state(scene, match_id) == state


def test_close_family_twice_is_refused(scene: FamilyScene) -> None:
    family_id = scene.add_family(state=FamilyState.CLOSED)
    with pytest.raises(Refused) as caught, scene.writing() as (session, actor):
        family_states.close_family(session, actor, family_id, 1, CloseReason.NO_REPLY)
    assert codes(caught.value) == ["is_closed"]


def test_answer_safe_contact_replaces_earlier_answers(scene: FamilyScene) -> None:
    family_id = scene.add_family(channels=())
    for channels in (("phone", "email"), ("letter",)):
        answers = SafeContactAnswers(
            TODAY, channels, "Mornings", "Library", False, False, True, "Ex"
        )
        with scene.writing() as (session, actor):
            safe_contact.answer_safe_contact(session, actor, family_id, answers, TODAY)
    with scene.reading() as (session, _):
        contact = session.get_one(Family, family_id).safe_contact
        assert contact is not None
        assert (contact.channels, contact.times, contact.alias) == (
            ("letter",),
            "Mornings",
            "Library",
        )
        assert (contact.no_voicemail, contact.shared_device, contact.must_not_be_told) == (
            False,
            False,
            "Ex",
        )
    assert [one.detail for one in scene.audited("safe_contact.answer")] == [
        {"channels": 2},
        {"channels": 1},
    ]
    assert scene.family(family_id, "version") == (3,)


def test_answer_safe_contact_needs_the_number_it_calls_safe(scene: FamilyScene) -> None:
    family_id = scene.add_family(channels=(), phone="")
    answers = SafeContactAnswers(TODAY, ("sms",))
    with pytest.raises(Invalid) as caught, scene.writing() as (session, actor):
        safe_contact.answer_safe_contact(session, actor, family_id, answers, TODAY)
    assert [fault.field for fault in caught.value.faults] == ["channels"]
