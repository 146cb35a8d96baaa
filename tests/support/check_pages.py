"""What tests of the pages about checks share: forms filled in as a member of staff would."""

from __future__ import annotations

import re

from peerapp.enums import FeeQuestion
from tests.support.staff_pages import at

HIDDEN = re.compile(r'name="(edition|table)" type="hidden" value="(\d+)"')
ROLE = {
    "name": "Café host",
    "summary": "Pours tea.",
    "coaches_families": "no",
    "children": "parents_only",
    "frequency": "never",
    "overnight": "no",
    "personal_care": "no",
    "place": "no",
    "adults": "no",
}


def hidden(browser, address):
    """Return the hidden editions of a page; none where there is no such page."""
    return dict(HIDDEN.findall(browser.get(address).text))


def confirm(browser, volunteer, slug, **changed):
    """Confirm the answers of a role for a volunteer, as the page was shown."""
    address = at(volunteer, f"/dbs-level/{slug}")
    return browser.post(address, data={**hidden(browser, address), "confirmed": "y", **changed})


def fee_answers(*yes):
    """Return the form on the fee with these exclusions answered yes."""
    return {question.value: "yes" if question in yes else "no" for question in FeeQuestion}


def day_of(day, month, year=2026):
    return {"on-day": str(day), "on-month": str(month), "on-year": str(year)}
