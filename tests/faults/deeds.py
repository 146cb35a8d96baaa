"""What people send that makes or answers something, each with its real page's form and token."""

from __future__ import annotations

import itertools
import re
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from peerapp.db import Database
from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import MatchState, OfferSide
from peerapp.models import Account, Base, CoachingSession, Match, MatchOffer, utc_now
from peerapp.services import asked_links, session_plans
from tests.factories import NOW
from tests.scenes import BASE_URL, Scene
from tests.support.referrals import fill_in

DAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A moment after the first session of the plan."""
PLAN = PlanDetails(date(2026, 11, 23), time(9, 30), 120)

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')
ASIDE = frozenset({"throttle", "login_session", "known_browser", "sent_form", "audit_head"})
"""Tables that count what is sent, or hold one row that changes."""

Rows = Counter[str]


@dataclass
class Deed:
    """A form, filled in by somebody, that has not been sent yet."""

    browser: FlaskClient
    path: str
    data: dict[str, Any]
    makes: str
    count: int = 1
    """The table in which it makes rows, and how many."""

    def send(self) -> TestResponse:
        """Send it, as the same browser with the same cookies would again."""
        with self.browser.session_transaction() as cookie:
            held = dict(cookie)
        answer = self.browser.post(self.path, data=self.data)
        with self.browser.session_transaction() as cookie:
            cookie.clear()
            cookie.update(held)
        return answer


def rows_of(database: Database) -> Rows:
    """Count the rows of each table."""
    with database.engine.connect() as connection:
        return Counter(
            {
                table.name: connection.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name not in ASIDE
            }
        )


def made(before: Rows, after: Rows) -> Rows:
    """Return how many rows more there are, or fewer."""
    return Counter(
        {name: after[name] - before[name] for name in after if after[name] != before[name]}
    )


class Deeds:
    """Makes deeds, each about records of its own; forms want their tokens, as for people."""

    def __init__(self, app: Flask, scene: Scene, sign_in: Callable[..., FlaskClient]) -> None:
        self.app, self.scene, self._sign_in = app, scene, sign_in
        self._numbers = itertools.count()

    def rows(self) -> Rows:
        """Count the rows once the queue has done what was left for it."""
        scene = self.scene
        asked_links.answer_due(scene.database, scene.scheme_id, utc_now(), BASE_URL)
        return rows_of(scene.database)

    def make(self, name: str) -> Deed:
        """Make one."""
        self.app.config["WTF_CSRF_ENABLED"] = False
        browser, page, path, data, *makes = getattr(self, f"_{name}")()
        self.app.config["WTF_CSRF_ENABLED"] = True
        return Deed(browser, path, {**_hidden(browser.get(page).text), **data}, *makes)

    def _sign_up(self) -> tuple[Any, ...]:
        data = {"email": f"new{next(self._numbers)}@example.org"}
        page = "/volunteer/sign-up"
        return self.app.test_client(), page, page, data, "volunteer"

    def _referral(self) -> tuple[Any, ...]:
        browser, page = self.app.test_client(), "/get-support/check"
        fill_in(browser, send=False)
        return browser, page, page, {}, "message"

    def _concern(self) -> tuple[Any, ...]:
        page = f"/concerns/new?match={self._match(MatchState.ACTIVE)}"
        data = {"danger_now": "no", "about": "child", "words": "Bruises", "stop_contact": "no"}
        return self._staff(), page, page, data, "concern"

    def _note(self) -> tuple[Any, ...]:
        match_id = self._match(MatchState.ACTIVE)
        with self.scene.writing() as session:
            staff = self.scene.coordinator(session)
            session_plans.save_plan(session, staff, match_id, PLAN, NOW, BASE_URL)
        with self.scene.reading() as session:
            query = select(CoachingSession.id).where(CoachingSession.match_id == match_id)
            first = session.scalars(query.order_by(CoachingSession.starts_at)).first()
        page = f"/volunteer/sessions/{first}/held"
        data = {"minutes": "95", "mood": "mixed", "text": "Her canary is ill."}
        return self._coach(match_id), page, page, data, "session_note"

    def _expense(self) -> tuple[Any, ...]:
        page = "/volunteer/expenses/new"
        data = {
            "kind": "car", "spent_on-day": "19", "spent_on-month": "11", "spent_on-year": "2026",
            "miles": "12.4", "purpose": "To the library",
        }  # fmt: skip
        return self._coach(self._match(MatchState.ACTIVE)), page, page, data, "expense_claim"

    def _offer(self) -> tuple[Any, ...]:
        match_id = self._match(MatchState.PROPOSED)
        data = {"family_version": "1", "coach_version": "1"}
        answer = self._staff().post(f"/staff/matches/{match_id}/offer", data=data)
        assert answer.status_code == 302, answer.text
        with self.scene.reading() as session:
            query = select(MatchOffer.id).where(
                MatchOffer.match_id == match_id, MatchOffer.side == OfferSide.COACH
            )
            page = f"/volunteer/offers/{session.scalars(query).one()}"
        return self._coach(match_id), page, f"{page}/yes", {}, "match_event"

    def _approval(self) -> tuple[Any, ...]:
        match_id = self._match(MatchState.PROPOSED)
        page = f"/staff/matches/{match_id}/approve"
        with self.scene.reading() as session:
            match = session.get_one(Match, match_id)
            data = {
                "family_version": match.family_version,
                "coach_version": match.volunteer_version,
                "coach_agreed_how": "phone",
                "family_agreed_how": "phone",
            }
        return self._staff(), page, page, data, "match_event", 3  # two yeses, and the approval

    def _match(self, state: MatchState) -> uuid.UUID:
        scene = self.scene
        return scene.add_match(scene.add_family(account=True), scene.add_coach(), state=state)

    def _staff(self) -> FlaskClient:
        with self.scene.reading() as session:
            return self._sign_in(self.scene.coordinator(session))

    def _coach(self, match_id: uuid.UUID) -> FlaskClient:
        with self.scene.reading() as session:
            account: Account = session.get_one(Match, match_id).volunteer.account
        return self._sign_in(account)


def _hidden(page: str) -> dict[str, str]:
    """Return what a page's forms send without being asked."""
    found = {}
    for one in HIDDEN.findall(page):
        name, value = NAME.search(one), VALUE.search(one)
        if name is not None:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


NAMES = ("sign_up", "referral", "concern", "note", "expense", "offer", "approval")
