"""What the clock does for sessions, by the job itself: once, late, and twice."""

from __future__ import annotations

import time_machine
from sqlalchemy import func, select

from peerapp import jobs
from peerapp.enums import MatchState
from peerapp.models import CoachingSession, Message
from peerapp.services import session_jobs, session_plans
from tests.factories import NOW
from tests.scenes import BASE_URL, scene_in
from tests.services.session_scenes import DETAILS, HOUR, WEEK


def planned(database, scheme_id):
    """Return a scene with a match whose sessions were planned, and nobody told of anything yet."""
    scene = scene_in(database, scheme_id)
    match_id = scene.add_match(
        scene.add_family(account=True), scene.add_coach(), state=MatchState.ACTIVE
    )
    with scene.writing() as session:
        staff = scene.coordinator(session)
        session_plans.save_plan(session, staff, match_id, DETAILS, NOW, BASE_URL)
        for message in session.scalars(select(Message)):
            session.delete(message)
    return scene


def counts(scene):
    with scene.reading() as session:
        kinds = CoachingSession, Message
        return [session.scalar(select(func.count(kind.id))) for kind in kinds]


def test_sessions_are_planned_on_and_notes_asked_for_once(database, scheme_id):
    scene = planned(database, scheme_id)
    seen = []
    for now in (NOW, NOW + 2 * HOUR, NOW + WEEK, NOW + WEEK, NOW + 3 * WEEK):
        session_jobs.run_due(database, scheme_id, now, BASE_URL)
        seen.append(counts(scene))
    assert seen == [[8, 0], [8, 0], [9, 1], [9, 1], [11, 2]]


def test_the_minute_of_a_worker_looks_after_sessions(database, scheme_id, settings):
    scene = planned(database, scheme_id)
    worker = jobs.Jobs(settings, database)
    with time_machine.travel(NOW + WEEK):
        worker.every_minute()
    assert counts(scene) == [9, 1]
