"""Fetching a file as two people do."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

REASON = {"reason": "For the yearly report, kept on the council's drive."}


def ask_for_file(asker: FlaskClient, path: str) -> str:
    """Ask for a file and return the page of the request."""
    asked = asker.post(path, data=REASON)
    assert asked.status_code == 302
    return str(asked.headers["Location"])


def fetch_as_two(asker: FlaskClient, second: FlaskClient, path: str) -> Any:
    """Ask, have somebody else agree, and return the answer to whoever fetches the file."""
    page = ask_for_file(asker, path)
    assert second.post(f"{page}/decide", data={"answer": "yes"}).status_code == 302
    return asker.post(f"{page}/file")
