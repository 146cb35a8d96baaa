"""Every guard broken, one at a time: requests of the access matrix notice each.

A mutant that nothing notices would mean that the matrix passes for nothing. The scorecard
prints the counts; what the matrix cannot reach is argued in docs/security.md.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine

import peerapp.services
from peerapp import db
from peerapp.domain import access, match_states
from peerapp.enums import MatchState, VolunteerState
from peerapp.errors import Forbidden, NotFound
from peerapp.models import ContactFreeze, Match
from peerapp.permissions import ROUTES, anyone
from scripts.mutation.trial import put_in
from tests.factories import NOW
from tests.security.matrix import Case, Walker, cases, faults
from tests.security.matrix_table import RULES
from tests.security.world_site import open_site

pytestmark = pytest.mark.walk

TRIED = 4
"""How many requests that a guard has stopped are sent again with the guard broken."""


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("guards")) as site:
        yield site


@pytest.fixture(scope="module")
def walker(site):
    return Walker(site.app, site.cookies)


@pytest.fixture(scope="module")
def asked(site):
    """Every request of the matrix that names its object, by route."""
    found = [case for case in cases(site.app, site.world) if case.method in {"GET", "POST"}]
    return [case for case in found if case.route in RULES]


def expected(case: Case) -> str:
    return RULES[case.route].outcome(case.identity, case.place, case.method)


def hidden(asked: list[Case], places=("here", "there")) -> list[Case]:
    """Return the requests of people who may use the route for objects that are not theirs."""
    return [case for case in asked if case.place in places and expected(case) == "404"]


def first_fault(walker: Walker, tried: list[Case]) -> str:
    """Return the first request that does not end as declared, or nothing."""
    return next((one for case in tried for one in faults(walker, [case], expected)), "")


@pytest.mark.scorecard("8.2.1", control=True)
def test_each_access_that_is_thrown_open_is_noticed(walker, asked, monkeypatch, record_property):
    """One mutant for each declaration: anybody may use the route."""
    tried: dict[str, list[Case]] = {}
    for case in asked:
        if case.place == "here" and expected(case) in {"sign-in", "403"}:
            tried.setdefault(case.route.split("@")[0], []).append(case)
    guarded = sorted(name for name, one in ROUTES.items() if one.who is not anyone)
    survivors = []
    for endpoint in guarded:
        with monkeypatch.context() as broken:
            broken.setitem(ROUTES, endpoint, replace(ROUTES[endpoint], who=anyone))
            if not first_fault(walker, tried.get(endpoint, [])[:TRIED]):
                survivors.append(endpoint)
    record_property("scorecard_note", f"guards of routes: {len(guarded)} broken one at a time")
    assert survivors == [], "\n".join(survivors)
    assert len(guarded) > 250


ELSEWHERE = {
    "may_be_worker": "whom a family may be given to; tests/domain/test_access.py",
    "may_see_sensitive_needs": "which fields are shown; tests/domain/test_access.py",
    "works_with_match": "who is told of a call; tests/services/test_supervision.py",
    "may_decide_match": "behind may_see_match and the routes; tests/domain/test_access.py",
}
"""Predicates that open no record by themselves, and where they are tested."""
PREDICATES = [
    name
    for name, one in vars(access).items()
    if inspect.isfunction(one) and one.__module__ == access.__name__ and name not in ELSEWHERE
]


@pytest.mark.scorecard("8.2.2", control=True)
@pytest.mark.long
@pytest.mark.parametrize("name", PREDICATES)
def test_each_predicate_that_always_says_yes_is_noticed(walker, asked, name):
    predicate = getattr(access, name)
    sound = predicate.__code__
    predicate.__code__ = (lambda *_, **__: True).__code__
    try:
        assert first_fault(walker, hidden(asked)) != ""
    finally:
        predicate.__code__ = sound


@pytest.mark.scorecard("8.2.2", control=True)
def test_scheme_that_is_not_asked_for_is_noticed(walker, asked, monkeypatch):
    tried = [case for case in hidden(asked, ("foreign",)) if case.identity == "lead"]
    assert first_fault(walker, tried) == ""
    monkeypatch.setattr(db, "_criteria", lambda _: ())
    assert first_fault(walker, tried) != ""


ASKED_TWICE = {
    "conversations:match.volunteer_id != own_volunteer(session, actor).id "
    "or match.state not in HOLDS_PLACE": "the page asks goals.shared_with_coach too",
    "goals:goal.family_id != own_family(session, actor).id": "looked up in the own plan too",
}
"""Guards behind which another one stands, so that either alone may fall unnoticed."""


def raises() -> Iterator[tuple[str, ast.Module, ast.If]]:
    """Yield module, tree and statement of each ``if …: raise NotFound or Forbidden``."""
    folder = Path(peerapp.services.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(("peerapp.services", *path.relative_to(folder).with_suffix("").parts))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and any(map(_refuses, node.body)):
                yield name, tree, node


def _refuses(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise) or not isinstance(statement.exc, ast.Call):
        return False
    return ast.unparse(statement.exc.func) in {"NotFound", "Forbidden"}


def without(tree: ast.Module, guard: ast.If) -> ast.Module:
    """Return the module with a guard that never refuses."""
    mutant = copy.deepcopy(tree)
    for node in ast.walk(mutant):
        if isinstance(node, ast.If) and (node.lineno, node.col_offset) == (
            guard.lineno,
            guard.col_offset,
        ):
            node.test = ast.copy_location(ast.Constant(value=False), node.test)
    return mutant


@pytest.fixture
def stopped(walker, asked, monkeypatch):
    """Which requests each guard stops, by module and line of its ``raise``."""
    found: dict[tuple[str, int], list[Case]] = {}
    now: list[Case] = []

    def note(self, *args):
        frame = sys._getframe(1)
        found.setdefault((frame.f_globals["__name__"], frame.f_lineno), []).append(now[-1])
        Exception.__init__(self, *args)

    with monkeypatch.context() as watched:
        for kind in (NotFound, Forbidden):
            watched.setattr(kind, "__init__", note)
        for case in hidden(asked, ("here", "there", "foreign")):
            if len(case.identity) and case.identity not in {"backup", "waiting_family"}:
                now.append(case)
                walker.ask(case)
    return found


@pytest.mark.long
@pytest.mark.scorecard("8.2.2", control=True)
def test_each_guard_of_a_service_that_never_refuses_is_noticed(walker, stopped, record_property):
    """One mutant for each ``if …: raise``; those that no request reaches are counted apart."""
    survivors, caught, unreached = [], 0, []
    for name, tree, guard in raises():
        lines = range(guard.lineno, (guard.body[-1].end_lineno or 0) + 1)
        tried = [case for line in lines for case in stopped.get((name, line), [])]
        where = f"{name.removeprefix('peerapp.services.')}:{ast.unparse(guard.test)}"
        if not tried:
            unreached.append(where)
            continue
        importlib.import_module(name)
        assert put_in(name, without(tree, guard)), where
        try:
            few = tried[:: max(1, len(tried) // TRIED)]
            noticed = first_fault(walker, few) or first_fault(walker, tried)
        finally:
            assert put_in(name, tree)
        caught += bool(noticed)
        survivors += [] if noticed else [where]
    told = f"guards of services: {caught} broken one at a time, {len(unreached)} not reached"
    record_property("scorecard_note", told)
    assert set(survivors) <= set(ASKED_TWICE), "\n".join(survivors)
    assert caught > 30


@pytest.mark.scorecard("3.5")
def test_no_form_is_taken_without_its_token(site, walker, asked, monkeypatch):
    posts = {
        case.route: case for case in asked if case.method == "POST" and expected(case) == "allowed"
    }
    monkeypatch.setitem(site.app.config, "WTF_CSRF_ENABLED", True)
    assert {route: walker.status(case) for route, case in posts.items()} == dict.fromkeys(
        posts, 400
    )
    assert len(posts) > 150


@pytest.mark.scorecard("3.5", control=True)
def test_token_that_is_not_asked_for_is_noticed(walker, asked):
    posts = [case for case in asked if case.method == "POST" and expected(case) == "allowed"]
    assert 400 not in {walker.status(case) for case in posts[:20]}


CLOSED_BY = {
    "the match is paused": lambda match: setattr(match, "state", MatchState.PAUSED),
    "the coach is suspended": lambda match: setattr(
        match.volunteer, "state", VolunteerState.SUSPENDED
    ),
    "there are enquiries": lambda match: setattr(match.family, "section_47_open", True),
    "contact is stopped": lambda match: setattr(match.freezes[0], "lifted_at", None),
}
PARTS = {
    "the match is paused": ("KNOWS_CONTACT", frozenset(MatchState)),
    "the coach is suspended": ("clearance_refusals", lambda *_: []),
    "there are enquiries": ("support_refusals", lambda *_: []),
    "contact is stopped": ("sharing_refusals", lambda *_: []),
}
"""The part of ``contact_refusals`` that each is for, and what is put in its place."""


@pytest.fixture
def contact(site, walker):
    """Return whether the coach of the world reads how to reach the family."""
    match_id = site.world.places["here"].ids["match_id"]
    with site.database.reading(site.world.scheme_id) as session:
        phone = session.get_one(Match, match_id).family.phone

    def is_shown() -> bool:
        path = f"/volunteer/matches/{match_id}"
        answer = walker.client.get(path, headers={"Cookie": site.cookies["coach"]})
        return phone in answer.text

    return is_shown


@pytest.fixture
def lent_match(site):
    """The match, to be changed for one test."""
    match_id = site.world.places["here"].ids["match_id"]
    with site.database.writing(site.world.scheme_id) as session:
        match = session.get_one(Match, match_id)
        before = (match.state, match.volunteer.state, match.family.section_47_open)
        concern_id = site.world.places["here"].ids["concern_id"]
        freeze = ContactFreeze(
            concern_id=concern_id, stopped_by_id=match.family.account_id, lifted_at=NOW
        )
        match.freezes.append(freeze)
    yield lambda change: _change(site, match_id, change)
    with site.database.writing(site.world.scheme_id) as session:
        match = session.get_one(Match, match_id)
        match.state, match.volunteer.state, match.family.section_47_open = before
        for freeze in match.freezes:
            freeze.lifted_at = NOW


def _change(site, match_id, change):
    with site.database.writing(site.world.scheme_id) as session:
        change(session.get_one(Match, match_id))


@pytest.mark.scorecard("2.3.1")
@pytest.mark.parametrize("why", CLOSED_BY)
def test_each_part_of_the_gate_closes_and_is_missed_when_it_is_gone(
    contact, lent_match, monkeypatch, why
):
    assert contact()
    lent_match(CLOSED_BY[why])
    assert not contact()
    monkeypatch.setattr(match_states, *PARTS[why])
    assert contact()
