from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.enums import (
    CertificateStatus,
    Consequence,
    Course,
    FamilyState,
    Need,
    VolunteerState,
)
from peerapp.errors import Refused, Stale
from peerapp.models import (
    AuditEvent,
    Exclusion,
    Family,
    Match,
    Message,
    Scheme,
    TrainingRecord,
    Volunteer,
)
from tests.factories import TODAY
from tests.services.match_scenes import M, change, codes_of, on_the_day, propose, scene

__all__ = ["on_the_day", "scene"]  # fixtures


def test_approve_records_both_agreements_and_tells_both(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert [(e.from_state, e.to_state, e.reason) for e in match.events] == [
            (M.PROPOSED, M.OFFERED_TO_COACH, "phone"),
            (M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY, "face_to_face"),
            (M.OFFERED_TO_FAMILY, M.APPROVED, ""),
        ]
        assert (match.state, match.approved_by_id) == (M.APPROVED, scene.coordinator_id)
        assert match.family.state == FamilyState.MATCHED
        sent = session.scalars(select(Message)).all()
        assert {one.account_id for one in sent} == {
            match.family.account_id,
            match.volunteer.account_id,
        }
        assert {(one.match_id, one.subject) for one in sent} == {(match_id, "You have a message")}
        assert {match.volunteer.first_name in one.body for one in sent} == {False}
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
        assert actions == [
            "match.offered_to_coach",
            "match_offer.answer",
            "match.offered_to_family",
            "match_offer.answer",
            "match.approved",
            "family.move",
        ]


def test_approve_where_email_is_not_safe_writes_to_the_coach_only(scene):
    family_id = scene.add_family(account=True, channels=("phone",))
    scene.approve(scene.add_match(family_id, scene.add_coach()))
    with scene.reading() as session:
        coach_account = session.scalars(select(Volunteer.account_id)).one()
        assert session.scalars(select(Message.account_id)).all() == [coach_account]


def test_approve_twice_gives_the_same_answer_once(scene):
    match_id = propose(scene)
    scene.approve(match_id)
    scene.approve(match_id)
    with scene.reading() as session:
        assert len(session.get_one(Match, match_id).events) == 3
        assert len(session.scalars(select(Message)).all()) == 2


@pytest.mark.parametrize(
    ("model", "values", "codes"),
    [
        (Volunteer, {"state": VolunteerState.SUSPENDED}, ["suspended"]),
        (Volunteer, {"state": VolunteerState.PAUSED}, ["paused"]),
        (Volunteer, {"slots": ("tue_evening",)}, ["slot_taken"]),
        (Volunteer, {"max_distance_m": 639}, ["rule_distance"]),
        (Volunteer, {"avoids": ("cats",)}, ["rule_household"]),
        (Volunteer, {"capacity": 0}, ["no_place_left"]),
        (Volunteer, {"easting": None}, ["coach_details"]),
        (Volunteer, {"details_query": "Which?"}, ["coach_details"]),
        (Family, {"section_47_open": True}, ["section_47"]),
        (Family, {"child_protection_plan": True}, ["child_protection"]),
        (Family, {"details_query": "Which?"}, ["details_query"]),
        (Family, {"state": FamilyState.CLOSED}, ["family_not_open"]),
        (Family, {"languages": ("pl",)}, ["rule_language"]),
        (Family, {"coach_gender": "man"}, ["rule_gender"]),
        (Family, {"min_distance_m": 641}, ["rule_distance"]),
        (Family, {"slots": ()}, ["slot_taken"]),
    ],
)
def test_approve_asks_every_rule_again(scene, model, values, codes):
    match_id = scene.add_match(scene.add_family(household=("cats",)), scene.add_coach())
    change(scene, model, **values)
    assert codes_of(scene, match_id) == codes


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CertificateStatus.REVOKED, "certificate_revoked"),
        (CertificateStatus.NEW_INFORMATION, "certificate_new_information"),
        (CertificateStatus.UNVERIFIED, "certificate_unverified"),
        (CertificateStatus.RECORDED, "certificate_recorded"),
    ],
)
def test_approve_without_an_accepted_certificate_is_refused(scene, status, code):
    match_id = propose(scene)
    with scene.writing() as session:
        session.scalars(select(Volunteer)).one().certificates[0].status = status
    assert codes_of(scene, match_id) == [code]


