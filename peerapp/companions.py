"""Processes beside the site: begun with it, begun again when they die, gone when it goes.

A companion holds one end of a pipe and the site the other. When the site ends, however it ends, the
pipe closes, and the companion ends too: nothing is left over and nobody has to be told.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from peerapp.logs import log

STOP_SECONDS = 10
"""How long a companion may finish what it is at."""
LONGEST_PAUSE = 60.0
"""A companion that dies again and again is begun after 1, 2, 4 … seconds, and at most these."""


class Companion:
    """A process that runs one function of the site's code."""

    def __init__(self, name: str, work: Callable[..., object], *given: Any) -> None:
        self.name = name
        self._task = pickle.dumps((work, given))
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = self._again = 0.0
        self._pause = 1.0

    @property
    def pid(self) -> int:
        """Which process it is now."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Begin it, in a session of its own: Ctrl-C is for the site to hear, and to pass on."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "peerapp.companions"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._begun, self._again = time.monotonic(), 0.0
        with suppress(BrokenPipeError):  # it is dead already, and `keep` will see that
            pipe = self._pipe()
            pipe.write(self._task)
            pipe.flush()

    def keep(self) -> None:
        """Begin it again if it has died; to be called now and then."""
        if self._process is None or self._process.poll() is None:
            return
        now = time.monotonic()
        if not self._again:
            if now - self._begun > LONGEST_PAUSE:
                self._pause = 1.0
            log.error("companion_died", name=self.name, again_in_seconds=self._pause)
            self._again, self._pause = now + self._pause, min(2 * self._pause, LONGEST_PAUSE)
        if now >= self._again:
            self.let_go()
            self.start()

    def let_go(self) -> None:
        """Close this process's end of the pipe; a process forked from the site has one too."""
        if self._process is not None:
            with suppress(OSError):
                self._pipe().close()

    def stop(self) -> None:
        """Have it end, and wait until it has."""
        if self._process is None:
            return
        self.let_go()
        try:
            self._process.wait(STOP_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _pipe(self) -> Any:
        assert self._process is not None
        return self._process.stdin


def main() -> None:
    """Do what the site has asked for on the pipe, until it closes."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    work, given = pickle.load(sys.stdin.buffer)
    with suppress(KeyboardInterrupt):
        threading.Thread(target=_end_with_the_site, daemon=True).start()
        work(*given)


def _end_with_the_site() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
