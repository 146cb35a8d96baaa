"""Answers that would tell by their speed whether an address is known take one fixed time.

For an address with an account a link is made, kept and put into the outbox; for another nothing
is. That takes some milliseconds, and whoever measures them learns who is known here. So the answer
leaves on a beat, counted from when the request came; everything is saved before it waits.
"""

from __future__ import annotations

from math import ceil
from time import monotonic, sleep

from flask import Flask, Response, g, request

from peerapp.extensions import current_settings

ENDPOINTS = frozenset({"auth.forgot", "auth.sign_up", "sign_in_links.ask", "family.volunteer"})
"""Forms whose answer says the same whoever is known."""

FAILED = 400


def init_app(app: Flask) -> None:
    """Hold back what these forms answer; to be called before whatever else follows an answer."""

    def begin() -> None:
        g.came_at = monotonic()

    def wait(response: Response) -> Response:
        whole = current_settings().even_answer_ms / 1000
        is_told = request.method == "POST" and request.endpoint in ENDPOINTS
        if whole and is_told and response.status_code < FAILED:
            sleep(left_of(monotonic() - g.came_at, whole))
        return response

    app.before_request_funcs.setdefault(None, []).insert(0, begin)
    app.after_request(wait)


def left_of(spent: float, whole: float) -> float:
    """Return the seconds until the next beat: answers leave at multiples of ``whole`` alone."""
    return max(1, ceil(spent / whole)) * whole - spent
