"""A flood of sign-ups from one place is turned away, and staff are served all the while."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine
from sqlalchemy import func, select

from peerapp.models import Account
from tests.factories import NOW
from tests.scenes import scene_in

SENT, ALLOWED = 26, 20


def flood(site):
    """Sign up again and again, each time with another address; return the answers."""
    visitor = site.test_client()
    return [
        visitor.post("/volunteer/sign-up", data={"email": f"flood{number}@example.org"}).status_code
        for number in range(SENT)
    ]


def accounts(scene):
    with scene.reading() as session:
        return session.scalar(select(func.count(Account.id)))


@pytest.fixture(autouse=True)
def _within_a_minute():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(app, database, scheme_id):
    return scene_in(database, scheme_id)


@pytest.fixture
def staff(scene):
    with scene.reading() as session:
        return scene.coordinator(session)


@pytest.mark.scorecard("6.3.1")
def test_flood_of_sign_ups_is_turned_away_and_staff_are_served(
    make_app, settings, scene, staff, sign_in
):
    site = make_app(replace(settings, rate_limits=True))
    site.config["WTF_CSRF_ENABLED"] = False
    browser = sign_in(staff, site)
    answers = flood(site)
    assert answers.count(429) == SENT - ALLOWED
    assert answers[:ALLOWED].count(302) == ALLOWED
    assert browser.get("/staff/volunteers/").status_code == 200
    assert accounts(scene) == 1 + ALLOWED


@pytest.mark.scorecard("6.3.1", control=True)
def test_without_limits_the_flood_comes_in(app, scene):
    assert flood(app).count(302) == SENT
    assert accounts(scene) == 1 + SENT
