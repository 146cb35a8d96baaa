"""The gate's truth table: cleared with all of it, refused for each part that is missing alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from peerapp.domain.vetting import clearance_refusals, courses_in_date, gate_statuses
from peerapp.enums import (
    CORE_COURSES,
    CertificateStatus,
    CheckLevel,
    Course,
    Gate,
    GateItem,
    RiskDecision,
    VolunteerState,
    Workforce,
)
from peerapp.models import Scheme, TrainingRecord
from tests.domain.volunteers import TODAY, certificate, cleared_coach, codes


def refusal_codes(volunteer, today=TODAY):
    return codes(clearance_refusals(volunteer, today))


def test_clearance_of_a_coach_with_every_gate_met_has_no_refusal():
    assert refusal_codes(cleared_coach()) == []


@pytest.mark.parametrize("state", list(VolunteerState))
def test_clearance_by_state_alone(state):
    expected = {
        VolunteerState.PROBATION: [],
        VolunteerState.ACTIVE: [],
        VolunteerState.SUSPENDED: ["suspended"],
        VolunteerState.PAUSED: ["paused"],
    }
    assert refusal_codes(cleared_coach(state=state)) == expected.get(state, ["not_active"])


def test_clearance_with_a_closed_account_is_refused():
    coach = cleared_coach()
    coach.account.disabled_at = datetime(2026, 11, 1, tzinfo=UTC)
    assert refusal_codes(coach) == ["account_disabled"]


@pytest.mark.parametrize("item", list(GateItem))
def test_clearance_without_one_gate_item_names_it_alone(item):
    coach = cleared_coach()
    coach.gate_records = [record for record in coach.gate_records if record.item != item]
    assert refusal_codes(coach) == [f"{item.value}_missing"]


@pytest.mark.parametrize("lacking", ["check_level", "check_workforce"])
def test_clearance_without_a_decided_level_is_refused(lacking):
    assert refusal_codes(cleared_coach(**{lacking: None})) == ["dbs_level_missing"]


@pytest.mark.parametrize("course", CORE_COURSES)
def test_clearance_without_one_core_course_names_it_alone(course):
    coach = cleared_coach()
    coach.training = [record for record in coach.training if record.course != course]
    assert refusal_codes(coach) == [f"training_{course.value}"]


def test_clearance_asks_for_the_courses_of_the_scheme_only():
    coach = cleared_coach(training=[])
    coach.scheme = Scheme(recheck_months=36, core_courses=(), minimum_age=16)
    assert refusal_codes(coach) == []


def test_clearance_without_a_certificate_is_refused():
    assert refusal_codes(cleared_coach(certificates=[])) == ["certificate_missing"]


@pytest.mark.parametrize("status", list(CertificateStatus))
def test_clearance_by_certificate_status_alone(status):
    expected = {
        CertificateStatus.ACCEPTED: [],
        CertificateStatus.SUPERSEDED: ["certificate_missing"],
    }
    coach = cleared_coach(certificates=[certificate(status=status)])
    assert refusal_codes(coach) == expected.get(status, [f"certificate_{status.value}"])


def test_clearance_with_an_unmatched_name_is_refused():
    coach = cleared_coach(certificates=[certificate(name_matches=False)])
    assert refusal_codes(coach) == ["certificate_name"]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (None, ["certificate_risk"]),
        (RiskDecision.UNFAVOURABLE, ["certificate_risk"]),
        (RiskDecision.FAVOURABLE, []),
    ],
)
def test_clearance_with_content_follows_the_risk_decision(decision, expected):
    held = certificate(has_content=True, risk_decision=decision, risk_review_on=TODAY)
    assert refusal_codes(cleared_coach(certificates=[held])) == expected


@pytest.mark.parametrize(
    ("review_on", "expected"),
    [
        (date(2026, 11, 21), []),
        (date(2026, 11, 20), []),
        (date(2026, 11, 19), ["certificate_review"]),
        (None, ["certificate_review"]),
    ],
)
def test_clearance_with_content_ends_with_the_day_of_review(review_on, expected):
    favourable = {"has_content": True, "risk_decision": RiskDecision.FAVOURABLE}
    held = certificate(**favourable, risk_review_on=review_on)
    assert refusal_codes(cleared_coach(certificates=[held])) == expected


SATISFIES = {
    CheckLevel.BASIC: set(CheckLevel),
    CheckLevel.STANDARD: {
        CheckLevel.STANDARD,
        CheckLevel.ENHANCED,
        CheckLevel.ENHANCED_CHILDREN,
        CheckLevel.ENHANCED_ADULTS,
        CheckLevel.ENHANCED_BOTH,
    },
    CheckLevel.ENHANCED: {
        CheckLevel.ENHANCED,
        CheckLevel.ENHANCED_CHILDREN,
        CheckLevel.ENHANCED_ADULTS,
        CheckLevel.ENHANCED_BOTH,
    },
    CheckLevel.ENHANCED_CHILDREN: {CheckLevel.ENHANCED_CHILDREN, CheckLevel.ENHANCED_BOTH},
    CheckLevel.ENHANCED_ADULTS: {CheckLevel.ENHANCED_ADULTS, CheckLevel.ENHANCED_BOTH},
    CheckLevel.ENHANCED_BOTH: {CheckLevel.ENHANCED_BOTH},
}


@pytest.mark.parametrize("needed", list(CheckLevel))
@pytest.mark.parametrize("held", list(CheckLevel))
def test_clearance_by_level_held_and_needed(held, needed):
    coach = cleared_coach(check_level=needed, certificates=[certificate(level=held)])
    expected = [] if held in SATISFIES[needed] else ["certificate_level"]
    assert refusal_codes(coach) == expected


@pytest.mark.parametrize("needed", list(Workforce))
@pytest.mark.parametrize("held", list(Workforce))
def test_clearance_by_workforce_held_and_needed(held, needed):
    both_covers = held == Workforce.CHILD_AND_ADULT and needed in {
        Workforce.CHILD,
        Workforce.ADULT,
    }
    coach = cleared_coach(check_workforce=needed, certificates=[certificate(workforce=held)])
    expected = [] if held == needed or both_covers else ["certificate_workforce"]
    assert refusal_codes(coach) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2029, 2, 27), []),
        (date(2029, 2, 28), []),
        (date(2029, 3, 1), ["certificate_lapsed"]),
        (date(2029, 3, 2), ["certificate_lapsed"]),
    ],
)
def test_clearance_ends_on_the_recheck_day(today, expected):
    assert refusal_codes(cleared_coach(), today) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2027, 2, 27), []), (date(2027, 2, 28), ["certificate_lapsed"])],
)
def test_clearance_of_a_certificate_issued_on_a_leap_day(today, expected):
    held = certificate(issue_date=date(2024, 2, 29), seen_on=date(2024, 3, 2))
    assert refusal_codes(cleared_coach(certificates=[held]), today) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 28), ["certificate_future"]),
        (date(2026, 3, 19), ["certificate_unseen"]),
        (date(2026, 3, 20), []),
    ],
)
def test_clearance_waits_for_the_certificate_to_be_issued_and_seen(today, expected):
    coach = cleared_coach()
    for record in coach.training:
        record.completed_on = date(2026, 1, 5)
    assert refusal_codes(coach, today) == expected


@pytest.mark.parametrize(
    "status",
    [status for status in CertificateStatus if status != CertificateStatus.SUPERSEDED],
)
def test_clearance_counts_the_newest_certificate_even_if_an_older_is_good(status):
    newer = certificate(
        number="001234567891",
        issue_date=date(2026, 9, 1),
        seen_on=date(2026, 9, 5),
        status=status,
    )
    expected = [] if status == CertificateStatus.ACCEPTED else [f"certificate_{status.value}"]
    for held in ([certificate(), newer], [newer, certificate()]):
        assert refusal_codes(cleared_coach(certificates=held)) == expected


def test_clearance_takes_the_last_recorded_of_two_certificates_of_one_day():
    later = certificate(
        status=CertificateStatus.REVOKED, created_at=datetime(2026, 3, 21, tzinfo=UTC)
    )
    coach = cleared_coach(certificates=[later, certificate()])
    assert refusal_codes(coach) == ["certificate_revoked"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2027, 5, 31), []), (date(2027, 6, 1), ["training_boundaries"])],
)
def test_clearance_keeps_training_on_its_last_day_and_not_after(today, expected):
    coach = cleared_coach()
    for record in coach.training:
        if record.course == Course.BOUNDARIES:
            record.valid_until = date(2027, 5, 31)
    assert refusal_codes(coach, today) == expected


def test_courses_in_date_leave_out_a_course_completed_tomorrow():
    held = [
        TrainingRecord(course="send", completed_on=date(2026, 11, 21)),
        TrainingRecord(course="crime", completed_on=date(2026, 11, 20)),
    ]
    assert courses_in_date(cleared_coach(training=held), TODAY) == frozenset({"crime"})


def test_clearance_names_every_reason_and_the_state_first():
    coach = cleared_coach(
        state=VolunteerState.SUSPENDED,
        certificates=[certificate(status=CertificateStatus.REVOKED, name_matches=False)],
        gate_records=[],
    )
    assert refusal_codes(coach) == [
        "suspended",
        "identity_missing",
        "first_reference_missing",
        "second_reference_missing",
        "interview_missing",
        "certificate_revoked",
        "certificate_name",
        "agreement_missing",
    ]


def test_gate_statuses_come_in_the_order_of_the_task_list():
    statuses = gate_statuses(cleared_coach(), TODAY)
    assert [status.gate for status in statuses] == list(Gate)
    assert [status.is_met for status in statuses] == [True] * len(Gate)
