"""A session of the default scheme, rolled back when the test ends, and who works in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from peerapp.db import SchemeSession
from peerapp.enums import Role
from tests.factories import make_account, make_coach, make_family, make_locality, make_match


@pytest.fixture
def session(database, scheme_id) -> Iterator[SchemeSession]:
    with database.session(scheme_id, "all") as opened:
        yield opened


@pytest.fixture
def here(session):
    return make_locality(session)


@pytest.fixture
def staff(session, here):
    return make_account(session, Role.COORDINATOR, (here,))


@pytest.fixture
def lead(session):
    return make_account(session, Role.SAFEGUARDING_LEAD)


@pytest.fixture
def coach(session, here, staff):
    return make_coach(session, staff, here)


@pytest.fixture
def proposal(session, here, staff, coach):
    return make_match(session, make_family(session, staff, here), coach)
