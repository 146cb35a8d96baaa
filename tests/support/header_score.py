"""What the HTTP Observatory of MDN would give an answer, by its published table of scores.

Everybody begins with 100. What is missing or weak takes points away; only who still has 90 gets
points for more than is asked. What it says of redirects, CORS and scripts from elsewhere does not
arise: the site has none of them.
"""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

START, BONUS_FROM = 100, 90
HALF_A_YEAR = 15_768_000


def score(answer: TestResponse) -> int:
    """Return the score of one answer, over HTTPS and with a cookie."""
    points = (_policy(answer), _cookies(answer), _referrer(answer), _transport(answer))
    points += (_sniffing(answer), _frames(answer), _resources(answer))
    worst = START + sum(one for one in points if one < 0)
    return worst + sum(one for one in points if one > 0) if worst >= BONUS_FROM else worst


def _policy(answer: TestResponse) -> int:
    policy = answer.headers.get("Content-Security-Policy", "")
    if not policy:
        return -25
    if "unsafe" in policy or "default-src" not in policy:
        return -20
    return 10 if "default-src 'none'" in policy else 5


def _cookies(answer: TestResponse) -> int:
    found = answer.headers.getlist("Set-Cookie")
    wanted = ({"Secure"}, {"HttpOnly"}, {"SameSite=Lax", "SameSite=Strict"})
    held = [[bool(one & set(cookie.split("; "))) for one in wanted] for cookie in found]
    if all(all(one) for one in held):
        return 5
    return -40 if any(not secure for secure, _, _ in held) else -20


def _referrer(answer: TestResponse) -> int:
    private = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
    given = answer.headers.get("Referrer-Policy")
    return 0 if given is None else 5 if given in private else -5


def _transport(answer: TestResponse) -> int:
    given = re.search(r"max-age=(\d+)", answer.headers.get("Strict-Transport-Security", ""))
    if given is None:
        return -20
    return 0 if int(given[1]) >= HALF_A_YEAR else -10


def _sniffing(answer: TestResponse) -> int:
    return 0 if answer.headers.get("X-Content-Type-Options") == "nosniff" else -5


def _frames(answer: TestResponse) -> int:
    if "frame-ancestors" in answer.headers.get("Content-Security-Policy", ""):
        return 5
    return 0 if answer.headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"} else -20


def _resources(answer: TestResponse) -> int:
    return 10 if answer.headers.get("Cross-Origin-Resource-Policy") == "same-origin" else 0
