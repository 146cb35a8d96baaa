"""A person at a browser: opens pages, fills in forms, and has every page checked on the way."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from playwright.sync_api import Browser, Error, Locator, expect

from tests.support import axe
from tests.support.browser import DESKTOP, PHONE


class Visitor:
    """One browser of its own; each kind of page is checked once.

    Visitors who share ``checked`` look at a kind of page once between them.
    """

    def __init__(
        self,
        chrome: Browser,
        url: str,
        viewport: tuple[int, int],
        *,
        looks: bool = True,
        checked: set[str] | None = None,
    ) -> None:
        self.url = url
        self.viewport = viewport
        self.looks = looks
        self.checked = set() if checked is None else checked
        self.context = chrome.new_context(viewport={"width": viewport[0], "height": viewport[1]})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message: Any) -> None:
        expected = "Failed to load resource" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.check_page()

    def click(self, name: str, role: str = "button") -> None:
        """Follow a button or link by its name, and check where it leads."""
        self.follow(self.page.get_by_role(role, name=name, exact=True).first)

    def follow(self, where: Locator) -> None:
        """Press what leads to another page, wait for that page, and check it.

        A press alone returns while the old page is going, and what is asked then is asked of
        neither.
        """
        with self.page.expect_navigation():
            where.click()
        self.check_page()

    def fill(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def choose(self, **values: str | tuple[str, ...]) -> None:
        """Tick radios and checkboxes by the name of the field and the values."""
        for name, chosen in values.items():
            for value in (chosen,) if isinstance(chosen, str) else chosen:
                self.page.locator(f'input[name="{name}"][value="{value}"]').check()

    def select(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f'select[name="{name}"]').select_option(value)

    def fill_date(self, name: str, day: date) -> None:
        for part in ("day", "month", "year"):
            self.page.locator(f'[name="{name}-{part}"]').fill(str(getattr(day, part)))

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def does_not_see(self, text: str) -> None:
        """Say that nothing of the page holds a text, its source included."""
        assert text not in self._content(), f"{text!r} stands on {self._route()}"

    def _content(self) -> str:
        """Return the whole page, once it has finished loading itself anew."""
        for _ in range(10):
            with suppress(Error):
                self.page.wait_for_load_state()
                return self.page.content()
            self.page.wait_for_timeout(200)
        return self.page.content()

    def _route(self) -> str:
        return self.page.url.removeprefix(self.url)

    def check_page(self) -> None:
        """Find faults: what axe says, what the browser complains of, and sideways scrolling.

        Axe looks at the width that this person has; the gallery shows it each part at both.
        """
        kind = "/".join(
            part for part in self._route().split("/") if "-" not in part or len(part) < 30
        )
        if self.looks and kind not in self.checked:
            self.checked.add(kind)
            for viewport in (*({PHONE, DESKTOP} - {self.viewport}), self.viewport):
                self._fits(kind, viewport)
            found = axe.faults(self.page)
            assert found == [], f"{kind}:\n" + "\n".join(found)
        assert self.complaints == [], kind

    def _fits(self, kind: str, viewport: tuple[int, int]) -> None:
        width, height = viewport
        self.page.set_viewport_size({"width": width, "height": height})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{kind} is {wide} px wide on a screen of {width}"

    def close(self) -> None:
        self.context.close()
