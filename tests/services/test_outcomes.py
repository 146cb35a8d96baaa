"""What has helped is counted of those alone who agree to it, as they stand now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import NEEDED_PURPOSES, ConsentPurpose, MatchState, Occasion, OfferSide, Role
from peerapp.models import AuditEvent, EndSurvey, Goal, GoalScore, Measure, MeasureTotal
from peerapp.services import agreements, outcomes
from tests.factories import TODAY, make_account, make_family, make_family_account, make_match

pytestmark = pytest.mark.usefixtures("on_the_day")

P = ConsentPurpose
EARLIER = TODAY - timedelta(days=60)


def add_family(session: Any, here: Any, staff: Any, *purposes: ConsentPurpose, score: int) -> Any:
    family = make_family(session, staff, here, purposes=(*NEEDED_PURPOSES, *purposes))
    goal = Goal(family_id=family.id, words="Canary", set_by_id=staff.id)
    given = {"recorded_by_id": staff.id, "recorded_role": Role.COORDINATOR}
    goal.scores = [
        GoalScore(score=0, scored_on=EARLIER, occasion=Occasion.START, **given),
        GoalScore(score=score, scored_on=TODAY, occasion=Occasion.REVIEW, **given),
    ]
    session.add(goal)
    session.flush()
    return family


def add_totals(session: Any, staff: Any, measure: Measure, family: Any, *totals: int) -> None:
    for day, total in zip((EARLIER, TODAY), totals, strict=False):
        session.add(
            MeasureTotal(
                family_id=family.id, measure_id=measure.id, total=total, taken_on=day,
                occasion=Occasion.REVIEW, recorded_by_id=staff.id,
            )
        )  # fmt: skip
    session.flush()


def test_goals_and_measures_are_counted_of_families_who_agree(session, here, staff):
    measure = Measure(name="Worries", lowest=0, highest=40, higher_is_better=False)
    session.add(measure)
    session.flush()
    families = [add_family(session, here, staff, P.RESEARCH, score=6) for _ in range(6)]
    silent = [add_family(session, here, staff, P.FEEDBACK, score=1) for _ in range(6)]
    for family in [*families, *silent]:
        add_totals(session, staff, measure, family, 30, 10)
    add_totals(session, staff, measure, add_family(session, here, staff, P.RESEARCH, score=6), 9)
    found = outcomes.get_outcomes(session, TODAY)
    assert (found.goals.families, found.goals.first, found.goals.last) == (7, 0, 6)
    assert [(one.name, one.families, one.last) for one in found.measures] == [("Worries", 6, 10)]
    for family in families[:3]:
        agreements.take_back(session, staff, family, P.RESEARCH, TODAY)
    session.expire_all()
    found = outcomes.get_outcomes(session, TODAY)
    assert (found.goals.families, found.goals.last) == (None, None)
    assert [one.families for one in found.measures] == [None]


def test_scores_of_long_ago_are_not_counted(session, here, staff):
    for _ in range(6):
        add_family(session, here, staff, P.RESEARCH, score=6)
    assert outcomes.get_outcomes(session, TODAY).goals.families == 6
    later = TODAY + timedelta(days=366)
    assert outcomes.get_outcomes(session, later).goals.families is None


def test_answers_after_the_end_are_counted_of_families_who_agree(session, here, staff, coach):
    for number in range(12):
        purposes = (P.FEEDBACK,) if number < 7 else (P.RESEARCH,)
        family = add_family(session, here, staff, *purposes, score=6)
        account = make_family_account(session, family)
        given = {"state": MatchState.ENDED, "ended_on": TODAY, "first_visit_on": EARLIER}
        match = make_match(session, family, coach, **given)
        for side, who in ((OfferSide.FAMILY, account), (OfferSide.COACH, coach.account)):
            answer = {"helped": 4, "ended_well": True, "would_again": True}
            match.surveys.append(EndSurvey(side=side, answered_by_id=who.id, **answer))
    session.flush()
    found = {one.side: one for one in outcomes.get_outcomes(session, TODAY).said}
    assert (found[OfferSide.FAMILY].count, found[OfferSide.COACH].count) == (7, 12)
    assert dict(found[OfferSide.COACH].helped)["4"] == 12


def test_file_has_no_small_counts_and_is_audited(session, here, staff):
    manager = make_account(session, Role.MANAGER)
    for _ in range(3):
        add_family(session, here, staff, P.RESEARCH, score=6)
    lines = outcomes.export(session, manager, TODAY).removeprefix("\ufeff").splitlines()
    numbers = {line.rsplit(",", 1)[1] for line in lines[1:]}
    assert (lines[0], numbers) == ("Figure,Group,Number", {"Not shown"})
    event = session.scalars(select(AuditEvent)).all()[-1]
    assert (event.action, event.detail) == ("outcomes.export", {"lines": len(lines) - 1})
