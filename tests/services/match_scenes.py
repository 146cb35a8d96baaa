"""A proposal and its surroundings, for tests of what is decided on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import (
    MatchState,
)
from peerapp.errors import Refused
from peerapp.models import (
    Match,
    Message,
)
from tests import factories
from tests.scenes import Scene, make_scene

M = MatchState
LIVE = (M.APPROVED, M.INTRODUCED, M.ACTIVE, M.PAUSED)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(factories.NOW):
        yield


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def propose(scene: Scene, **coach_values: Any) -> uuid.UUID:
    family_id = scene.add_family(account=True)
    return scene.add_match(family_id, scene.add_coach(**coach_values))


def codes_of(scene: Scene, match_id: uuid.UUID) -> list[str]:
    """Approve, and return the codes of the refusal; nothing may have changed then."""
    with pytest.raises(Refused) as refused:
        scene.approve(match_id)
    with scene.reading() as session:
        assert session.get_one(Match, match_id).state == M.PROPOSED
        assert session.scalars(select(Message)).all() == []
    return [refusal.code for refusal in refused.value.refusals]


def change(scene: Scene, model: type, **values: Any) -> None:
    """Change the only row of a kind, and not its version: the rules alone must notice."""
    with scene.writing() as session:
        for name, value in values.items():
            setattr(session.scalars(select(model)).one(), name, value)
