"""Races around an approval, by real threads in real transactions.

Each race has a control: the same two transactions without their locks, which must go wrong, or
the race would prove nothing. SQLite needs no row locks: there the writing transaction itself is
the lock, so the controls run on PostgreSQL only.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, func, select, text

from peerapp.db import SchemeSession
from peerapp.enums import CertificateStatus, FamilyState, MatchState, RunState
from peerapp.errors import Forbidden, PeerAppError, Refused
from peerapp.models import (
    Account,
    Certificate,
    Family,
    Match,
    MatchEvent,
    MatchingRun,
    Message,
    Volunteer,
)
from peerapp.services import checks, match_steps, matches, matching_jobs, matching_runs, volunteers
from peerapp.services.rows import get_row
from tests.factories import NOW, TODAY
from tests.scenes import Scene, approve, make_scene

ROUNDS = 10
MEET_SECONDS = 0.15
M = MatchState
Work = Callable[[SchemeSession], Any]


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


class Meeting:
    """A point at which two transactions wait for each other, as long as locks let them."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)

    def wait(self, *_: object) -> None:
        # Broken: the other one waits for a lock of ours. That is what locks are for.
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(MEET_SECONDS)


class Twice:
    """A meeting for the one who goes on only when the other has asked, and has written."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting

    def wait(self, *_: object) -> None:
        self.meeting.wait()
        self.meeting.wait()


@contextmanager
def before_writing(session: SchemeSession, kind: type, meeting: Meeting | Twice) -> Iterator[None]:
    """Meet when everything has been asked and a row of a kind is about to be written first."""
    met: list[bool] = []

    def rendezvous(current: Any, *_: object) -> None:
        if not met and any(isinstance(row, kind) for row in (*current.new, *current.dirty)):
            met.append(True)
            meeting.wait()

    event.listen(session, "before_flush", rendezvous)
    yield


def at_once(scene: Scene, *works: Work) -> list[Any]:
    """Run each work in a thread and a transaction of its own; return results or our errors."""
    outcomes: list[Any] = [None] * len(works)

    def run(number: int, work: Work) -> None:
        try:
            with scene.writing() as session:
                outcomes[number] = work(session)
        except PeerAppError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read rows where they should be locked."""
    monkeypatch.setattr(match_steps, "lock_row", get_row)
    monkeypatch.setattr(matches, "lock_row", get_row)
    monkeypatch.setattr(match_steps, "_lock_accounts", lambda *_: None)


def proposal(scene: Scene, **coach_values: Any) -> uuid.UUID:
    return scene.add_match(scene.add_family(account=True), scene.add_coach(**coach_values))


def approving(scene: Scene, match_id: uuid.UUID, meeting: Meeting | Twice) -> Work:
    def work(session: SchemeSession) -> None:
        with before_writing(session, MatchEvent, meeting):
            approve(session, scene.coordinator(session), match_id)

    return work


def revoking(scene: Scene, match_id: uuid.UUID, meeting: Meeting) -> Work:
    """Revoke when the approval has asked, and before it writes, as far as locks let that be."""

    def work(session: SchemeSession) -> None:
        certificate = session.get_one(Match, match_id).volunteer.certificates[0]
        with before_writing(session, Certificate, meeting):
            checks.set_status(
                session,
                scene.coordinator(session),
                certificate.volunteer_id,
                certificate.id,
                CertificateStatus.REVOKED,
                "Told by phone",
                TODAY,
            )
            session.flush()
        meeting.wait()

    return work


def is_approved_and_revoked(scene: Scene, match_id: uuid.UUID) -> bool:
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        (certificate,) = match.volunteer.certificates
        assert certificate.status == CertificateStatus.REVOKED
        queued = select(Message.id).where(Message.match_id == match_id, Message.state == "queued")
        return match.state == M.APPROVED or session.scalars(queued).all() != []


def race_to_revoke(scene: Scene) -> int:
    violations = 0
    for _ in range(ROUNDS):
        match_id, meeting = proposal(scene), Meeting()
        works = approving(scene, match_id, Twice(meeting)), revoking(scene, match_id, meeting)
        at_once(scene, *works)
        violations += is_approved_and_revoked(scene, match_id)
    return violations


@pytest.mark.scorecard("15.4.2")
def test_approve_while_the_certificate_is_revoked_is_never_both(scene):
    assert race_to_revoke(scene) == 0


@pytest.mark.postgres
@pytest.mark.scorecard("15.4.2", control=True)
def test_approve_while_revoked_goes_wrong_without_locks(scene, without_locks, monkeypatch):
    monkeypatch.setattr(volunteers.rows, "lock_row", get_row)
    assert race_to_revoke(scene) >= 0.9 * ROUNDS


def test_approve_a_moment_after_the_certificate_was_revoked_is_refused(scene):
    match_id = proposal(scene)
    with scene.writing() as session:
        certificate = session.scalars(select(Certificate)).one()
        checks.set_status(
            session,
            scene.coordinator(session),
            certificate.volunteer_id,
            certificate.id,
            CertificateStatus.REVOKED,
            "Told by phone",
            TODAY,
        )
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    assert "certificate_revoked" in [one.code for one in refused.value.refusals]


