"""Around the commit: a right that is lost, an answer that is lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from peerapp import last_look
from peerapp.db import Database
from peerapp.enums import MatchState, Role
from peerapp.errors import Forbidden
from peerapp.models import AuditEvent, Match, StaffLocality, Volunteer
from peerapp.services import accounts, audit_heads, volunteers
from tests.factories import NOW, make_account
from tests.scenes import Scene, scene_in

pytestmark = pytest.mark.usefixtures("on_the_day")


def close(scene: Scene) -> None:
    with scene.writing() as session:
        manager = make_account(session, Role.MANAGER)
        accounts.close_staff_account(session, manager, scene.coordinator_id, NOW)


def move_away(scene: Scene) -> None:
    with scene.writing() as session:
        for row in session.scalars(select(StaffLocality)):
            session.delete(row)


def promote(scene: Scene) -> None:
    with scene.writing() as session:
        scene.coordinator(session).role = Role.AUDITOR


def nothing(scene: Scene) -> None:
    """The control."""


LOST = [close, move_away, promote]
OLD, NEW = "01632 960101", "01632 960888"


def changing(scene: Scene, happens, *, looks: bool = True) -> str:
    """Change a coach's phone while something happens to the coordinator; return the number."""
    coach_id = scene.add_coach()
    with scene.database.session(scene.scheme_id, "all") as session:
        actor = scene.coordinator(session)
        if looks:
            last_look.remember(session, actor)
        volunteers.set_scheme_phone(session, actor, coach_id, NEW)
        session.flush()
        happens(scene)
        try:
            session.commit()
        except Forbidden:
            session.rollback()
    with scene.reading() as session:
        assert audit_heads.check(session).faults == ()
    return phone_of(scene, coach_id)


@pytest.mark.postgres  # SQLite has one writer: nothing can happen in the middle
@pytest.mark.scorecard("2.3.3", "8.3.2")
@pytest.mark.parametrize("happens", LOST)
def test_change_is_refused_whose_maker_lost_the_right_to_it_meanwhile(scene, happens):
    assert changing(scene, happens) == OLD


@pytest.mark.postgres
@pytest.mark.scorecard("2.3.3", "8.3.2", control=True)
@pytest.mark.parametrize("happens", LOST)
def test_without_the_last_look_the_change_would_stand(scene, happens):
    assert changing(scene, happens, looks=False) == NEW


def test_change_stands_where_nothing_was_lost(scene):
    assert changing(scene, nothing) == NEW


@pytest.mark.postgres
@pytest.mark.scorecard("8.3.2")
def test_request_is_refused_whose_account_is_closed_while_it_runs(
    app, database, scheme_id, sign_in
):
    scene = scene_in(database, scheme_id)
    coach_id = scene.add_coach()
    with scene.reading() as session:
        browser = sign_in(scene.coordinator(session))

    def closing(response):
        close(scene)
        return response

    path = f"/staff/volunteers/{coach_id}/scheme-phone"
    app.after_request_funcs[None].append(closing)  # before the hook that commits
    answer = browser.post(path, data={"scheme_phone": "01632 960888"})
    app.after_request_funcs[None].remove(closing)
    assert answer.status_code == 403
    assert phone_of(scene, coach_id) == OLD


def phone_of(scene: Scene, coach_id: uuid.UUID) -> str:
    with scene.reading() as session:
        return session.get_one(Volunteer, coach_id).scheme_phone


@contextmanager
def replies_lost(database: Database) -> Iterator[list[int]]:
    """Carry commits out and lose what the database says to them."""
    dialect, lost = database.engine.dialect, []
    do_commit = dialect.do_commit

    def commit(connection) -> None:
        do_commit(connection)
        lost.append(1)
        raise OperationalError("COMMIT", None, ConnectionResetError())

    dialect.do_commit = commit
    try:
        yield lost
    finally:
        dialect.do_commit = do_commit


@pytest.mark.scorecard("16.5")
def test_reply_to_a_commit_that_is_lost_is_an_error_and_a_retry_does_not_double(
    app, database, scheme_id, sign_in
):
    scene = scene_in(database, scheme_id)
    match_id = scene.add_match(scene.add_family(), scene.add_coach())
    with scene.reading() as session:
        browser = sign_in(scene.coordinator(session))
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        data = {
            "family_version": match.family_version,
            "coach_version": match.volunteer_version,
            "coach_agreed_how": "phone",
            "family_agreed_how": "phone",
        }
    with replies_lost(app.extensions["database"]) as lost:
        first = browser.post(f"/staff/matches/{match_id}/approve", data=data)
    assert (first.status_code, lost[:1]) == (503, [1])
    again = browser.post(f"/staff/matches/{match_id}/approve", data=data)
    assert again.status_code in {302, 409}
    with scene.reading() as session:
        assert session.get_one(Match, match_id).state is MatchState.APPROVED
        acts = select(func.count(AuditEvent.id)).where(AuditEvent.action == "match.approved")
        assert session.scalar(acts) == 1
    with scene.reading() as session:
        assert audit_heads.check(session).faults == ()
