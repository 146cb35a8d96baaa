"""A real browser. What is missing fails; nothing is skipped."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

FINDER = Path(__file__).parents[2] / "scripts" / "find_browser.sh"
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
    """Return the path of a Chromium that runs; `make test` gets one where there is none."""
    found = subprocess.run([FINDER], stdout=subprocess.PIPE, text=True)
    if found.returncode != 0:
        raise FileNotFoundError(
            "no Chromium: run `make test`, which gets one, or set PEERAPP_CHROMIUM to its path"
        )
    return found.stdout.strip()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()
