"""Any life of a match, step by step: contact is seen if and only if a model in words says so.

Everything happens in one transaction (``tests.support.one_transaction``): a story is undone when
it is told. What changes is done by the services; who sees what is asked of the services after each
step, of every identity, and of one real page in turn.
"""

from __future__ import annotations

import os
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from peerapp.domain import match_states
from peerapp.errors import Refused
from peerapp.models import Account, Message
from peerapp.services.messages import NEUTRAL_SUBJECT
from tests.factories import NOW
from tests.scenes import BASE_URL
from tests.services.match_life_acts import ACTS
from tests.services.match_life_model import COACHES, allowed
from tests.services.match_machine import Asking, Attacks, Base, make_base, pages
from tests.support.one_transaction import OneTransaction

IS_SQLITE = os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite"
DAYS = {name: int(name[5:]) for name in ACTS if name.startswith("wait_")}
WAY = ("propose", "offer", "coach_yes", "family_yes", "approve", "introduce", "activate")
COVERED = (*WAY, "name_backup", "step_in", "wait_1")
STAFF = ("offer", "approve", "approve_by_phone", "introduce", "activate", "pause", "resume", "end",
         "plan_ending", "call_ending_off", "propose", "propose_second")  # fmt: skip
PEOPLE = ("coach_yes", "family_yes", "coach_no", "family_no")
AGREES = ("withdraw_consent", "consent_again", "stop_sharing", "share_again", "unsafe", "safe")
DANGER = ("freeze", "unfreeze", "block", "unblock",
          *(f"{act}_{who}" for act in ("suspend", "lift") for who in COACHES))  # fmt: skip
CERTIFICATES = tuple(f"{act}_{who}" for act in ("lapse", "clear") for who in COACHES)
BACKUP = ("name_backup", "step_in", "stop_backup")
ATTACKS = ("foreign_answers", "foreign_decisions", "stale_forms", "remembered_addresses",
           "foreign_safeguarding")  # fmt: skip


def test_every_act_belongs_to_a_rule():
    known = {*STAFF, *PEOPLE, *AGREES, *DANGER, *CERTIFICATES, *BACKUP, *DAYS}
    assert known == set(ACTS)


class MatchLife(RuleBasedStateMachine):
    """The rules; ``database``, ``base``, ``clock`` and ``browse`` are given by the test."""

    database: OneTransaction
    base: Base
    clock: Any
    browse: Any

    def __init__(self) -> None:
        super().__init__()
        self.clock.move_to(NOW)
        self.savepoint = self.database.connection.begin_nested()
        self.session = self.database.session(self.base.scheme_id, "all")
        self.world = self.base.world(self.session)
        self.turn = 0
        self.read: set[uuid.UUID] = set()
        self.last = "the beginning"

    def teardown(self) -> None:
        self.session.close()
        self.savepoint.rollback()

    def act(self, name: str) -> None:
        """Do one act; where the model knows whether it must succeed, the services agree."""
        self.last, must = name, allowed(self.world.model, name)
        try:
            with self.session.begin_nested():
                learn = ACTS[name](self.world)
                self.session.flush()
        except Refused as refused:
            codes = [one.code for one in refused.refusals]
            assert must is not True, (name, codes, self.world.model)
        else:
            assert must is not False, (name, self.world.model)
            learn()
            self.clock.shift(timedelta(days=DAYS.get(name, 0)))
        self.session.expire_all()

    @initialize(acts=st.sampled_from([(), WAY[:1], WAY[:4], WAY, COVERED]))
    def begins(self, acts: tuple[str, ...]) -> None:
        for name in acts:
            self.act(name)

    @rule(name=st.sampled_from(WAY))
    @precondition(lambda self: self.next_step() is not None)
    def goes_its_way(self, name: str) -> None:
        self.act(self.next_step() or name)

    def next_step(self) -> str | None:
        if self.world.model.state is None:
            return "propose_second" if "coach" in self.world.model.apart else "propose"
        return next((name for name in WAY[1:] if allowed(self.world.model, name)), None)

    @rule(name=st.sampled_from(STAFF))
    def staff_decides(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(PEOPLE))
    def somebody_answers(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(AGREES))
    def family_changes_its_mind(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(DANGER))
    def danger_comes_or_goes(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(CERTIFICATES))
    def certificate_changes(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(BACKUP))
    @precondition(lambda self: self.world.model.state is not None)
    def backup_comes_or_goes(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(sorted(DAYS)))
    def time_passes(self, name: str) -> None:
        self.act(name)

    @rule(name=st.sampled_from(ATTACKS))
    @precondition(lambda self: self.asking().matches)
    def somebody_attacks(self, name: str) -> None:
        self.last = name
        attacks = Attacks(self.asking())
        attacks.all_refused(getattr(attacks, name)())
        self.session.expire_all()

    def asking(self) -> Asking:
        return Asking(self.world, self.base)

    @invariant()
    def services_say_what_the_model_says(self) -> None:
        asking = self.asking()
        assert asking.answers() == asking.expected(), (self.last, self.world.model)

    @invariant()
    def no_message_says_anything(self) -> None:
        """What leaves the site names nobody, and nothing that the site is for."""
        for message in self.session.scalars(select(Message).order_by(Message.id)):
            if message.id in self.read or not message.body:
                continue
            self.read.add(message.id)
            opening, _, link = message.body.partition(" it:\n")
            assert (message.subject, opening) == (
                NEUTRAL_SUBJECT,
                "You have a message.\n\nSign in to read",
            )
            path = link.strip().removeprefix(BASE_URL)
            assert re.fullmatch(r"/sign-in|/staff/[a-z/-]*([0-9a-f-]{36})?|/volunteer/", path), path

    @invariant()
    def a_page_shows_what_the_model_says(self) -> None:
        asking = self.asking()
        if not asking.matches:
            return
        asked = list(pages(asking))
        self.turn += 1
        who, address, number, must = asked[self.turn % len(asked)]
        self.session.flush()
        account = self.session.get_one(Account, self.base.people[who]) if who else None
        shown = number in self.browse(account, address)
        assert shown == must, (self.last, who, address, self.world.model)


