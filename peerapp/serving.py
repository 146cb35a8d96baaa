"""Serving the site on one machine: gunicorn for its pages, one worker for its queue."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from peerapp import create_app, jobs, logs
from peerapp.admission import AT_ONCE, WAITING
from peerapp.companions import STOP_SECONDS, Companion
from peerapp.config import Settings
from peerapp.db import Database

THREADS = AT_ONCE + WAITING + 10
"""Enough for all who wait, for those who are turned away, and for slow senders."""


class Keeper(Arbiter):  # type: ignore[misc]
    """Gunicorn's own process, which looks after companions as after its web processes."""

    def manage_workers(self) -> None:
        """Begin again what has died; called each second."""
        super().manage_workers()
        for one in self.app.companions:
            one.keep()


class Site(BaseApplication):  # type: ignore[misc]
    """The site under gunicorn, set up from here and not from a file."""

    def __init__(
        self, settings: Settings, companions: Sequence[Companion], bind: str, workers: int
    ) -> None:
        self._settings = settings
        self.companions = companions
        self._options = {
            "bind": bind,
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": STOP_SECONDS,
            "loglevel": "error",  # a warning may hold a request's address, and that a link's secret
            "accesslog": None,
            "control_socket_disable": True,
            "post_fork": self._let_go,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._settings)

    def run(self) -> None:
        Keeper(self).run()

    def _let_go(self, _arbiter: Arbiter, _worker: object) -> None:
        """Companions belong to gunicorn's own process, not to the web processes it forks."""
        for one in self.companions:
            one.let_go()


def serve(
    settings: Settings, host: str, port: int, workers: int, beside: Sequence[Companion] = ()
) -> None:
    """Serve until interrupted; the queue's worker and what is ``beside`` begin and end with it."""
    logs.configure(settings.log_level)
    with closing(Database(settings.database_url)) as database:
        database.learn_sizes()
    companions = [*beside, Companion("queue", jobs.run_worker, settings)]
    here = os.getpid()
    try:
        for one in companions:
            one.start()
        Site(settings, companions, f"{host}:{port}", workers).run()
    finally:
        if os.getpid() == here:  # gunicorn's web processes come this way too when they end
            for one in companions:
                one.let_go()
            for one in companions:
                one.stop()
