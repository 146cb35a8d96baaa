"""Requests that were refused leave a trace: who asked for what, bounded so that none fills a disk.

Looked at when the request's own transaction has ended, so that a second writer waits for nobody.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from peerapp.db import current_scheme_id, get_database
from peerapp.extensions import WATCH, current_settings
from peerapp.logs import log
from peerapp.models import utc_now
from peerapp.services import refused_access

REFUSALS = frozenset({403, 404})


def init_app(app: Flask) -> None:
    """Look at each answer last: register this before the hook that commits."""
    app.extensions["refused_enough"] = {}
    app.after_request(_note)


def _note(response: Response) -> Response:
    if response.status_code not in REFUSALS or not _is_looked_at():
        return response
    account_id = _account_id()
    enough: dict[uuid.UUID, datetime] = current_app.extensions["refused_enough"]
    now = utc_now()
    if account_id is None or now < enough.get(account_id, now):
        return response
    given = [value for value in (request.view_args or {}).values() if isinstance(value, uuid.UUID)]
    try:
        until = refused_access.record(
            get_database(),
            current_scheme_id(),
            account_id,
            secret=str(current_app.config["SECRET_KEY"]),
            page=str(request.endpoint),
            status=response.status_code,
            record_id=given[-1] if given else None,
            now=now,
            base_url=current_settings().base_url,
        )
        if until is not None:
            enough[account_id] = until  # as many as accounts that knock so often
    except (SQLAlchemyError, PoolTimeout) as error:
        log.error("refusal_not_noted", kind=type(error).__name__)  # it is refused all the same
    return response


def _is_looked_at() -> bool:
    """Say whether a route was asked for that is ours, by a person and not by an open page."""
    endpoint = request.endpoint or "static"
    return endpoint != "static" and not endpoint.endswith(f".{WATCH}") and "_login_user" in g


def _account_id() -> uuid.UUID | None:
    """Return whose session it is, without asking a database whose transaction has ended."""
    if not current_user.is_authenticated:
        return None
    identity = inspect(current_user.account).identity
    return identity[0] if identity else None


def note_sign_in(email: str) -> None:
    """Write a refused sign-in down; the request's session must not have written."""
    try:
        refused_access.record_sign_in(
            get_database(),
            current_scheme_id(),
            email,
            secret=str(current_app.config["SECRET_KEY"]),
            now=utc_now(),
        )
    except (SQLAlchemyError, PoolTimeout) as error:
        log.error("refusal_not_noted", kind=type(error).__name__)
