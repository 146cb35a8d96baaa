"""The keys of all tests: made up, the same in every process."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from peerapp.db import Database, SchemeSession
from peerapp.sealing import Keyring, SealError
from peerapp.sealing.keyring import Keys
from peerapp.sealing.source import dump

KEYS = Keys(
    wrapping={uuid.UUID(int=1): bytes(range(32))},
    active=uuid.UUID(int=1),
    index_id=uuid.UUID(int=2),
    index=bytes(range(1, 33)),
)
KEYRING = Keyring(KEYS)
KEYS_TEXT = dump(KEYS)


class TestDatabase(Database):
    """A database whose rows tests may look at after their session: all that is sealed is opened.

    The application has no such thing: its own databases refuse what is asked for too late.
    """

    __test__ = False

    @contextmanager
    def reading(self, scheme_id: uuid.UUID | None) -> Iterator[SchemeSession]:
        with super().reading(scheme_id) as session:
            yield session
            open_all(session)

    @contextmanager
    def writing(self, scheme_id: uuid.UUID | None) -> Iterator[SchemeSession]:
        with super().writing(scheme_id) as session:
            yield session
            open_all(session)


def open_all(session: SchemeSession) -> None:
    """Open every sealed value that a session holds and that opens."""
    for row in list(session.identity_map.values()):
        for sealed in row.__sealed__:
            if sealed.slot in row.__dict__:
                with contextlib.suppress(SealError):
                    getattr(row, sealed.name)
