"""Numbers, months and which certificate counts."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.domain import certificates
from peerapp.enums import CertificateStatus
from tests.domain.volunteers import certificate, cleared_coach


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("001234567890", True),
        ("000000000000", True),
        ("12345678901", False),
        ("1234567890123", False),
        ("", False),
        ("12345678901 ", False),
        ("12345678901a", False),
        ("+12345678901", False),
        ("１２３４５６７８９０１２", False),
        ("²²²²²²²²²²²²", False),
    ],
)
def test_certificate_number_is_twelve_ascii_digits(text, expected):
    assert certificates.is_certificate_number(text) is expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 36, date(2029, 11, 30)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_add_months_keeps_the_day_or_takes_the_months_last(day, months, expected):
    assert certificates.add_months(day, months) == expected


def test_recheck_due_is_the_first_day_that_no_longer_counts():
    assert certificates.recheck_due(certificate(), 36) == date(2029, 3, 1)


def test_current_certificate_skips_superseded_ones_whatever_their_date():
    newest = certificate(issue_date=date(2026, 9, 1), status=CertificateStatus.SUPERSEDED)
    older = certificate()
    coach = cleared_coach(certificates=[older, newest])
    assert certificates.current_certificate(coach) is older


def test_current_certificate_of_nobody_checked_is_none():
    assert certificates.current_certificate(cleared_coach(certificates=[])) is None
