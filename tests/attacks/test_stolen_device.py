"""Her own browser in somebody else's hand: left at once, and nothing to go back to."""

from __future__ import annotations

import pytest
from flask import redirect
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from peerapp.models import LoginSession
from peerapp.views.auth import SAFE_PAGE
from tests.attacks.hidden import SECRETS
from tests.support.threaded_site import served

pytestmark = pytest.mark.usefixtures("on_the_day")

COACH = "/family/coach"
ELSEWHERE = "/accessibility"
"""Where the way out leads in these tests: a browser of theirs reaches no other site."""


@pytest.fixture
def opened(app, browser, chrome: Browser, monkeypatch):
    """Return a function that opens her coach's page in a browser, with scripts or without."""
    monkeypatch.setattr("peerapp.views.auth.SAFE_PAGE", ELSEWHERE)
    her = browser("her")
    contexts = []

    def opening(*, scripts: bool) -> Page:
        context = chrome.new_context(java_script_enabled=scripts)
        contexts.append(context)
        value = her.get_cookie("session").value
        context.add_cookies([{"name": "session", "value": value, "url": url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{url}/family/")
        page.goto(f"{url}{COACH}")
        assert SECRETS["coach's phone"] in page.content()
        return page

    with served(app) as url:
        yield opening
        for context in contexts:
            context.close()


def click(page: Page) -> None:
    page.locator(".govuk-exit-this-page__button").click()


def press_shift(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Shift")


WAYS = {
    "click": (True, click),
    "click without scripts": (False, click),
    "shift three times": (True, press_shift),
}


def what_is_left(page: Page) -> set[str]:
    """Leave the page, then go back and open it again; return which of her words are shown."""
    page.wait_for_url(f"**{ELSEWHERE}")
    home = page.url.removesuffix(ELSEWHERE)
    shown = page.content()
    for _ in range(2):
        page.go_back()
        shown += page.content()
    page.goto(f"{home}{COACH}")
    shown += page.content()
    return {name for name, word in SECRETS.items() if word in shown}


def sessions_of(database, scheme_id, stage) -> int:
    with database.reading(scheme_id) as session:
        query = select(func.count(LoginSession.id))
        return session.scalar(query.where(LoginSession.account_id == stage.people["her"]))


@pytest.mark.browser
@pytest.mark.scorecard("DA-1")
@pytest.mark.parametrize("way", WAYS)
def test_leaving_ends_the_session_and_leaves_nothing_to_go_back_to(
    opened, database, scheme_id, stage, way
):
    scripts, leave = WAYS[way]
    page = opened(scripts=scripts)
    assert sessions_of(database, scheme_id, stage) == 1
    leave(page)
    assert what_is_left(page) == set()
    assert sessions_of(database, scheme_id, stage) == 0


@pytest.mark.browser
@pytest.mark.scorecard("DA-1", control=True)
def test_a_way_out_that_only_leads_away_is_noticed(
    app, opened, database, scheme_id, stage, monkeypatch
):
    monkeypatch.setitem(app.view_functions, "auth.leave", lambda: redirect(ELSEWHERE, 303))
    page = opened(scripts=True)
    click(page)
    assert "coach's phone" in what_is_left(page)
    assert sessions_of(database, scheme_id, stage) == 1


@pytest.mark.scorecard("14.3.2")
def test_no_page_of_hers_may_be_kept_by_the_browser(browser):
    her = browser("her")
    for path in ("/family/", COACH, "/family/messages", "/family/safe-contact", "/account/"):
        assert her.get(path).headers["Cache-Control"] == "no-store"
    left = her.get("/leave")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert left.headers["Location"] == SAFE_PAGE
