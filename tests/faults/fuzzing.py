"""Requests that nobody in their right mind would send, by everybody who can sign in.

A walk through the sample county: any route, any method it knows, ids of real rows and of none, the
fields of the page's own forms with values that break things elsewhere. Every answer must be one
that the site meant to give.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from peerapp.db import Database
from peerapp.models import Account, Base, LoginSession, utc_now
from peerapp.permissions import ROUTES
from peerapp.services import sign_in

NASTY = (
    "", " ", "0", "-1", "1e309", "NaN", "9" * 400, "٣", "²", "31", "13", "0000", "2026", "99999999",
    "a" * 70_000, "\x00", "a\x00b", "\ud7ff", "\ufffe", "‮gnp", "é" * 300, "\r\nBcc: a@example.org",
    "' OR 1=1 --", "{{ 7*7 }}", "${7*7}", "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "../../etc/passwd", "%00", "%2e%2e", "true", "yes", "no", "null", "[]", "{}", "mon_am",
    "a@example.org", "SN1 1AA", "2026-02-30", "12:61", "file:///etc/passwd", "//example.org",
)  # fmt: skip
SLOWEST_S = 2.0
"""Of processor time, ours and not of whatever else the machine does."""
STUCK_S = 30.0
"""By the clock on the wall: what waits that long waits for something that does not come."""
ALLOWED = 0.9  # share of requests for a route that the role may use


@dataclass(frozen=True)
class Person:
    """Who sends, how they sign in, and which routes their role may use."""

    who: str
    enter: Callable[[], FlaskClient]
    rules: Sequence[Rule]


@dataclass
class Found:
    """What a walk found: how often which status came, and what must not have been."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    slowest: float = 0.0

    @property
    def requests(self) -> int:
        return sum(self.statuses.values())


