"""Browsers that are proven: a member of staff has given a second factor in them before.

Such a browser has guesses of its own, so that a stranger who guesses elsewhere cannot use them up.
It is no more than that: the factor is asked for all the same. Families and volunteers get no such
cookie, as it would tell whoever looks through their browser.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from peerapp.domain.second_factors import NEW_BROWSER
from peerapp.models import Account

KEPT = timedelta(days=180)
SALT = "proven browser"


def lane_of(account: Account) -> str:
    """Return the lane by which this browser guesses at codes of an account."""
    token = request.cookies.get(_name(), "")
    try:
        owner, mark = _serializer().loads(token, max_age=int(KEPT.total_seconds()))
    except (BadSignature, TypeError, ValueError):
        return NEW_BROWSER
    if owner != account.id.hex:
        return NEW_BROWSER
    return hashlib.sha256(str(mark).encode()).hexdigest()


def remember(account: Account) -> None:
    """Mark this browser as one in which the account has given its second factor."""
    if not account.is_staff or lane_of(account) != NEW_BROWSER:
        return
    token = _serializer().dumps([account.id.hex, secrets.token_urlsafe(16)])

    @after_this_request
    def add(response: Response) -> Response:
        response.set_cookie(
            _name(),
            token,
            max_age=KEPT,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _name() -> str:
    return "__Host-proven" if current_app.config["SESSION_COOKIE_SECURE"] else "proven"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT)
