"""What each answer of DBS does, over real HTTP against the stand-in, in a real database."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select
from structlog.testing import capture_logs

from peerapp.demo.update_service_answers import Told
from peerapp.domain.match_states import contact_refusals
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import (
    ApplicationReason,
    CertificateStatus,
    MatchState,
    RiskDecision,
    Role,
    StatusFailure,
    StatusOutcome,
    VolunteerState,
)
from peerapp.errors import NotFound, Refused
from peerapp.models import (
    Account,
    AuditEvent,
    Certificate,
    CheckApplication,
    Match,
    Message,
    Scheme,
    StatusCheck,
    StatusConsent,
    Subscription,
    Volunteer,
)
from peerapp.services import checks, status_answers, status_check_jobs, status_checks
from tests.factories import NOW, TODAY, make_account
from tests.scenes import BASE_URL, Scene, make_scene
from tests.support.update_service import FAST, stand_in

__all__ = ["stand_in"]

O, C, M = StatusOutcome, CertificateStatus, MatchState  # noqa: E741
CALM = [told for told in Told if told not in {Told.SILENT, Told.SLOW_DRIP}]
NOTHING_TOLD = [
    told
    for told in Told
    if told
    not in {
        Told.BLANK,
        Told.WRONG_CONTENT_TYPE,
        Told.NON_BLANK,
        Told.NEW_INFO,
        Told.NO_MATCH,
    }
]
"""Answers that are none."""


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(database_url):
    made = make_scene(
        database_url,
        status_organisation="Wiltshire Council",
        status_checker_forename="Priya",
        status_checker_surname="Shah",
        status_terms_agreed_on=TODAY,
    )
    with made.writing() as session:
        made.coordinator(session).name = "Cora Dale"
        make_account(session, Role.SAFEGUARDING_LEAD, email="lead@example.org")
    yield made
    made.database.engine.dispose()


def join(scene: Scene, volunteer_id, **values) -> None:
    """Let a coach agree to status checks, with a certificate in the Update Service."""
    with scene.writing() as session:
        coach = session.get_one(Volunteer, volunteer_id)
        coach.consents.append(StatusConsent(version=1, typed_name=coach.name, given_at=NOW))
        coach.certificates[-1].subscription = Subscription(
            joined_on=date(2026, 3, 10),
            renew_by=date(2027, 3, 10),
            recorded_by_id=scene.coordinator_id,
        )
        for name, value in values.items():
            setattr(coach.certificates[-1], name, value)


@pytest.fixture
def coach(scene, stand_in):
    """A cleared coach about whom DBS may be asked, known to the stand-in as we know them."""
    volunteer_id = scene.add_coach()
    join(scene, volunteer_id)
    know(scene, stand_in, volunteer_id)
    return volunteer_id


def know(scene, stand_in, volunteer_id, **changes):
    with scene.reading() as session:
        stand_in.know(session.get_one(Volunteer, volunteer_id).certificates[-1], **changes)


def run(scene, stand_in, now=NOW, **timeouts):
    return status_check_jobs.run_due(
        scene.database,
        scene.scheme_id,
        stand_in.client(**timeouts),
        now=now,
        today=TODAY,
        base_url=BASE_URL,
    )


def press(scene, volunteer_id, is_on=True):
    with scene.writing() as session:
        check = status_checks.check_one(
            session, scene.coordinator(session), volunteer_id, is_on=is_on, now=NOW, today=TODAY
        )
        return check.id


def carry_out(scene, stand_in, check_id):
    return status_check_jobs.carry_out(
        scene.database,
        scene.scheme_id,
        check_id,
        stand_in.client(),
        now=NOW,
        today=TODAY,
        base_url=BASE_URL,
    )


def checks_of(scene):
    with scene.reading() as session:
        return list(session.scalars(select(StatusCheck).order_by(StatusCheck.created_at)))


def facts(scene, volunteer_id):
    """Everything about a coach that an answer could change."""
    with scene.reading() as session:
        coach = session.get_one(Volunteer, volunteer_id)
        held = coach.certificates[-1]
        return {
            "cleared": not clearance_refusals(coach, TODAY),
            "status": held.status,
            "note": held.status_note,
            "content": (held.has_content, held.risk_decision),
            "version": coach.version,
            "state": coach.state,
            "matches": sorted(session.scalars(select(Match.state))),
            "messages": session.scalar(select(func.count(Message.id))),
            "applications": [one.reason for one in session.scalars(select(CheckApplication))],
        }


def told_accounts(scene):
    with scene.reading() as session:
        query = select(Account.role).join(Message, Message.account_id == Account.id)
        return sorted(session.scalars(query))


def test_blank_and_current_passes_and_changes_nothing(scene, stand_in, coach):
    before = facts(scene, coach)
    assert run(scene, stand_in) == {"passed": 1}
    assert facts(scene, coach) == before
    assert before["cleared"]
    (check,) = checks_of(scene)
    assert (check.outcome, check.failure, check.attempt) == (O.PASSED, None, 1)
    assert (check.answered_at, check.next_at) == (NOW, NOW + timedelta(days=30))
    assert (check.is_flagged, check.asked_by_id) == (False, None)


@pytest.mark.parametrize("told", NOTHING_TOLD)
def test_answer_that_is_none_changes_nothing(scene, stand_in, coach, told):
    scene.add_match(scene.add_family(), coach)
    stand_in.tell_all(told)
    before = facts(scene, coach)
    assert run(scene, stand_in, **(FAST if told not in CALM else {})) == {"unknown": 1}
    assert facts(scene, coach) == before
    assert before["cleared"]
    (check,) = checks_of(scene)
    assert (check.outcome, check.attempt, check.is_flagged) == (O.UNKNOWN, 1, False)
    assert check.failure is not None
    assert check.next_at == NOW + timedelta(minutes=15)


def test_new_information_takes_everything_away_at_once(scene, stand_in, coach):
    proposed = scene.add_match(scene.add_family(), coach)
    live = scene.add_match(scene.add_family(account=True), coach, state=M.ACTIVE)
    stand_in.tell_all(Told.NEW_INFO)
    with scene.reading() as session:
        assert contact_refusals(session.get_one(Match, live), TODAY) == []
    assert run(scene, stand_in) == {"new_information": 1}
    with scene.reading() as session:
        found = session.get_one(Volunteer, coach)
        codes = [one.code for one in clearance_refusals(found, TODAY)]
        assert codes == ["certificate_new_information"]
        assert session.get_one(Match, proposed).state == M.WITHDRAWN
        assert session.get_one(Match, live).state == M.ACTIVE
        assert contact_refusals(session.get_one(Match, live), TODAY) != []
        (opened,) = session.scalars(select(CheckApplication))
        assert (opened.reason, opened.opened_by_id) == (ApplicationReason.NEW_INFORMATION, None)
    assert told_accounts(scene) == [Role.COORDINATOR, Role.SAFEGUARDING_LEAD]
    assert checks_of(scene)[0].is_flagged


def test_what_dbs_called_out_of_date_nobody_accepts_again(scene, stand_in, coach):
    """One that a person called so by mistake, the safeguarding lead still may."""
    with scene.writing() as session:
        lead = session.scalars(select(Account).where(Account.role == Role.SAFEGUARDING_LEAD)).one()
        held = session.get_one(Volunteer, coach).certificates[-1]
        ids = coach, held.id
        checks.set_status(session, lead, *ids, C.NEW_INFORMATION, "", TODAY)
        checks.accept_certificate(session, lead, *ids, TODAY)
    stand_in.tell_all(Told.NEW_INFO)
    run(scene, stand_in)
    with scene.writing() as session, pytest.raises(Refused) as refused:
        checks.accept_certificate(session, session.get_one(Account, lead.id), *ids, TODAY)
    assert [one.code for one in refused.value.refusals] == ["no_longer_current"]
    assert facts(scene, coach)["status"] == C.NEW_INFORMATION


def test_new_information_with_other_details_is_still_new_information(scene, stand_in, coach):
    know(scene, stand_in, coach, told=Told.NEW_INFO, print_date=date(2020, 1, 1))
    assert run(scene, stand_in) == {"new_information": 1}
    assert facts(scene, coach)["status"] == C.NEW_INFORMATION


def test_no_match_is_unverified_and_never_clear(scene, stand_in, coach):
    stand_in.tell_all(Told.NO_MATCH)
    assert run(scene, stand_in) == {"no_match": 1}
    after = facts(scene, coach)
    assert (after["cleared"], after["status"]) == (False, C.UNVERIFIED)
    assert after["applications"] == []
    assert told_accounts(scene) == [Role.COORDINATOR]
    stand_in.tell_all(Told.BLANK)
    assert carry_out(scene, stand_in, press(scene, coach)).outcome == O.PASSED
    after = facts(scene, coach)
    assert (after["cleared"], after["status"]) == (False, C.UNVERIFIED)


def test_content_that_we_did_not_know_of_needs_a_decision(scene, stand_in, coach):
    scene.add_match(scene.add_family(), coach)
    stand_in.tell_all(Told.NON_BLANK)
    assert run(scene, stand_in) == {"content_not_decided": 1}
    after = facts(scene, coach)
    assert after["content"] == (True, None)
    assert (after["cleared"], after["matches"]) == (False, [M.WITHDRAWN])
    assert told_accounts(scene) == [Role.COORDINATOR, Role.SAFEGUARDING_LEAD]


@pytest.mark.parametrize(
    ("decision", "outcome", "cleared"),
    [
        (RiskDecision.FAVOURABLE, O.PASSED, True),
        (RiskDecision.UNFAVOURABLE, O.CONTENT_NOT_DECIDED, False),
        (None, O.CONTENT_NOT_DECIDED, False),
    ],
)
def test_known_content_passes_only_with_a_favourable_decision(
    scene, stand_in, decision, outcome, cleared
):
    coach = scene.add_coach()
    join(scene, coach, has_content=True, risk_decision=decision, risk_review_on=TODAY)
    know(scene, stand_in, coach, told=Told.NON_BLANK)
    before = facts(scene, coach)
    assert run(scene, stand_in) == {outcome.value: 1}
    after = facts(scene, coach)
    assert after["cleared"] is before["cleared"] is cleared
    assert after["content"] == (True, decision)


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


def begin(scene, check_id):
    with scene.writing() as session:
        return status_checks.begin(session, check_id, NOW, TODAY)


def apply(scene, asking, reply):
    with scene.writing() as session:
        return status_answers.apply(
            session, asking, reply, now=NOW, today=TODAY, base_url=BASE_URL
        ).outcome


@pytest.mark.parametrize(
    "change",
    [
        lambda coach: setattr(coach.certificates[-1], "number", "999999999999"),
        lambda coach: setattr(coach.certificates[-1], "issue_date", date(2026, 3, 2)),
        lambda coach: setattr(coach.certificates[-1], "name_as_printed", "AMA OWUSU"),
        lambda coach: setattr(coach.certificates[-1], "status", C.SUPERSEDED),
        lambda coach: setattr(coach, "date_of_birth", date(1985, 4, 3)),
        lambda coach: setattr(coach, "state", VolunteerState.LEFT),
    ],
)
@pytest.mark.parametrize("told", [Told.BLANK, Told.NEW_INFO, Told.NO_MATCH, Told.NON_BLANK])
def test_answer_about_a_record_that_changed_meanwhile_is_put_aside(
    scene, stand_in, coach, change, told
):
    stand_in.tell_all(told)
    asking = begin(scene, press(scene, coach))
    reply = stand_in.client().ask(asking.question)
    with scene.writing() as session:
        change(session.get_one(Volunteer, coach))
    before = facts(scene, coach)
    assert apply(scene, asking, reply) == O.DISCARDED
    assert facts(scene, coach) == before
    (check,) = checks_of(scene)
    assert (check.next_at, check.is_flagged) == (NOW, False)


def test_change_that_matters_to_nobody_puts_nothing_aside(scene, stand_in, coach):
    stand_in.tell_all(Told.NEW_INFO)
    asking = begin(scene, press(scene, coach))
    reply = stand_in.client().ask(asking.question)
    with scene.writing() as session:
        found = session.get_one(Volunteer, coach)
        found.slots, found.version = ("fri_evening",), found.version + 1
        found.consents.clear()
        scene.coordinator(session).name = "Cora Other"
    assert apply(scene, asking, reply) == O.NEW_INFORMATION


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
    with capture_logs() as lines:
        run(scene, stand_in)
    assert {line["event"] for line in lines} >= {"status_check_answered"}
    with scene.reading() as session:
        audited = [(one.action, one.detail) for one in session.scalars(select(AuditEvent))]
        mail = [(one.subject, one.body) for one in session.scalars(select(Message))]
    assert {action for action, _ in audited} >= {"status_check.ask", "status_check.answer"}
    written = json.dumps([lines, audited, mail], default=str)
    for secret in (*secrets, "1985", "02/04", "crsc", "ELSEWHERE", "127.0.0.1"):
        assert secret not in written
