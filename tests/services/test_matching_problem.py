from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

import matching
from peerapp.enums import (
    CertificateStatus,
    Consequence,
    Course,
    FamilyState,
    MatchState,
    Need,
    VolunteerState,
)
from peerapp.models import Exclusion, Family, Scheme, Volunteer
from peerapp.services import matching_problem
from peerapp.services.matching_problem import BuiltProblem
from tests.factories import TODAY
from tests.scenes import Scene, make_scene
from tests.support.queries import statements


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def build(scene: Scene) -> BuiltProblem:
    with scene.reading() as session:
        return matching_problem.build(session, TODAY)


def test_build_with_a_family_and_a_coach_holds_what_the_matcher_needs(scene):
    family_id = scene.add_family(
        needs={Need.BUDGETING: 2, Need.CRIME: 3}, languages=("pl",), household=("cats",)
    )
    coach_id = scene.add_coach(avoids=("dogs",), languages=("en", "pl"))
    built = build(scene)
    assert built.problem.families == (
        matching.Family(
            family_id=str(family_id),
            easting=392500,
            northing=173900,
            priority=3,
            waiting_since=TODAY.replace(month=9, day=1),
            slots=("mon_morning",),
            needs=(("budgeting", 2), ("crime", 3)),
            languages=frozenset({"pl"}),
            training=frozenset({"crime"}),
            household=frozenset({"cats", "pets"}),
        ),
    )
    (coach,) = built.problem.coaches
    assert (coach.coach_id, coach.status, coach.capacity) == (
        str(coach_id),
        "cleared",
        2,
    )
    assert coach.avoids == {"dogs"}
    assert coach.training >= {Course.SAFEGUARDING, Course.BOUNDARIES}
    assert built.family_versions == {family_id: 1}
    assert built.volunteer_versions == {coach_id: 1}


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"section_47_open": True}, ("section_47",)),
        ({"child_protection_plan": True}, ("child_protection",)),
        ({"level": 4}, ("no_lead_practitioner",)),
        ({"details_query": "Which flat?"}, ("details_query",)),
        ({"state": FamilyState.REFERRED}, ("family_not_open",)),
    ],
)
def test_build_with_a_family_that_may_not_be_matched_reports_why(scene, values, codes):
    family_id = scene.add_family(**values)
    built = build(scene)
    assert built.problem.families == ()
    assert built.families_held_out == (matching_problem.HeldOut(family_id, codes),)


@pytest.mark.parametrize("state", [FamilyState.MATCHED, FamilyState.CLOSED])
def test_build_with_a_family_that_does_not_wait_leaves_it_out(scene, state):
    scene.add_family(state=state)
    built = build(scene)
    assert (built.problem.families, built.families_held_out) == ((), ())


@pytest.mark.parametrize("state", sorted(set(VolunteerState)))
def test_build_takes_coaches_on_probation_and_active_only(scene, state):
    coach_id = scene.add_coach(state=state)
    expected = {VolunteerState.PROBATION, VolunteerState.ACTIVE}
    found = [coach.coach_id for coach in build(scene).problem.coaches]
    assert found == ([str(coach_id)] if state in expected else [])


def test_build_with_a_revoked_certificate_says_not_cleared(scene):
    coach_id = scene.add_coach()
    with scene.writing() as session:
        session.get_one(Volunteer, coach_id).certificates[0].status = CertificateStatus.REVOKED
    assert [coach.status for coach in build(scene).problem.coaches] == ["not_cleared"]


@pytest.mark.parametrize(
    ("state", "capacity", "expected"),
    [
        (VolunteerState.PROBATION, 3, 1),
        (VolunteerState.PROBATION, 0, 0),
        (VolunteerState.ACTIVE, 3, 3),
    ],
)
def test_build_bounds_the_capacity_on_probation(scene, state, capacity, expected):
    scene.add_coach(state=state, capacity=capacity)
    assert [coach.capacity for coach in build(scene).problem.coaches] == [expected]


def test_build_with_training_that_ended_yesterday_does_not_count_it(scene):
    coach_id = scene.add_coach()
    with scene.writing() as session:
        for record in session.get_one(Volunteer, coach_id).training:
            record.valid_until = TODAY - timedelta(days=record.course != Course.BOUNDARIES)
    (coach,) = build(scene).problem.coaches
    assert coach.training == {Course.BOUNDARIES}


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"details_query": "Which postcode?"}, ("details_query",)),
        ({"easting": None}, ("profile_incomplete",)),
        ({"capacity": None}, ("profile_incomplete",)),
        ({"gender": None}, ("profile_incomplete",)),
    ],
)
def test_build_with_a_coach_whose_record_has_a_gap_reports_it(scene, values, codes):
    coach_id = scene.add_coach(**values)
    built = build(scene)
    assert built.problem.coaches == ()
    assert built.volunteers_held_out == (matching_problem.HeldOut(coach_id, codes),)


