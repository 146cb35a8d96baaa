"""A match that runs, and browsers in which the people around it are signed in."""

from __future__ import annotations

import pytest

from peerapp.models import Account, Match
from tests.scenes import scene_in
from tests.security.vetting_world import make_world


@pytest.fixture
def scene(database, scheme_id):
    return scene_in(database, scheme_id)


@pytest.fixture
def world(database, scheme_id):
    """A volunteer with one of everything that vetting keeps, and everybody who might ask for it."""
    with database.writing(scheme_id) as session:
        return make_world(session)


@pytest.fixture
def browsers(app, sign_in, world):
    """A browser for each of them, by name, and one in which nobody is signed in."""
    _, people = world
    found = {name: sign_in(account) for name, account in people.items()}
    return {**found, "anonymous": app.test_client()}


@pytest.fixture
def browser_of(scene, sign_in):
    """Return a function that signs in one side of a match, or its coordinator."""

    def of(match_id, side):
        with scene.reading() as session:
            match = session.get_one(Match, match_id)
            accounts = {
                "family": match.family.account,
                "coach": match.volunteer.account,
                "coordinator": session.get_one(Account, scene.coordinator_id),
            }
        return sign_in(accounts[side])

    return of
