"""What browsers report of the policy on scripts and styles, and whom to tell of a weakness."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from peerapp.clock import today
from peerapp.extensions import csrf, current_settings, limiter
from peerapp.request_bodies import takes_json
from peerapp.security_headers import POLICY, REPORTS

bp = Blueprint("browser_reports", __name__)
log = structlog.get_logger("peerapp")

LONGEST = 8192
"""Bytes of a report; a browser's own are far shorter."""
VALID_FOR = timedelta(days=180)


@bp.post(REPORTS)
@takes_json
@limiter.limit("30 per minute")
def report() -> ResponseReturnValue:
    """Log which directive was broken on which route; what else a browser tells is dropped.

    A report holds whole addresses, and those may hold secrets of links: the route's name stays.
    """
    if request.content_length is None or request.content_length > LONGEST:
        abort(413)
    told = _told(request.get_data(cache=False))
    directive = str(told.get("effective-directive") or told.get("violated-directive") or "")
    name = directive.partition(" ")[0].removesuffix("-elem").removesuffix("-attr")
    if name not in POLICY:
        abort(400)
    log.warning(
        "csp_report",
        directive=name,
        route=_route(str(told.get("document-uri") or "")),
        blocked=_kind(str(told.get("blocked-uri") or "")),
    )
    return "", 204


csrf.exempt(report)  # a browser sends it by itself; nothing is changed by it


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)["csp-report"]
    except (ValueError, KeyError, TypeError, RecursionError):
        abort(400)
    if not isinstance(told, dict):
        abort(400)
    return told


def _route(address: str) -> str:
    """Return the name of the route of an address, or nothing."""
    try:
        path = urlsplit(address).path
        endpoint, _ = current_app.url_map.bind("localhost").match(path)
    except (HTTPException, ValueError):
        return ""
    return str(endpoint)


def _kind(blocked: str) -> str:
    """Return what was blocked in a word: never an address."""
    return blocked if blocked in {"inline", "eval", "data", "blob"} else "address"


@bp.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Tell whom to write to about a weakness (RFC 9116); 404 until the settings name somebody."""
    settings = current_settings()
    if not settings.security_contact:
        abort(404)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {(today() + VALID_FOR).isoformat()}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
    )
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")
