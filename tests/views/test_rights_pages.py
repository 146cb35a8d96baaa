"""Pages of rights: asked by the person, answered by a manager, erased by two."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import select

from peerapp import erasure_list
from peerapp.enums import Role
from peerapp.models import Family, LegalHold, RightsRequest
from peerapp.services import erasures
from tests.factories import make_account, make_locality
from tests.services.rights_scenes import CANARIES, close_family, make_pair


@pytest.fixture
def world(database, scheme_id, sign_in):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        manager = make_account(session, Role.MANAGER)
        lead = make_account(session, Role.SAFEGUARDING_LEAD)
        family, coach, _ = make_pair(session, staff, here)
        accounts = {
            "staff": staff,
            "manager": manager,
            "lead": lead,
            "family": family.account,
            "coach": coach.account,
        }
        for one in (*accounts.values(), family):
            session.refresh(one)
    return {**{name: sign_in(one) for name, one in accounts.items()}, "id": family.id,
            "reference": family.reference}  # fmt: skip


def only(database, scheme_id, model):
    with database.reading(scheme_id) as session:
        return session.scalars(select(model)).one()


def test_a_family_asks_and_a_manager_hands_the_copy_over_once(world, database, scheme_id):
    page = world["family"].get("/your-data/")
    assert (page.status_code, "You have not asked for anything" in page.text) == (200, True)
    assert world["family"].post("/your-data/ask", data={"kind": "access"}).status_code == 302
    assert world["family"].post("/your-data/ask", data={"kind": "access"}).status_code == 422
    request = only(database, scheme_id, RightsRequest)
    path = f"/staff/rights/requests/{request.id}"
    manager = world["manager"]
    assert request.reference in manager.get("/staff/rights/requests/").text
    shown = manager.get(f"{path}/copy").text
    assert [CANARIES[one] in shown for one in ("name", "told", "message")] == [True] * 3
    assert manager.post(f"{path}/file").status_code == 409
    assert manager.post(f"{path}/copy", data={}).status_code == 422
    assert manager.post(f"{path}/copy", data={"has_read": "y"}).status_code == 422
    let_out = {"has_read": "y", "proof": "called_back"}
    assert manager.post(f"{path}/copy", data=let_out).status_code == 302
    assert "called on the safe number" in manager.get(path).text
    answer = manager.post(f"{path}/file")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = sorted(archive.namelist())
        texts = [archive.read(name).decode() for name in names]
    assert names == [f"{request.reference}.html", f"{request.reference}.json"]
    assert [CANARIES["name"] in text for text in texts] == [True, True]
    assert [CANARIES["told"] in text for text in texts] == [False, False]
    assert json.loads(texts[1])["reference"] == request.reference
    assert manager.post(f"{path}/file").status_code == 409
    for name in ("staff", "lead", "family", "coach"):
        assert world[name].get(f"{path}/copy").status_code == 403


def test_an_erasure_takes_two_and_is_listed_outside_the_database(
    world, database, scheme_id, settings
):
    path = f"/staff/erasures/family/{world['id']}"
    manager = world["manager"]
    assert "Close the record first" in manager.get(path).text
    assert manager.post(path, data={"reason": "They asked."}).status_code == 422
    with database.writing(scheme_id) as session:
        close_family(session.get_one(Family, world["id"]))
    asked = manager.post(path, data={"reason": "They asked."})
    page = asked.headers["Location"]
    assert manager.post(f"{page}/decide", data={"answer": "yes"}).status_code == 422
    assert world["lead"].post(f"{page}/decide", data={"answer": "yes"}).status_code == 302
    assert "This person has been erased" in manager.get(path).text
    with database.reading(scheme_id) as session:
        assert erasures.is_erased(session, world["id"])
    listed = erasure_list.read(erasure_list.path_in(settings.data_dir))
    assert listed == {(str(scheme_id), str(world["id"]), True)}
    assert world["family"].get("/your-data/").status_code == 302


def test_holds_and_retention_are_seen_and_done(world, database, scheme_id):
    manager = world["manager"]
    form = {"reference": world["reference"], "reason": "An inquiry."}
    assert manager.post("/staff/retention/holds/new", data=form).status_code == 422
    day = {"review_on-day": "1", "review_on-month": "6", "review_on-year": "2099"}
    assert world["lead"].post("/staff/retention/holds/new", data=form | day).status_code == 302
    hold = only(database, scheme_id, LegalHold)
    assert world["reference"] in manager.get("/staff/retention/holds/").text
    lift = f"/staff/retention/holds/{hold.id}/lift"
    assert manager.post(lift, data={}).status_code == 422
    assert manager.post(lift, data={"why": "It is closed."}).status_code == 302
    page = manager.get("/staff/retention/").text
    assert "Families whose record is closed" in page
    assert manager.post("/staff/retention/run").status_code == 302
    assert re.search(r"Records deleted or emptied: \d", manager.get("/staff/retention/").text)
    assert world["lead"].get("/staff/retention/").status_code == 403


def test_a_complaint_is_written_down_acknowledged_and_closed(world, database, scheme_id):
    manager = world["manager"]
    day = {"received_on-day": "1", "received_on-month": "6", "received_on-year": "2026"}
    form = {"kind": "complaint", "words": "Too many letters.", **day}
    assert manager.post("/staff/rights/requests/new", data=form).status_code == 422
    given = {**form, "who": "A neighbour"}
    path = manager.post("/staff/rights/requests/new", data=given).headers["Location"]
    assert "Late" in manager.get(path).text
    assert manager.post(f"{path}/acknowledge").status_code == 302
    assert manager.post(f"{path}/note", data={"note": ""}).status_code == 422
    assert manager.post(f"{path}/note", data={"note": "Talked."}).status_code == 302
    assert manager.post(f"{path}/close", data={"answer": "done"}).status_code == 422
    done = {"answer": "done", "outcome": "We write less often."}
    assert manager.post(f"{path}/close", data=done).status_code == 302
    assert "We write less often." in manager.get(path).text
    assert manager.get("/staff/rights/").status_code == 200
