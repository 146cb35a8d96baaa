"""What a DBS certificate must be to count for a role."""

from __future__ import annotations

import calendar
from datetime import date

from peerapp.enums import CertificateStatus, CheckLevel, RiskDecision, Workforce
from peerapp.errors import Refusal
from peerapp.models import Certificate, Volunteer

NUMBER_LENGTH = 12

COVERED_BY: dict[CheckLevel, frozenset[CheckLevel]] = {
    CheckLevel.BASIC: frozenset(CheckLevel),
    CheckLevel.STANDARD: frozenset(CheckLevel) - {CheckLevel.BASIC},
    CheckLevel.ENHANCED: frozenset(CheckLevel) - {CheckLevel.BASIC, CheckLevel.STANDARD},
    CheckLevel.ENHANCED_CHILDREN: frozenset(
        {CheckLevel.ENHANCED_CHILDREN, CheckLevel.ENHANCED_BOTH}
    ),
    CheckLevel.ENHANCED_ADULTS: frozenset({CheckLevel.ENHANCED_ADULTS, CheckLevel.ENHANCED_BOTH}),
    CheckLevel.ENHANCED_BOTH: frozenset({CheckLevel.ENHANCED_BOTH}),
}
"""For each level that a role needs, the levels of certificate that satisfy it."""


def is_certificate_number(text: str) -> bool:
    """Say whether ``text`` is 12 ASCII digits; it stays a string, leading zeros count."""
    return len(text) == NUMBER_LENGTH and text.isascii() and text.isdigit()


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or that month's last day if it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def recheck_due(certificate: Certificate, recheck_months: int) -> date:
    """Return the first day on which the certificate no longer counts; DBS itself sets none."""
    return add_months(certificate.issue_date, recheck_months)


def covers_workforce(held: Workforce, needed: Workforce) -> bool:
    """Say whether a certificate for ``held`` counts for a role with ``needed``."""
    if held == Workforce.CHILD_AND_ADULT:
        return needed in {Workforce.CHILD, Workforce.ADULT, Workforce.CHILD_AND_ADULT}
    return held == needed


def current_certificate(volunteer: Volunteer) -> Certificate | None:
    """Return the newest certificate by issue date that was not superseded; it alone counts.

    An older good one never hides what a newer one says.
    """
    standing = [
        certificate
        for certificate in volunteer.certificates
        if certificate.status != CertificateStatus.SUPERSEDED
    ]
    return max(standing, key=lambda one: (one.issue_date, one.created_at), default=None)


def certificate_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why the volunteer's certificate does not count today; empty means that it does."""
    certificate = current_certificate(volunteer)
    if certificate is None:
        return [Refusal("certificate_missing", "No DBS certificate has been recorded.")]
    return [
        *_status_refusals(certificate),
        *_content_refusals(certificate, today),
        *_fit_refusals(certificate, volunteer),
        *_date_refusals(certificate, volunteer.scheme.recheck_months, today),
    ]


def _status_refusals(certificate: Certificate) -> list[Refusal]:
    refusals = []
    if certificate.status != CertificateStatus.ACCEPTED:
        refusals.append(
            Refusal(
                f"certificate_{certificate.status.value}",
                _STATUS_MESSAGES[certificate.status],
            )
        )
    if not certificate.name_matches:
        refusals.append(
            Refusal("certificate_name", "The name on the certificate has not been matched.")
        )
    return refusals


def _content_refusals(certificate: Certificate, today: date) -> list[Refusal]:
    """Ask for a favourable decision on content that has not outlived its day of review.

    On that day it still counts. Without such a day nobody would look again, so it does not count.
    """
    if not certificate.has_content:
        return []
    if certificate.risk_decision != RiskDecision.FAVOURABLE:
        message = "The certificate needs a decision by the safeguarding lead."
        return [Refusal("certificate_risk", message)]
    review_on = certificate.risk_review_on
    if review_on is None or today > review_on:
        message = "The safeguarding lead’s decision on the certificate is due for review."
        return [Refusal("certificate_review", message)]
    return []


_STATUS_MESSAGES = {
    CertificateStatus.RECORDED: "The DBS certificate has been recorded but not accepted yet.",
    CertificateStatus.NEW_INFORMATION: "There is new information: a new DBS check is needed.",
    CertificateStatus.UNVERIFIED: "DBS could not match the certificate: check its details.",
    CertificateStatus.REVOKED: "The DBS certificate has been revoked.",
    CertificateStatus.SUPERSEDED: "The DBS certificate has been replaced by a newer one.",
}


def _fit_refusals(certificate: Certificate, volunteer: Volunteer) -> list[Refusal]:
    refusals = []
    level, workforce = volunteer.check_level, volunteer.check_workforce
    if level is not None and certificate.level not in COVERED_BY[level]:
        refusals.append(
            Refusal(
                "certificate_level",
                "The certificate is not of the level the role needs.",
            )
        )
    if workforce is not None and not covers_workforce(certificate.workforce, workforce):
        refusals.append(
            Refusal("certificate_workforce", "The certificate is for another workforce.")
        )
    return refusals


def _date_refusals(certificate: Certificate, recheck_months: int, today: date) -> list[Refusal]:
    if certificate.issue_date > today:
        return [Refusal("certificate_future", "The certificate’s issue date is in the future.")]
    if certificate.seen_on > today:
        return [Refusal("certificate_unseen", "The original certificate has not been seen yet.")]
    if today >= recheck_due(certificate, recheck_months):
        return [Refusal("certificate_lapsed", "The DBS certificate is due for a new check.")]
    return []
