"""A request whose transaction the database gave up for another's sake is carried out once more.

Deadlocks and serialisation failures are nobody's fault: the database has undone the whole
transaction, and the same request may well succeed a moment later. So it is given to the application
anew, with a body that can be read again, as if it had just arrived. Never where something of it is
committed already, where it has spoken to somebody outside, or where nobody knows whether the commit
went through: such a request is answered with 503, and its sender decides.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from peerapp.db import SAFE_METHODS, SchemeSession
from peerapp.logs import log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ATTEMPTS = 4
LONGEST = 10.0
"""Seconds after which a request is not begun again: whoever waits has waited enough."""
PAUSE = 0.05
IN_MEMORY = 256 * 1024

WANTED = "peerapp.replay"
GIVEN_UP = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
UNIQUE = "23505"
SQLITE_BUSY, SQLITE_LOCKED = 5, 6  # the low byte of all of SQLite's codes of that kind
SQLITE_UNIQUE = frozenset({1555, 2067})  # of a primary key, of another index


def ask_for_one(error: Exception) -> None:
    """Have the request carried out once more if its error allows that.

    To be called by whoever turns the error into a page, which then is not sent.
    """
    if is_worth_another(error) and not g.get("stands"):
        request.environ[WANTED] = type(error).__name__


def is_worth_another(error: Exception) -> bool:
    """Say whether the database undid a transaction for the sake of another one.

    So it is, too, where two made the same thing at once: the second finds it at its next look.
    """
    if isinstance(error, StaleDataError):
        return True
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return False
    state = getattr(error.orig, "sqlstate", None)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(error, IntegrityError):
        return state == UNIQUE or code in SQLITE_UNIQUE
    return state in GIVEN_UP or (code is not None and code & 0xFF in {SQLITE_BUSY, SQLITE_LOCKED})


def let_it_stand() -> None:
    """Say that this request has done what cannot be undone, and may not be carried out again."""
    g.stands = True


@event.listens_for(SchemeSession, "after_commit")
def _stands(session: Session) -> None:
    if has_request_context() and not session.in_nested_transaction():
        let_it_stand()


class Replays:
    """The application, asked again as often as it asks for that."""

    def __init__(self, app: WSGIApplication, longest_body: int) -> None:
        self._app = app
        self._longest_body = longest_body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = _length(environ)
        if length is None or length > self._longest_body:
            return self._app(environ, start_response)
        begun = time.monotonic()
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            body.write(environ["wsgi.input"].read(length) if length else b"")
            for attempt in range(1, ATTEMPTS + 1):
                body.seek(0)
                answer = Answer(self._app, {**environ, "wsgi.input": body})
                is_last = attempt == ATTEMPTS or time.monotonic() - begun > LONGEST
                if answer.wants_another is None or is_last:
                    break
                log.warning("request_replayed", kind=answer.wants_another, attempt=attempt)
                time.sleep(PAUSE * attempt * (0.5 + random.random()))
            return answer.send(start_response)


def _length(environ: WSGIEnvironment) -> int | None:
    """Return how long the body is; None where its end is not known beforehand."""
    none = "0" if environ["REQUEST_METHOD"] in SAFE_METHODS else ""
    text = environ.get("CONTENT_LENGTH") or none
    return int(text) if text.isascii() and text.isdecimal() else None


class Answer:
    """An answer of the application that has not been sent yet."""

    def __init__(self, app: WSGIApplication, environ: WSGIEnvironment) -> None:
        self._started: tuple[Any, ...] = ()
        self._written: list[bytes] = []
        parts = app(environ, self._start)
        self.wants_another: str | None = environ.get(WANTED)
        self._parts = parts
        if self.wants_another is not None:
            self._written.extend(parts)
            self._close()

    def _start(self, *given: Any) -> Callable[[bytes], object]:
        self._started = given
        return self._written.append

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Send it; an answer that wanted another one is whole by now."""
        start_response(*self._started)
        return self._written or self._parts

    def _close(self) -> None:
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()
