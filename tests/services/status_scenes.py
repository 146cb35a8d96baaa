"""A coach about whom the stand-in for DBS is asked, in a real database."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from peerapp.demo.update_service_answers import Told
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import (
    CertificateStatus,
    MatchState,
    Role,
    StatusOutcome,
)
from peerapp.models import (
    Account,
    CheckApplication,
    Match,
    Message,
    StatusCheck,
    StatusConsent,
    Subscription,
    Volunteer,
)
from peerapp.services import status_answers, status_check_jobs, status_checks
from tests.factories import NOW, TODAY, make_account
from tests.scenes import BASE_URL, Scene, make_scene
from tests.support.update_service import stand_in

__all__ = ["stand_in"]

O, C, M = StatusOutcome, CertificateStatus, MatchState  # noqa: E741
CALM = [told for told in Told if told not in {Told.SILENT, Told.SLOW_DRIP}]
NOTHING_TOLD = [
    told
    for told in Told
    if told
    not in {
        Told.BLANK,
        Told.WRONG_CONTENT_TYPE,
        Told.NON_BLANK,
        Told.NEW_INFO,
        Told.NO_MATCH,
    }
]
"""Answers that are none."""


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(database_url):
    made = make_scene(
        database_url,
        status_organisation="Wiltshire Council",
        status_checker_forename="Priya",
        status_checker_surname="Shah",
        status_terms_agreed_on=TODAY,
    )
    with made.writing() as session:
        made.coordinator(session).name = "Cora Dale"
        make_account(session, Role.SAFEGUARDING_LEAD, email="lead@example.org")
    yield made
    made.database.engine.dispose()


def join(scene: Scene, volunteer_id, **values) -> None:
    """Let a coach agree to status checks, with a certificate in the Update Service."""
    with scene.writing() as session:
        coach = session.get_one(Volunteer, volunteer_id)
        coach.consents.append(StatusConsent(version=1, typed_name=coach.name, given_at=NOW))
        coach.certificates[-1].subscription = Subscription(
            joined_on=date(2026, 3, 10),
            renew_by=date(2027, 3, 10),
            recorded_by_id=scene.coordinator_id,
        )
        for name, value in values.items():
            setattr(coach.certificates[-1], name, value)


@pytest.fixture
def coach(scene, stand_in):
    """A cleared coach about whom DBS may be asked, known to the stand-in as we know them."""
    volunteer_id = scene.add_coach()
    join(scene, volunteer_id)
    know(scene, stand_in, volunteer_id)
    return volunteer_id


def know(scene, stand_in, volunteer_id, **changes):
    with scene.reading() as session:
        stand_in.know(session.get_one(Volunteer, volunteer_id).certificates[-1], **changes)


def run(scene, stand_in, now=NOW, **timeouts):
    return status_check_jobs.run_due(
        scene.database,
        scene.scheme_id,
        stand_in.client(**timeouts),
        now=now,
        today=TODAY,
        base_url=BASE_URL,
    )


def press(scene, volunteer_id, is_on=True):
    with scene.writing() as session:
        check = status_checks.check_one(
            session, scene.coordinator(session), volunteer_id, is_on=is_on, now=NOW, today=TODAY
        )
        return check.id


def carry_out(scene, stand_in, check_id):
    return status_check_jobs.carry_out(
        scene.database,
        scene.scheme_id,
        check_id,
        stand_in.client(),
        now=NOW,
        today=TODAY,
        base_url=BASE_URL,
    )


def checks_of(scene):
    with scene.reading() as session:
        return list(session.scalars(select(StatusCheck).order_by(StatusCheck.created_at)))


def facts(scene, volunteer_id):
    """Everything about a coach that an answer could change."""
    with scene.reading() as session:
        coach = session.get_one(Volunteer, volunteer_id)
        held = coach.certificates[-1]
        return {
            "cleared": not clearance_refusals(coach, TODAY),
            "status": held.status,
            "note": held.status_note,
            "content": (held.has_content, held.risk_decision),
            "version": coach.version,
            "state": coach.state,
            "matches": sorted(session.scalars(select(Match.state))),
            "messages": session.scalar(select(func.count(Message.id))),
            "applications": [one.reason for one in session.scalars(select(CheckApplication))],
        }


def told_accounts(scene):
    with scene.reading() as session:
        query = select(Account.role).join(Message, Message.account_id == Account.id)
        return sorted(session.scalars(query))


def begin(scene, check_id):
    with scene.writing() as session:
        return status_checks.begin(session, check_id, NOW, TODAY)


def apply(scene, asking, reply):
    with scene.writing() as session:
        return status_answers.apply(
            session, asking, reply, now=NOW, today=TODAY, base_url=BASE_URL
        ).outcome
