"""What may be served, and whether it can be read."""

from __future__ import annotations

import json
import re

import pytest

from peerapp.templating import PACKAGE, template_folder

STATIC = PACKAGE / "static"
ROOT = PACKAGE.parent
CSS = (STATIC / "site.css").read_text()
FORBIDDEN_NAMES = re.compile(
    r"crest|crown|govuk-icon|opengraph|logotype|mask|\.(woff2?|ttf|otf|eot|ico|png|jpe?g|gif)$"
)
FORBIDDEN_WORDS = re.compile(r"@font-face|gds|crest|crown|logotype|url\(|@import|data:", re.I)


def files() -> list[str]:
    return sorted(path.name for path in STATIC.rglob("*") if path.is_file())


def test_files_served_are_just_these() -> None:
    assert [name for name in files() if FORBIDDEN_NAMES.search(name)] == []
    assert files() == [
        "favicon.svg",
        "govuk-frontend-licence.txt",
        "js-enabled.js",
        "passkeys.js",
        "site.css",
        "site.js",
    ]


def test_styles_load_nothing_and_name_no_font_of_others() -> None:
    assert FORBIDDEN_WORDS.findall(CSS) == []


def test_forbidden_words_are_found_where_they_are() -> None:
    """The control."""
    sample = '@font-face{font-family:"GDS Transport";src:url(light.woff2)}'
    assert FORBIDDEN_WORDS.findall(sample) == ["@font-face", "GDS", "url("]
    assert FORBIDDEN_NAMES.search("govuk-crest.svg")
    assert FORBIDDEN_NAMES.search("light-94a07e06a1-v2.woff2")


def test_favicon_is_ours_and_needs_nothing_else() -> None:
    assert set(re.findall(r"<(\w+)", (STATIC / "favicon.svg").read_text())) == {
        "svg",
        "rect",
        "g",
        "circle",
        "path",
    }


@pytest.mark.parametrize(
    "path",
    sorted(template_folder().rglob("*.html"), key=str),
    ids=lambda path: path.relative_to(template_folder()).as_posix(),
)
def test_template_has_nothing_that_the_policy_forbids(path) -> None:
    text = path.read_text()
    assert re.findall(r"\sstyle=|<style|\son\w+=[\"']|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []


def test_lock_file_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert '"resolved"' not in text
    assert [name for name, about in packages.items() if name and "integrity" not in about] == []


PAIRS = [
    # text, background
    ("#ffffff", "--govuk-brand-colour"),
    ("#ffffff", "--app-action-colour"),
    ("#ffffff", "--app-action-hover-colour"),
    ("#ffffff", "--app-good-colour"),
    ("#ffffff", "--govuk-error-colour"),
    ("--app-soon-colour", "#ffffff"),
    ("--govuk-link-colour", "#ffffff"),
    ("--govuk-link-colour", "--app-soft-colour"),
    ("--govuk-link-hover-colour", "--app-soft-colour"),
    ("--govuk-link-visited-colour", "--app-soft-colour"),
    ("--govuk-secondary-text-colour", "--app-soft-colour"),
    ("--govuk-text-colour", "--app-accent-colour"),
    ("--govuk-error-colour", "#ffffff"),
]


@pytest.mark.parametrize(("text", "background"), PAIRS)
def test_colours_can_be_read(text: str, background: str) -> None:
    assert contrast(colour(text), colour(background)) >= 4.5


def test_contrast_of_known_colours() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def colour(name: str) -> str:
    if name.startswith("#"):
        return name
    value = re.search(re.escape(name) + r":\s*(#[0-9a-f]{3,6})", CSS)
    assert value is not None, name
    short = value[1]
    return short if len(short) == 7 else "#" + "".join(2 * digit for digit in short[1:])


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2, section "contrast ratio"."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(code: str) -> float:
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
