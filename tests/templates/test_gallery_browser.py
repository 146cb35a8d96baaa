"""Every part of the look in a real browser, wide and on a phone, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from peerapp.enums import SLOTS
from tests.support import axe
from tests.templates.gallery import PUBLIC

SOME_ERRORS = ("404", "409", "503")
PAGES = ("gallery", "form", "family", *PUBLIC, *(f"error/{name}" for name in SOME_ERRORS))
WIDTHS = (1280, 390)
SLOT = "#slots-mon_morning"

pytestmark = pytest.mark.browser


class Visit:
    """A page, and what the browser's console said."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.said: list[str] = []
        page.set_default_timeout(5000)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, name: str) -> Page:
        self.page.goto(f"{self.base}/{name}")
        return self.page

    def send_empty(self) -> Page:
        self.open("form")
        for slot in SLOTS[2:5]:
            self.page.uncheck(f"#slots-{slot}")
        for part in ("day", "month", "year"):
            self.page.fill(f"#born-{part}", "")
        self.page.click("text=Save and continue")
        self.page.wait_for_selector(".govuk-error-summary")
        return self.page


@pytest.fixture(params=WIDTHS)
def visit(
    request: pytest.FixtureRequest, gallery_browser: Browser, gallery_url: str
) -> Iterator[Visit]:
    page = gallery_browser.new_page(viewport={"width": request.param, "height": 900})
    yield Visit(page, gallery_url)
    page.close()


@pytest.fixture(params=WIDTHS)
def visit_without_scripts(
    request: pytest.FixtureRequest, gallery_browser: Browser, gallery_url: str
) -> Iterator[Visit]:
    size = {"width": request.param, "height": 900}
    page = gallery_browser.new_page(viewport=size, java_script_enabled=False)
    yield Visit(page, gallery_url)
    page.close()


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_fault_that_axe_finds(visit: Visit, name: str) -> None:
    page = visit.open(name)
    assert axe.faults(page) == []
    assert sideways(page) <= 0
    assert visit.said == []


def test_form_with_errors_has_no_fault_that_axe_finds(visit: Visit) -> None:
    page = visit.send_empty()
    assert axe.faults(page) == []
    assert sideways(page) <= 0
    assert visit.said == []
    assert page.title() == "Error: Every field – Vale Family Coaching"


def test_axe_finds_a_missing_label(visit: Visit) -> None:
    """The control: the same check fails when something is wrong."""
    page = visit.open("form")
    page.evaluate("document.querySelector('label[for=email]').remove()")
    assert "label: Form elements must have labels at #email" in axe.faults(page)


def test_policy_refuses_an_inline_script(visit: Visit) -> None:
    """The control: the browser does report what the policy forbids."""
    page = visit.open("form")
    with page.expect_console_message(lambda one: "Content Security Policy" in one.text):
        page.evaluate(
            "const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
            "document.body.append(s)"
        )
    assert page.evaluate("window.bad") is None
    refused = [one for one in visit.said if "Content Security Policy" in one]
    assert len(refused) == 1  # beside it, that the gallery takes no reports of it


def test_every_error_links_to_an_input(visit: Visit) -> None:
    page = visit.send_empty()
    links = page.locator(".govuk-error-summary__list a")
    assert links.count() == 16
    for link in links.all():
        link.click()
        focused = page.evaluate("'#' + document.activeElement.id")
        assert focused == link.get_attribute("href")


def test_slots_are_ticked_by_keyboard(visit: Visit) -> None:
    page = visit.open("form")
    page.focus(SLOT)
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    ticked = page.locator("input[name=slots]:checked")
    values = [box.get_attribute("value") for box in ticked.all()]
    assert values == [
        "mon_morning",
        "mon_afternoon",
        "mon_after_school",
        "mon_evening",
        "tue_morning",
    ]


def test_slot_is_named_by_day_time_and_hours(visit: Visit) -> None:
    page = visit.open("form")
    box = page.get_by_role("checkbox", name="Monday morning 9am to midday", exact=True)
    assert box.get_attribute("id") == "slots-mon_morning"


def test_slots_are_a_table_with_headings(visit: Visit) -> None:
    page = visit.open("form")
    table = page.get_by_role("table", name="When are you free?")
    assert table.get_by_role("rowheader").count() == 7
    assert table.get_by_role("checkbox").count() == 28


def test_slots_are_big_enough_to_touch(visit: Visit) -> None:
    box = visit.open("form").locator(SLOT).bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24


def test_form_is_sent_without_scripts(visit_without_scripts: Visit) -> None:
    page = visit_without_scripts.send_empty()
    first = page.locator(".govuk-error-summary__list a").first
    assert first.get_attribute("href") == "#name"
    assert sideways_without_scripts(page) <= 0


def sideways_without_scripts(page: Page) -> float:
    """How far the widest thing of a page sticks out; measured from outside."""
    size = page.viewport_size
    box = page.locator("main").bounding_box()
    assert size is not None
    assert box is not None
    return box["x"] + box["width"] - size["width"]


def test_menu_is_there_without_scripts(visit_without_scripts: Visit) -> None:
    page = visit_without_scripts.open("gallery")
    assert page.get_by_role("link", name="Families", exact=True).is_visible()
    assert page.get_by_role("button", name="Sign out").is_visible()


def test_exit_this_page_without_scripts(visit_without_scripts: Visit) -> None:
    page = visit_without_scripts.open("family")
    page.locator(".govuk-exit-this-page__button").click()
    page.wait_for_url(f"{visit_without_scripts.base}/leave")


def test_exit_this_page_by_three_presses_of_shift(visit: Visit) -> None:
    page = visit.open("family")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/leave")


def test_exit_this_page_by_skip_link(visit: Visit) -> None:
    page = visit.open("family")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Exit this page"
    page.keyboard.press("Enter")
    page.wait_for_url("**/leave")


def test_staff_page_has_no_exit_this_page(visit: Visit) -> None:
    assert visit.open("gallery").locator(".govuk-exit-this-page").count() == 0
