"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from peerapp.db import get_database, is_reachable

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def live() -> ResponseReturnValue:
    return {"status": "ok"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    if not is_reachable(get_database()):
        return {"status": "unavailable", "database": "unreachable"}, 503
    return {"status": "ok", "database": "ok"}
