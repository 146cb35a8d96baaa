"""Every page of vetting × every person × own and other objects, by real requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine
from sqlalchemy import MetaData, select

from peerapp.enums import Role
from peerapp.models import Locality
from peerapp.permissions import ROUTES
from tests.factories import (
    NOW,
    make_account,
    make_locality,
    make_scheme,
)
from tests.security.vetting_world import addresses, make_vetted, secrets_of

pytestmark = pytest.mark.walk

OF_A_PERSON = {
    "volunteer_id",
    "reference_id",
    "certificate_id",
    "assessment_id",
    "check_id",
    "application_id",
    "pause_id",
    "record_id",
}
PAPERWORK = {"audit_event", "audit_head", "login_session", "throttle"}
"""Tables to which a page that is only looked at, or refused, may write."""


GIVEN = {"reason": "x", "to": "probation"}


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW):
        yield


def contents(database):
    """Return every row of every table but the paperwork."""
    meta = MetaData()
    with database.engine.connect() as connection:
        meta.reflect(connection)
        return {
            table.name: sorted(
                repr(row)
                for row in connection.execute(select(table))
                # Managers are told when somebody is refused many pages, as here.
                if not (table.name == "message" and row.template == "refused")
            )
            for table in meta.tables.values()
            if table.name not in PAPERWORK
        }


def expected(name, people, endpoint, names):
    """Say how somebody who may not is turned away; None for those who may look."""
    who = people.get(name)
    if name in {"anonymous", "disabled"}:
        return 302
    if not ROUTES[endpoint].who(who):
        return 403
    if name == "stranger" and names & OF_A_PERSON:
        return 404
    return None


@pytest.mark.scorecard("8.2.2")
def test_nobody_reaches_a_volunteer_who_is_not_theirs_by_any_method(app, database, world, browsers):
    ids, people = world
    before, wrong, asked = contents(database), [], 0
    for endpoint, method, names, path in addresses(app, ids):
        for name, browser in browsers.items():
            status = expected(name, people, endpoint, names)
            if status is None:
                continue
            asked += 1
            answer = browser.open(path, method=method, data=GIVEN)
            if answer.status_code != status:
                wrong.append(f"{name} {method} {path}: {answer.status_code}, not {status}")
    assert wrong == []
    assert asked > 500
    assert contents(database) == before


@pytest.mark.scorecard("3.5")
def test_looking_changes_nothing_and_shows_what_the_role_is_for(app, database, world, browsers):
    ids, people = world
    before, found = contents(database), {}
    for endpoint, method, names, path in addresses(app, ids):
        for name, browser in browsers.items():
            if method == "GET" and expected(name, people, endpoint, names) is None:
                status = browser.get(path).status_code
                found.setdefault((endpoint, status), set()).add(name)
    assert contents(database) == before
    assert {key: who for key, who in found.items() if key[1] != 200} == {
        ("check_rules.rule", 404): {"manager"},  # there is no draft
        ("identity_checks.record", 422): {"coordinator", "lead", "manager"},  # no documents named
        ("interviews.edit", 302): {"coordinator", "lead", "manager"},  # there is no draft
        ("onboarding.gate", 302): {"coordinator", "lead", "manager"},  # to the signatures
        ("panels.decide", 409): {"coordinator"},  # who held the interview
        ("referees.take_back", 302): {"volunteer"},  # it is answered
        ("references.enter", 404): {"coordinator"},  # it is answered
        ("references.reject", 404): {"lead"},  # without a concern it is not for the lead
        ("references.show", 404): {"lead"},
        ("references.verify", 404): {"lead"},
    }
    assert found["references.show", 200] == {"coordinator"}
    assert found["risk_assessments.show", 200] == {"lead"}
    assert found["panels.show", 200] == {"coordinator", "lead", "manager"}
    assert found["courses.show", 200] == {"coordinator", "lead", "manager", "stranger"}


NOT_ONES_OWN = {"breaks.cancel_own", "referees.take_back"}
BESIDE = OF_A_PERSON - {"volunteer_id"}


@pytest.mark.scorecard("8.2.2")
def test_things_of_one_volunteer_are_not_found_under_another(
    app, database, scheme_id, world, browsers
):
    ids, people = world
    with database.writing(scheme_id) as session:
        staff, lead = (session.merge(people[name]) for name in ("coordinator", "lead"))
        locality = session.get_one(Locality, staff.localities[0].locality_id)
        other = make_vetted(session, locality, staff, lead, "001122334455", first=False)
    mixed = replace(ids, volunteer_id=other.volunteer_id)
    before, wrong, asked = contents(database), [], 0
    for endpoint, method, names, path in addresses(app, mixed):
        if not ("volunteer_id" in names and names & BESIDE):
            continue
        for name in ("coordinator", "lead", "manager"):
            if ROUTES[endpoint].who(people[name]):
                asked += 1
                answer = browsers[name].open(path, method=method, data=GIVEN)
                if answer.status_code != 404:
                    wrong.append(f"{name} {method} {path}: {answer.status_code}")
    for endpoint, method, _, path in addresses(app, other):
        if endpoint in NOT_ONES_OWN:
            asked += 1
            answer = browsers["volunteer"].open(path, method=method)
            if answer.status_code != 404:
                wrong.append(f"volunteer {method} {path}: {answer.status_code}")
    assert wrong == []
    assert asked > 50
    assert contents(database) == before


@pytest.mark.scorecard("8.2.2")
def test_things_of_another_scheme_are_not_found(app, database, world, browsers):
    _, people = world
    with database.session(None, "all") as session, session.begin():
        foreign = make_scheme("foreign")
        session.add(foreign)
        session.flush()
        foreign_id = foreign.id
    with database.writing(foreign_id) as session:
        locality = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (locality,))
        ids = make_vetted(session, locality, staff, staff, "009900990099")
    before, wrong, asked = contents(database), [], 0
    for endpoint, method, names, path in addresses(app, ids):
        if not names & (OF_A_PERSON | {"session_id", "text_id", "table_id"}):
            continue
        for name in ("coordinator", "lead", "manager", "volunteer"):
            if ROUTES[endpoint].who(people[name]):
                asked += 1
                answer = browsers[name].open(path, method=method, data=GIVEN)
                if answer.status_code != 404:
                    wrong.append(f"{name} {method} {path}: {answer.status_code}")
    secret, _ = secrets_of("009900990099")
    assert app.test_client().get(f"/reference/{secret}").status_code == 409
    assert wrong == []
    assert asked > 150
    assert contents(database) == before


@pytest.mark.scorecard("3.5")
def test_no_form_of_vetting_is_taken_without_its_token(app, database, world, browsers):
    ids, people = world
    app.config["WTF_CSRF_ENABLED"] = True
    before, asked = contents(database), 0
    for endpoint, method, _, path in addresses(app, ids):
        for name in ("coordinator", "lead", "manager", "volunteer"):
            if method == "POST" and ROUTES[endpoint].who(people[name]):
                asked += 1
                answer = browsers[name].post(path, data=GIVEN)
                assert (name, path, answer.status_code) == (name, path, 400)
    assert asked > 100
    assert contents(database) == before
