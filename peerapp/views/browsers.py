"""What a browser holds to be known again. It is no key: it opens nothing."""

from __future__ import annotations

import secrets

from flask import Response, after_this_request, request

from peerapp.domain.devices import device_of
from peerapp.enums import Role
from peerapp.extensions import current_settings
from peerapp.services.known_browsers import KEPT, Browser


def _name() -> str:
    return "__Host-known" if current_settings().secure_cookies else "known"


def held_secret() -> str:
    """Return what the browser holds; empty where it holds nothing."""
    return request.cookies.get(_name(), "")[:100]


def current_browser() -> Browser:
    """Return the browser of the request, with a new secret where it holds none."""
    secret = held_secret() or secrets.token_urlsafe(32)
    return Browser(secret, device_of(request.headers.get("User-Agent", "")))


def keep(browser: Browser, role: Role) -> None:
    """Have the browser hold its secret; a family's forgets it when it is closed."""
    kept = None if role is Role.FAMILY else KEPT

    @after_this_request
    def add(response: Response) -> Response:
        response.set_cookie(
            _name(),
            browser.secret,
            max_age=kept,
            secure=current_settings().secure_cookies,
            httponly=True,
            samesite="Lax",
        )
        return response


def forget(response: Response) -> None:
    """Have the browser drop what it holds: after an exit nothing is left in it."""
    response.delete_cookie(_name(), secure=current_settings().secure_cookies, httponly=True)
