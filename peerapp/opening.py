"""Whether the site may open on its database: not while it holds people who were erased.

Somebody may have put an older copy in its place, by whatever way.
"""

from __future__ import annotations

import structlog
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from peerapp import erasure_list

log = structlog.get_logger(__name__)


def begin(app: Flask) -> None:
    """Look before the site opens; where the database does not answer yet, before each page.

    Raises
    ------
    erasure_list.ErasuresOutstanding
        Somebody who was erased is back.
    """
    app.extensions["opened"] = False
    try:
        _look(app)
    except OperationalError as error:
        log.error("erasures_not_checked", error=type(error).__name__)
    except erasure_list.ErasuresOutstanding:
        app.extensions["database"].close()
        raise


def init_app(app: Flask) -> None:
    """Look again before each page until the database has answered once."""
    app.before_request(lambda: _look(current_app))


def _look(app: Flask) -> None:
    if not app.extensions["opened"]:
        path = erasure_list.path_in(app.extensions["settings"].data_dir)
        erasure_list.refuse_outstanding(app.extensions["database"], path)
        app.extensions["opened"] = True
