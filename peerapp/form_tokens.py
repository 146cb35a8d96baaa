"""The token of the page on which a form was filled in, also where a code came in between."""

from __future__ import annotations

from flask import request

TOKEN = "csrf_token"
FIRST_TOKEN = "factor_first_token"
"""On the page that asks for a code and keeps a form: the token with which that came."""


def first_token() -> str:
    """Return the token with which a form was sent first."""
    return request.form.get(FIRST_TOKEN) or request.form.get(TOKEN, "")
