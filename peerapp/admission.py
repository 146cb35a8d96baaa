"""A bounded queue before the application: who would wait too long is turned away at once.

A process serves so many requests at once, a few more wait for their turn, and all others get a 503
with Retry-After within a millisecond or two. So the site does at three times its load what it does
at once its load, and says so to the rest, instead of serving everybody too late. Whether the
process lives is always answered, and files never come this way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, request
from flask.typing import ResponseReturnValue

from peerapp.templating import render_plain

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AT_ONCE = 6
"""Requests that a process works at; more would only make each other slower."""
WAITING = 24
LONGEST_WAIT = 1.0
AGAIN_SECONDS = 5
ALWAYS = frozenset({"/healthz"})
TURNED_AWAY = "peerapp.turned_away"


class Admission:
    """The application, asked by as many at once as it can serve well."""

    def __init__(
        self,
        app: WSGIApplication,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._app = app
        self._places = threading.BoundedSemaphore(at_once)
        self._queue = threading.BoundedSemaphore(waiting)
        self._longest_wait = longest_wait

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ALWAYS:
            return self._app(environ, start_response)
        if not self._is_let_in():
            environ[TURNED_AWAY] = True
            return self._app(environ, start_response)
        try:
            return self._app(environ, start_response)  # a page is whole when this returns
        finally:
            self._places.release()

    def _is_let_in(self) -> bool:
        if self._places.acquire(blocking=False):
            return True
        if not self._queue.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=self._longest_wait)
        finally:
            self._queue.release()


def init_app(app: Flask) -> None:
    """Answer who was turned away, before anybody is looked up: register this early."""
    pages: list[str] = []  # one, made when it is first needed: it is the same for everybody

    def turn_away() -> ResponseReturnValue | None:
        if TURNED_AWAY not in request.environ:
            return None
        if not pages:
            pages.append(render_plain("errors/503.html"))
        return pages[0], 503, {"Retry-After": str(AGAIN_SECONDS)}

    app.before_request(turn_away)
