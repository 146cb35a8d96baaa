"""A match that runs, and browsers in which the people around it are signed in."""

from __future__ import annotations

import pytest

from peerapp.models import Account, Match
from tests.scenes import scene_in


@pytest.fixture
def scene(database, scheme_id):
    return scene_in(database, scheme_id)


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