@pytest.fixture
def database(database_url):
    made = OneTransaction(database_url)
    yield made
    made.close()


@pytest.fixture
def machine(app, database, scheme_id, sign_in):
    app.extensions["database"].close()
    app.extensions["database"] = database

    def browse(account: Account | None, address: str) -> str:
        browser = sign_in(account) if account else app.test_client()
        return browser.get(address).get_data(as_text=True)

    with time_machine.travel(NOW, tick=True) as clock:
        with database.writing(scheme_id) as session:
            base = make_base(session, scheme_id)
        given = {"database": database, "base": base, "clock": clock, "browse": staticmethod(browse)}
        yield type("GivenMatchLife", (MatchLife,), given)


def play(machine: Any, examples: int, steps: int, phases: Any = tuple(Phase)) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.walk
def test_contact_is_seen_when_and_by_whom_the_model_says(machine):
    play(machine, 10, 14)


@pytest.mark.long
def test_contact_is_seen_as_the_model_says_in_long_lives(machine):
    play(machine, 400 if IS_SQLITE else 60, 50)


STORIES = {
    "a suspension hides, its end shows again, and the end is the end": (
        *WAY, "pause", "resume", "suspend_coach", "lift_coach", "end", "propose"),
    "consent, blocks and safe contact": (
        *WAY, "withdraw_consent", "consent_again", "block", "unblock", "unsafe", "safe"),
    "telling the coach is another consent": (
        *WAY, "stop_sharing", "share_again", "stop_sharing", "withdraw_consent", "consent_again"),
    "a planned ending comes by itself": (
        *WAY, "plan_ending", "wait_9", "wait_30", "propose", "approve_by_phone"),
    "a planned ending is called off": (
        *WAY, "plan_ending", "call_ending_off", "wait_30", "lapse_coach", "clear_coach"),
    "the second coach's certificate runs out by itself": (
        "propose_second", "approve_by_phone", "introduce", "activate", "wait_9", "wait_9",
        "wait_1", "wait_1", "clear_second"),
    "a former coach sees nothing of the family's next match": (
        *WAY, "end", "propose_second", "approve_by_phone", "introduce", "suspend_coach", "freeze"),
    "a worry closes contact with the backup too": (
        *COVERED, "freeze", "freeze", "unfreeze", "freeze", "end"),
    "a worry keeps two from being introduced": (
        *WAY[:5], "freeze", "introduce", "unfreeze", "introduce"),
    "a backup stays until the cover is over": (
        *COVERED, "suspend_coach", "suspend_backup", "lift_backup", "wait_9"),
    "a pause closes the backup's view": (
        *COVERED, "pause", "resume", "stop_backup", "name_backup", "step_in", "wait_4"),
    "offers run out and answers come too late": ("propose", "offer", "wait_9", "coach_yes"),
    "a coach is suspended between the two answers": (
        "propose", "offer", "coach_yes", "suspend_coach", "family_yes", "lift_coach"),
    "no safe channel, no introduction": (
        "propose", "approve_by_phone", "unsafe", "introduce", "safe", "introduce"),
    "a coach takes a yes back": (
        "propose", "offer", "coach_yes", "coach_no", "family_yes", "approve"),
}  # fmt: skip


def told(machine: Any, acts: tuple[str, ...]) -> None:
    """Tell one story, and ask after each act as the machine does."""
    life = machine()
    try:
        for name in acts:
            life.act(name)
            life.services_say_what_the_model_says()
            life.no_message_says_anything()
    finally:
        life.teardown()


@pytest.mark.walk
def test_stories_that_were_worth_remembering(machine):
    for acts in STORIES.values():
        told(machine, acts)


def test_whole_life_shows_each_to_the_other_and_hides_them_at_the_end(machine):
    """Something is there to be seen: what the stories hide has been on a page."""
    life = machine()
    for name in COVERED:
        life.act(name)
    asking = life.asking()
    seen = {(who, address): must for who, address, _, must in pages(asking) if must}
    assert len(seen) >= 4
    for who, address, number, must in pages(asking):
        account = life.session.get_one(Account, life.base.people[who]) if who else None
        assert (number in life.browse(account, address)) == must, (who, address)
    life.teardown()


@pytest.mark.walk
@pytest.mark.parametrize("gate", ["people_refusals", "sharing_refusals"])
def test_machine_finds_a_gate_that_is_left_out(machine, monkeypatch, gate):
    """The control: with one question taken out, the machine and a story notice it."""

    def nothing(*_: Any) -> list[Any]:
        return []

    monkeypatch.setattr(match_states, gate, nothing)
    with pytest.raises(AssertionError):
        play(machine, 200, 14, (Phase.generate,))  # to find it is enough: it need not be shrunk
