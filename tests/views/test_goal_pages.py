"""Goals on the family's own pages and on those of staff, and the manager's measures."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from peerapp.enums import FamilyState, MatchState, Role
from peerapp.models import Family, Goal, Measure
from tests.factories import make_account, make_coach, make_family, make_family_account, make_match

OWN = "/family/goals"
GOAL = {"words": "Sleep in our own beds", "score": "3", "is_shared": "yes"}


@pytest.fixture
def family(database, scheme_id, place):
    with database.writing(scheme_id) as session:
        made = make_family(session, place["coordinator"], place["here"], state=FamilyState.MATCHED)
        make_family_account(session, made)
        coach = make_coach(session, place["coordinator"], place["here"])
        make_match(session, made, coach, state=MatchState.ACTIVE)
        return made


@pytest.fixture
def mine(sign_in, database, scheme_id, family):
    with database.reading(scheme_id) as session:
        account = session.get_one(Family, family.id).account
    return sign_in(account)


@pytest.fixture
def only(database, scheme_id):
    def asking(kind, question):
        with database.reading(scheme_id) as session:
            return question(session.scalars(select(kind)).one())

    return asking


def test_family_sets_a_goal_gives_numbers_and_reaches_it(mine, only):
    page = mine.post(f"{OWN}/new", data=GOAL, follow_redirects=True)
    assert (page.status_code, GOAL["words"] in page.text) == (200, True)
    assert "govuk-exit-this-page" in page.text
    goal_id = only(Goal, lambda goal: goal.id)
    assert mine.post(f"{OWN}/score", data={}).status_code == 422
    mine.post(f"{OWN}/score", data={f"goal_{goal_id.hex}": "7"})
    assert only(Goal, lambda goal: [one.score for one in goal.scores]) == [7]
    page = mine.post(f"{OWN}/{goal_id}/share/no", follow_redirects=True)
    assert "Your coach cannot read this goal." in page.text
    page = mine.post(f"{OWN}/{goal_id}/finish", data={"state": "reached"}, follow_redirects=True)
    assert "Goals you finished" in page.text


@pytest.mark.parametrize("gap", sorted(GOAL))
def test_goal_that_lacks_something_says_so(mine, gap):
    given = {name: value for name, value in GOAL.items() if name != gap}
    assert mine.post(f"{OWN}/new", data=given).status_code == 422


def test_staff_read_goals_and_write_down_what_the_family_says(mine, staff, family, only):
    mine.post(f"{OWN}/new", data=GOAL)
    assert "polyline" not in mine.get(OWN).text
    own = f"/staff/families/{family.id}/goals"
    page = staff.get(own).text
    assert ("Sleep in our own beds" in page, "At the start" in page) == (True, True)
    assert staff.get(f"{own}/new").status_code == 200
    goal_id = only(Goal, lambda goal: goal.id)
    answer = staff.post(f"{own}/score", data={f"goal_{goal_id.hex}": "4"}, follow_redirects=True)
    assert answer.status_code == 200
    data = {"state": "set_aside"}
    assert (
        staff.post(f"{own}/{goal_id}/finish", data=data, follow_redirects=True).status_code == 200
    )


def test_goals_are_not_found_elsewhere(sign_in, database, scheme_id, place, mine, family, only):
    mine.post(f"{OWN}/new", data=GOAL)
    goal_id = only(Goal, lambda goal: goal.id)
    with database.writing(scheme_id) as session:
        other = make_family(session, place["coordinator"], place["here"])
        account = make_family_account(session, other)
    others = sign_in(account)
    stranger = sign_in(place["stranger"])
    staffs = f"/staff/families/{family.id}/goals"
    for browser, path, data in (
        (others, f"{OWN}/{goal_id}/finish", {"state": "reached"}),
        (others, f"{OWN}/{goal_id}/share/no", {}),
        (others, f"{staffs}/new", GOAL),
        (stranger, staffs, None),
        (stranger, f"{staffs}/new", GOAL),
        (stranger, f"{staffs}/{goal_id}/finish", {"state": "reached"}),
        (stranger, f"/staff/families/{family.id}/totals/new", None),
        (mine, f"{OWN}/{uuid.uuid4()}/finish", None),
        (mine, f"{staffs}/{goal_id}/finish", {"state": "reached"}),
    ):
        answer = browser.get(path) if data is None else browser.post(path, data=data)
        assert (path, answer.status_code) == (path, 404)
    assert only(Goal, lambda goal: goal.state) == "open"


def test_manager_names_a_measure_and_staff_record_its_total(
    sign_in, database, scheme_id, staff, family, only
):
    with database.writing(scheme_id) as session:
        account = make_account(session, Role.MANAGER)
    manager = sign_in(account)
    record = f"/staff/families/{family.id}/totals/new"
    assert "No measure is in use" in staff.get(record).text
    given = {"name": "Star", "lowest": "8", "highest": "40", "higher_is_better": "yes"}
    page = manager.post("/staff/measures/new", data=given, follow_redirects=True)
    assert "8 to 40" in page.text
    assert manager.post("/staff/measures/new", data=given).status_code == 422
    measure_id = only(Measure, lambda one: one.id)
    total = {"measure_id": str(measure_id), "total": "12", "occasion": "start"}
    total |= {"taken_on-day": "1", "taken_on-month": "10", "taken_on-year": "2026"}
    page = staff.post(record, data=total, follow_redirects=True)
    assert ("Star" in page.text, "1 October 2026" in page.text) == (True, True)
    assert staff.post(record, data={**total, "total": "41"}).status_code == 422
    manager.post(f"/staff/measures/{measure_id}/use/no")
    assert staff.post(record, data=total).status_code == 422
