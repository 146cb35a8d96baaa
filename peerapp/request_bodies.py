"""What a request may carry: a form's fields, and a file or JSON only where a view takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

FIELDS = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data"})
FILES, JSON = "takes_files", "takes_json"


def takes_files(view: View) -> View:
    """Let a view's form hold files."""
    setattr(view, FILES, True)
    return view


def takes_json(view: View) -> View:
    """Let a view read JSON, of whatever media type; it checks the content itself."""
    setattr(view, JSON, True)
    return view


def init_app(app: Flask) -> None:
    """Refuse every other body with 415, before anybody reads it as a form."""

    def check() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if view is None or getattr(view, JSON, False):
            return
        if request.mimetype not in FIELDS:
            abort(415)
        if not getattr(view, FILES, False) and any(request.files):
            abort(415)

    app.before_request(check)
