"""What a request may carry: a form's fields, and a file or JSON only where a view takes them.

A field that is one answer may be given once. What is given twice is refused: of two answers the
one that was looked at first need not be the one that is acted upon.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

from peerapp.enums import CheckQuestion

View = TypeVar("View", bound=Callable[..., Any])

FIELDS = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data"})
FILES, JSON = "takes_files", "takes_json"
SEVERAL = frozenset(
    {
        *("answered", "avoids", "channels", "experience", "group_1", "group_2a", "group_2b"),
        *("household", "included", "interviewers", "languages", "lived_experience"),
        *("localities", "members", "needs", "purposes", "safe_slots", "shares", "slots"),
        "spoke_to",
    }
)
"""Fields of several answers, on whichever page they stand."""
SEVERAL_ON = {
    "check_rules.rule": frozenset(one.value for one in CheckQuestion),
    "families.new": frozenset({"children"}),
    "families.edit": frozenset({"children"}),
    "front_door.page": frozenset({"agreed"}),
}
"""Fields of several answers whose name is that of a single answer on other pages."""


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
        if given_twice(request.endpoint or ""):
            abort(400)

    app.before_request(check)


def given_twice(endpoint: str) -> set[str]:
    """Return the fields of this request that hold one answer and were given more."""
    several = several_on(endpoint)
    return {
        name
        for given in (request.args, request.form)
        for name, answers in given.lists()
        if len(answers) > 1 and name not in several
    }


def several_on(endpoint: str) -> frozenset[str]:
    """Return the fields that may be given more than once to an endpoint."""
    return SEVERAL | SEVERAL_ON.get(endpoint, frozenset())
