"""A session of the default scheme, rolled back when the test ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from peerapp.db import SchemeSession


@pytest.fixture
def session(database, scheme_id) -> Iterator[SchemeSession]:
    with database.session(scheme_id, "all") as opened:
        yield opened
