"""Fixtures for every test."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.support.browser import chrome
from tests.support.databases import database_url, migrated, server
from tests.support.scorecard import Scorecard
from tests.support.site import (
    app,
    client,
    database,
    lent_app,
    make_app,
    on_the_day,
    scheme_id,
    settings,
    sign_in,
)

__all__ = [
    "app",
    "chrome",
    "client",
    "database",
    "database_url",
    "lent_app",
    "make_app",
    "migrated",
    "on_the_day",
    "scheme_id",
    "server",
    "settings",
    "sign_in",
]


VIEWS = Path(__file__).parent / "views"
SELDOM = 20_000  # objects made between two looks for garbage; Python's own 700 take a tenth longer


def pytest_configure(config: pytest.Config) -> None:
    """Count the tests that show a row of the scorecard; look for garbage less often."""
    gc.set_threshold(SELDOM)
    config.pluginmanager.register(Scorecard(), "scorecard")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what opens a database, and leave out what SQLite cannot show when it is in use.

    What pages show is alike on both databases: what they ask is asked by tests of the services.
    """
    for item in items:
        if {"database_url", "migrated"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
        if VIEWS in item.path.parents:
            item.add_marker("walk")
    if os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite":
        left_out = [item for item in items if item.get_closest_marker("postgres")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Take what stays until the end, modules and thousands of tests, for no garbage."""
    gc.collect()
    gc.freeze()
