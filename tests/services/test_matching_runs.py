from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peerapp.enums import MatchState, Need, Role, RunState, VolunteerState
from peerapp.errors import Forbidden, Refused, Stale
from peerapp.models import (
    Account,
    AuditEvent,
    Family,
    Match,
    MatchingRun,
    UnmatchedFamily,
    Volunteer,
    utc_now,
)
from peerapp.services import matching_jobs, matching_runs
from tests import factories
from tests.factories import TODAY
from tests.scenes import Scene, approve, make_scene


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def start(scene: Scene) -> uuid.UUID:
    with scene.writing() as session:
        return matching_runs.start(session, scene.coordinator(session)).id


def execute(scene: Scene, run_id: uuid.UUID) -> None:
    matching_jobs.execute(scene.database, scene.scheme_id, run_id, TODAY)


def run(scene: Scene) -> uuid.UUID:
    run_id = start(scene)
    execute(scene, run_id)
    return run_id


def state_of(scene: Scene, run_id: uuid.UUID) -> tuple[RunState, str]:
    with scene.reading() as session:
        row = session.get_one(MatchingRun, run_id)
        return row.state, row.error


def proposals(scene: Scene, state: MatchState = MatchState.PROPOSED) -> list[tuple[str, str]]:
    with scene.reading() as session:
        query = select(Match).where(Match.state == state).order_by(Match.created_at, Match.id)
        return [(str(m.family_id), str(m.volunteer_id)) for m in session.scalars(query)]


@pytest.mark.parametrize("role", [Role.SAFEGUARDING_LEAD, Role.AUDITOR, Role.VOLUNTEER])
def test_start_by_somebody_who_does_not_match_is_forbidden(scene, role):
    with scene.writing() as session:
        with pytest.raises(Forbidden):
            matching_runs.start(session, factories.make_account(session, role))
        assert session.scalar(select(func.count(MatchingRun.id))) == 0


def test_start_while_one_is_open_is_refused(scene):
    first = start(scene)
    with scene.writing() as session:
        with pytest.raises(Refused) as refused:
            matching_runs.start(session, scene.coordinator(session))
        assert [one.code for one in refused.value.refusals] == ["run_open"]
        assert [one.id for one in matching_runs.list_runs(session)] == [first]
    execute(scene, first)
    assert start(scene) != first


def test_execute_proposes_and_explains(scene):
    family_id = scene.add_family(needs={Need.BUDGETING: 2, Need.ISOLATION: 1, Need.TENANCY: 1})
    coach_id = scene.add_coach()
    next_best = scene.add_coach(easting=400000)
    run_id = run(scene)
    assert state_of(scene, run_id) == (RunState.FINISHED, "")
    with scene.reading() as session:
        (match,) = session.scalars(select(Match))
        assert (match.family_id, match.volunteer_id) == (family_id, coach_id)
        assert (match.run_id, match.state, match.slot) == (
            run_id,
            MatchState.PROPOSED,
            "mon_morning",
        )
        assert (match.mode, match.distance_m) == ("in_person", 640)
        # 640 m are 3 points, an unmet need of weight 1 is 20, five trainings not required are 50
        assert match.cost == 73
        assert match.explanation["needs_met"] == ["budgeting", "isolation"]
        assert match.explanation["needs_unmet"] == ["tenancy"]
        assert match.explanation["lived_shared"] == ["isolation"]
        assert match.explanation["parts"]["unmet_need"] == 20
        (other,) = match.explanation["next_best"]
        assert (other["coach_id"], other["extra"]) == (str(next_best), 43)
        assert [(e.from_state, e.to_state) for e in match.events] == [(None, MatchState.PROPOSED)]
        summary = session.get_one(MatchingRun, run_id).summary
        assert (summary["families"], summary["coaches"], summary["matched"]) == (
            1,
            2,
            1,
        )
        assert (summary["optimal"], summary["cost"], summary["bound"]) == (True, 73, 73)


