"""Files that hold people's records are for the user who runs the site, and for nobody else."""

from __future__ import annotations

import stat

from peerapp.db import Database, upgrade
from tests.support.keys import KEYRING


def test_new_database_file_is_private(tmp_path):
    path = tmp_path / "data" / "peerapp.sqlite3"
    upgrade(f"sqlite:///{path}", KEYRING)
    database = Database(f"sqlite:///{path}", KEYRING)
    with database.writing(None):
        made = sorted(path.parent.iterdir())
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in made}
    database.engine.dispose()
    assert modes == {one.name: 0o600 for one in made}
    assert path.name in modes
