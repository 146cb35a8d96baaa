"""Asking the same of a known address and an unknown one, and what of the answers differs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

HIDDEN_FIELD = re.compile(r'name="(?:csrf_token|form_key)"[^>]*value="[^"]*"')
CHANGES = frozenset({"X-Request-ID", "Set-Cookie", "Content-Length", "Date"})


def seen(answer: TestResponse, *typed: str) -> tuple[object, ...]:
    """Return all that can be compared of an answer, without what was typed and what is random."""
    text = HIDDEN_FIELD.sub("", answer.get_data(as_text=True))
    place = answer.headers.get("Location", "")
    for number, word in enumerate(typed):
        text, place = text.replace(word, f"[{number}]"), place.replace(word, f"[{number}]")
    cookies = [one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie")]
    headers = sorted((name, value) for name, value in answer.headers if name not in CHANGES)
    headers = [(name, place if name == "Location" else value) for name, value in headers]
    return answer.status_code, text, len(text), tuple(cookies), tuple(headers)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect every statement that the application sends, without its values: its work."""
    engine = app.extensions["database"].engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
