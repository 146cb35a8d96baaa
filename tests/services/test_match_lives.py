"""Random lives of a match: contact is seen if and only if a model in plain words says so."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from peerapp.domain import match_states
from peerapp.errors import NotFound, Refused
from peerapp.models import Account, Match, MatchCover
from peerapp.services import contacts, cover_contacts
from tests.factories import (
    NOW,
    TODAY,
    make_coach,
    make_family,
    make_family_account,
    make_match,
)
from tests.services.match_life_acts import ACTS, World, allowed
from tests.services.match_life_model import Model

LIKELY = (
    "propose", "offer", "coach_yes", "family_yes", "approve", "approve_by_phone", "introduce",
    "activate", "name_backup", "step_in", "wait_1", "lift_coach", "resume",
)  # fmt: skip
EXAMPLES = 60 if os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite" else 10
DAYS = {name: int(name[5:]) for name in ACTS if name.startswith("wait_")}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=True) as travelling:
        yield travelling


def begin(session: Any, here: Any, staff: Account, lead: Account) -> World:
    family = make_family(session, staff, here)
    make_family_account(session, family)
    coach, backup = (make_coach(session, staff, here, capacity=3) for _ in range(2))
    model = Model(today=TODAY)
    return World(session, family.id, coach.id, backup.id, staff, lead, model)


def play(world: World, clock: Any, names: Any) -> None:
    """Do one act after the other; after each, service and model must say the same."""
    for name in names:
        must = allowed(world.model, name)
        try:
            with world.session.begin_nested():
                learn = ACTS[name](world)
                world.session.flush()
        except Refused:
            assert must is not True, (name, world.model)
        else:
            assert must is not False, (name, world.model)
            learn()
            clock.shift(timedelta(days=DAYS.get(name, 0)))
        world.session.expire_all()
        agree(world, name)


def agree(world: World, name: str) -> None:
    """Ask every identity what it sees; the open page of each asks the same and must agree."""
    model, session, day = world.model, world.session, world.today
    people = world.volunteers
    family, coach, backup = world.family.account, people["coach"].account, people["backup"].account
    assert family is not None
    seen = {
        "family of coach": contacts.coach_contact_for_family(session, family, day) is not None,
        "family of backup": cover_contacts.for_family(session, family, day) is not None,
        "coach of family": any(_coach_sees(world, coach)),
        "backup of family": any(_backup_sees(world, backup)),
    }
    assert seen == {
        "family of coach": model.family_sees_coach(),
        "family of backup": model.family_sees_backup(),
        "coach of family": model.coach_sees_family(),
        "backup of family": model.backup_sees_family(),
    }, (name, model)
    assert contacts.has_coach_contact(session, family, day) == model.family_sees_coach()
    assert cover_contacts.is_shown_to_family(session, family, day) == model.family_sees_backup()
    strangers = [backup, world.staff, world.lead, family]
    assert not any(any(_coach_sees(world, one)) for one in strangers), (name, model)
    strangers = [coach, world.staff, world.lead, family]
    assert not any(any(_backup_sees(world, one)) for one in strangers), (name, model)


def _coach_sees(world: World, actor: Account) -> list[bool]:
    """Say for each match there ever was whether an account sees the family through it."""
    found = []
    for match_id in world.session.scalars(select(Match.id)).all():
        try:
            view = contacts.family_contact_for_coach(world.session, actor, match_id, world.today)
            still = contacts.has_family_contact(world.session, actor, match_id, world.today)
        except NotFound:
            continue
        assert still == (view is not None)
        found.append(still)
    return found


def _backup_sees(world: World, actor: Account) -> list[bool]:
    found = []
    for cover_id in world.session.scalars(select(MatchCover.id)).all():
        given = (world.session, actor, cover_id, world.today)
        try:
            _, _, view = cover_contacts.for_backup(*given)
            still = cover_contacts.is_shown_to_backup(*given)
        except NotFound:
            continue
        assert still == (view is not None)
        found.append(still)
    return found


names = st.one_of(st.sampled_from(LIKELY), st.sampled_from(sorted(ACTS)))
RUNNING = ["propose", "offer", "coach_yes", "family_yes", "approve", "introduce", "activate"]
COVERED = [*RUNNING, "name_backup", "step_in", "wait_1"]


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from([[], RUNNING[:4], RUNNING, COVERED]),
    story=st.lists(names, min_size=2, max_size=10),
)
@example(RUNNING, ["pause", "resume", "suspend_coach", "lift_coach", "end", "propose"])
@example(RUNNING, ["withdraw_consent", "consent_again", "block", "unblock", "unsafe", "safe"])
@example(RUNNING, ["plan_ending", "wait_9", "wait_30", "propose", "approve_by_phone"])
@example(RUNNING, ["plan_ending", "call_ending_off", "wait_30", "lapse_coach", "clear_coach"])
@example(COVERED, ["suspend_coach", "suspend_backup", "lift_backup", "wait_9"])
@example(COVERED, ["pause", "resume", "stop_backup", "name_backup", "step_in", "wait_4"])
@example(COVERED, ["lapse_backup", "clear_backup", "withdraw_consent", "end"])
@example([], ["propose", "offer", "wait_9", "coach_yes", "propose"])
@example([], ["propose", "offer", "coach_yes", "suspend_coach", "family_yes", "lift_coach"])
@example([], ["propose", "approve_by_phone", "unsafe", "introduce", "safe", "introduce"])
@example([], ["propose", "approve_by_phone", "withdraw_consent", "consent_again", "propose"])
@example([], ["propose", "offer", "coach_yes", "coach_no", "family_yes", "approve"])
@example([], ["propose", "offer", "lapse_coach", "coach_yes", "clear_coach", "coach_yes"])
@pytest.mark.scorecard("2.3.1")
def test_contact_is_seen_when_and_by_whom_the_model_says(
    session, here, staff, lead, clock, start, story
):
    clock.move_to(NOW)
    with session.begin_nested() as life:
        play(begin(session, here, staff, lead), clock, [*start, *story])
        life.rollback()


def test_whole_life_is_seen_from_the_introduction_to_the_end(session, here, staff, lead, clock):
    world = begin(session, here, staff, lead)
    play(world, clock, COVERED)
    assert (world.model.family_sees_coach(), world.model.backup_sees_family()) == (True, True)
    play(world, clock, ["plan_ending", "wait_30"])
    assert (world.model.state, world.model.family_sees_coach()) == (None, False)


def test_a_family_and_a_coach_of_another_match_see_nothing_of_this_one(
    session, here, staff, lead, clock
):
    world = begin(session, here, staff, lead)
    play(world, clock, COVERED)
    other = make_family(session, staff, here)
    stranger = make_family_account(session, other)
    coach = make_coach(session, staff, here)
    make_match(session, other, coach, state="approved")
    assert contacts.coach_contact_for_family(session, stranger, world.today) is None
    assert cover_contacts.for_family(session, stranger, world.today) is None
    assert (_coach_sees(world, coach.account), _backup_sees(world, coach.account)) == ([False], [])


@pytest.mark.scorecard("2.3.1", control=True)
def test_model_sees_a_refusal_that_is_left_out(session, here, staff, lead, clock, monkeypatch):
    """The control: with the gate taken out, the two no longer agree."""
    monkeypatch.setattr(match_states, "people_refusals", lambda match, today: [])
    world = begin(session, here, staff, lead)
    with pytest.raises(AssertionError, match="suspend_coach"):
        play(world, clock, [*RUNNING, "suspend_coach"])
