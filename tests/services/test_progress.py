"""What the volunteer is told: plain words, and nothing of what others wrote."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.domain.gate_steps import Around
from peerapp.enums import CertificateStatus, Course, RiskDecision, VolunteerState
from peerapp.services import progress
from tests.domain.volunteers import TODAY, certificate, cleared_coach

S = VolunteerState
C = CertificateStatus


def words(**held):
    return progress.check_in_words(cleared_coach(certificates=[certificate(**held)]), TODAY)


def test_every_state_has_words_of_its_own():
    assert set(progress.STAGES) == set(S)
    titles = [stage.title for stage in progress.STAGES.values()]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (S.ENQUIRY, ["now", "later", "later", "later", "later", "later"]),
        (S.SCREENING, ["done", "now", "later", "later", "later", "later"]),
        (S.TRAINING, ["done", "done", "now", "later", "later", "later"]),
        (S.ACTIVE, ["done", "done", "done", "done", "done", "now"]),
        (S.PAUSED, []),
        (S.DECLINED, []),
    ],
)
def test_steps_show_how_far_the_volunteer_is(state, kinds):
    mine = progress.get_progress(cleared_coach(state=state), TODAY)
    assert [step.state for step in mine.steps] == kinds


@pytest.mark.parametrize("state", list(S))
def test_progress_says_what_may_be_done_in_each_state(state):
    mine = progress.get_progress(cleared_coach(state=state), TODAY)
    before = {
        S.ENQUIRY, S.APPLIED, S.SCREENING, S.INTERVIEWED, S.VETTING, S.TRAINING, S.PANEL
    }  # fmt: skip
    closed = {S.DECLINED, S.WITHDRAWN, S.LEFT}
    assert mine.may_withdraw == (state in before)
    assert mine.has_applied == (state not in closed | {S.ENQUIRY})
    assert mine.has_coached == (state in {S.PROBATION, S.ACTIVE, S.PAUSED})


def test_tasks_of_a_new_volunteer_say_what_is_left_and_who_does_it():
    new = cleared_coach(
        state=S.APPLIED, gate_records=[], training=[], certificates=[], check_level=None
    )
    tasks = progress.get_progress(new, TODAY).tasks
    assert [(task.title, task.status) for task in tasks] == [
        ("Show who you are", "We do this"),
        ("Two references", "To do"),
        ("A talk with us", "We do this"),
        ("Which DBS check you need", "We do this"),
        ("DBS certificate", "We do this"),
        ("Training", "We do this"),
        ("Volunteer agreement", "To do"),
    ]


def test_tasks_of_a_cleared_coach_are_done():
    tasks = progress.get_progress(cleared_coach(), TODAY).tasks
    assert [task.status for task in tasks] == ["Done"] * 7


def test_training_task_names_the_courses_that_are_left():
    coach = cleared_coach()
    left = {Course.BOUNDARIES, Course.LONE_WORKING}
    coach.training = [one for one in coach.training if one.course not in left]
    tasks = progress.get_progress(coach, TODAY).tasks
    assert tasks[5].hint == (
        "Still to do: boundaries, lone working. We will tell you when there are dates."
    )


@pytest.mark.parametrize(
    ("around", "whose"),
    [
        (Around(offered={"boundaries": date(2026, 12, 5)}), "you"),
        (Around(places={"boundaries": date(2026, 12, 5)}), "us"),
        (Around(), "us"),
    ],
)
def test_next_step_is_the_volunteers_while_there_is_one_for_them(around, whose):
    coach = cleared_coach(state=S.TRAINING)
    coach.training = [one for one in coach.training if one.course != Course.BOUNDARIES]
    assert progress.get_progress(coach, TODAY, around).stage.waits_for == whose


def test_check_before_it_started_and_when_the_level_is_known():
    blank = cleared_coach(certificates=[], check_level=None)
    assert progress.check_in_words(blank, TODAY) == "We have not started your DBS check yet."
    decided = progress.check_in_words(cleared_coach(certificates=[]), TODAY)
    assert decided == (
        "You need a DBS check: enhanced with the children’s barred list. We will help you to "
        "apply. When the certificate comes by post, show us the original."
    )


def test_check_that_counts_names_the_day_of_the_next():
    assert words() == "Your DBS check is done. You will need a new one by 1 March 2029."


def test_check_that_lapsed_asks_for_a_new_one():
    text = progress.check_in_words(cleared_coach(), date(2029, 3, 1))
    assert text == "Your DBS check is too old now. You need a new one. We will tell you how."


@pytest.mark.parametrize(
    ("held", "start"),
    [
        ({"status": C.RECORDED}, "We have seen your certificate and are checking"),
        ({"status": C.RECORDED, "has_content": True}, "We have seen your certificate. Our safe"),
        (
            {
                "status": C.RECORDED,
                "has_content": True,
                "risk_decision": RiskDecision.FAVOURABLE,
            },
            "We have seen your certificate and are checking",
        ),
        ({"status": C.NEW_INFORMATION}, "There is something new at DBS"),
        ({"status": C.UNVERIFIED}, "DBS could not find your certificate"),
        ({"status": C.REVOKED}, "Your certificate cannot be used any more"),
        ({"name_matches": False}, "We need to look at your certificate again"),
        (
            {"has_content": True, "risk_decision": RiskDecision.UNFAVOURABLE},
            "We need to look at your certificate again",
        ),
    ],
)
def test_check_in_each_status_has_its_words(held, start):
    assert words(**held)[: len(start)] == start
