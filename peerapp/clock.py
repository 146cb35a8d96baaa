"""Today, as everybody in the scheme understands it. Only views, jobs and commands ask."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def today() -> date:
    """Return the day in Europe/London, whatever zone the machine is in."""
    return datetime.now(LONDON).date()
