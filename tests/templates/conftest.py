"""The gallery, served, and a browser to look at it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.threaded_site import served
from tests.templates.gallery import create_gallery


@pytest.fixture(scope="session")
def gallery_url() -> Iterator[str]:
    with served(create_gallery()) as url:
        yield url


@pytest.fixture(scope="session")
def gallery_browser(chrome: Browser) -> Browser:
    return chrome
