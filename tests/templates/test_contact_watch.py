"""An open page with contact details, in a real browser: it closes when it may not be shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.threaded_site import served
from tests.templates.gallery import create_gallery

pytestmark = pytest.mark.browser

SECRET = "01632 960101"
CLOSED = "This page is closed."
PAGE = f"""<!DOCTYPE html><title>Ann</title><body><main><h1>Ann</h1><p>Goal: sleep</p>
<p data-contact-watch="/still">{SECRET}</p><p data-contact-watch="/still">Again</p></main>
<a href="/leave">Exit this page</a><script src="/static/site.js" type="module"></script>"""
COUNT_ASKED = """const ask = window.fetch; window.asking = 0; window.fetch = (...what) => {
    window.asking += 1; return ask(...what).finally(() => { window.asking -= 1; }); };"""


class Watched:
    """What the site answers an open page, and how often it was asked."""

    def __init__(self) -> None:
        self.status, self.asked = 204, 0
        self.go_on = threading.Event()
        self.go_on.set()

    def install(self, app: Flask) -> Flask:
        app.add_url_rule("/open", "open", lambda: PAGE)
        app.add_url_rule("/still", "still", self.answer)
        return app

    def answer(self) -> tuple[str, int]:
        self.asked += 1
        self.go_on.wait(10)
        return "", self.status


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.go_on.set()


@pytest.fixture
def page(chrome: Browser, watched: Watched) -> Iterator[Page]:
    with served(watched.install(create_gallery())) as url, chrome.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(5000)
        page.clock.install()
        page.add_init_script(COUNT_ASKED)
        page.goto(f"{url}/open")
        yield page
        watched.go_on.set()


def pass_time(page: Page, seconds: int, *, is_answered: bool = True) -> str:
    """Let seconds pass on the page's clock, and what is asked meanwhile be answered.

    The page's clock runs far ahead of ours, so an answer is late unless it is waited for.
    """
    for _ in range(seconds):
        page.clock.run_for(1000)
        while is_answered and page.evaluate("window.asking"):
            page.wait_for_timeout(5)
    return page.inner_text("body")


def test_page_stays_while_it_may_be_shown_and_asks_once_for_all_of_it(page, watched):
    assert SECRET in pass_time(page, 31)
    assert 9 <= watched.asked <= 12


def test_all_of_the_page_goes_before_it_is_loaded_anew(page, watched):
    page.route("**/open", lambda route: route.fulfill(status=204))  # so the page stays as it is
    assert SECRET in pass_time(page, 4)
    watched.status = 410
    page.clock.run_for(3000)
    expect(page.locator("main")).to_contain_text(CLOSED)
    left = page.inner_text("body")
    assert [one for one in ("Ann", "Goal", SECRET, "Again") if one in left] == []


def test_page_whose_question_is_never_answered_closes(page, watched):
    watched.go_on.clear()
    assert SECRET in pass_time(page, 4, is_answered=False)
    left = pass_time(page, 30, is_answered=False)
    assert (SECRET in left, "Goal" in left, CLOSED in left) == (False, False, True)
    assert "Exit this page" in left
    asked = watched.asked
    pass_time(page, 10, is_answered=False)
    assert watched.asked == asked
