"""Each request is asked who sends it, and whether the table of routes lets them in."""

from __future__ import annotations

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from peerapp import factor_gate, last_look
from peerapp.db import SAFE_METHODS, get_session
from peerapp.models import Account
from peerapp.route_access import PUBLIC, ROUTES, Access, anyone

__all__ = ["ROUTES", "Access", "account_or_none", "anyone", "current_account", "init_app"]


def current_account() -> Account:
    """Return the signed-in account; only for routes that are not public."""
    account: Account = current_user.account
    return account


def account_or_none() -> Account | None:
    """Return the signed-in account, if anybody is signed in."""
    return current_user.account if current_user.is_authenticated else None


def init_app(app: Flask) -> None:
    """Ask the table before each request."""
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None
    access = ROUTES.get(request.endpoint)
    if access is None:
        current_app.logger.error("route %s has no declared access", request.endpoint)
        abort(403)
    g.audited_read = access.audited_read
    if access is PUBLIC:
        return None
    account = account_or_none()
    if access.who(account):
        if account is not None and request.method not in SAFE_METHODS:
            last_look.remember(get_session(), account)
        return factor_gate.ask_again(access)
    if current_user.is_authenticated:
        abort(403)
    if factor_gate.is_half_open():
        return factor_gate.ask_first(access)
    return redirect(url_for("auth.sign_in", next=request.path))
