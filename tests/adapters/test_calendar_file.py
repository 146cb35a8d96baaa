"""Calendar files: what calendars need, and not a word more."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar

from peerapp.adapters.calendar_file import Entry, write_calendar

CHANGED = datetime(2026, 10, 1, 12, tzinfo=UTC)
BEFORE = Entry(
    uuid.UUID(int=5),
    datetime(2026, 10, 19, 8, tzinfo=UTC),
    datetime(2026, 10, 19, 10, tzinfo=UTC),
    CHANGED,
    0,
)
AFTER = replace(
    BEFORE,
    id=uuid.UUID(int=6),
    starts_at=datetime(2026, 10, 26, 9, tzinfo=UTC),
    ends_at=datetime(2026, 10, 26, 11, tzinfo=UTC),
    sequence=2,
)
LONDON_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""


def test_file_says_when_and_nothing_else():
    text = write_calendar([BEFORE]).decode()
    assert text.replace("\r\n", "\n") == (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Calendar//EN\nCALSCALE:GREGORIAN\n"
        "METHOD:PUBLISH\nX-WR-CALNAME:Appointments\nX-PUBLISHED-TTL:PT1H\n"
        f"X-WR-TIMEZONE:Europe/London\n{LONDON_ZONE}"
        "BEGIN:VEVENT\nSUMMARY:Appointment\nDTSTART;TZID=Europe/London:20261019T090000\n"
        "DTEND;TZID=Europe/London:20261019T110000\nDTSTAMP:20261001T120000Z\n"
        "UID:00000000-0000-0000-0000-000000000005\nSEQUENCE:0\nCLASS:PRIVATE\n"
        "LAST-MODIFIED:20261001T120000Z\nTRANSP:OPAQUE\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert text.count("\n") == text.count("\r\n")


def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change():
    events = Calendar.from_ical(write_calendar([AFTER, BEFORE])).walk("VEVENT")
    starts = [event.decoded("dtstart") for event in events]
    assert [(one.hour, one.utcoffset()) for one in starts] == [
        (9, timedelta(hours=1)),
        (9, timedelta(0)),
    ]
    assert [one.astimezone(UTC) for one in starts] == [BEFORE.starts_at, AFTER.starts_at]


def test_zone_in_the_file_is_that_of_london_for_years():
    (zone,) = Calendar.from_ical(write_calendar([])).walk("VTIMEZONE")
    described, london = zone.to_tz(), ZoneInfo("Europe/London")
    for day in range(0, 365 * 6, 5):
        moment = datetime(2026, 1, 1, 12) + timedelta(days=day)
        offset = moment.replace(tzinfo=london).utcoffset()
        assert described.utcoffset(moment) == offset, moment


def test_order_of_entries_does_not_change_the_file():
    assert write_calendar([BEFORE, AFTER]) == write_calendar([AFTER, BEFORE])
    assert write_calendar([]).count(b"VEVENT") == 0
