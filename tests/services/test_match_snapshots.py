from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import MatchState, Need, OfferSide, Role
from peerapp.errors import Stale
from peerapp.models import Family, FamilyNeed, Match, Volunteer
from peerapp.services import match_snapshots, matching_jobs, matching_runs
from peerapp.services.match_snapshots import Change
from tests import factories
from tests.factories import TODAY
from tests.scenes import Scene, approve
from tests.services.match_scenes import on_the_day, scene

__all__ = ["on_the_day", "scene"]  # fixtures

S = OfferSide


def propose(scene: Scene, **values: Any) -> uuid.UUID:
    """Have a run propose the only family and coach there are."""
    scene.add_family(**values)
    scene.add_coach()
    with scene.writing() as session:
        run_id = matching_runs.start(session, scene.coordinator(session)).id
    matching_jobs.execute(scene.database, scene.scheme_id, run_id, TODAY)
    with scene.reading() as session:
        return session.scalars(select(Match.id)).one()


def changes(scene: Scene, match_id: uuid.UUID, role: Role = Role.COORDINATOR) -> list[Change]:
    with scene.writing() as session:
        actor = factories.make_account(session, role)
        match = session.get_one(Match, match_id)
        return list(match_snapshots.changes_for(session, actor, match, TODAY))


def test_snapshot_of_a_run_holds_what_the_matcher_saw(scene):
    match_id = propose(scene)
    with scene.reading() as session:
        snapshot = session.get_one(Match, match_id).snapshot
    assert snapshot["family"]["slots"] == ["mon_morning"]
    assert snapshot["coach"]["capacity"] == 2
    assert changes(scene, match_id) == []


def test_changes_name_each_field_then_and_now(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        session.scalars(select(Volunteer)).one().slots = ("mon_morning", "fri_evening")
        family = session.scalars(select(Family)).one()
        family.languages = ("pl",)
        family.easting += 1
    assert changes(scene, match_id) == [
        Change(S.FAMILY, "languages", [], ["pl"]),
        Change(S.FAMILY, "place", None, None),
        Change(S.COACH, "slots", ["mon_morning", "tue_evening"], ["mon_morning", "fri_evening"]),
    ]


def test_changes_of_sensitive_needs_are_told_to_those_who_work_on_them_only(scene):
    match_id = propose(scene, needs={Need.BUDGETING: 1})
    with scene.writing() as session:
        family = session.scalars(select(Family)).one()
        family.needs.append(FamilyNeed(need=Need.CRIME, weight=3))
    told = Change(S.FAMILY, "needs", {"budgeting": 1}, {"budgeting": 1, "crime": 3})
    assert changes(scene, match_id) == [told]
    assert changes(scene, match_id, Role.MANAGER) == []


def test_changes_of_what_the_matching_does_not_look_at_are_none(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        session.scalars(select(Family)).one().phone = "07700 900777"
    assert changes(scene, match_id) == []


def test_approve_after_a_change_asks_again_and_keeps_that_it_did(scene):
    match_id = propose(scene)
    with scene.writing() as session:
        family = session.scalars(select(Family)).one()
        family.priority, family.version = 1, 2
    with scene.writing() as session:
        actor = scene.coordinator(session)
        with pytest.raises(Stale, match="Look at what changed"):
            approve(session, actor, match_id, seen_family_version=2)
        with pytest.raises(Stale, match="since you opened this page"):
            approve(session, actor, match_id, accept_changes=True)
        approve(session, actor, match_id, seen_family_version=2, accept_changes=True)
        match = session.get_one(Match, match_id)
        assert match.state == MatchState.APPROVED
        assert match.events[-1].reason == "changes_accepted"
