"""Calendar files (iCalendar, RFC 5545) that say when, and nothing of what, where or with whom.

They leave the site for phones that others may look at: each entry has the same neutral title, no
place, no text, no link and no names, and its identifier is a bare number.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

TITLE = "Appointment"
CALENDAR_NAME = "Appointments"
ZONE = ZoneInfo("Europe/London")
REFRESH = "PT1H"
LONDON_RULES = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
"""Summer time as it has been since 1996; it leaves out decades that no session lies in."""


@dataclass(frozen=True)
class Entry:
    """One appointment; ``sequence`` and ``changed_at`` rise with each change to it."""

    id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int


def write_calendar(entries: Iterable[Entry]) -> bytes:
    """Return a calendar file; the same entries give the same bytes.

    Times are in the zone of London, which the file describes, so that a weekly nine o'clock stays
    nine o'clock when the clocks change.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar["x-wr-calname"] = CALENDAR_NAME
    calendar["x-wr-timezone"] = ZONE.key
    calendar["x-published-ttl"] = REFRESH
    calendar.add_component(Timezone.from_ical(LONDON_RULES))
    for entry in sorted(entries, key=lambda one: (one.starts_at, one.id)):
        calendar.add_component(_event(entry))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", str(entry.id))
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.starts_at.astimezone(ZONE))
    event.add("dtend", entry.ends_at.astimezone(ZONE))
    event.add("summary", TITLE)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event