class _Fields(HTMLParser):
    """The names and values of every control of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name")
        if tag in {"input", "select", "textarea", "button"} and name:
            self.found.setdefault(name, []).append(values.get("value") or "")
        elif tag == "option" and self.found:
            self.found[next(reversed(self.found))].append(values.get("value") or "")


class Walk:
    """One walk, repeatable by its seed."""

    def __init__(self, app: Flask, database: Database, scheme_id: uuid.UUID, seed: int) -> None:
        self.app, self.database, self.scheme_id = app, database, scheme_id
        self.random = random.Random(seed)
        self.rules: Sequence[Rule] = sorted(
            (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"),
            key=lambda rule: (rule.endpoint, rule.rule),
        )
        self.found = Found()
        self.ids = self._ids()
        self.people = self._people()

    def _ids(self) -> list[uuid.UUID]:
        with self.database.engine.connect() as connection:
            return [
                row.id
                for table in Base.metadata.sorted_tables
                for row in connection.execute(select(table.c.id).order_by(table.c.id).limit(40))
            ]

    def _people(self) -> list[Person]:
        """Some of each role, with the routes that they may use."""
        with self.database.reading(self.scheme_id) as session:
            accounts = session.scalars(select(Account).order_by(Account.role, Account.id)).all()
        by_role: dict[str, list[Account]] = {}
        for account in accounts:
            if account.confirmed_at and not account.disabled_at:
                by_role.setdefault(account.role.value, []).append(account)
        chosen: list[Account | None] = [None]
        for rows in by_role.values():
            chosen += self.random.sample(rows, min(4, len(rows)))
        return [
            Person(
                who=account.role.value if account else "anonymous",
                enter=self._signed_in(account.id) if account else self.app.test_client,
                rules=[rule for rule in self.rules if ROUTES[rule.endpoint].who(account)],
            )
            for account in chosen
        ]

    def _signed_in(self, account_id: uuid.UUID) -> Callable[[], FlaskClient]:
        def enter() -> FlaskClient:
            with self.database.writing(self.scheme_id) as session:
                account = session.get_one(Account, account_id)
                secret = sign_in.start_session(session, account, utc_now(), timedelta(hours=1))
                session.flush()
                for login in session.scalars(select(LoginSession)):
                    login.factor_at = login.factor_at or utc_now()
            browser = self.app.test_client()
            with browser.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = secret, True
            return browser

        return enter

    def go(self, requests: int, each: int = 40) -> Found:
        """Send so many requests, changing who sends them every `each`."""
        while self.found.requests < requests:
            person = self.random.choice(self.people)
            browser = person.enter()
            for _ in range(each):
                allowed = self.random.random() < ALLOWED
                self._step(person.who, browser, person.rules if allowed else self.rules)
        return self.found

    def _step(self, who: str, browser: FlaskClient, rules: Sequence[Rule]) -> None:
        rule = self.random.choice(rules)
        address = self._address(rule)
        page = self._send(who, browser, rule, "GET", address)
        if "POST" in (rule.methods or ()) and self.random.random() < 0.8:
            fields = _Fields()
            if page is not None and page.mimetype == "text/html":
                fields.feed(page.get_data(as_text=True))
            self._send(who, browser, rule, "POST", address, self._form(fields.found))
        if self.random.random() < 0.03:
            self._send(who, browser, rule, self.random.choice(["PUT", "DELETE", "HEAD"]), address)

    def _address(self, rule: Rule) -> str:
        values = {name: self._argument(rule, name) for name in rule.arguments}
        with self.app.test_request_context():
            address = self.app.url_map.bind("localhost").build(rule.endpoint, values)
        if self.random.random() < 0.3:
            name = self.random.choice(["page", "next", "q", "state", "on", "run", "from", "back"])
            address += f"?{name}={self._nasty()[:200].encode('utf-8', 'replace').hex()}"
            if self.random.random() < 0.5:
                address = (
                    address.split("=")[0] + "=" + self.random.choice(["-1", "0", "9" * 30, "x"])
                )
        return str(address)

    def _argument(self, rule: Rule, name: str) -> Any:
        kind = type(rule._converters[name]).__name__
        if kind == "UUIDConverter":
            return self.random.choice(self.ids) if self.random.random() < 0.9 else uuid.uuid4()
        if kind == "IntegerConverter":
            return self.random.choice([0, 1, 2, 3, 7, 10**30])
        if kind == "AnyConverter":
            return self.random.choice(sorted(rule._converters[name].items))
        return self.random.choice(["x", "review", "1", "Ä", "a" * 300, "%00", "check", "needs"])

    def _nasty(self) -> str:
        return self.random.choice(NASTY)

    def _form(self, fields: dict[str, list[str]]) -> dict[str, Any]:
        form: dict[str, Any] = {}
        wild = self.random.random() < 0.5
        for name, values in fields.items():
            dice = self.random.random()
            if dice < 0.08:
                continue
            if dice < (0.5 if wild else 0.12):
                form[name] = self._nasty()
            elif dice < 0.55 and wild:
                form[name] = [self._nasty(), *values[:2]]
            elif dice < 0.6:
                form[name] = (BytesIO(self._nasty().encode("utf-8", "replace")), "a.csv")
            else:
                form[name] = self.random.choice(values) or "A plain answer"
        if self.random.random() < 0.1:
            form[self.random.choice(["role", "scheme_id", "state", "id", "version"])] = (
                self._nasty()
            )
        return form

    def _send(
        self,
        who: str,
        browser: FlaskClient,
        rule: Rule,
        method: str,
        address: str,
        form: Any = None,
    ) -> Any:
        begun, wall = time.process_time(), time.monotonic()
        try:
            answer = browser.open(address, method=method, data=form)
        except Exception as error:
            self.found.statuses[0] += 1
            self._note(f"{type(error).__name__}: {error!s:.200}", who, rule, method, form)
            return None
        took, waited = time.process_time() - begun, time.monotonic() - wall
        self.found.statuses[answer.status_code] += 1
        if answer.status_code < 400:
            self.found.reached.add(rule.endpoint)
        if answer.status_code >= 500:
            self._note(f"status {answer.status_code}", who, rule, method, form)
        if took > SLOWEST_S or waited > STUCK_S:
            self._note(f"took {took:.1f} s of {waited:.1f} s", who, rule, method, form)
        self.found.slowest = max(self.found.slowest, took)
        return answer

    def _note(self, what: str, who: str, rule: Rule, method: str, form: Any) -> None:
        shown = {name: str(value)[:60] for name, value in (form or {}).items()}
        self.found.wrong.append(f"{what}: {method} {rule.rule} as {who} {shown}")
