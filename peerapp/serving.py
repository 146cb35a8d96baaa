"""Serving the site on one machine: gunicorn for its pages, one worker for its queue."""

from __future__ import annotations

import multiprocessing
import os

from flask import Flask
from gunicorn.app.base import BaseApplication

from peerapp import create_app, jobs
from peerapp.config import Settings

THREADS = 8
STOP_SECONDS = 10


class Site(BaseApplication):  # type: ignore[misc]
    """The site under gunicorn, set up from here and not from a file."""

    def __init__(self, settings: Settings, host: str, port: int, workers: int) -> None:
        self._settings = settings
        self._options = {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "error",  # a warning may hold a request's address, and that a link's secret
            "accesslog": None,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._settings)


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted; the queue's worker starts and stops with the site."""
    queue = multiprocessing.get_context("spawn").Process(
        target=jobs.run_worker, args=(settings,), name="peerapp-worker", daemon=True
    )
    queue.start()
    here = os.getpid()
    try:
        Site(settings, host, port, workers).run()
    finally:
        if os.getpid() == here:  # gunicorn's processes come this way too when they end
            queue.terminate()
            queue.join(STOP_SECONDS)
