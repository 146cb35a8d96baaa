"""Random lives: matchable if and only if a model written from the rules in words says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from peerapp.domain import vetting
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    MatchState,
    RiskDecision,
    Role,
    StatusAnswer,
    VolunteerState,
)
from peerapp.errors import Refused
from peerapp.services import matching_problem
from peerapp.services.schemes import get_scheme
from tests.factories import NOW, TODAY, make_account, make_coach, make_family, make_match
from tests.services import matchable_acts as acts
from tests.services.matchable_model import FACTS, Model, Paper

C, A = CertificateStatus, StatusAnswer

ACTS = {
    "move_on": acts.move_on,
    "approve": acts.approve,
    "pass_review": acts.pass_review,
    "suspend": acts.suspend,
    "lift": acts.lift,
    "lift_by_the_same": acts.lift_by_the_same,
    "rest": acts.rest,
    "come_back": acts.come_back,
    **{f"record_{item}": acts.record(item) for item in FACTS},
    **{f"remove_{item}": acts.remove(item) for item in FACTS},
    "give_reference": acts.give_reference,
    "reject_reference": acts.reject_reference,
    "remove_old_reference": acts.remove_old_reference,
    "train_boundaries": acts.train("boundaries", 5),
    "train_long_ago": acts.train("boundaries", 1090),
    "train_data_protection": acts.train("data_protection", 360),
    "take_training_back": acts.take_training_back,
    "new_certificate": acts.new_certificate(5),
    "new_certificate_old": acts.new_certificate(1080),
    "new_certificate_content": acts.new_certificate(4, content=True),
    "new_certificate_too_low": acts.new_certificate(3, level=CheckLevel.ENHANCED),
    "new_certificate_more": acts.new_certificate(3, level=CheckLevel.ENHANCED_BOTH),
    "accept": acts.set_status(C.ACCEPTED, "staff"),
    "accept_by_lead": acts.set_status(C.ACCEPTED, "lead"),
    "revoke": acts.set_status(C.REVOKED, "staff"),
    "decide_favourable": acts.decide(RiskDecision.FAVOURABLE),
    "decide_unfavourable": acts.decide(RiskDecision.UNFAVOURABLE),
    "told_blank": acts.told(A.BLANK_NO_NEW_INFO),
    "told_blank_of_somebody_else": acts.told(A.BLANK_NO_NEW_INFO, spelled=False),
    "told_content": acts.told(A.NON_BLANK_NO_NEW_INFO),
    "told_new": acts.told(A.NEW_INFO),
    "told_no_match": acts.told(A.NO_MATCH_FOUND),
    "told_nothing": acts.told(A.UNKNOWN),
    "place": acts.place,
    "end_match": acts.end_match,
    "wait_1": acts.wait(1),
    "wait_12": acts.wait(12),
    "wait_200": acts.wait(200),
    "wait_700": acts.wait(700),
}
WAITS = {name: act.days for name, act in ACTS.items() if name.startswith("wait_")}
LIKELY = ("move_on", "approve", "pass_review", "accept", "place", "wait_12", "lift", "come_back")
SETUP = {
    "status_organisation": "Wiltshire Council",
    "status_checker_forename": "Priya",
    "status_checker_surname": "Shah",
    "status_terms_agreed_on": date(2026, 1, 5),
}
STARTS = ("enquiry", "applied", "training", "panel", "probation", "active")


def allowed(model: Model, act: str) -> bool | None:
    """Say from the model alone whether an act must succeed; None: it does not say."""
    paper = model.paper
    could = paper is not None and paper.could_count(model.today)
    given_back = paper is not None and paper.status in {"revoked", "unverified", "new_information"}
    answers = {
        "move_on": model.state == "enquiry" or model.may_move_on(),
        "approve": model.state == "panel" and model.every_gate,
        "pass_review": model.state == "probation" and model.every_gate,
        "suspend": model.state != "suspended",
        "lift": model.state == "suspended",
        "lift_by_the_same": False,
        "rest": model.state in {"probation", "active"},
        "come_back": model.state == "paused" and model.every_gate,
        "accept": could and paper is not None and paper.status == "recorded",
        "accept_by_lead": could
        and paper is not None
        and (paper.status == "recorded" or (given_back and not paper.has_news)),
        "place": model.is_matchable,
    }
    return answers.get(act)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=True) as travelling:
        yield travelling


@pytest.fixture
def team(session, here, staff, lead, clock):
    """The people and the settings that every life shares."""
    for name, value in SETUP.items():
        setattr(get_scheme(session), name, value)
    manager = make_account(session, Role.MANAGER)
    session.flush()
    return staff, lead, manager


def begin(session, here, team, start: str, complete: bool) -> acts.World:
    """Make somebody at a state with every gate passed, or with none but the level decided."""
    staff, lead, manager = team
    person = make_coach(session, staff, here, state=VolunteerState(start))
    scheme = get_scheme(session)
    model = Model(
        today=TODAY,
        state=start,
        facts=set(FACTS),
        courses=dict.fromkeys(scheme.core_courses, date(2029, 3, 10)),
        needed=frozenset(scheme.core_courses),
        paper=Paper(date(2026, 3, 1), True, False, "accepted"),
    )
    if not complete:
        person.gate_records = []
        model.facts, model.slots = set(), {}
    session.flush()
    return acts.World(session, person, staff, lead, manager, here, model)


def is_matchable(world: acts.World) -> bool:
    """Ask as a matching run does: taking part, cleared, with a free place."""
    problem = matching_problem.build(world.session, world.today).problem
    found = [one for one in problem.coaches if one.coach_id == str(world.volunteer.id)]
    return bool(found) and found[0].status == "cleared" and problem.free_places(found[0]) > 0


def play(world: acts.World, clock, names) -> None:
    """Do one act after the other; after each, service and model must say the same."""
    for name in names:
        days, must = WAITS.get(name, 0), allowed(world.model, name)
        clock.shift(timedelta(days=days))
        try:
            with world.session.begin_nested():
                learn = ACTS[name](world)
                world.session.flush()
        except Refused:
            assert must is not True, (name, world.model)
        else:
            assert must is not False, (name, world.model)
            learn()
        world.session.expire_all()
        agree(world, name)


def agree(world: acts.World, name: str) -> None:
    model = world.model
    assert world.volunteer.state == model.state, (name, model)
    cleared = clearance_refusals(world.volunteer, world.today) == []
    assert cleared == model.is_cleared, (name, model)
    assert is_matchable(world) == model.is_matchable, (name, model)


names = st.one_of(st.sampled_from(LIKELY), st.sampled_from(sorted(ACTS)))


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from(STARTS),
    complete=st.sampled_from([True, True, True, False]),
    story=st.lists(names, min_size=3, max_size=14),
)
@example("probation", True, ["place", "place", "end_match", "place", "pass_review", "place"])
@example("active", True, ["place", "suspend", "place", "lift", "place", "place", "end_match"])
@example("active", True, ["told_no_match", "accept", "accept_by_lead", "place"])
@example("active", True, ["told_new", "revoke", "accept_by_lead", "new_certificate", "accept"])
@example("active", True, ["told_content", "accept", "decide_favourable", "place", "wait_200"])
@example("active", True, ["decide_favourable", "told_content", "decide_favourable", "wait_12"])
@example("active", True, ["rest", "suspend", "wait_12", "lift", "come_back", "place"])
@example("active", True, ["rest", "remove_identity", "wait_12", "record_identity", "wait_1"])
@example("active", True, ["place", "told_new", "new_certificate", "accept", "place", "place"])
@example("active", True, ["wait_700", "wait_200", "train_boundaries", "new_certificate", "accept"])
@example("probation", True, ["remove_old_reference", "give_reference", "reject_reference"])
@example("probation", True, ["give_reference", "remove_old_reference", "give_reference"])
@example("panel", True, ["suspend", "lift_by_the_same", "lift", "approve", "place", "pass_review"])
@example("active", True, ["new_certificate_content", "accept", "decide_favourable", "accept"])
@example("active", True, ["new_certificate_too_low", "accept", "new_certificate_more", "accept"])
@pytest.mark.walk
@pytest.mark.scorecard("2.3.1")
def test_matchable_is_what_the_model_says(session, here, team, clock, start, complete, story):
    clock.move_to(NOW)
    with session.begin_nested() as life:
        play(begin(session, here, team, start, complete), clock, story)
        life.rollback()


WHOLE_WAY = [
    "move_on", "move_on", "record_interview", "move_on", "record_identity", "give_reference",
    "move_on", "give_reference", "move_on", "record_agreement", "move_on", "approve", "place",
    "pass_review", "place", "place", "end_match", "place", "wait_12", "suspend", "lift",
]  # fmt: skip


def test_whole_way_from_enquiry_ends_matchable_or_full(session, here, team, clock):
    world = begin(session, here, team, "enquiry", False)
    play(world, clock, WHOLE_WAY)
    assert (world.model.state, world.model.families, world.model.is_matchable) == (
        "active", 2, False,
    )  # fmt: skip
    play(world, clock, ["end_match"])
    assert is_matchable(world)


@pytest.mark.scorecard("2.3.1", control=True)
def test_model_sees_a_gate_that_is_left_out(session, here, team, clock, monkeypatch):
    """The control: with the training taken out of the gate, the two no longer agree."""
    monkeypatch.setattr(vetting, "training_refusals", lambda volunteer, today: [])
    world = begin(session, here, team, "active", True)
    with pytest.raises(AssertionError, match="take_training_back"):
        play(world, clock, ["take_training_back"])


def test_place_of_a_family_waits_for_its_match(session, here, team, clock):
    """A match that somebody else made counts against the same places."""
    world = begin(session, here, team, "probation", True)
    family = make_family(session, world.staff, here)
    make_match(session, family, world.volunteer, state=MatchState.ACTIVE)
    world.model.families = 1
    agree(world, "a match from before")
