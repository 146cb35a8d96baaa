"""Forms that mail a link answer on a beat: how long they took tells nothing."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import pytest

from peerapp.enums import Role
from peerapp.even_answers import ENDPOINTS, left_of
from tests.factories import make_account

BEAT_MS = 150
FORMS = ("/forgot-password", "/sign-in/link", "/volunteer/sign-up")


@pytest.mark.parametrize(
    ("spent", "left"), [(0.0, 0.2), (0.05, 0.15), (0.2, 0.0), (0.25, 0.15), (0.9, 0.1)]
)
def test_an_answer_leaves_at_the_next_beat(spent, left):
    assert left_of(spent, 0.2) == pytest.approx(left)


@pytest.fixture
def timed(database, scheme_id, settings, make_app):
    """Return a function that says how long each form takes for a known address and another."""
    with database.writing(scheme_id) as session:
        make_account(session, Role.VOLUNTEER, email="known@example.org", signs_in_by_link=True)

    def ask(beat_ms):
        site = make_app(replace(settings, even_answer_ms=beat_ms))
        site.config["WTF_CSRF_ENABLED"] = False
        found = []
        for path in FORMS:
            for email in ("nobody@example.org", "known@example.org"):
                begun = monotonic()
                assert site.test_client().post(path, data={"email": email}).status_code < 400
                found.append(monotonic() - begun)
        assert {rule.endpoint for rule in site.url_map.iter_rules()} >= ENDPOINTS
        return found

    return ask


@pytest.mark.scorecard("6.3.8")
def test_no_form_answers_before_its_beat(timed):
    assert [spent >= BEAT_MS / 1000 for spent in timed(BEAT_MS)] == [True] * 6


@pytest.mark.scorecard("6.3.8", control=True)
def test_without_a_beat_forms_answer_as_soon_as_they_can(timed):
    assert min(timed(0)) < BEAT_MS / 1000


def test_what_was_refused_does_not_wait(settings, scheme_id, make_app):
    site = make_app(replace(settings, even_answer_ms=2000))
    site.config["WTF_CSRF_ENABLED"] = False
    begun = monotonic()
    assert site.test_client().post("/forgot-password", data={"email": ""}).status_code == 422
    assert monotonic() - begun < 2