@pytest.mark.parametrize("state", sorted(set(MatchState)))
def test_build_counts_a_match_as_a_placement_while_it_holds_its_place(scene, state):
    family_id, coach_id = scene.add_family(), scene.add_coach()
    scene.add_match(family_id, coach_id, state=state)
    holds = {
        MatchState.OFFERED_TO_COACH,
        MatchState.OFFERED_TO_FAMILY,
        MatchState.APPROVED,
        MatchState.INTRODUCED,
        MatchState.ACTIVE,
        MatchState.PAUSED,
    }
    placement = matching.Placement(
        family_id=str(family_id), coach_id=str(coach_id), slot="mon_morning"
    )
    assert build(scene).problem.placements == ((placement,) if state in holds else ())


def test_build_leaves_out_a_placement_of_a_coach_who_takes_no_part(scene):
    family_id, coach_id = (
        scene.add_family(),
        scene.add_coach(state=VolunteerState.PAUSED),
    )
    scene.add_match(family_id, coach_id, state=MatchState.ACTIVE)
    assert build(scene).problem.placements == ()


@pytest.mark.parametrize(("days", "excluded"), [(None, True), (1, True), (0, False), (-1, False)])
def test_build_excludes_a_pair_until_the_day_and_not_on_it(scene, days, excluded):
    family_id, coach_id = scene.add_family(), scene.add_coach()
    with scene.writing() as session:
        session.add(
            Exclusion(
                family_id=family_id,
                volunteer_id=coach_id,
                consequence=Consequence.COOL_OFF,
                until=None if days is None else TODAY + timedelta(days=days),
                reason="not_now",
            )
        )
    pairs = {(str(family_id), str(coach_id))} if excluded else set()
    assert build(scene).problem.exclusions == pairs


def test_build_names_the_proposal_still_to_be_decided_as_the_previous_one(scene):
    family_id, coach_id, other = (
        scene.add_family(),
        scene.add_coach(),
        scene.add_coach(),
    )
    scene.add_match(family_id, other, state=MatchState.DECLINED)
    scene.add_match(family_id, coach_id)
    assert build(scene).problem.previous == {str(family_id): str(coach_id)}


@pytest.mark.parametrize(("open_proposal", "expected"), [(False, "second"), (True, "third")])
def test_build_prefers_the_last_coach_of_a_family_that_waits_again(scene, open_proposal, expected):
    family_id = scene.add_family()
    coaches = {name: scene.add_coach() for name in ("first", "second", "third")}
    for name, ended_on in (("second", date(2026, 10, 1)), ("first", date(2026, 3, 1))):
        scene.add_match(family_id, coaches[name], state=MatchState.ENDED, ended_on=ended_on)
    if open_proposal:
        scene.add_match(family_id, coaches["third"])
    assert build(scene).problem.previous == {str(family_id): str(coaches[expected])}


def test_build_takes_the_points_and_the_supervisors_limit_from_the_scheme(scene):
    coach_id = scene.add_coach()
    with scene.writing() as session:
        scheme = session.get_one(Scheme, scene.scheme_id)
        scheme.matching_settings = {"remote": 44, "supervisor_capacity": 7}
        session.get_one(Volunteer, coach_id).supervisor_id = scene.coordinator_id
    problem = build(scene).problem
    assert problem.settings == matching.Settings(remote=44)
    assert problem.supervisors == {str(scene.coordinator_id): 7}
    assert problem.coaches[0].supervisor == str(scene.coordinator_id)


def test_digest_changes_with_the_input_only(scene):
    family_id = scene.add_family()
    scene.add_coach()
    first = build(scene).digest
    with scene.writing() as session:
        session.get_one(Family, family_id).phone = "07700 900999"
    assert build(scene).digest == first
    with scene.writing() as session:
        session.get_one(Family, family_id).slots = ("tue_evening",)
    assert build(scene).digest != first


def test_build_of_another_scheme_is_empty(scene):
    scene.add_family()
    scene.add_coach()
    database = scene.database
    with database.session(None, "all") as session, session.begin():
        other = Scheme(slug="other", name="Other")
        session.add(other)
        session.flush()
        other_id = other.id
    with database.reading(other_id) as session:
        problem = matching_problem.build(session, TODAY).problem
    assert (problem.families, problem.coaches) == ((), ())


def test_build_asks_the_same_number_of_questions_of_1_and_of_30(scene):
    def count() -> int:
        with statements(scene.database) as sent:
            build(scene)
        return len(sent)

    scene.add_family(), scene.add_coach()
    one = count()
    for _ in range(29):
        scene.add_family(), scene.add_coach()
    assert count() == one


@pytest.mark.parametrize(
    ("home", "avoids", "breaks"),
    [
        (("cats",), ("pets",), True),
        (("pets",), ("dogs",), True),
        (("cats",), ("dogs",), False),
        (("smoking",), ("pets",), False),
        (("dogs",), ("dogs",), True),
    ],
)
def test_a_coach_who_avoids_pets_avoids_each_kind(scene, home, avoids, breaks):
    scene.add_coach(avoids=avoids)
    scene.add_family(household=home)
    with scene.reading() as session:
        problem = matching_problem.build(session, TODAY).problem
    broken = matching.broken(problem, problem.families[0], problem.coaches[0])
    assert broken == (("household",) if breaks else ())
