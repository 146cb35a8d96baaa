"""Restricted texts of vetting stand on the pages they are for, and nowhere else.

Every page of the site is asked for as everybody. Where a canary stands is held to a table, so that
one that vanished from its own page is noticed as one that turned up elsewhere.
"""

from __future__ import annotations

import pytest
import time_machine

from tests.factories import NOW
from tests.security.vetting_world import (
    BORN_IN_WORDS,
    INTERVIEW,
    NUMBER,
    PHONE,
    REFERENCE,
    RISK,
    addresses,
    secrets_of,
)

pytestmark = pytest.mark.walk

CANARIES = {
    "risk": (RISK,),
    "reference": (REFERENCE,),
    "interview": (INTERVIEW,),
    "number": (NUMBER, "0099 8877 0066"),
    "birthday": (BORN_IN_WORDS, "1971"),
    "phone": (PHONE,),
}


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW):
        yield


def pages(app, ids):
    """Yield endpoint and address of every page that can be looked at."""
    for endpoint, method, _, path in addresses(app, ids):
        if method == "GET":
            yield endpoint, path
    for rule in app.url_map.iter_rules():
        if not rule.arguments and "GET" in rule.methods and rule.endpoint != "auth.leave":
            yield rule.endpoint, rule.rule
    for secret in secrets_of(NUMBER):
        for rest in ("", "/knowing", "/qualities", "/children", "/view", "/check", "/decline"):
            yield "referee", f"/reference/{secret}{rest}"


def forms(ids):
    """Yield forms that answer with a page or a file instead of sending elsewhere."""
    yield "risk_assessments.show", f"/staff/risk-assessments/{ids.assessment_id}"
    yield "funnel.export", "/staff/funnel/export"


def crawl(app, ids, browsers):
    """Return for each canary on which pages whom it was shown to."""
    found = {}
    for name, browser in browsers.items():
        answers = [(endpoint, browser.get(path)) for endpoint, path in pages(app, ids)]
        answers += [
            (one, browser.post(path, data={"reason": "review"})) for one, path in forms(ids)
        ]
        for endpoint, answer in answers:
            for canary, spellings in CANARIES.items():
                if any(one in answer.text for one in spellings):
                    found.setdefault(canary, {}).setdefault(endpoint, set()).add(name)
    return found


@pytest.mark.scorecard("8.2.3")
def test_restricted_texts_stand_on_their_own_pages_alone(app, world, browsers):
    ids, _ = world
    casework, own = {"coordinator", "lead", "manager"}, {"volunteer"}
    asked = set(browsers)
    assert crawl(app, ids, browsers) == {
        "risk": {"risk_assessments.show": {"lead"}},
        "reference": {
            "references.show": {"coordinator"},
            "panels.show": {"coordinator"},
            "referee": asked,  # whoever holds the link
        },
        "interview": {"interviews.show": casework, "panels.show": casework},
        "number": {"volunteers.show": casework, "checks.correct": casework},
        "birthday": {
            "panels.show": casework,
            "volunteers.show": casework,
            "volunteers.identity": casework,
            "volunteer.check": own,
            "volunteer.profile": own,
        },
        "phone": {
            "volunteers.show": casework,
            "volunteer.check": own,
            "volunteer.profile": own,
        },
    }