def test_execute_says_who_is_left_out_and_why(scene):
    far = scene.add_family(easting=300000, priority=1)
    first = scene.add_family(waiting_since=TODAY - timedelta(days=90))
    second = scene.add_family(waiting_since=TODAY - timedelta(days=30))
    coach_id = scene.add_coach(capacity=1)
    held = scene.add_family(section_47_open=True)
    run_id = run(scene)
    assert proposals(scene) == [(str(first), str(coach_id))]
    with scene.reading() as session:
        actor = scene.coordinator(session)
        result = matching_runs.get_result(session, actor, run_id)
        rows = {row.family_id: row for row in result.unmatched}
        assert set(rows) == {far, second}
        assert (rows[far].reason, rows[far].near_misses) == (
            "no_candidate",
            {"distance": 1},
        )
        assert rows[far].suggestion["changes"][0]["coach_id"] == str(coach_id)
        assert rows[second].reason == "outranked"
        assert rows[second].suggestion["outranked_by"] == [str(first)]
        assert [(one.id, codes) for one, codes in result.families_held_out] == [
            (held, ("section_47",))
        ]
        assert result.run.recruitment != []


def test_result_tells_a_manager_nothing_of_the_training_that_families_need(scene):
    scene.add_family(needs={Need.DOMESTIC_ABUSE: 3})
    run_id = run(scene)
    with scene.reading() as session:
        coordinator = scene.coordinator(session)
        shown = matching_runs.get_result(session, coordinator, run_id).recruitment
        assert [one["training"] for one in shown] == [["domestic_abuse"]] * len(shown) != []
        manager = Account(role=Role.MANAGER)
        hidden = matching_runs.get_result(session, manager, run_id).recruitment
        assert [one["training"] for one in hidden] == [None] * len(shown)


def test_result_shows_a_coordinator_the_families_of_their_localities_only(scene):
    scene.add_family()
    scene.add_coach()
    run_id = run(scene)
    with scene.writing() as session:
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        stranger = factories.make_account(session, Role.COORDINATOR, (elsewhere,))
        manager = factories.make_account(session, Role.MANAGER)
        seen = matching_runs.get_result(session, stranger, run_id)
        assert (len(seen.proposals), seen.elsewhere) == (0, 1)
        seen = matching_runs.get_result(session, manager, run_id)
        assert (len(seen.proposals), seen.elsewhere) == (1, 0)


def test_a_new_run_withdraws_what_earlier_ones_proposed(scene):
    scene.add_family()
    scene.add_coach()
    first, second = run(scene), run(scene)
    with scene.reading() as session:
        states = {m.run_id: m.state for m in session.scalars(select(Match))}
        assert states == {first: MatchState.WITHDRAWN, second: MatchState.PROPOSED}
        old = session.scalars(select(Match).where(Match.run_id == first)).one()
        assert old.events[-1].reason == "superseded"


def test_a_rerun_on_the_same_input_proposes_the_same(scene):
    for priority in (1, 2, 3):
        scene.add_family(priority=priority)
        scene.add_coach(capacity=1)
    run(scene)
    before = sorted(proposals(scene))
    run(scene)
    assert sorted(proposals(scene)) == before


def test_execute_twice_does_nothing_the_second_time(scene):
    scene.add_family()
    scene.add_coach()
    run_id = run(scene)
    before = proposals(scene)
    execute(scene, run_id)
    assert proposals(scene) == before
    assert len(before) == 1


def test_a_coach_changed_during_the_solve_cannot_be_approved(scene):
    family_id, coach_id = scene.add_family(), scene.add_coach()
    run_id = start(scene)
    with scene.writing() as session:
        assert matching_runs.claim(session, run_id)
    built = matching_jobs.prepare(scene.database, scene.scheme_id, run_id, TODAY)
    with scene.writing() as session:
        volunteer = session.get_one(Volunteer, coach_id)
        volunteer.slots = ("tue_evening", "mon_morning", "fri_morning")
        volunteer.version += 1
    result = matching_jobs.solve(scene.database, scene.scheme_id, run_id, built)
    matching_jobs.finish(scene.database, scene.scheme_id, run_id, built, result)
    assert proposals(scene) == [(str(family_id), str(coach_id))]
    with scene.writing() as session:
        match = session.scalars(select(Match)).one()
        with pytest.raises(Stale, match="The coach’s availability or details changed"):
            approve(session, scene.coordinator(session), match.id)
        with pytest.raises(Stale):
            approve(session, scene.coordinator(session), match.id, seen_volunteer_version=2)


