"""Fixtures for every test."""

from __future__ import annotations

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
