"""The walk of the access matrix: every route × method × identity × place, by real requests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask, g
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from tests.security.matrix_world import PLACES, WORDS, World

NOBODY_SIGNED_IN = "anonymous"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
GIVEN = {"reason": "x", "to": "probation", "password": "x"}


@dataclass(frozen=True)
class Case:
    """One request: of which route, by whom, for an object of which place."""

    route: str
    method: str
    path: str
    identity: str
    place: str

    def __str__(self) -> str:
        return f"{self.identity} {self.method} {self.route} {self.place}"


def route_name(app: Flask, rule: Rule) -> str:
    """Return the endpoint, and the start of the address where several rules share one endpoint."""
    if len(list(app.url_map.iter_rules(rule.endpoint))) == 1:
        return rule.endpoint
    return f"{rule.endpoint}@{rule.rule.split('/')[1]}"


def addresses(app: Flask, world: World) -> Iterator[tuple[str, str, str, str]]:
    """Yield route, method, place and address, for each route, method and place it can name."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, one.rule)):
        route = route_name(app, rule)
        for place in PLACES if names_a_record(rule) else ("here",):
            known = {**WORDS, **world.places[place].values(rule.endpoint)}
            values = {name: _value(rule, name, known) for name in rule.arguments}
            for method in sorted(rule.methods or ()):
                path = adapter.build(rule.endpoint, values, method=method)
                yield route, method, place, path


def names_a_record(rule: Rule) -> bool:
    """Say whether an address of the rule names somebody's record, or a secret."""
    return any(
        name not in WORDS and not isinstance(rule._converters[name], AnyConverter)
        for name in rule.arguments
    )


def _value(rule: Rule, name: str, known: Mapping[str, object]) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return known[name] if known.get(name) in converter.items else min(converter.items)
    # An id that the world has none of names nothing: 404 for whoever may ask.
    return known.get(name, uuid.UUID(int=7))


def cases(app: Flask, world: World) -> Iterator[Case]:
    """Yield every request of the matrix."""
    for route, method, place, path in addresses(app, world):
        # Leaving works by GET, for browsers without scripts, and would end the session.
        for identity in (NOBODY_SIGNED_IN, *(world.people if route != "auth.leave" else ())):
            yield Case(route, method, path, identity, place)


class Walker:
    """Asks as anybody, with cookies that no answer changes; what a POST has done is undone."""

    def __init__(
        self,
        app: Flask,
        cookies: dict[str, str],
        look: Callable[[Case, TestResponse], None] = lambda *_: None,
    ) -> None:
        self.app = app
        self.look = look
        self.client = app.test_client(use_cookies=False)
        self.cookies = {NOBODY_SIGNED_IN: "", **cookies}
        app.before_request_funcs.setdefault(None, []).insert(0, _undo)

    def ask(self, case: Case) -> str:
        """Return how a request ends: allowed, sign-in, factor, 403, 404 or broken."""
        answer = self.send(case)
        return outcome(answer.status_code, answer.headers.get("Location", ""))

    def status(self, case: Case) -> int:
        """Return the status of the answer."""
        return self.send(case).status_code

    def send(self, case: Case) -> TestResponse:
        """Return the whole answer."""
        headers = {"Cookie": self.cookies[case.identity]} if self.cookies[case.identity] else {}
        data = None if case.method in SAFE else GIVEN
        answer = self.client.open(case.path, method=case.method, headers=headers, data=data)
        self.look(case, answer)
        answer.close()
        return answer


def _undo() -> None:
    """Roll back what the request changes, however it ends."""
    g.rollback = True


def outcome(status: int, location: str) -> str:
    """Return what a status means to whoever asked."""
    if status == 302 and location.partition("?")[0] == "/sign-in":
        return "sign-in"
    if status == 302 and location.startswith("/second-factor/code"):
        return "factor"
    if status == 410:  # an open page is told that there is nothing to show any more
        return "404"
    if status in {403, 404, 405}:
        return str(status)
    return "broken" if status >= 500 else "allowed"


def faults(walker: Walker, asked: Iterable[Case], expected) -> list[str]:
    """Return what is not as declared."""
    found = []
    for case in asked:
        got = walker.ask(case)
        if got != expected(case):
            found.append(f"{case}: {got}, not {expected(case)}")
    return found
