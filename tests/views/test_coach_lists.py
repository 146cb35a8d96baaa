"""A coach's lists ask the database as often for thirty families as for one."""

from __future__ import annotations

from datetime import time

import pytest

from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import AgreementMethod, CoverState, FamilyState, MatchState
from peerapp.models import Account, Locality, MatchCover, Volunteer
from peerapp.services import session_plans
from tests.factories import NOW, TODAY, make_coach, make_family, make_locality, make_match
from tests.support.queries import counted

pytestmark = pytest.mark.usefixtures("on_the_day")

HOW = {"coach_agreed_how": AgreementMethod.PHONE, "family_agreed_how": AgreementMethod.PHONE}


@pytest.fixture
def coach(database, scheme_id, place):
    with database.writing(scheme_id) as session:
        coach = make_coach(session, place["coordinator"], place["here"], first_name="Cora")
        return coach.id, coach.account


def add_families(session, place, coach_id, kind, numbers):
    """Give the coach families of their own, or let them step in for another coach."""
    staff = session.get_one(Account, place["coordinator"].id)
    coach = session.get_one(Volunteer, coach_id)
    here = session.get_one(Locality, place["here"].id)
    for number in numbers:
        town = make_locality(session, f"Town {number}", (f"BA{number} 1",))
        town.council = here.council
        family = make_family(session, staff, town, state=FamilyState.MATCHED)
        if kind == "own":
            match = make_match(session, family, coach, state=MatchState.ACTIVE)
            plan = PlanDetails(NOW.date().replace(day=23), time(9, 30), 60)
            made = session_plans.SessionPlan(match=match, planned_by_id=staff.id)
            made.first_on, made.at, made.minutes = plan.first_on, plan.at, plan.minutes
            made.every_weeks, made.skips_holidays, made.video_link = 1, False, ""
            session.add(made)
            session_plans.sync(session, made, NOW)
            continue
        match = make_match(session, family, make_coach(session, staff, here), state="active")
        cover = MatchCover(volunteer=coach, state=CoverState.ARRANGED, **HOW)
        cover.starts_on, cover.ends_on, cover.arranged_by_id = TODAY, TODAY, staff.id
        match.covers.append(cover)


@pytest.mark.parametrize("kind", ["own", "backup"])
def test_lists_of_a_coach_ask_as_often_for_thirty_families_as_for_one(
    app, database, scheme_id, place, coach, sign_in, kind
):
    coach_id, account = coach
    paths = {"/volunteer/matches/": "Town", "/volunteer/messages": "Town"}
    paths |= {"/volunteer/sessions/": "November"} if kind == "own" else {}
    counts = []
    for numbers in (range(1, 2), range(2, 31)):
        with database.writing(scheme_id) as session:
            add_families(session, place, coach_id, kind, numbers)
        browser, found = sign_in(account), {}
        for path, word in paths.items():
            with counted(app) as sent:
                page = browser.get(path).text
            assert page.count(word) >= numbers[-1]
            found[path] = len(sent)
        counts.append(found)
    assert counts[1] == counts[0]
