from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import EndReason, FamilyState, MessageState, Role, VisitState
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import Account, FirstVisit, Locality, Match, Message
from peerapp.services import concerns, first_visits, match_jobs, match_life, matches
from tests import factories
from tests.factories import NOW, TODAY
from tests.scenes import BASE_URL, Scene
from tests.services.match_scenes import M, on_the_day, propose, scene

__all__ = ["on_the_day", "scene"]  # fixtures

V = VisitState
STARTS = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)


def approved(scene: Scene) -> uuid.UUID:
    match_id = propose(scene)
    scene.approve(match_id)
    return match_id


def plan(scene: Scene, match_id: uuid.UUID, **values: Any) -> None:
    with scene.writing() as session:
        given = {
            "starts_at": STARTS,
            "staff_id": scene.coordinator_id,
            "now": NOW,
            "today": TODAY,
            "base_url": BASE_URL,
        }
        first_visits.plan(session, scene.coordinator(session), match_id, **{**given, **values})


def visits(scene: Scene) -> list[tuple[VisitState, datetime]]:
    with scene.reading() as session:
        query = select(FirstVisit).order_by(FirstVisit.created_at, FirstVisit.id)
        return [(one.state, one.starts_at) for one in session.scalars(query)]


def queued(scene: Scene) -> list[str]:
    with scene.reading() as session:
        rows = session.scalars(select(Message).where(Message.state == MessageState.QUEUED))
        return sorted(session.get_one(Account, one.account_id).role.value for one in rows)


def test_plan_shows_both_when_and_with_whom_and_tells_both(scene):
    match_id = approved(scene)
    plan(scene, match_id)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        own = first_visits.OwnVisit(STARTS, "in_person", scene.coordinator(session).name)
        assert first_visits.for_family(session, match.family.account) == own
        assert first_visits.for_coach(session, match.volunteer.account, match_id) == own
    assert queued(scene) == ["family", "volunteer"]


def test_plan_twice_is_one_visit_and_another_time_moves_it(scene):
    match_id = approved(scene)
    plan(scene, match_id)
    plan(scene, match_id)
    assert visits(scene) == [(V.PLANNED, STARTS)]
    later = STARTS + timedelta(days=2)
    plan(scene, match_id, starts_at=later, note="The family is away")
    assert visits(scene) == [(V.MOVED, STARTS), (V.PLANNED, later)]
    with scene.reading() as session:
        query = select(FirstVisit).order_by(FirstVisit.created_at)
        assert [one.note for one in session.scalars(query)] == ["The family is away", ""]


def test_plan_with_somebody_who_cannot_come_is_refused(scene):
    match_id = approved(scene)
    with scene.writing() as session:
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        wrong = [
            factories.make_account(session, Role.COORDINATOR, (elsewhere,)).id,
            factories.make_account(session, Role.MANAGER).id,
            session.get_one(Match, match_id).volunteer.account_id,
        ]
    for staff_id in wrong:
        with pytest.raises(Refused) as refused:
            plan(scene, match_id, staff_id=staff_id)
        assert [one.code for one in refused.value.refusals] == ["staff"]
    assert visits(scene) == []


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_plan_for_a_day_that_cannot_be_is_refused(scene, days):
    match_id = approved(scene)
    with pytest.raises(Refused) as refused:
        plan(scene, match_id, starts_at=NOW + timedelta(days=days))
    assert [one.code for one in refused.value.refusals] == ["on"]


@pytest.mark.parametrize("state", sorted(set(M) - {M.APPROVED}))
def test_plan_for_a_match_that_is_not_approved_is_refused(scene, state):
    match_id = scene.add_match(scene.add_family(), scene.add_coach(), state=state)
    with pytest.raises(Refused) as refused:
        plan(scene, match_id)
    assert "not_approved" in [one.code for one in refused.value.refusals]


