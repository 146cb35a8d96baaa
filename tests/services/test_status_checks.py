"""Whom DBS is asked about, when and by whom; what becomes of lost questions and of logs."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from peerapp.demo.update_service_answers import Told
from peerapp.enums import (
    Role,
    StatusFailure,
    VolunteerState,
)
from peerapp.errors import NotFound, Refused
from peerapp.models import (
    AuditEvent,
    Certificate,
    Message,
    Scheme,
    Volunteer,
)
from peerapp.services import status_check_jobs, status_checks
from tests.factories import NOW, TODAY, make_account
from tests.scenes import BASE_URL
from tests.services.status_scenes import (
    O,
    _on_the_day,
    apply,
    begin,
    carry_out,
    checks_of,
    coach,
    facts,
    join,
    know,
    press,
    run,
    scene,
    told_accounts,
)
from tests.support.log_lines import captured
from tests.support.update_service import stand_in

__all__ = ["_on_the_day", "coach", "scene", "stand_in"]


def test_failures_back_off_and_are_flagged_then_mend(scene, stand_in, coach):
    stand_in.tell_all(Told.SERVER_ERROR)
    now, asked_at = NOW, []
    for _ in range(12 * 24 * 4):
        if run(scene, stand_in, now=now):
            asked_at.append(now - NOW)
        now += timedelta(minutes=15)
        if len(asked_at) == 6:
            break
    hours = [round(wait.total_seconds() / 3600, 2) for wait in asked_at]
    assert hours == [0, 0.25, 1.25, 5.25, 17.25, 41.25]
    found = checks_of(scene)
    assert [one.attempt for one in found] == [1, 2, 3, 4, 5, 6]
    assert [one.is_flagged for one in found] == [False] * 4 + [True] * 2
    assert [one.next_at is not None for one in found] == [False] * 5 + [True]
    assert told_accounts(scene) == [Role.COORDINATOR]  # once, not each day
    assert facts(scene, coach)["cleared"]
    stand_in.tell_all(Told.BLANK)
    assert run(scene, stand_in, now=now + timedelta(days=1)) == {"passed": 1}
    assert [one.is_flagged for one in checks_of(scene)][-1] is False


def test_job_run_twice_asks_once(scene, stand_in, coach):
    assert run(scene, stand_in) == {"passed": 1}
    assert run(scene, stand_in) == {}
    assert run(scene, stand_in, now=NOW + timedelta(days=30, seconds=-1)) == {}
    assert len(stand_in.register.asked) == 1
    assert run(scene, stand_in, now=NOW + timedelta(days=30)) == {"passed": 1}


def test_two_workers_at_once_ask_each_once(scene, stand_in, coach):
    for _ in range(5):
        another = scene.add_coach()
        join(scene, another)
        know(scene, stand_in, another)
    tallies, barrier = [], threading.Barrier(2)

    def work():
        barrier.wait()
        tallies.append(run(scene, stand_in))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(tally["passed"] for tally in tallies) == 6
    numbers = [asked["certificate"] for asked in stand_in.register.asked]
    assert len(numbers) == len(set(numbers)) == 6


def test_one_question_is_asked_by_one_worker(scene, stand_in, coach):
    check_id = press(scene, coach)
    assert carry_out(scene, stand_in, check_id).outcome == O.PASSED
    assert carry_out(scene, stand_in, check_id) is None
    assert len(stand_in.register.asked) == 1


def test_button_asks_as_the_coordinator_and_the_job_as_the_scheme_says(scene, stand_in, coach):
    carry_out(scene, stand_in, press(scene, coach))
    run(scene, stand_in, now=NOW + timedelta(days=31))
    names = [(one["employeeForename"], one["employeeSurname"]) for one in stand_in.register.asked]
    assert names == [("Cora", "Dale"), ("Priya", "Shah")]


def test_button_pressed_twice_is_one_question(scene, stand_in, coach):
    first = press(scene, coach)
    assert press(scene, coach) == first
    assert len(checks_of(scene)) == 1


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda session, coach: coach.consents.clear(), "consent_missing"),
        (lambda session, coach: setattr(coach, "check_level", None), "level_undecided"),
        (
            lambda session, coach: setattr(coach.scheme, "status_organisation", ""),
            "service_not_set_up",
        ),
        (
            lambda session, coach: setattr(coach.scheme, "status_terms_agreed_on", None),
            "service_not_set_up",
        ),
    ],
)
def test_nobody_is_asked_about_without_what_must_be_there(scene, stand_in, coach, prepare, code):
    with scene.writing() as session:
        prepare(session, session.get_one(Volunteer, coach))
    with pytest.raises(Refused) as refused:
        press(scene, coach)
    assert [one.code for one in refused.value.refusals] == [code]
    assert run(scene, stand_in) == {}
    assert stand_in.register.asked == []


def test_button_needs_a_checker_with_two_names_and_the_service_on(scene, coach):
    with scene.writing() as session:
        scene.coordinator(session).name = "Coordinator"
    for is_on, codes in ((True, ["checker_name"]), (False, ["service_off", "checker_name"])):
        with pytest.raises(Refused) as refused:
            press(scene, coach, is_on)
        assert [one.code for one in refused.value.refusals] == codes


def test_job_needs_a_checker(scene, stand_in, coach):
    with scene.writing() as session:
        session.get_one(Scheme, scene.scheme_id).status_checker_surname = ""
    assert run(scene, stand_in) == {}
    assert checks_of(scene) == []


def test_stranger_may_not_ask(scene, coach):
    with scene.writing() as session:
        stranger = make_account(session, Role.COORDINATOR)
        with pytest.raises(NotFound):
            status_checks.check_one(session, stranger, coach, is_on=True, now=NOW, today=TODAY)


def test_those_who_may_not_be_asked_about_stand_in_nobodys_way(scene, stand_in, coach):
    for _ in range(3):
        scene.add_coach()
    with scene.reading() as session:
        assert status_checks.due_volunteers(session, NOW, TODAY, 1) == [coach]


@pytest.mark.parametrize("state", [VolunteerState.LEFT, VolunteerState.WITHDRAWN])
def test_those_who_have_gone_are_not_asked_about(scene, stand_in, coach, state):
    with scene.writing() as session:
        session.get_one(Volunteer, coach).state = state
    assert run(scene, stand_in) == {}


def test_service_that_is_down_costs_few_an_attempt(scene, stand_in):
    for _ in range(6):
        one = scene.add_coach()
        join(scene, one)
        know(scene, stand_in, one, told=Told.UNAVAILABLE)
    assert run(scene, stand_in) == {"unknown": 3}
    assert len(stand_in.register.asked) == 3


def test_worker_that_dies_leaves_a_question_that_is_asked_again(scene, stand_in, coach):
    asking = begin(scene, press(scene, coach))
    reply = stand_in.client().ask(asking.question)
    assert run(scene, stand_in, now=NOW + status_checks.LEASE - timedelta(seconds=1)) == {}
    later = NOW + status_checks.LEASE
    assert run(scene, stand_in, now=later) == {"lost": 1}
    (lost,) = checks_of(scene)
    assert (lost.outcome, lost.failure) == (O.UNKNOWN, StatusFailure.LOST)
    assert apply(scene, asking, reply) == O.UNKNOWN  # the dead one's answer comes too late
    assert run(scene, stand_in, now=later + timedelta(minutes=15)) == {"passed": 1}
    assert [one.attempt for one in checks_of(scene)] == [1, 2]


def test_question_that_the_queue_lost_is_found(scene, stand_in, coach):
    check_id = press(scene, coach)
    with scene.reading() as session:
        assert status_checks.list_forgotten(session, NOW) == []
        later = NOW + status_checks.UNCLAIMED
        assert status_checks.list_forgotten(session, later) == [check_id]
    carry_out(scene, stand_in, check_id)
    with scene.reading() as session:
        assert status_checks.list_forgotten(session, later) == []


def test_turned_off_nothing_is_asked(scene, coach):
    check_id = press(scene, coach)
    given = {"now": NOW, "today": TODAY, "base_url": BASE_URL}
    assert status_check_jobs.run_due(scene.database, scene.scheme_id, None, **given) == {}
    assert (
        status_check_jobs.carry_out(scene.database, scene.scheme_id, check_id, None, **given)
        is None
    )
    assert checks_of(scene)[0].outcome == O.ASKED


def test_no_transaction_is_open_while_dbs_is_asked(scene, stand_in, coach):
    """Counts what is begun and not ended at the moment of asking."""
    opened, seen = [0], []
    engine = scene.database.engine
    event.listen(engine, "begin", lambda _: opened.__setitem__(0, opened[0] + 1))
    for end in ("commit", "rollback"):
        event.listen(engine, end, lambda _: opened.__setitem__(0, opened[0] - 1))

    class Watched:
        def ask(self, question):
            seen.append(opened[0])
            return stand_in.client().ask(question)

    given = {"now": NOW, "today": TODAY, "base_url": BASE_URL}
    tally = status_check_jobs.run_due(scene.database, scene.scheme_id, Watched(), **given)
    assert tally == {"passed": 1}
    assert seen == [0]
    with scene.reading() as session:
        session.scalar(select(Certificate.id))
        assert opened[0] == 1  # the control: what is open is counted


@pytest.mark.parametrize("told", [Told.NEW_INFO, Told.OTHER_SURNAME, Told.SERVER_ERROR])
def test_log_audit_and_mail_tell_nothing_of_a_person(scene, stand_in, coach, told):
    stand_in.tell_all(told)
    with scene.reading() as session:
        found = session.get_one(Volunteer, coach)
        secrets = [found.certificates[-1].number, found.last_name, found.last_name.upper()]
    with captured() as lines:
        run(scene, stand_in)
    assert {line["event"] for line in lines} >= {"status_check_answered"}
    with scene.reading() as session:
        audited = [(one.action, one.detail) for one in session.scalars(select(AuditEvent))]
        mail = [(one.subject, one.body) for one in session.scalars(select(Message))]
    assert {action for action, _ in audited} >= {"status_check.ask", "status_check.answer"}
    written = json.dumps([lines, audited, mail], default=str)
    for secret in (*secrets, "1985", "02/04", "crsc", "ELSEWHERE", "127.0.0.1"):
        assert secret not in written
