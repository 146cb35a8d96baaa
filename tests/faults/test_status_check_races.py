"""An answer of DBS in the moment of an approval, and workers that are killed around it.

The race has a control, as in ``test_approval_races``: the same two transactions without their
locks. SQLite needs none: there the writing transaction is the lock.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, func, select

from peerapp.adapters.update_service import StatusReply
from peerapp.db import SchemeSession
from peerapp.enums import CertificateStatus, MatchState, StatusAnswer, StatusOutcome
from peerapp.errors import PeerAppError
from peerapp.models import (
    AuditEvent,
    CheckApplication,
    Match,
    MatchEvent,
    Message,
    StatusCheck,
    StatusConsent,
    Subscription,
    Volunteer,
)
from peerapp.services import match_steps, matches, status_answers, status_checks, volunteers
from peerapp.services.rows import get_row
from tests.factories import NOW, TODAY
from tests.scenes import BASE_URL, Scene, approve, make_scene

pytestmark = pytest.mark.usefixtures("on_the_day")

ROUNDS = 10
MEET_SECONDS = 0.15
NEWS = StatusReply(StatusAnswer.NEW_INFO)
M = MatchState


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url, status_organisation="Wiltshire", status_terms_agreed_on=TODAY)
    with made.writing() as session:
        made.coordinator(session).name = "Cora Dale"
    yield made
    made.database.engine.dispose()


def add_coach(scene: Scene) -> uuid.UUID:
    coach_id = scene.add_coach()
    with scene.writing() as session:
        coach = session.get_one(Volunteer, coach_id)
        coach.consents.append(StatusConsent(version=1, typed_name=coach.name, given_at=NOW))
        coach.certificates[0].subscription = Subscription(
            joined_on=date(2026, 3, 10),
            renew_by=date(2027, 3, 10),
            recorded_by_id=scene.coordinator_id,
        )
    return coach_id


def question(scene: Scene, coach_id: uuid.UUID) -> status_checks.Asking:
    """Put the question about a coach and take it, as a worker does before it asks DBS."""
    with scene.writing() as session:
        actor = scene.coordinator(session)
        check = status_checks.check_one(session, actor, coach_id, is_on=True, now=NOW, today=TODAY)
        asking = status_checks.begin(session, check.id, NOW, TODAY)
    assert asking is not None
    return asking


def answer(session: SchemeSession, asking: status_checks.Asking) -> StatusCheck:
    return status_answers.apply(session, asking, NEWS, now=NOW, today=TODAY, base_url=BASE_URL)


class Meeting:
    """A point at which two transactions wait for each other, as long as locks let them."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)

    def wait(self) -> None:
        # Broken: the other one waits for a lock of ours. That is what locks are for.
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(MEET_SECONDS)


@contextmanager
def before_deciding(session: SchemeSession, meeting: Meeting) -> Iterator[None]:
    """Meet when everything has been asked and the approval is about to be written."""
    met: list[bool] = []

    def rendezvous(current: Any, *_: object) -> None:
        if not met and any(isinstance(row, MatchEvent) for row in current.new):
            met.append(True)
            meeting.wait()

    event.listen(session, "before_flush", rendezvous)
    yield


def at_once(scene: Scene, *works: Callable[[SchemeSession], object]) -> None:
    def run(work: Callable[[SchemeSession], object]) -> None:
        with suppress(PeerAppError), scene.writing() as session:
            work(session)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def race(scene: Scene) -> int:
    """Approve a match while DBS's news about its coach is recorded; count where both stand."""
    violations = 0
    for _ in range(ROUNDS):
        coach_id = add_coach(scene)
        match_id = scene.add_match(scene.add_family(account=True), coach_id)
        asking, meeting = question(scene, coach_id), Meeting()

        def approving(
            session: SchemeSession, match_id: uuid.UUID = match_id, meeting: Meeting = meeting
        ) -> None:
            with before_deciding(session, meeting):
                approve(session, scene.coordinator(session), match_id)

        def recording(
            session: SchemeSession,
            asking: status_checks.Asking = asking,
            meeting: Meeting = meeting,
        ) -> None:
            answer(session, asking)
            session.flush()
            meeting.wait()

        at_once(scene, approving, recording)
        with scene.reading() as session:
            coach = session.get_one(Volunteer, coach_id)
            assert coach.certificates[0].status == CertificateStatus.NEW_INFORMATION
            violations += session.get_one(Match, match_id).state == M.APPROVED
    return violations


def test_approve_while_dbs_has_news_is_never_both(scene):
    assert race(scene) == 0


@pytest.mark.postgres
def test_approve_while_dbs_has_news_goes_wrong_without_locks(scene, monkeypatch):
    monkeypatch.setattr(match_steps, "lock_row", get_row)
    monkeypatch.setattr(matches, "lock_row", get_row)
    monkeypatch.setattr(match_steps, "_lock_accounts", lambda *_: None)
    monkeypatch.setattr(volunteers.rows, "lock_row", get_row)
    assert race(scene) >= 0.9 * ROUNDS


class Killed(BaseException):
    """A worker that is no more."""


def killed_at(scene: Scene, asking: status_checks.Asking, point: int) -> bool:
    """Record DBS's news, and die at its ``point``-th statement; False if it was done before."""
    sent = [0]
    with scene.database.session(scene.scheme_id, "all") as session:
        connection = session.connection()

        def die(*_: object) -> None:
            sent[0] += 1
            if sent[0] == point:
                raise Killed

        event.listen(connection, "before_cursor_execute", die)
        try:
            answer(session, asking)
            session.flush()
        except Killed:
            session.rollback()
            return True
        session.rollback()
        return False


def traces(scene: Scene) -> list[object]:
    with scene.reading() as session:
        coach = session.scalars(select(Volunteer)).one()
        return [
            coach.certificates[0].status,
            coach.version,
            *session.scalars(select(Match.state)),
            *session.scalars(select(StatusCheck.outcome)),
            session.scalar(select(func.count(CheckApplication.id))),
            session.scalar(select(func.count(Message.id))),
            session.scalar(select(func.count(AuditEvent.id))),
        ]


def test_worker_killed_while_it_records_leaves_no_half_of_an_answer(scene):
    coach_id = add_coach(scene)
    scene.add_match(scene.add_family(), coach_id)
    asking = question(scene, coach_id)
    before = traces(scene)
    point = 1
    while killed_at(scene, asking, point):
        assert traces(scene) == before, point
        point += 1
    assert point > 10  # it died at many different places
    assert traces(scene) == before
    with scene.writing() as session:
        answer(session, asking)
    after = traces(scene)
    assert after[0] == CertificateStatus.NEW_INFORMATION
    assert after[2:6] == [M.WITHDRAWN, StatusOutcome.NEW_INFORMATION, 1, 0]