def test_a_family_matched_during_the_solve_gets_no_second_proposal(scene):
    family_id, coach_id = scene.add_family(), scene.add_coach()
    run(scene)
    run_id = start(scene)
    with scene.writing() as session:
        assert matching_runs.claim(session, run_id)
    built = matching_jobs.prepare(scene.database, scene.scheme_id, run_id, TODAY)
    result = matching_jobs.solve(scene.database, scene.scheme_id, run_id, built)
    with scene.reading() as session:
        match_id = session.scalars(select(Match.id)).one()
    scene.approve(match_id)
    matching_jobs.finish(scene.database, scene.scheme_id, run_id, built, result)
    assert proposals(scene) == []
    assert proposals(scene, MatchState.APPROVED) == [(str(family_id), str(coach_id))]
    with scene.reading() as session:
        assert session.get_one(MatchingRun, run_id).summary["overtaken"] == 1


class Killed(BaseException):
    """Ends a job as a kill would: no handler of ours runs."""


@pytest.mark.parametrize("stage", range(12))
def test_a_job_killed_at_any_stage_leaves_no_partial_result_and_is_swept(scene, stage, monkeypatch):
    scene.add_family()
    scene.add_family(easting=300000)
    scene.add_coach()
    run_id, reported = start(scene), []
    report = matching_runs.report

    def kill_at(session, run_id, name, percent):
        if len(reported) == stage:
            raise Killed
        reported.append(name)
        return report(session, run_id, name, percent)

    with monkeypatch.context() as patch:
        patch.setattr(matching_runs, "report", kill_at)
        try:
            execute(scene, run_id)
        except Killed:
            killed = True
        else:
            killed = False
    assert killed == (stage < 10), reported
    if not killed:
        return
    with scene.reading() as session:
        assert session.scalars(select(Match)).all() == []
        assert session.scalars(select(UnmatchedFamily)).all() == []
    later = utc_now() + matching_runs.STALE_AFTER + timedelta(seconds=1)
    with scene.writing() as session:
        assert matching_runs.sweep_stale(session, later) == [run_id]
    assert state_of(scene, run_id) == (RunState.FAILED, matching_runs.STOPPED)
    run(scene)
    assert len(proposals(scene)) == 1


def test_sweep_leaves_a_run_that_lives(scene):
    run_id = start(scene)
    with scene.writing() as session:
        matching_runs.claim(session, run_id)
        assert matching_runs.sweep_stale(session, utc_now() + timedelta(minutes=1)) == []
    assert state_of(scene, run_id) == (RunState.RUNNING, "")


def test_a_run_that_was_given_up_saves_nothing(scene):
    scene.add_family()
    scene.add_coach()
    run_id = start(scene)
    with scene.writing() as session:
        matching_runs.claim(session, run_id)
    built = matching_jobs.prepare(scene.database, scene.scheme_id, run_id, TODAY)
    result = matching_jobs.solve(scene.database, scene.scheme_id, run_id, built)
    with scene.writing() as session:
        matching_runs.sweep_stale(session, utc_now() + timedelta(hours=1))
    with pytest.raises(matching_jobs.GivenUpError):
        matching_jobs.finish(scene.database, scene.scheme_id, run_id, built, result)
    assert proposals(scene) == []


def test_a_run_on_a_bad_record_fails_with_a_sentence_that_names_nobody(scene):
    family_id = scene.add_family()
    with scene.writing() as session:
        session.get_one(Family, family_id).easting = 999999
    run_id = run(scene)
    assert state_of(scene, run_id) == (RunState.FAILED, matching_jobs.BAD_RECORD)
    with scene.reading() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.at)).all()
    assert actions == ["matching_run.start", "matching_run.fail"]


def test_forgotten_runs_are_those_that_nobody_took(scene):
    run_id = start(scene)
    with scene.reading() as session:
        assert matching_runs.list_forgotten(session, utc_now()) == []
        later = utc_now() + timedelta(minutes=2)
        assert matching_runs.list_forgotten(session, later) == [run_id]
    execute(scene, run_id)
    with scene.reading() as session:
        assert matching_runs.list_forgotten(session, later) == []


def test_coaches_who_take_a_break_are_not_proposed(scene):
    scene.add_family()
    scene.add_coach(state=VolunteerState.PAUSED)
    run(scene)
    assert proposals(scene) == []