def test_plan_by_somebody_else_is_refused(scene):
    match_id = approved(scene)
    with scene.writing() as session:
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        stranger = factories.make_account(session, Role.COORDINATOR, (elsewhere,))
        lead = factories.make_account(session, Role.SAFEGUARDING_LEAD)
        given: dict[str, Any] = {"now": NOW, "today": TODAY, "base_url": BASE_URL}
        given |= {"starts_at": STARTS, "staff_id": scene.coordinator_id}
        for actor, error in ((stranger, NotFound), (lead, Forbidden)):
            with pytest.raises(error):
                first_visits.plan(session, actor, match_id, **given)
    assert visits(scene) == []


def test_introduce_says_that_the_planned_visit_was_held_and_with_whom(scene):
    match_id = approved(scene)
    plan(scene, match_id)
    with scene.writing() as session:
        here = session.get_one(Locality, scene.locality_id)
        colleague = factories.make_account(session, Role.COORDINATOR, (here,)).id
    day = STARTS.date()
    with scene.writing() as session:
        given = {"first_visit_on": day, "today": day, "base_url": BASE_URL}
        actor = scene.coordinator(session)
        match_life.introduce(session, actor, match_id, attended_by_id=colleague, **given)
    assert visits(scene) == [(V.HELD, STARTS)]
    with scene.reading() as session:
        assert session.scalars(select(FirstVisit.staff_id)).all() == [colleague]


def test_introduce_without_a_coordinator_of_the_locality_is_refused(scene):
    match_id = approved(scene)
    with scene.writing() as session:
        manager = factories.make_account(session, Role.MANAGER).id
        given = {"first_visit_on": TODAY, "today": TODAY, "base_url": BASE_URL}
        with pytest.raises(Refused) as refused:
            actor = scene.coordinator(session)
            match_life.introduce(session, actor, match_id, attended_by_id=manager, **given)
        assert [one.code for one in refused.value.refusals] == ["attended_by"]


@pytest.mark.parametrize("how", ["withdrawn", "ended"])
def test_a_match_that_is_over_calls_its_visit_off(scene, how):
    match_id = approved(scene)
    plan(scene, match_id)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        if how == "withdrawn":
            matches.withdraw_open_for_volunteer(session, None, match.volunteer, "suspended")
        else:
            actor, reason = scene.coordinator(session), EndReason.FAMILY_CHOICE
            given = {"family_next": FamilyState.WAITING, "today": TODAY}
            match_life.end(session, actor, match_id, reason=reason, **given)
    assert visits(scene) == [(V.CANCELLED, STARTS)]
    assert queued(scene) == []


def test_both_are_reminded_once_the_day_before(scene):
    match_id = approved(scene)
    plan(scene, match_id)
    counts = []
    for days in (5, 6, 6, 7):
        day = TODAY + timedelta(days=days)
        match_jobs.run_due(scene.database, scene.scheme_id, day, BASE_URL)
        counts.append(len(queued(scene)))
    assert counts == [2, 5, 5, 5]


def test_nobody_else_sees_the_visit(scene):
    match_id = approved(scene)
    plan(scene, match_id)
    other = scene.add_match(scene.add_family(account=True), scene.add_coach(), state=M.APPROVED)
    with scene.reading() as session:
        strangers = session.get_one(Match, other)
        assert first_visits.for_family(session, strangers.family.account) is None
        assert first_visits.for_coach(session, strangers.volunteer.account, match_id) is None


def test_stopped_contact_hides_the_visit_and_refuses_to_plan_or_hold_it(scene):
    match_id = approved(scene)
    plan(scene, match_id)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        assert first_visits.for_family(session, match.family.account) is not None
        subject = concerns.subject_for_family(session, match.family.account)
        report = concerns.Report(uuid.uuid4(), concerns.ConcernAbout.COACH, False, "Hm", False)
        concerns.raise_concern(session, match.family.account, subject, report, NOW, BASE_URL)
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        assert first_visits.for_family(session, match.family.account) is None
        assert first_visits.for_coach(session, match.volunteer.account, match_id) is None
    with pytest.raises(Refused, match="contact_stopped"):
        plan(scene, match_id, starts_at=STARTS + timedelta(days=1))
    with pytest.raises(Refused, match="contact_stopped"):
        scene.introduce(match_id)
