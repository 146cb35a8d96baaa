"""The table of permissions holds for every route, method and role, asked by real requests."""

from __future__ import annotations

import uuid

import pytest
from werkzeug.routing import AnyConverter, IntegerConverter, PathConverter, UUIDConverter

from peerapp.enums import Role
from peerapp.models import Volunteer, utc_now
from peerapp.permissions import ROUTES, Access, anyone
from tests.factories import (
    make_account,
    make_family,
    make_family_account,
    make_locality,
)

IDENTITIES = ("anonymous", *Role)


@pytest.fixture
def people(database, scheme_id):
    """One account of each role, with the record that its pages need."""
    with database.writing(scheme_id) as session:
        locality = make_locality(session)
        found = {role: make_account(session, role, (locality,)) for role in Role}
        family = make_family(session, found[Role.COORDINATOR], locality)
        session.delete(found.pop(Role.FAMILY))
        found[Role.FAMILY] = make_family_account(session, family)
        session.add(Volunteer(account_id=found[Role.VOLUNTEER].id, state_since=utc_now()))
    return found


@pytest.fixture
def browsers(app, sign_in, people):
    signed_in = {role: sign_in(account) for role, account in people.items()}
    return {"anonymous": app.test_client(), **signed_in}


def requests_of(app):
    """Yield endpoint, method and an address for each route and method of the application."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        values = {name: _value(rule, name) for name in rule.arguments}
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            yield (
                rule.endpoint,
                method,
                adapter.build(rule.endpoint, values, method=method),
            )


def _value(rule, name):
    converter = rule._converters[name]
    return {
        UUIDConverter: uuid.UUID(int=7),
        AnyConverter: min(getattr(converter, "items", {"about"})),
        PathConverter: "site.css",
        IntegerConverter: 1,
    }.get(type(converter), "about")


@pytest.mark.scorecard("8.2.1")
def test_every_route_is_declared_and_every_declaration_is_a_route(app):
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes == set(ROUTES)


@pytest.mark.scorecard("8.2.1")
def test_undeclared_route_is_refused(app, browsers, monkeypatch):
    assert browsers["anonymous"].get("/accessibility").status_code == 200
    monkeypatch.delitem(ROUTES, "public.accessibility")
    assert [browser.get("/accessibility").status_code for browser in browsers.values()] == [
        403
    ] * len(browsers)


@pytest.mark.walk
@pytest.mark.scorecard("8.2.1")
def test_roles_reach_what_the_table_says_and_nothing_else(app, people, browsers, sign_in):
    wrong, asked = [], 0
    for endpoint, method, path in requests_of(app):
        if endpoint in {"auth.sign_out", "auth.leave"}:
            continue
        for identity in IDENTITIES:
            asked += 1
            answer = browsers[identity].open(path, method=method)
            answer.close()
            allowed = ROUTES[endpoint].who(people.get(identity))
            wrong += _faults(endpoint, method, identity, allowed, answer)
    assert wrong == []
    assert asked > 200


def _faults(endpoint, method, identity, allowed, answer):
    to_sign_in = answer.status_code == 302 and answer.location.startswith("/sign-in")
    refused = to_sign_in if identity == "anonymous" else answer.status_code == 403
    case = f"{identity} {method} {endpoint}: {answer.status_code}"
    if answer.status_code >= 500:
        return [f"broken: {case}"]
    if allowed and refused:
        return [f"shut: {case}"]
    return [] if allowed or refused else [f"open: {case}"]


@pytest.mark.scorecard("8.2.1", control=True)
def test_matrix_notices_a_route_that_is_open_to_all(app, people, browsers, monkeypatch):
    """The control: with the guard taken out of one route, the same walk finds it open."""
    assert browsers[Role.VOLUNTEER].get("/staff/funnel/").status_code == 403
    declared = ROUTES["funnel.show"]
    monkeypatch.setitem(ROUTES, "funnel.show", Access(anyone))
    answer = browsers[Role.VOLUNTEER].get("/staff/funnel/")
    allowed = declared.who(people[Role.VOLUNTEER])
    assert _faults("funnel.show", "GET", Role.VOLUNTEER, allowed, answer) == [
        "open: volunteer GET funnel.show: 200"
    ]
