"""How often one address may ask for a page: declared beside the view, counted in the database.

Asked before anybody is looked up: counting opens a transaction of its own, and on SQLite it would
wait for ever for one that the same request had begun.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from flask import Flask, current_app, request

from peerapp import db
from peerapp.errors import TooManyTries
from peerapp.models import utc_now
from peerapp.services import throttles

View = TypeVar("View", bound=Callable[..., object])
WINDOWS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
DECLARED = "_rate_limits"


@dataclass(frozen=True)
class Limit:
    """So many requests in a window."""

    amount: int
    window: timedelta
    methods: frozenset[str] | None
    exempt_when: Callable[[], bool] | None

    def applies(self) -> bool:
        """Say whether the current request counts."""
        if self.methods is not None and request.method not in self.methods:
            return False
        return self.exempt_when is None or not self.exempt_when()


class Limiter:
    """Declares limits on views, and asks them before each request."""

    def limit(
        self,
        words: str,
        *,
        methods: Sequence[str] | None = None,
        exempt_when: Callable[[], bool] | None = None,
    ) -> Callable[[View], View]:
        """Declare a limit such as ``30 per minute`` for a view, below its route."""
        amount, _, window = words.split(" ")
        chosen = frozenset(methods) if methods else None
        made = Limit(int(amount), WINDOWS[window], chosen, exempt_when)

        def declare(view: View) -> View:
            setattr(view, DECLARED, (*getattr(view, DECLARED, ()), made))
            return view

        return declare

    def init_app(self, app: Flask) -> None:
        """Ask the limits before each request of an application."""
        app.before_request(_check)


def _check() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    declared: tuple[Limit, ...] = getattr(view, DECLARED, ())
    for number, limit in enumerate(declared):
        if limit.applies():
            _count(limit, number)


def _count(limit: Limit, number: int) -> None:
    now = utc_now()
    key = throttles.key_of(
        str(current_app.config["SECRET_KEY"]),
        "rate",
        str(request.endpoint),
        str(number),
        browser_address(),
    )
    hits, ends = throttles.count(db.get_database(), key, limit.window, now)
    if hits > limit.amount:
        raise TooManyTries(ends - now)


def browser_address() -> str:
    """Return where a request comes from: of IPv6 the network, as one house has all of that."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
