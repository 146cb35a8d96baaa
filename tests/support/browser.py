"""A real browser. What is missing fails; nothing is skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1280, 900)
PHONE = (390, 844)


def chromium() -> str:
    """Return the path of Chromium, as ``PEERAPP_CHROMIUM`` or Debian's package gives it."""
    found = os.environ.get("PEERAPP_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise FileNotFoundError("no Chromium: apt-get install chromium, or set PEERAPP_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()