def race_for_the_last_place(scene: Scene) -> int:
    overbooked = 0
    for _ in range(ROUNDS):
        coach_id = scene.add_coach(capacity=1, slots=("mon_morning", "tue_evening"))
        first = scene.add_match(scene.add_family(), coach_id)
        family_id = scene.add_family(slots=("tue_evening",))
        second = scene.add_match(family_id, coach_id, slot="tue_evening")
        meeting = Meeting()
        works = [approving(scene, match_id, meeting) for match_id in (first, second)]
        outcomes = at_once(scene, *works)
        with scene.reading() as session:
            held = select(func.count(Match.id)).where(
                Match.volunteer_id == coach_id, Match.state == M.APPROVED
            )
            number = session.scalar(held) or 0
        overbooked += number > 1
        if number == 1:
            (loser,) = (outcome for outcome in outcomes if outcome is not None)
            assert [one.code for one in loser.refusals] == ["no_place_left"]
    return overbooked


@pytest.mark.scorecard("2.3.4")
def test_two_approvals_of_the_last_place_have_one_winner(scene):
    assert race_for_the_last_place(scene) == 0


@pytest.mark.postgres
@pytest.mark.scorecard("2.3.4", control=True)
def test_two_approvals_of_the_last_place_go_wrong_without_locks(scene, without_locks):
    assert race_for_the_last_place(scene) >= 0.9 * ROUNDS


def starting(scene: Scene, meeting: Meeting) -> Work:
    def work(session: SchemeSession) -> None:
        with before_writing(session, MatchingRun, meeting):
            matching_runs.start(session, scene.coordinator(session))

    return work


def race_to_start(scene: Scene) -> int:
    doubles = 0
    for _ in range(ROUNDS):
        meeting = Meeting()
        at_once(scene, starting(scene, meeting), starting(scene, meeting))
        with scene.writing() as session:
            still_open = session.scalars(
                select(MatchingRun).where(MatchingRun.state == RunState.QUEUED)
            ).all()
            assert len(still_open) in {1, 2}
            doubles += len(still_open) == 2
            for run in still_open:
                run.state = RunState.FAILED
    return doubles


def test_two_runs_started_at_once_are_one(scene):
    assert race_to_start(scene) == 0


def test_two_runs_started_at_once_are_two_without_the_index(scene):
    with scene.database.writer.begin() as connection:
        connection.execute(text("DROP INDEX uq_matching_run_open"))
    assert race_to_start(scene) >= 0.9 * ROUNDS


def save_after(meeting: Meeting, *job: Any) -> None:
    meeting.wait()
    matching_jobs.finish(*job)


def test_a_run_that_saves_while_one_approves_keeps_what_was_approved(scene):
    for number in range(ROUNDS):
        with scene.writing() as session:
            for family in session.scalars(select(Family)):
                family.state = FamilyState.CLOSED
        match_id = proposal(scene)
        with scene.writing() as session:
            run_id = matching_runs.start(session, scene.coordinator(session)).id
            session.flush()
            assert matching_runs.claim(session, run_id)
        args = scene.database, scene.scheme_id, run_id
        built = matching_jobs.prepare(*args, TODAY)
        result = matching_jobs.solve(*args, built)
        meeting = Meeting()

        job = (*args, built, result)
        thread = threading.Thread(target=save_after, args=(meeting, *job))
        thread.start()
        (outcome,) = at_once(scene, approving(scene, match_id, meeting))
        thread.join(30)
        with scene.reading() as session:
            match = session.get_one(Match, match_id)
            approved = match.state == M.APPROVED
            assert approved == (outcome is None), number
            assert match.state in {M.APPROVED, M.WITHDRAWN}
            run = session.get_one(MatchingRun, run_id)
            assert run.state == RunState.FINISHED
            proposed = select(func.count(Match.id)).where(Match.run_id == run_id)
            assert session.scalar(proposed) == (0 if approved else 1)


@pytest.mark.scorecard("8.3.2")
def test_a_role_lost_in_mid_approval_is_refused(scene):
    match_id = proposal(scene)
    holds, lost = threading.Event(), []

    def taking_the_role(session: SchemeSession) -> None:
        coach_id = session.scalars(select(Volunteer.id)).one()
        session.get(Volunteer, coach_id, with_for_update=True)
        session.get_one(Account, scene.coordinator_id).disabled_at = NOW
        session.flush()
        holds.set()
        threading.Event().wait(MEET_SECONDS)  # the approval has begun, and waits for the coach
        lost.append(True)

    def deciding(session: SchemeSession) -> None:
        approve(session, session.get_one(Account, scene.coordinator_id), match_id)

    thread = threading.Thread(target=at_once, args=(scene, taking_the_role))
    thread.start()
    assert holds.wait(10)
    (outcome,) = at_once(scene, deciding)
    thread.join(30)
    assert lost == [True]
    assert isinstance(outcome, Forbidden)
    with scene.reading() as session:
        assert session.get_one(Match, match_id).state == M.PROPOSED


def test_a_coach_may_be_approved_for_two_families_at_once_where_there_is_room(scene):
    coach_id = scene.add_coach(capacity=2, slots=("mon_morning", "tue_evening"))
    first = scene.add_match(scene.add_family(), coach_id)
    family_id = scene.add_family(slots=("tue_evening",))
    second = scene.add_match(family_id, coach_id, slot="tue_evening")
    meeting = Meeting()
    works = [approving(scene, match_id, meeting) for match_id in (first, second)]
    assert at_once(scene, *works) == [None, None]
