"""Axe in a page: put there once, asked at each width, and for faults alone.

What passes is not written out, which takes axe most of its time, nor handed over to Python.
"""

from __future__ import annotations

import json
from importlib.resources import files

from playwright.sync_api import Page

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "iframes": False,
    "preload": False,  # what it fetches is for rules on media, which no page has
}
_RUN = f"""() => axe.run(document, {json.dumps(OPTIONS)}).then(found =>
    found.violations.flatMap(one => one.nodes.map(node =>
        `${{one.id}}: ${{one.help}} at ${{node.target.join(" ")}}`)))"""
_source: list[str] = []


def faults(page: Page) -> list[str]:
    """Return what axe finds wrong with a page as it stands, at its width."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN)
    return found


def _axe() -> str:
    if not _source:
        package = files("axe_playwright_python")
        _source.append((package / "axe.min.js").read_text("utf-8"))
    return _source[0]
