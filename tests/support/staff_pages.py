"""What tests of the staff's pages about volunteers share: people, forms and questions."""

from __future__ import annotations

import re

ACTS = {
    "suspend": {"reason": "A family was worried."},
    "lift": {"reason": "All clear."},
    "resume": {"reason": ""},
    "decline": {"reason": "Not now.", "drop_out": "not_suitable"},
    "withdraw": {"reason": "Told us by phone.", "drop_out": "no_time"},
    "leave": {"reason": "Moved away.", "drop_out": "moved_away"},
}
CERTIFICATE = {
    "number": "0098 7654 3210",
    "issue_date-day": "1",
    "issue_date-month": "10",
    "issue_date-year": "2026",
    "level": "enhanced_children",
    "workforce": "child",
    "name_as_printed": "AMA CANARY",
    "name_matches": "yes",
    "has_content": "no",
    "seen_on-day": "12",
    "seen_on-month": "10",
    "seen_on-year": "2026",
}


def state(volunteer):
    return volunteer.state


def at(volunteer, rest=""):
    return f"/staff/volunteers/{volunteer.id}{rest}"


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def certificate_at(coach, rest, saved):
    held = saved(coach, lambda one: one.certificates[-1].id)
    return at(coach, f"/certificates/{held}/{rest}")
