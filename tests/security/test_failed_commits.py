"""A commit that fails, with the audit trail gone: nothing is shown, promised or logged."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from peerapp.enums import MatchState
from peerapp.models import Match
from peerapp.services import audit

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def match_id(scene):
    family_id = scene.add_family(account=True, last_name="Canarifamily", phone="07700 900654")
    coach_id = scene.add_coach(last_name="Canaricoach", scheme_phone="01632 960777")
    return scene.add_match(family_id, coach_id, state=MatchState.ACTIVE)


@pytest.fixture
def ids(scene, match_id):
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        return {"match": match.id, "family": match.family_id, "coach": match.volunteer_id}


@pytest.fixture
def broken(scene, browser_of, match_id):
    """Browsers of both sides and the coordinator; the audit trail cannot be written any more."""
    browsers = {side: browser_of(match_id, side) for side in ("family", "coach", "coordinator")}
    with scene.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_event RENAME TO audit_event_away"))
    return browsers


@pytest.fixture
def failure(scene):
    """The status of a failed write: drivers call a missing table by different names."""
    return 503 if scene.database.is_sqlite else 500


@pytest.mark.parametrize(
    ("side", "path"),
    [
        ("family", "/family/coach"),
        ("coach", "/volunteer/matches/{match}"),
        ("coordinator", "/staff/families/{family}"),
        ("coordinator", "/staff/volunteers/{coach}"),
        ("coordinator", "/staff/matches/{match}"),
    ],
)
@pytest.mark.scorecard("16.3.2")
def test_what_cannot_be_audited_is_not_shown(broken, failure, ids, capfd, caplog, side, path):
    answer = broken[side].get(path.format(**ids))
    secrets = ["Canari", "07700 900654", "01632 960777"]
    assert answer.status_code == failure
    assert [secret for secret in secrets if secret in answer.text] == []
    logged = capfd.readouterr().err + caplog.text
    assert [
        word for word in ("Traceback", str(ids["family"]), "audit_event") if word in logged
    ] == []


@pytest.mark.scorecard("16.3.2", "16.5", control=True)
def test_page_would_be_shown_if_the_audit_did_not_have_to_be_written(broken, ids, monkeypatch):
    """The control: an audit that gives up in silence."""
    monkeypatch.setattr(audit, "record_read", lambda *_, **__: None)
    answer = broken["coordinator"].get(f"/staff/families/{ids['family']}")
    assert (answer.status_code, "Canarifamily" in answer.text) == (200, True)


@pytest.mark.scorecard("16.5")
def test_change_that_was_not_saved_is_not_reported_as_done(broken, failure, ids, capfd, caplog):
    """The audit row is written with the commit, after the view has said that all is well."""
    browser, path = broken["coordinator"], f"/staff/volunteers/{ids['coach']}/scheme-phone"
    answer = browser.post(path, data={"scheme_phone": "01632 960888"})
    assert answer.status_code == failure
    assert "has been saved" not in browser.get("/").text
    logged = capfd.readouterr().err + caplog.text
    assert [word for word in ("Traceback", path, "audit_event") if word in logged] == []
