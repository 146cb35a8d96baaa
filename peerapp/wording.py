"""Dates, distances and slots in the words of a page. Pure; used as template filters."""

from __future__ import annotations

import datetime as dt

from peerapp.clock import LONDON
from peerapp.enums import SLOT_DAYS, SLOT_TIMES, SLOTS

METRES_PER_MILE = 1609.344
DAYS = dict(
    zip(
        SLOT_DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
TIMES = dict(zip(SLOT_TIMES, ("morning", "afternoon", "after school", "evening"), strict=True))
HOURS = dict(
    zip(
        SLOT_TIMES,
        ("9am to midday", "midday to 3pm", "3pm to 6pm", "6pm to 9pm"),
        strict=True,
    )
)


def date(value: dt.date | None, missing: str = "Not recorded") -> str:
    """Return ``22 November 2026``; a moment counts as its day in London."""
    if value is None:
        return missing
    day = day_of(value) if isinstance(value, dt.datetime) else value
    return f"{day.day} {day:%B %Y}"


def day_of(value: dt.datetime) -> dt.date:
    """Return the day of a moment, in London."""
    return _london(value).date()


def moment(value: dt.datetime | None, missing: str = "Not recorded") -> str:
    """Return ``22 November 2026 at 3:05pm``, in London."""
    if value is None:
        return missing
    return f"{date(value)} at {clock_time(value)}"


def weekday(value: dt.datetime) -> str:
    """Return ``Monday``, in London."""
    return f"{_london(value):%A}"


def clock_time(value: dt.datetime) -> str:
    """Return ``3:05pm`` or ``3pm``, ``midday``, ``midnight``, in London."""
    local = _london(value)
    if local.minute == 0 and local.hour in (0, 12):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{(local.hour - 1) % 12 + 1}{minutes}{'am' if local.hour < 12 else 'pm'}"


def _london(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return value.astimezone(LONDON)


def miles(metres: float | None, missing: str = "Not known") -> str:
    """Return metres as ``3.4 miles``."""
    if metres is None:
        return missing
    distance = round(metres / METRES_PER_MILE, 1)
    if distance < 0.1:
        return "less than 0.1 miles"
    return "1 mile" if distance == 1 else f"{distance:.1f} miles"


def slot(name: str) -> str:
    """Return ``Monday after school (3pm to 6pm)``.

    Raises
    ------
    KeyError
        No slot has that name.
    """
    day, _, time = name.partition("_")
    return f"{DAYS[day]} {TIMES[time]} ({HOURS[time]})"


def count(number: int, singular: str, plural: str = "") -> str:
    """Return ``1 family`` or ``1,204 families``; the plural ends in s unless it is given."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def week() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return the rows of a week's grid: a day, and for each time its slot, name and hours."""
    return [
        (DAYS[day], [(name, TIMES[time], HOURS[time]) for name, time in _slots_of(day)])
        for day in SLOT_DAYS
    ]


def _slots_of(day: str) -> list[tuple[str, str]]:
    return [(name, name.partition("_")[2]) for name in SLOTS if name.startswith(f"{day}_")]
