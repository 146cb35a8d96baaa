"""Processes beside the site: begun again when they die, and never left over."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from peerapp.companions import Companion
from tests.support.live_site import LiveSite, Mailbox

NOT_OURS = "can only join a child process"


def note_and_wait(folder: str) -> None:
    """Leave a note with the number of this process, and stay."""
    (Path(folder) / f"{os.getpid()}.begun").touch()
    try:
        time.sleep(60)
    finally:
        (Path(folder) / f"{os.getpid()}.ended").touch()


def until(question, seconds=20):
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and was not waited for does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def children(pid: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def begun(folder: Path) -> set[int]:
    return {int(one.stem) for one in folder.glob("*.begun")}


def test_companion_that_died_is_begun_again_and_may_finish_when_told_to_stop(tmp_path):
    companion = Companion("note", note_and_wait, str(tmp_path))
    companion.start()
    assert until(lambda: begun(tmp_path) == {companion.pid})
    first, started = companion.pid, time.monotonic()
    os.kill(first, signal.SIGKILL)

    def is_another():
        companion.keep()
        return companion.pid != first

    assert until(is_another)
    assert time.monotonic() - started >= 1  # not at once: it may die again and again
    second = companion.pid
    assert until(lambda: begun(tmp_path) == {first, second})
    companion.keep()
    assert companion.pid == second
    companion.stop()
    assert not is_alive(second)
    assert [one.name for one in tmp_path.glob("*.ended")] == [f"{second}.ended"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("site")


@pytest.fixture
def live(folder):
    return LiveSite(f"sqlite:///{folder / 'site.sqlite3'}", folder, Mailbox(), 1)


def queue_of(site: int) -> set[int]:
    """Return the companions among a site's processes: each leads a session of its own."""
    return {pid for pid in children(site) if os.getsid(pid) == pid}


def web_of(site: int) -> set[int]:
    return children(site) - queue_of(site)


def only(pids: set[int]) -> int:
    (pid,) = pids
    return pid


def test_queue_outlives_web_processes_and_ends_with_the_site(live):
    with live.running() as running:
        site = running.pid
        queue, web = only(queue_of(site)), only(web_of(site))
        os.kill(web, signal.SIGTERM)  # as when one ends early
        assert until(lambda: web_of(site) not in (set(), {web}))
        assert queue_of(site) == {queue}

        os.kill(queue, signal.SIGKILL)
        assert until(lambda: queue_of(site) not in (set(), {queue}))
        queue = only(queue_of(site))

        os.kill(site, signal.SIGINT)
        assert running.process.wait(20) == 0
        assert not is_alive(queue)
    log = live.log.read_text(encoding="utf-8")
    assert NOT_OURS not in log
    assert "Traceback" not in log
    assert log.count("companion_died") == 1


@pytest.mark.long
def test_nothing_is_left_of_a_site_that_was_killed(live):
    with live.running() as running:
        everything = children(running.pid)
        assert len(everything) == 2
        os.kill(running.pid, signal.SIGKILL)
        assert until(lambda: not any(is_alive(pid) for pid in everything), 30)
