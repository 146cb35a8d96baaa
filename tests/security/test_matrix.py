"""Every route × method × identity × object, by real requests, against what is declared by hand."""

from __future__ import annotations

import pytest
import time_machine

from tests.factories import NOW
from tests.security.matrix import Walker, cases, faults, route_name
from tests.security.matrix_people import EVERYBODY, SIGNED_OUT, STAFF
from tests.security.matrix_table import OTHERWISE, RULES
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
def walker(site):
    return Walker(site.app, site.cookies)


def expected(case):
    rule = RULES[case.route]
    if case.method == "OPTIONS" and case.identity in rule.who:
        return "allowed"  # it names the methods of a route, and looks for no object
    outcome = rule.outcome(case.identity, case.place)
    return OTHERWISE.get((case.route, case.method), outcome) if outcome == "allowed" else outcome


ONE_OF_EACH_ROLE = (*SIGNED_OUT, "half_open", "volunteer", "family", *STAFF)


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


@pytest.mark.long
@pytest.mark.database
@pytest.mark.scorecard("8.2.1", "8.2.2")
def test_everybody_gets_what_is_declared_for_every_method_and_object(site, walker):
    asked = [case for case in cases(site.app, site.world) if not in_short(case)]
    found = faults(walker, asked, expected)
    assert found == [], "\n".join(found[:100])
    assert len(asked) > 5000
