"""Who a record waits for, and for how long, in words for staff."""

from __future__ import annotations

from peerapp import wording
from peerapp.enums import WaitsFor
from peerapp.vocabulary import label


def waits_in_words(who: WaitsFor, days: int | None) -> str:
    """Return ``Waits for a referee, for 11 days.``"""
    name = label(who)
    name = name if who == WaitsFor.DBS else name[0].lower() + name[1:]
    return f"Waits for {name}." if days is None else f"Waits for {name}, {for_days(days)}."


def for_days(days: int) -> str:
    """Return ``for 11 days``, or ``since today``."""
    return f"for {wording.count(days, 'day')}" if days else "since today"
