"""Flask extensions and how they are set up for this site."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, request
from flask_login import LoginManager, UserMixin
from flask_wtf import CSRFProtect

from peerapp import db
from peerapp.adapters.secret_box import SecretBox
from peerapp.models import Account, LoginSession, utc_now
from peerapp.rate_limits import Limiter
from peerapp.services import sign_in

if TYPE_CHECKING:
    from peerapp.config import Settings

csrf = CSRFProtect()
limiter = Limiter()
login_manager = LoginManager()


class HalfOpen(UserMixin):
    """A browser that has given the password and still owes a second factor.

    Nobody is signed in: it has no ``account``, so that no page can take it for one that has.
    """

    is_authenticated = False

    def __init__(self, login: LoginSession, secret: str) -> None:
        self.login = login
        self._secret = secret

    def get_id(self) -> str:
        return self._secret


class SignedIn(HalfOpen):
    """The signed-in browser as flask-login knows it: a server-side session and its account."""

    is_authenticated = True

    def __init__(self, login: LoginSession, secret: str) -> None:
        super().__init__(login, secret)
        self.account: Account = login.account


def browser_of(login: LoginSession, secret: str) -> HalfOpen:
    """Return what a session is to flask-login: this is the one place where it becomes somebody."""
    return HalfOpen(login, secret) if login.is_half_open else SignedIn(login, secret)


def init_app(app: Flask, settings: Settings) -> None:
    """Set the extensions up for one application."""
    csrf.init_app(app)
    if settings.rate_limits:
        limiter.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None  # sessions are rows; they are revoked, not guessed at
    login_manager.user_loader(_load)


WATCH = "still_shown"
"""Routes of this name are asked by an open page, not by a person: they keep nobody signed in."""


def _load(secret: str) -> HalfOpen | None:
    """Find the browser's session; the request's own session then holds the account."""
    now = utc_now()
    settings = current_settings()
    idle = timedelta(minutes=settings.idle_minutes)
    staff_idle = timedelta(minutes=settings.staff_idle_minutes)
    login = sign_in.find_session(db.get_session(), secret, now, idle, staff_idle)
    if login is None:
        return None
    is_watch = (request.endpoint or "").endswith(f".{WATCH}")
    if now - login.last_seen_at > sign_in.TOUCH_AFTER and not is_watch and not g.get("touched"):
        g.touched = True
        with db.write_aside() as session:
            sign_in.touch(session, login.id, now)
    return browser_of(login, secret)


def current_box() -> SecretBox:
    """Return what seals the secrets of second factors."""
    return SecretBox(current_settings().secret_key)


def current_settings() -> Settings:
    """Return the settings of the running application."""
    settings: Settings = current_app.extensions["settings"]
    return settings
