"""Pages for what goes wrong: what happened, and what to do now."""

from __future__ import annotations

from math import ceil

from flask import Flask, g
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import InterfaceError as NoConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from peerapp import replays
from peerapp.errors import Busy, Forbidden, NotFound, Refused, Stale, TooManyTries
from peerapp.logs import log
from peerapp.templating import render_plain

PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
BUSY_SECONDS = 5


def init_app(app: Flask) -> None:
    """Translate our errors, HTTP errors and the database's absence into pages."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFound, lambda _: page(404))
    app.register_error_handler(Forbidden, lambda _: page(403))
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(TooManyTries, _too_many)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(StaleDataError, _database)
    app.register_error_handler(PoolTimeout, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, **values: object) -> tuple[str, int]:
    """Render the page of a status; the request's changes are rolled back."""
    g.rollback = True
    code = status if status in PAGES else (500 if status >= 500 else 400)
    return render_plain(f"errors/{code}.html", **values), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    return page(error.code)


def _csrf(_: CSRFError) -> ResponseReturnValue:
    g.rollback = True
    return render_plain("errors/csrf.html"), 400


def _refused(error: Refused) -> ResponseReturnValue:
    return page(409, refusals=error.refusals, changed=None)


def _stale(error: Stale) -> ResponseReturnValue:
    return page(409, refusals=(), changed=str(error))


def _too_many(error: TooManyTries) -> ResponseReturnValue:
    seconds = max(1, ceil(error.wait.total_seconds()))
    body, status = page(429, minutes=ceil(seconds / 60))
    return body, status, {"Retry-After": str(seconds)}


def _busy(_: Busy) -> ResponseReturnValue:
    body, status = page(503)
    return body, status, {"Retry-After": str(BUSY_SECONDS)}


def _database(error: DBAPIError | StaleDataError) -> ResponseReturnValue:
    """Have the request replayed where that helps; else say whose fault it is."""
    replays.ask_for_one(error)
    is_gone = isinstance(error, DBAPIError) and error.connection_invalidated
    is_passing = is_gone or replays.is_worth_another(error)
    if is_passing or isinstance(error, OperationalError | NoConnection):
        return _unavailable(error)
    return _unexpected(error)


def _unavailable(error: Exception) -> ResponseReturnValue:
    log.error("unavailable", kind=type(error).__name__)
    return _busy(Busy())


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Log where it happened, not what the values were."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    log.error(
        "unexpected",
        kind=type(error).__name__,
        where=where,
        request_id=g.get("request_id"),
    )
    return page(500)
