"""A web worker that is killed, by the system, at a chosen moment of a request.

The worker is a process forked from the test, with its own connections. Moments are counted: each
statement before and after the database has it, each beginning and commit before and after. So
every moment at which the database can tell a difference is met, one after the other.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from peerapp.db import Database
from tests.faults.deeds import Deed

KILLED, ALIVE = "killed", "alive"


@dataclass(frozen=True)
class Outcome:
    """How a worker ended, and whether its sender had been told that the deed is done."""

    how: str
    acknowledged: bool


class Moments:
    """Counts the moments of a request, and ends the process at one of them."""

    def __init__(self, last: int) -> None:
        self.left = last

    def pass_one(self, *_: object, **__: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Count from now on."""
        engine = database.engine
        for name in ("before_cursor_execute", "after_cursor_execute", "begin"):
            event.listen(engine, name, self.pass_one)
        do_commit = engine.dialect.do_commit

        def commit(connection: object) -> None:
            self.pass_one()
            do_commit(connection)
            self.pass_one()

        engine.dialect.do_commit = commit  # type: ignore[method-assign]


def send_and_die(
    database: Database, deed: Deed, moment: int, spoil: Callable[[Database], None] | None = None
) -> Outcome:
    """Send a deed to a worker that is killed at its so-manieth moment, if it lives so long.

    ``spoil`` does something to the worker's database first, for a control.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _work(database, deed, moment, writing, spoil or (lambda _: None))
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        heard = told.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Outcome(KILLED, heard == b"302")
    assert heard == b"302", heard
    return Outcome(ALIVE, True)


def _work(
    database: Database, deed: Deed, moment: int, told: int, spoil: Callable[[Database], None]
) -> None:
    """Carry the deed out in this process, and tell the answer's status when it is whole."""
    try:
        database.engine.dispose(close=False)  # its connections are the test's
        spoil(database)
        Moments(moment).watch(database)
        answer = deed.browser.post(deed.path, data=deed.data)
        os.write(told, str(answer.status_code).encode())
    except BaseException as error:
        os.write(told, repr(error).encode()[:500])
    finally:
        os._exit(0)


def commit_nothing(database: Database) -> None:
    """Have a worker be told that what it did was committed, when it was not."""
    dialect = database.engine.dialect
    dialect.do_commit = dialect.do_rollback  # type: ignore[method-assign]


def commit_each(database: Database) -> None:
    """Have each statement of a worker stand by itself."""

    def stand(connection: Any, *_: object) -> None:
        raw = connection.connection.dbapi_connection
        raw.commit()
        if database.is_sqlite:
            raw.execute("BEGIN IMMEDIATE")

    event.listen(database.writer, "after_cursor_execute", stand)
