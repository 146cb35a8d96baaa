"""Weekly sessions: when they may be, on which days they fall, and which links may be shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from urllib.parse import urlsplit

from peerapp.enums import SLOT_DAYS
from peerapp.errors import Refusal
from peerapp.models import SchoolHoliday

HORIZON = timedelta(weeks=8)
"""How far ahead sessions stand in calendars."""
FURTHEST_START = timedelta(weeks=12)
SLOT_STARTS = {
    "morning": time(9),
    "afternoon": time(12),
    "after_school": time(15),
    "evening": time(18),
}
SLOT_HOURS = 3
SHORTEST, LONGEST = 15, 300
EVERY_WEEKS = (1, 2)


@dataclass(frozen=True)
class PlanDetails:
    """What a coordinator decides on the sessions of a match; ``at`` is a time in London."""

    first_on: date
    at: time
    minutes: int
    every_weeks: int = 1
    skips_holidays: bool = True
    video_link: str = ""


def slot_weekday(slot: str) -> int:
    """Return the day of the week of a slot, Monday 0."""
    return SLOT_DAYS.index(slot.partition("_")[0])


def slot_start(slot: str) -> time:
    """Return the time at which a slot begins."""
    return SLOT_STARTS[slot.partition("_")[2]]


def first_day(slot: str, earliest: date) -> date:
    """Return the first day of a slot's weekday that is not before ``earliest``."""
    return earliest + timedelta(days=(slot_weekday(slot) - earliest.weekday()) % 7)


def plan_refusals(slot: str, details: PlanDetails, today: date) -> list[Refusal]:
    """Say why sessions cannot be planned like this; the codes name the fields of its form.

    They lie in the slot that both have free, because that is what the matching rests on.
    """
    refusals = []
    if not today <= details.first_on <= today + FURTHEST_START:
        text = "The first session must be today or later, and within 12 weeks."
        refusals.append(Refusal("first_on", text))
    elif details.first_on.weekday() != slot_weekday(slot):
        text = "The first session must be on the day of the week that both have free."
        refusals.append(Refusal("first_on", text))
    start = slot_start(slot).hour
    if not start <= details.at.hour < start + SLOT_HOURS:
        text = f"The session must start between {start}:00 and {start + SLOT_HOURS - 1}:59."
        refusals.append(Refusal("at", text))
    if not SHORTEST <= details.minutes <= LONGEST:
        text = f"A session lasts from {SHORTEST} to {LONGEST} minutes."
        refusals.append(Refusal("minutes", text))
    if details.every_weeks not in EVERY_WEEKS:
        refusals.append(Refusal("every_weeks", "Sessions are every week or every two weeks."))
    return [*refusals, *video_link_refusals(details.video_link)]


def video_link_refusals(link: str) -> list[Refusal]:
    """Say why a link may not be shown as the way into a session; an empty one may."""
    if not link:
        return []
    try:
        parts = urlsplit(link)
        host, credentials = parts.hostname or "", parts.username or parts.password
    except ValueError:
        host, credentials, parts = "", None, urlsplit("")
    is_whole = parts.scheme == "https" and "." in host.strip(".") and not credentials
    if is_whole and not any(sign.isspace() for sign in link):
        return []
    return [Refusal("video_link", "Enter a whole link that starts with https://")]


def session_days(first_on: date, every_weeks: int, earliest: date, latest: date) -> Iterator[date]:
    """Yield the days of a plan from ``earliest`` to ``latest``, both of them in it."""
    step = 7 * every_weeks
    missed = max(0, -(-(earliest - first_on).days // step))
    day = first_on + timedelta(days=missed * step)
    while day <= latest:
        yield day
        day += timedelta(days=step)


def holiday_on(day: date, council: str, holidays: Iterable[SchoolHoliday]) -> SchoolHoliday | None:
    """Return the school holiday of a council in which a day lies, if any."""
    for one in holidays:
        if one.council in {"", council} and one.first_on <= day <= one.last_on:
            return one
    return None


def holiday_refusals(name: str, first_on: date, last_on: date) -> list[Refusal]:
    """Say why days cannot be a school holiday; the codes name the fields of its form."""
    if not name.strip():
        return [Refusal("name", "Enter what the holiday is called.")]
    if last_on < first_on:
        return [Refusal("last_on", "The last day must be the first day or later.")]
    if last_on > first_on + timedelta(days=100):
        return [Refusal("last_on", "A school holiday lasts no longer than 100 days.")]
    return []
