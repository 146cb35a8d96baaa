"""What is over goes, what is not stays, who is on hold is not touched; a jump of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.certificates import add_months
from peerapp.enums import ConcernState, MessageState, RiskDecision, Role, VolunteerState
from peerapp.errors import Forbidden
from peerapp.models import Concern, Match, Message, RetentionRun, RiskAssessment, SessionNote
from peerapp.services import conversations, legal_holds, retention, risk_assessments, volunteers
from peerapp.services.schemes import get_scheme
from tests.factories import NOW, TODAY, make_account
from tests.services.rights_scenes import CANARIES, COACH, close_family, leave, make_pair, residue
from tests.support.volunteers import audited, refused

YEARS = 10


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def pair(session, staff, here):
    family, coach, match = make_pair(session, staff, here)
    close_family(family)
    leave(coach)
    session.scalars(select(Concern)).one().state = ConcernState.CLOSED
    match.explanation = {"why": "near"}
    for message in session.scalars(select(Message)):
        message.state, message.created_at = MessageState.SENT, NOW
    session.flush()
    return family, coach, match


def at(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def run(session, day):
    return retention.run(session, None, day, at(day))


@pytest.mark.scorecard("14.2.7")
def test_after_a_jump_of_the_clock_nothing_personal_is_left(session, pair):
    words = {*CANARIES.values(), COACH["name"], COACH["phone"], COACH["referee"]}
    assert set(residue(session, words)) == words
    day = add_months(TODAY, 12 * YEARS)
    while sum(run(session, day).counts.values()):
        pass
    conversations.purge(session, day)
    risk_assessments.purge(session, day)
    assert residue(session, words) == {}


@pytest.mark.scorecard("14.2.7", control=True)
def test_the_day_before_it_is_over_everything_is_there(session, pair):
    months = get_scheme(session).keep_families_months
    last = add_months(TODAY, months)
    assert run(session, last).counts["families"] == 0
    assert residue(session, [CANARIES["name"]])[CANARIES["name"]] >= {"family.last_name"}
    assert run(session, last + timedelta(days=1)).counts["families"] == 1
    assert residue(session, [CANARIES["name"]]) == {}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (VolunteerState.WITHDRAWN, "applications"),
        (VolunteerState.DECLINED, "applications"),
        (VolunteerState.LEFT, "volunteers"),
        (VolunteerState.ACTIVE, None),
        (VolunteerState.SUSPENDED, None),
    ],
)
def test_volunteers_go_by_how_they_ended_and_not_while_they_coach(session, pair, state, code):
    pair[1].state = state
    session.flush()
    counts = run(session, add_months(TODAY, 12 * YEARS)).counts
    wanted = {"applications": int(code == "applications"), "volunteers": int(code == "volunteers")}
    assert {one: counts[one] for one in wanted} == wanted


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_of_who_is_on_hold_is_deleted_until_it_is_lifted(session, pair, manager, which):
    person = pair[which]
    reference = person.reference if which == 0 else volunteers.reference(person)
    hold = legal_holds.set_hold(
        session, manager, reference, "An inquiry.", TODAY + timedelta(days=90), TODAY
    )
    day = add_months(TODAY, 12 * YEARS)
    name = CANARIES["name"] if which == 0 else COACH["name"]
    report = run(session, day)
    conversations.purge(session, day)
    assert report.held > 0
    kept = {CANARIES["note"], CANARIES["message"], name}
    assert set(residue(session, kept)) == kept
    legal_holds.lift(session, manager, hold.id, "It is closed.", NOW)
    run(session, day)
    assert residue(session, [name]) == {}


def test_who_has_an_open_concern_stays(session, pair):
    session.scalars(select(Concern)).one().state = ConcernState.NEW
    session.flush()
    assert run(session, add_months(TODAY, 12 * YEARS)).counts["volunteers"] == 0


def test_the_preview_says_what_the_run_does(session, pair, manager):
    day = add_months(TODAY, 12 * YEARS)
    seen = {one.kind.code: one for one in retention.preview(session, manager, day)}
    assert seen["families"].references == (pair[0].reference,)
    assert run(session, day).counts["families"] == seen["families"].count
    assert len(audited(session, "retention.preview")) == 1


def test_notes_and_why_a_pair_was_proposed_go_before_the_people(session, pair):
    scheme = get_scheme(session)
    after = add_months(TODAY, scheme.keep_notes_months) + timedelta(days=1)
    counts = run(session, after).counts
    assert (counts["notes"], counts["snapshots"], counts["families"]) == (1, 1, 0)
    assert session.scalars(select(SessionNote)).all() == []
    assert session.get_one(Match, pair[2].id).explanation == {}
    assert run(session, after).counts["snapshots"] == 0


def test_the_day_is_done_once_and_a_job_leaves_a_report(session, pair):
    day = add_months(TODAY, 12 * YEARS)
    assert retention.run_daily(session, day, at(day)).started_by_id is None
    assert retention.run_daily(session, day, at(day)) is None
    assert retention.run_daily(session, day + timedelta(days=1), at(day)) is not None
    assert len(session.scalars(select(RetentionRun)).all()) == 2


def test_only_managers_run_and_preview(session, staff, lead):
    for actor in (staff, lead):
        with pytest.raises(Forbidden):
            retention.preview(session, actor, TODAY)
        with pytest.raises(Forbidden):
            retention.run(session, actor, TODAY, NOW)


def test_a_hold_needs_a_person_a_reason_and_a_day_ahead(session, manager, staff, pair):
    given = (legal_holds.set_hold, session, manager)
    assert refused(*given, "F-NOBODY", "", TODAY, TODAY) == ["reference", "reason", "review_on"]
    with pytest.raises(Forbidden):
        legal_holds.set_hold(session, staff, pair[0].reference, "Why.", None, TODAY)


def test_the_text_of_a_risk_assessment_waits_for_the_end_of_a_hold(session, pair, manager, lead):
    session.add(
        RiskAssessment(
            certificate_id=pair[1].certificates[0].id,
            **dict.fromkeys(("relevance", "age", "pattern", "rationale", "conditions"), "Text"),
            talked_on=TODAY,
            decided_on=TODAY,
            decided_by_id=lead.id,
            decision=RiskDecision.FAVOURABLE,
        )
    )
    reference = volunteers.reference(pair[1])
    hold = legal_holds.set_hold(
        session, manager, reference, "An inquiry.", TODAY + timedelta(days=90), TODAY
    )
    day = add_months(TODAY, 7)
    assert risk_assessments.purge(session, day) == 0
    legal_holds.lift(session, manager, hold.id, "It is closed.", NOW)
    assert risk_assessments.purge(session, day) == 1
