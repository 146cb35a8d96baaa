"""What races start from: a scene in a database of its own, without a site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenes import Scene, make_scene


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()
