"""The keys of all tests: made up, the same in every process."""

from __future__ import annotations

import uuid

from peerapp.sealing import Keyring
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
