"""The stage on a fresh database, and browsers in which its people are signed in."""

from __future__ import annotations

import pytest

from peerapp.models import Account
from tests.attacks.hidden import make_stage


@pytest.fixture
def stage(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_stage(session)


@pytest.fixture
def browser(database, scheme_id, sign_in, stage):
    """Return a function that signs somebody of the stage in."""

    def of(name):
        with database.reading(scheme_id) as session:
            account = session.get_one(Account, stage.people[name])
        return sign_in(account)

    return of
