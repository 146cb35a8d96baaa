"""A signed-in browser: it stays usable, and forms work, as the site is used in earnest."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import MatchState, Role, TokenPurpose
from peerapp.models import LoginSession, utc_now
from peerapp.services import tokens
from tests.factories import NOW, PASSWORD, make_account


@pytest.mark.parametrize(("side", "path"), [("family", "/family/coach"), ("coach", None)])
def test_contact_page_opens_after_some_minutes_of_reading(scene, browser_of, side, path):
    """The view is audited and the session's clock moved on, without two writers at once."""
    with time_machine.travel(NOW):
        family_id, coach_id = scene.add_family(account=True), scene.add_coach()
        match_id = scene.add_match(family_id, coach_id, state=MatchState.ACTIVE)
        browser = browser_of(match_id, side)
    later = NOW + timedelta(minutes=20)
    with time_machine.travel(later, tick=False):
        assert browser.get(path or f"/volunteer/matches/{match_id}").status_code == 200
    with scene.reading() as session:
        assert session.scalars(select(LoginSession.last_seen_at)).one() == later


def test_form_is_taken_over_https_without_a_referrer(make_app, settings, scheme_id):
    """Our own policy keeps browsers from sending one."""
    app = make_app(dataclasses.replace(settings, secure_cookies=True))
    browser, site = app.test_client(), "https://localhost"
    page = browser.get("/volunteer/sign-up", base_url=site)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    form = {"email": "new@example.org", "csrf_token": token}
    sent = browser.post("/volunteer/sign-up", base_url=site, data=form)
    assert (sent.status_code, sent.location) == (302, "/volunteer/sign-up/sent")
    forged = {**form, "csrf_token": "another"}
    assert browser.post("/volunteer/sign-up", base_url=site, data=forged).status_code == 400


def test_session_ends_when_its_browser_changes_to_another_account(app, scene, sign_in):
    with scene.writing() as session:
        coordinator = scene.coordinator(session)
        family_account = make_account(session, Role.FAMILY, confirmed_at=None)
        secret = tokens.issue(
            session, family_account, TokenPurpose.INVITATION, utc_now(), timedelta(days=1)
        )
    browser, thief = sign_in(coordinator), app.test_client()
    with browser.session_transaction() as cookie:
        captured = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(captured)
    assert thief.get("/staff/").status_code == 200
    accepted = browser.post(f"/invitation/{secret}", data={"password": PASSWORD})
    assert (accepted.status_code, accepted.location) == (302, "/family/")
    assert thief.get("/staff/").status_code == 302