def test_approve_for_a_sensitive_need_asks_for_its_training_in_date(scene):
    family_id = scene.add_family(needs={Need.CRIME: 2})
    match_id = scene.add_match(family_id, scene.add_coach())
    assert codes_of(scene, match_id) == ["rule_training"]
    with scene.writing() as session:
        record = TrainingRecord(course=Course.CRIME, completed_on=TODAY, valid_until=TODAY)
        volunteer = session.scalars(select(Volunteer)).one()
        volunteer.training.append(record)
    scene.approve(match_id)


def test_approve_the_place_that_another_family_took_is_refused(scene):
    coach_id = scene.add_coach(capacity=1, slots=("mon_morning", "tue_evening"))
    first = scene.add_match(scene.add_family(), coach_id)
    second = scene.add_match(scene.add_family(slots=("tue_evening",)), coach_id, slot="tue_evening")
    scene.approve(first)
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["no_place_left"]


def test_approve_the_time_that_another_family_took_is_refused(scene):
    coach_id = scene.add_coach(capacity=5)
    first, second = (scene.add_match(scene.add_family(), coach_id) for _ in range(2))
    scene.approve(first)
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["slot_taken"]


def test_approve_for_a_coach_on_probation_allows_one_family(scene):
    coach_id = scene.add_coach(
        capacity=3, state=VolunteerState.PROBATION, slots=("mon_morning", "tue_evening")
    )
    scene.approve(scene.add_match(scene.add_family(), coach_id))
    second = scene.add_match(scene.add_family(slots=("tue_evening",)), coach_id, slot="tue_evening")
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["no_place_left"]


def test_approve_a_family_that_has_a_coach_is_refused(scene):
    family_id = scene.add_family()
    scene.add_match(family_id, scene.add_coach(), state=M.ACTIVE)
    match_id = scene.add_match(family_id, scene.add_coach())
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert [one.code for one in refused.value.refusals] == ["already_matched"]
    change(scene, Family, state=FamilyState.WAITING)  # a state gone wrong is no way round
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert [one.code for one in refused.value.refusals] == ["already_matched"]


def test_approve_beyond_what_a_supervisor_carries_is_refused(scene):
    with scene.writing() as session:
        scheme = session.get_one(Scheme, scene.scheme_id)
        scheme.matching_settings = {"supervisor_capacity": 1}
    coaches = [scene.add_coach(supervisor_id=scene.coordinator_id) for _ in range(2)]
    first, second = (scene.add_match(scene.add_family(), coach) for coach in coaches)
    scene.approve(first)
    with pytest.raises(Refused) as refused:
        scene.approve(second)
    assert [one.code for one in refused.value.refusals] == ["supervisor_full"]


def test_approve_an_excluded_pair_is_refused(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        session.add(
            Exclusion(
                family_id=match.family_id,
                volunteer_id=match.volunteer_id,
                consequence=Consequence.EXCLUDED_FOR_GOOD,
                reason="conflict",
            )
        )
    assert codes_of(scene, match_id) == ["rule_excluded"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Volunteer, "The coach’s availability or details changed"),
        (Family, "The family’s availability or details changed"),
    ],
)
def test_approve_what_changed_since_the_run_is_stale(scene, model, message):
    match_id = propose(scene)
    change(scene, model, version=2)
    with pytest.raises(Stale, match=message):
        scene.approve(match_id)


def test_approve_what_changed_since_the_page_is_stale(scene):
    match_id = propose(scene)
    with pytest.raises(Stale, match="since you opened this page"):
        scene.approve(match_id, seen_volunteer_version=7)


@pytest.mark.parametrize(
    "state", sorted(set(M) - {M.PROPOSED, M.OFFERED_TO_COACH, M.OFFERED_TO_FAMILY})
)
def test_approve_what_is_no_proposal_is_refused(scene, state):
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), state=state)
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert refused.value.refusals[0].code == "no_such_step"
