"""What may be recorded of a certificate, and which status may follow which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from peerapp.domain import certificate_steps as steps
from peerapp.enums import CertificateStatus, CheckLevel, NameReason, RiskDecision, Role, Workforce
from tests.domain.volunteers import TODAY, certificate, cleared_coach, codes

C = CertificateStatus
DETAILS = steps.CertificateDetails(
    number="001234567890",
    issue_date=date(2026, 3, 1),
    level=CheckLevel.ENHANCED_CHILDREN,
    workforce=Workforce.CHILD,
    name_as_printed="AMA MENSAH",
    name_matches=True,
    has_content=False,
    seen_on=date(2026, 3, 20),
)
FAVOURABLE = {"has_content": True, "risk_decision": RiskDecision.FAVOURABLE}

WORDS = {"name_reason": NameReason.MARRIAGE, "name_evidence": "Marriage certificate"}

ANYBODY = {
    C.RECORDED: {C.ACCEPTED, C.UNVERIFIED, C.NEW_INFORMATION, C.REVOKED},
    C.ACCEPTED: {C.UNVERIFIED, C.NEW_INFORMATION, C.REVOKED},
    C.UNVERIFIED: {C.NEW_INFORMATION, C.REVOKED},
    C.NEW_INFORMATION: {C.REVOKED},
    C.REVOKED: set(),
    C.SUPERSEDED: set(),
}
LEAD_ALONE = {C.UNVERIFIED: {C.ACCEPTED}, C.NEW_INFORMATION: {C.ACCEPTED}, C.REVOKED: {C.ACCEPTED}}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MANAGER, Role.SAFEGUARDING_LEAD])
@pytest.mark.parametrize("to", list(C))
@pytest.mark.parametrize("status", list(C))
def test_status_step_follows_the_table(status, to, role):
    if to in ANYBODY[status]:
        expected = []
    elif to in LEAD_ALONE.get(status, set()):
        expected = [] if role == Role.SAFEGUARDING_LEAD else ["lead_only"]
    else:
        expected = ["no_such_step"]
    assert codes(steps.step_refusals(certificate(status=status), to, role)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"number": "1234567890"}, ["number"]),
        ({"issue_date": date(2026, 11, 20), "seen_on": date(2026, 11, 20)}, []),
        ({"issue_date": date(2026, 11, 21)}, ["issue_date", "seen_on"]),
        ({"issue_date": date(2002, 3, 1)}, []),
        ({"issue_date": date(2002, 2, 28)}, ["issue_date"]),
        ({"seen_on": date(2026, 3, 1)}, []),
        ({"seen_on": date(2026, 2, 28)}, ["seen_on"]),
        ({"seen_on": date(2026, 11, 21)}, ["seen_on"]),
        ({"name_as_printed": "  "}, ["name_as_printed"]),
    ],
)
def test_details_that_cannot_be_right_name_their_field(change, expected):
    assert codes(steps.detail_refusals(replace(DETAILS, **change), TODAY)) == expected


@pytest.mark.parametrize(
    ("issue_date", "expected"),
    [
        (date(2026, 2, 28), ["issue_date"]),
        (date(2026, 3, 1), []),
        (date(2026, 3, 2), []),
    ],
)
def test_certificate_older_than_the_one_that_counts_is_refused(issue_date, expected):
    assert codes(steps.newer_refusals(cleared_coach(), issue_date)) == expected


def test_certificate_older_than_a_superseded_one_is_taken():
    coach = cleared_coach(certificates=[certificate(status=C.SUPERSEDED)])
    assert steps.newer_refusals(coach, date(2025, 1, 1)) == []


@pytest.mark.parametrize("status", list(C))
def test_correction_is_open_until_accepted_and_when_unverified(status):
    expected = [] if status in {C.RECORDED, C.UNVERIFIED} else ["not_correctable"]
    assert codes(steps.correction_refusals(certificate(status=status))) == expected


@pytest.mark.parametrize(
    ("held", "volunteer", "expected"),
    [
        ({}, {}, []),
        ({}, {"check_level": None}, ["dbs_level_missing"]),
        ({"name_matches": False}, {}, ["certificate_name"]),
        ({"has_content": True}, {}, ["certificate_risk"]),
        ({**FAVOURABLE, "risk_review_on": TODAY}, {}, []),
        ({**FAVOURABLE, "risk_review_on": date(2026, 11, 19)}, {}, ["certificate_review"]),
        ({"level": CheckLevel.ENHANCED}, {}, ["certificate_level"]),
        ({"workforce": Workforce.ADULT}, {}, ["certificate_workforce"]),
        ({"issue_date": date(2023, 11, 20)}, {}, ["certificate_lapsed"]),
        ({"issue_date": date(2023, 11, 21)}, {}, []),
    ],
)
@pytest.mark.parametrize("status", [C.RECORDED, C.UNVERIFIED, C.NEW_INFORMATION, C.REVOKED])
def test_acceptance_asks_for_all_but_the_status(status, held, volunteer, expected):
    coach = cleared_coach(**volunteer, certificates=[certificate(status=status, **held)])
    refusals = steps.acceptance_refusals(coach, coach.certificates[0], TODAY)
    assert codes(refusals) == expected


def test_acceptance_of_any_but_the_newest_certificate_is_refused():
    newer = certificate(status=C.RECORDED, created_at=datetime(2026, 4, 1, tzinfo=UTC))
    coach = cleared_coach(certificates=[certificate(status=C.RECORDED), newer])
    refusals = steps.acceptance_refusals(coach, coach.certificates[0], TODAY)
    assert codes(refusals) == ["certificate_superseded"]
    assert steps.acceptance_refusals(coach, newer, TODAY) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"name_as_printed": "AMA OWUSU"}, ["name_reason", "name_evidence"]),
        ({"name_as_printed": "AMA OWUSU", **WORDS}, []),
        ({"name_as_printed": "AMA OWUSU", **WORDS, "name_evidence": " "}, ["name_evidence"]),
        ({"name_as_printed": "AMA OWUSU", **WORDS, "name_reason": None}, ["name_reason"]),
        ({"name_as_printed": "AMA OWUSU", "name_matches": False}, []),
    ],
)
def test_other_name_needs_a_reason_and_what_was_seen(change, expected):
    refusals = steps.person_refusals(cleared_coach(), replace(DETAILS, **change))
    assert codes(refusals) == expected


@pytest.mark.parametrize(
    ("born", "expected"),
    [(date(2010, 3, 1), []), (date(2010, 3, 2), ["issue_date"]), (None, [])],
)
def test_certificate_of_somebody_younger_than_sixteen_cannot_be(born, expected):
    refusals = steps.person_refusals(cleared_coach(date_of_birth=born), DETAILS)
    assert codes(refusals) == expected
