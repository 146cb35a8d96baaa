"""Every route × method × identity × object, by real requests, against what is declared by hand."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import time_machine
from sqlalchemy import select

from peerapp import granted_access
from peerapp.models import AccessGrant, Family
from tests.factories import NOW
from tests.security.canary_world import plant
from tests.security.matrix import Case, Walker, cases, faults, route_name
from tests.security.matrix_people import COVER, EVERYBODY, SIGNED_OUT, STAFF
from tests.security.matrix_table import COVERED, NOT_COVERED, OTHERWISE, RULES
from tests.security.test_vetting_objects import contents
from tests.security.world_site import open_site

pytestmark = pytest.mark.walk

ALIKE = ("anonymous", "half_open", "auditor")
"""Who stands for everybody in the ordinary run where a method is answered like another."""


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("matrix")) as site:
        yield site


@pytest.fixture(scope="module")
def told():
    """What pages that refuse say of anybody: case and field."""
    return []


@pytest.fixture(scope="module")
def walker(site, told):
    with site.database.writing(site.world.scheme_id) as session:
        canaries = plant(session, site.world)

    def look(case, answer):
        if answer.status_code >= 300 and answer.status_code not in {409, 422}:
            read = answer.text + str(answer.headers)
            told.extend(f"{case}: {one.name} {one.place}" for one in canaries.found_in(read))

    return Walker(site.app, site.cookies, look)


def expected(case):
    rule = RULES[case.route]
    if case.method == "OPTIONS" and case.identity in rule.who:
        # It names the methods of a route, and looks for no object.
        return OTHERWISE.get((case.route, case.method), "allowed")
    outcome = rule.outcome(case.identity, case.place, case.method)
    if outcome == "allowed" and (case.route, case.identity) in NOT_COVERED:
        return NOT_COVERED[case.route, case.identity]
    return OTHERWISE.get((case.route, case.method), outcome) if outcome == "allowed" else outcome


ONE_OF_EACH_ROLE = {*SIGNED_OUT, "half_open", "volunteer", "family", *STAFF} - {COVER}


def in_short(case):
    """Say whether the ordinary run asks this; what is left out differs from another in nothing."""
    refused = case.identity not in RULES[case.route].who
    if refused and (case.place != "here" or case.identity not in ONE_OF_EACH_ROLE):
        return False
    return case.method not in {"HEAD", "OPTIONS"} or (refused and case.identity in ALIKE)


@pytest.mark.scorecard("8.2.1")
def test_every_route_is_declared_by_hand(site):
    app = site.app
    assert {route_name(app, rule) for rule in app.url_map.iter_rules()} == set(RULES)
    assert {"anonymous", *site.world.people} == set(EVERYBODY)
    assert len(EVERYBODY) >= 17


@pytest.mark.scorecard("8.2.1", "8.2.2")
def test_everybody_gets_what_is_declared_and_nothing_else(site, walker):
    before = contents(site.database)
    asked = [case for case in cases(site.app, site.world) if in_short(case)]
    found = faults(walker, asked, expected)
    assert found == [], "\n".join(found[:100])
    assert len(asked) > 5000
    assert contents(site.database) == before


@pytest.mark.scorecard("8.2.3")
def test_no_page_that_refuses_and_no_redirect_says_anything_of_anybody(walker, told):
    """Read on every answer of the walk above."""
    assert told == []


@pytest.mark.scorecard("8.2.3", control=True)
def test_page_that_refuses_and_says_whom_it_is_about_is_noticed(site, walker, told, monkeypatch):
    with site.database.reading(site.world.scheme_id) as session:
        name = session.get_one(Family, site.world.places["there"].ids["family_id"]).last_name
    monkeypatch.setitem(site.app.view_functions, "families.show", lambda **_: (name, 404))
    path = f"/staff/families/{site.world.places['there'].ids['family_id']}"
    assert walker.status(Case("families.show", "GET", path, "coordinator", "there")) == 404
    assert told == ["coordinator GET families.show there: family.last_name of family there"]
    told.clear()


@pytest.fixture
def ended(site):
    """The cover of the one who covers has ended, for this test."""
    with _grant(site) as grant:
        grant.ended_at = NOW
    yield
    with _grant(site) as grant:
        grant.ended_at = None


@contextmanager
def _grant(site):
    with site.database.writing(site.world.scheme_id) as session:
        holder = AccessGrant.account_id == site.world.people[COVER]
        yield session.scalars(select(AccessGrant).where(holder)).one()


@pytest.fixture(scope="module")
def covered(site):
    """What the one who covers may read while the cover stands."""
    found = [one for one in cases(site.app, site.world) if one.route in COVERED.split()]
    found = [one for one in found if (one.identity, one.place) == (COVER, "here")]
    return [one for one in found if one.method in {"GET", "POST"}]


@pytest.mark.scorecard("8.2.2", "8.3.2")
def test_cover_that_has_ended_opens_nothing(walker, covered, ended):
    assert {walker.ask(case) for case in covered} == {"404"}
    assert len(covered) > 60


@pytest.mark.scorecard("8.2.2", "8.3.2", control=True)
def test_cover_that_never_ends_is_noticed(walker, covered, ended, monkeypatch):
    monkeypatch.setattr(AccessGrant, "stands_at", lambda *_: True)
    reading = [case for case in covered if case.method == "GET"]
    assert "allowed" in {walker.ask(case) for case in reading[:5]}


@pytest.mark.scorecard("8.2.2", control=True)
def test_cover_that_changed_something_would_be_noticed(site, walker, covered, monkeypatch):
    """The control: without the look at each answer, a form is taken."""
    hooks = [
        hook
        for hook in site.app.after_request_funcs[None]
        if hook is not granted_access._account_for
    ]
    assert len(hooks) == len(site.app.after_request_funcs[None]) - 1
    sent = [case for case in covered if case.method == "POST"]
    assert {walker.ask(case) for case in sent} == {"403"}
    monkeypatch.setitem(site.app.after_request_funcs, None, hooks)
    assert "allowed" in {walker.ask(case) for case in sent}


@pytest.mark.long
@pytest.mark.database
@pytest.mark.scorecard("8.2.1", "8.2.2")
def test_everybody_gets_what_is_declared_for_every_method_and_object(site, walker):
    asked = [case for case in cases(site.app, site.world) if not in_short(case)]
    found = faults(walker, asked, expected)
    assert found == [], "\n".join(found[:100])
    assert len(asked) > 5000
