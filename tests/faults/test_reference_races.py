"""Referees, coordinators and the sweep at the same moment, by real threads and transactions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from peerapp.db import SchemeSession
from peerapp.enums import GateItem, ReferenceState, VolunteerState
from peerapp.errors import PeerAppError
from peerapp.models import (
    Account,
    GateRecord,
    Locality,
    Message,
    Reference,
    ReferenceEvent,
    Volunteer,
)
from peerapp.services import referee_links, reference_reminders, references
from tests.factories import NOW, make_volunteer
from tests.support.references import ANSWERS, RITA, SAM, URL, links_of, name, verify

pytestmark = pytest.mark.usefixtures("on_the_day")

ROUNDS = 5
S = ReferenceState
Work = Callable[[SchemeSession], Any]


def at_once(scene, *works: Work) -> list[Any]:
    """Run each work in a thread and a transaction of its own; return results or our errors."""

    def run(work: Work) -> Any:
        try:
            with scene.writing() as session:
                return work(session)
        except PeerAppError as error:
            return type(error).__name__

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def ask(scene, *people):
    """Make a volunteer with referees whose forms are filled in; return ids and links."""
    with scene.writing() as session:
        locality = session.get_one(Locality, scene.locality_id)
        volunteer = make_volunteer(session, locality, state=VolunteerState.VETTING)
        found = [name(session, volunteer, one) for one in people]
        secrets = [links_of(session, one)[0] for one in found]
        for secret in secrets:
            for page, values in ANSWERS.items():
                referee_links.save_page(session, secret, page, values, NOW)
        return volunteer.id, [one.id for one in found], secrets


def submit(secret):
    return lambda session: referee_links.submit(session, secret, NOW, URL)


def states(scene):
    with scene.reading() as session:
        return sorted(session.scalars(select(Reference.state)).all())


def count(scene, model, *conditions):
    with scene.reading() as session:
        return session.scalar(select(func.count(model.id)).where(*conditions))


def test_two_referees_submit_at_once_and_both_are_received(scene):
    for number in range(1, ROUNDS + 1):
        _, _, secrets = ask(scene, RITA, SAM)
        assert at_once(scene, *map(submit, secrets)) == [None, None]
        assert states(scene) == [S.RECEIVED] * 2 * number


def test_one_answer_sent_many_times_at_once_is_one_answer(scene):
    for number in range(1, ROUNDS + 1):
        _, _, (secret,) = ask(scene, RITA)
        assert at_once(scene, *[submit(secret)] * 4) == [None] * 4
        assert count(scene, ReferenceEvent, ReferenceEvent.to_state == S.RECEIVED) == number
        assert count(scene, Message, Message.template == "notice") == number


def test_answer_against_being_taken_back_has_one_end(scene):
    for _ in range(ROUNDS):
        volunteer_id, (reference_id,), (secret,) = ask(scene, RITA)

        def take_back(session, volunteer_id=volunteer_id, reference_id=reference_id):
            account = session.get_one(Volunteer, volunteer_id).account
            references.take_back(session, account, reference_id, NOW)

        outcomes = at_once(scene, submit(secret), take_back)
        with scene.reading() as session:
            reference = session.get_one(Reference, reference_id)
            expected = {
                S.RECEIVED: ([None, "Refused"], True),
                S.CANCELLED: (["Refused", None], False),
            }[reference.state]
            assert (outcomes, reference.answered_at is not None) == expected


def test_two_coordinators_verify_two_references_at_once(scene):
    for _ in range(ROUNDS):
        volunteer_id, ids, secrets = ask(scene, RITA, SAM)
        at_once(scene, *map(submit, secrets))

        def check(reference_id):
            def work(session):
                actor = session.get_one(Account, scene.coordinator_id)
                verify(session, actor, session.get_one(Reference, reference_id))

            return work

        assert at_once(scene, *map(check, ids)) == [None, None]
        with scene.reading() as session:
            query = select(GateRecord.item).where(GateRecord.volunteer_id == volunteer_id)
            expected = {GateItem.FIRST_REFERENCE, GateItem.SECOND_REFERENCE}
            assert set(session.scalars(query)) == expected
            items = session.scalars(select(Reference.item).where(Reference.id.in_(ids)))
            assert set(items) == expected


def test_the_same_referee_named_twice_at_once_is_named_once(scene):
    volunteer_id, _, _ = ask(scene)

    def again(session):
        name(session, session.get_one(Volunteer, volunteer_id))

    assert sorted(map(str, at_once(scene, again, again, again))) == ["None", "Refused", "Refused"]
    assert states(scene) == [S.ASKED]


def test_two_sweeps_at_once_remind_once(scene):
    ask(scene, RITA, SAM)
    later = NOW + timedelta(days=5)

    def sweep(session):
        return reference_reminders.sweep_reminders(session, later, URL)

    assert sum(at_once(scene, *[sweep] * 4)) == 2
    assert count(scene, Message, Message.reference_id.is_not(None)) == 4


def test_reminder_against_an_answer_leaves_no_link_that_works(scene):
    for _ in range(ROUNDS):
        _, (reference_id,), (secret,) = ask(scene, RITA)
        later = NOW + timedelta(days=5)

        def sweep(session, later=later):
            return reference_reminders.sweep_reminders(session, later, URL)

        at_once(scene, submit(secret), sweep)
        with scene.reading() as session:
            reference = session.get_one(Reference, reference_id)
            assert reference.state == S.RECEIVED
            assert [link.ended_at is None for link in reference.links].count(True) == 0


def test_reminder_against_a_coordinators_new_link_does_not_deadlock(scene):
    for _ in range(ROUNDS):
        volunteer_id, (reference_id,), _ = ask(scene, RITA)
        later = NOW + timedelta(days=5)

        def resend(session, volunteer_id=volunteer_id, reference_id=reference_id, later=later):
            actor = session.get_one(Account, scene.coordinator_id)
            references.resend(session, actor, volunteer_id, reference_id, later, URL)

        def sweep(session, later=later):
            reference_reminders.sweep_reminders(session, later, URL)

        assert at_once(scene, resend, sweep) == [None, None]
