"""What somebody reads who gets hold of a database and not of its keys: its files, or a dump."""

from __future__ import annotations

import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from peerapp.db import make_engine
from tests.support import postgres


def raw_contents(url: str) -> bytes:
    """Return the bytes of a SQLite file and of what lies beside it, or what pg_dump writes.

    pg_dump reads rows as they are now; what PostgreSQL keeps of earlier ones is not looked at.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))
    program = postgres.find_programs() / "pg_dump"
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    dumped = subprocess.run([program, "--inserts", plain], capture_output=True, check=True)
    return dumped.stdout


def forget_free_pages(url: str) -> None:
    """Write SQLite's log into its file, so that what was deleted stands in neither."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = make_engine(url)
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
