"""Fixtures for every test."""

from __future__ import annotations

import pytest

from tests.support.browser import chrome
from tests.support.databases import database_url, migrated, server
from tests.support.site import app, client, database, make_app, scheme_id, settings, sign_in

__all__ = [
    "app",
    "chrome",
    "client",
    "database",
    "database_url",
    "make_app",
    "migrated",
    "scheme_id",
    "server",
    "settings",
    "sign_in",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a database, which runs on SQLite and again on PostgreSQL."""
    for item in items:
        if "database_url" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
