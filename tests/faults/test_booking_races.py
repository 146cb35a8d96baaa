"""Two who ask for the last place in one moment, by real threads in real transactions."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.volunteer_agreements import SHORTEST
from peerapp.enums import BookingState, GateItem, Role, VolunteerState
from peerapp.errors import Stale
from peerapp.models import Account, CourseBooking, GateRecord, Locality, Volunteer
from peerapp.services import course_places, course_sessions, schemes, volunteer_agreements
from peerapp.services.course_sessions import SessionValues
from peerapp.services.rows import get_row
from tests.factories import NOW, TODAY, make_account, make_volunteer
from tests.faults.test_approval_races import (
    MEET_SECONDS,
    ROUNDS,
    Meeting,
    Work,
    at_once,
    before_writing,
)
from tests.scenes import BASE_URL, Scene

pytestmark = pytest.mark.usefixtures("on_the_day")

B = BookingState


def add_session(scene: Scene, places: int) -> uuid.UUID:
    values = SessionValues(NOW + timedelta(days=7), 60, "Town hall", "", "Jo", places)
    with scene.writing() as session:
        staff = scene.coordinator(session)
        return course_sessions.add_session(session, staff, "safeguarding", values, NOW).id


def add_volunteer(scene: Scene) -> uuid.UUID:
    with scene.writing() as session:
        here = session.get_one(Locality, scene.locality_id)
        return make_volunteer(session, here, state=VolunteerState.APPLIED).account_id


def booking(account_id: uuid.UUID, session_id: uuid.UUID, meeting: Meeting) -> Work:
    def work(session) -> None:
        with before_writing(session, CourseBooking, meeting):
            actor = session.get_one(Account, account_id)
            course_places.book(session, actor, session_id, NOW)
            session.flush()

    return work


def race_for_the_last_place(scene: Scene) -> int:
    overbooked = 0
    for _ in range(ROUNDS):
        session_id, meeting = add_session(scene, places=1), Meeting()
        people = [add_volunteer(scene) for _ in range(2)]
        works = [booking(one, session_id, meeting) for one in people]
        assert at_once(scene, *works) == [None, None]
        with scene.reading() as session:
            query = select(CourseBooking.state).where(CourseBooking.session_id == session_id)
            states = sorted(session.scalars(query))
        assert states in ([B.BOOKED, B.WAITING], [B.BOOKED, B.BOOKED])
        overbooked += states == [B.BOOKED, B.BOOKED]
    return overbooked


@pytest.mark.scorecard("2.3.4")
def test_two_bookings_of_the_last_place_have_one_winner(scene):
    assert race_for_the_last_place(scene) == 0


@pytest.mark.postgres
@pytest.mark.scorecard("2.3.4", control=True)
def test_two_bookings_of_the_last_place_overbook_without_locks(scene, monkeypatch):
    monkeypatch.setattr(course_places.rows, "lock_row", get_row)
    assert race_for_the_last_place(scene) >= 0.9 * ROUNDS


class Turn:
    """Where the signature lets the new version go before it, as far as locks let it."""

    def __init__(self) -> None:
        self.asked, self.published = threading.Event(), threading.Event()

    def wait(self, *_: object) -> None:
        self.asked.set()
        self.published.wait(4 * MEET_SECONDS)


def signing(account_id: uuid.UUID, text_id: uuid.UUID, turn: Turn) -> Work:
    def work(session) -> None:
        with before_writing(session, GateRecord, turn):
            actor = session.get_one(Account, account_id)
            query = select(Volunteer).where(Volunteer.account_id == actor.id)
            name = session.scalars(query).one().name
            volunteer_agreements.sign(session, actor, text_id, name, NOW, TODAY)
            session.flush()

    return work


def publishing(manager_id: uuid.UUID, body: str, turn: Turn | None = None) -> Work:
    def work(session) -> uuid.UUID:
        if turn is not None:
            turn.asked.wait(4 * MEET_SECONDS)
        actor = session.get_one(Account, manager_id)
        last_day = TODAY + timedelta(days=5)
        text = volunteer_agreements.publish(session, actor, body, last_day, TODAY, BASE_URL)
        session.flush()
        if turn is not None:
            turn.published.set()
        return text.id

    return work


def race_to_sign(scene: Scene) -> int:
    """Sign the old version while the new one is published; count signatures that count for ever."""
    with scene.writing() as session:
        manager_id = make_account(session, Role.MANAGER).id
    wrongly = 0
    for number in range(ROUNDS):
        (text_id,) = at_once(scene, publishing(manager_id, f"{number} old ".ljust(SHORTEST, "x")))
        account_id, turn = add_volunteer(scene), Turn()
        new = publishing(manager_id, f"{number} new ".ljust(SHORTEST, "x"), turn)
        signed, _ = at_once(scene, signing(account_id, text_id, turn), new)
        with scene.reading() as session:
            query = (
                select(GateRecord)
                .join(Volunteer)
                .where(Volunteer.account_id == account_id, GateRecord.item == GateItem.AGREEMENT)
            )
            records = session.scalars(query).all()
        assert isinstance(signed, Stale) == (records == [])
        wrongly += any(record.valid_until is None for record in records)
    return wrongly


def test_signature_of_the_old_version_never_outlasts_the_new_one(scene):
    assert race_to_sign(scene) == 0


@pytest.mark.postgres
def test_signature_of_the_old_version_outlasts_it_without_locks(scene, monkeypatch):
    monkeypatch.setattr(
        volunteer_agreements, "lock_scheme", lambda session, **_: schemes.get_scheme(session)
    )
    assert race_to_sign(scene) >= 0.9 * ROUNDS
