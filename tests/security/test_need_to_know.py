"""Duty cover by real requests: reading only, each on record, gone when it ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.enums import Role, VolunteerState
from peerapp.granted_access import MAY_CHANGE
from peerapp.models import AccessGrant, AuditEvent, Family, Match, Volunteer, utc_now
from peerapp.route_access import ROUTES
from peerapp.services import volunteers
from tests.factories import make_account, make_locality

WHY = "A neighbour called: a child may be alone there."
PARTS = {"family_id", "volunteer_id", "match_id"}


@pytest.fixture
def stage(scene, sign_in):
    """A family with a coach, a coordinator from elsewhere, and a manager, in their browsers."""
    match_id = scene.add_match(scene.add_family(), scene.add_coach(last_name="Canary"))
    with scene.writing() as session:
        there = make_locality(session, "Calne", ("SN11 0",))
        stranger = make_account(session, Role.COORDINATOR, (there,))
        manager = make_account(session, Role.MANAGER)
        match = session.get_one(Match, match_id)
        ids = {
            "match_id": match_id,
            "family_id": match.family_id,
            "volunteer_id": match.volunteer_id,
        }
        references = {
            "family": session.get_one(Family, match.family_id).reference,
            "volunteer": volunteers.reference(session.get_one(Volunteer, match.volunteer_id)),
        }
    return {
        "ids": ids,
        "references": references,
        "stranger": sign_in(stranger),
        "manager": sign_in(manager),
    }


def open_record(browser, reference, reason=WHY):
    return browser.post("/staff/duty-cover/new", data={"reference": reference, "reason": reason})


def open_both(stage):
    for reference in stage["references"].values():
        assert open_record(stage["stranger"], reference).status_code == 302


def uses(scene):
    with scene.reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == "duty_cover.use")
        return list(session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))


def paths(app, ids, method):
    """Yield every route about one of the records that a coordinator's role may use."""
    coordinator = type("Somebody", (), {"role": Role.COORDINATOR})()
    for rule in app.url_map.iter_rules():
        if method not in rule.methods or not rule.arguments or not rule.arguments <= PARTS:
            continue
        if ROUTES[rule.endpoint].who(coordinator) and not rule.endpoint.startswith("concerns."):
            with app.test_request_context():
                yield rule.endpoint, app.url_for(rule.endpoint, **{
                    name: ids[name] for name in rule.arguments
                })  # fmt: skip


@pytest.mark.scorecard("8.2.2")
def test_every_page_opened_under_a_grant_is_on_record_and_shut_without_it(app, scene, stage):
    stranger = stage["stranger"]
    found = sorted(paths(app, stage["ids"], "GET"))
    shut = {name: stranger.get(path).status_code for name, path in found}
    assert {code for code in shut.values() if code == 200} == set()
    open_both(stage)
    before = len(uses(scene))
    opened = [name for name, path in found if stranger.get(path).status_code == 200]
    assert {"families.show", "volunteers.show", "matches.show"} <= set(opened)
    seen = [one.detail["page"] for one in uses(scene)[before:]]
    assert set(opened) <= set(seen)


@pytest.mark.scorecard("8.2.2")
def test_nothing_changes_under_a_grant_by_any_route(app, scene, stage):
    open_both(stage)
    before = kept(scene)
    form = {"reason": "A worry.", "why": "A worry.", "to": "applied"}
    found = sorted(paths(app, stage["ids"], "POST"))
    assert len(found) > 40
    codes = {
        name: stage["stranger"].post(path, data=form).status_code
        for name, path in found
        if name not in MAY_CHANGE
    }
    assert {name: code for name, code in codes.items() if code not in {400, 403, 404}} == {}
    assert sum(code == 403 for code in codes.values()) > 20
    assert kept(scene) == before


def kept(scene):
    with scene.reading() as session:
        rows = [
            *session.scalars(select(Family)),
            *session.scalars(select(Volunteer)),
            *session.scalars(select(Match)),
        ]
        return {
            one.id: {column.key: getattr(one, column.key) for column in one.__table__.columns}
            for one in rows
        }


@pytest.mark.scorecard("8.2.2", control=True)
def test_what_duty_cover_may_not_do_the_own_coordinator_may(scene, stage, browser_of):
    open_both(stage)
    path = f"/staff/volunteers/{stage['ids']['volunteer_id']}/suspend"
    refused = stage["stranger"].post(path, data={"reason": "A worry."})
    assert (refused.status_code, "Duty cover is for reading" in refused.text) == (403, True)
    own = browser_of(stage["ids"]["match_id"], "coordinator")
    assert own.post(path, data={"reason": "A worry."}).status_code == 302
    with scene.reading() as session:
        volunteer = session.get_one(Volunteer, stage["ids"]["volunteer_id"])
        assert volunteer.state == VolunteerState.SUSPENDED


def test_a_change_that_is_refused_is_on_record_all_the_same(scene, stage):
    open_both(stage)
    before = len(uses(scene))
    stage["stranger"].post(f"/staff/families/{stage['ids']['family_id']}/close", data={})
    assert [one.detail["page"] for one in uses(scene)[before:]] == ["families.close"]


def test_the_page_says_that_it_is_read_on_duty_cover_and_closes_with_it(scene, stage):
    open_both(stage)
    path = f"/staff/families/{stage['ids']['family_id']}"
    assert "For reading only; every page is recorded" in stage["stranger"].get(path).text
    with scene.writing() as session:
        for grant in session.scalars(select(AccessGrant)):
            grant.expires_at = utc_now() - timedelta(seconds=1)
    assert stage["stranger"].get(path).status_code == 404


def test_a_reference_that_opens_nothing_is_on_record_without_it(scene, stage):
    answer = open_record(stage["stranger"], "F-XXXXX")
    assert (answer.status_code, "No record has this reference" in answer.text) == (422, True)
    with scene.reading() as session:
        query = select(AuditEvent).where(AuditEvent.action == "duty_cover.miss")
        (miss,) = session.scalars(query).all()
        assert "XXXXX" not in str(miss.detail)


def test_manager_reads_what_was_opened_and_signs_it_off(scene, stage):
    open_both(stage)
    stage["stranger"].get(f"/staff/families/{stage['ids']['family_id']}")
    manager = stage["manager"]
    assert "2 records opened on duty cover" in manager.get("/staff/").text
    page = re.findall(r'href="(/staff/duty-cover/[0-9a-f-]{36})"', manager.get(
        "/staff/duty-cover/").text)  # fmt: skip
    texts = {path: manager.get(path).text for path in page}
    shown = [path for path, text in texts.items() if "Families: show" in text]
    assert (len(texts), len(shown)) == (2, 1)
    assert manager.post(f"{shown[0]}/end").status_code == 302
    done = manager.post(f"{shown[0]}/sign-off", data={"verdict": "in_order"})
    assert done.status_code == 302
    assert "1 record opened on duty cover" in manager.get("/staff/").text
