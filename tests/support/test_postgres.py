"""The server that other tests rely on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres

PRINT_VARIABLE = "import os; print(os.environ['PEERAPP_TEST_POSTGRES_URL'])"
START_AND_DIE = """
import os, signal
from tests.support import postgres
with postgres.running_cluster() as cluster:
    print(cluster.folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_cluster_keeps_what_was_committed_over_a_crash_and_goes_at_the_end() -> None:
    with postgres.running_cluster() as cluster:
        with psycopg.connect(cluster.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        cluster.stop(signal.SIGQUIT)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.url)
        cluster.start()
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert not cluster.folder.exists()


def test_command_is_run_beside_a_server_and_its_exit_code_returned() -> None:
    environ = {name: value for name, value in os.environ.items() if name != postgres.VARIABLE}
    command = [sys.executable, "-m", "tests.support.postgres", sys.executable, "-c"]
    done = subprocess.run([*command, PRINT_VARIABLE], env=environ, capture_output=True, text=True)
    assert done.stdout.startswith("postgresql://peerapp@/postgres?host="), done.stderr
    assert subprocess.run([*command, "raise SystemExit(7)"], env=environ).returncode == 7


def test_server_ends_when_the_tests_are_killed() -> None:
    killed = subprocess.run([sys.executable, "-c", START_AND_DIE], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    folder = Path(killed.stdout.strip())
    deadline = time.monotonic() + 20
    while (folder / "data" / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "the server outlived the tests"
        time.sleep(0.1)
    shutil.rmtree(folder)
