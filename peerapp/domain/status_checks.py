"""Status checks: whether DBS may be asked about a certificate, and what an answer means for it.

An answer can take a certificate's effect away, or leave it as it is. It never gives it back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from peerapp.domain.certificates import (
    certificate_refusals,
    current_certificate,
    is_certificate_number,
)
from peerapp.domain.consents import has_consent
from peerapp.domain.names import words
from peerapp.domain.onboarding import FINAL
from peerapp.domain.subscriptions import is_subscribed
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    GateItem,
    StatusAnswer,
    StatusFailure,
    StatusOutcome,
    VolunteerState,
)
from peerapp.errors import Refusal
from peerapp.models import Certificate, Scheme, Volunteer

CHECKABLE = frozenset(
    {CertificateStatus.RECORDED, CertificateStatus.ACCEPTED, CertificateStatus.UNVERIFIED}
)
"""Statuses of a certificate about which an answer could still say something new."""

BACK_OFF = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
"""How long after the first, second … attempt without an answer the next one is made."""

MAX_ATTEMPTS = len(BACK_OFF) + 1
AFTER_FLAG = timedelta(days=1)
NOT_ACCEPTED = frozenset({"certificate_unseen", "certificate_risk", "certificate_review"})
"""What the gate may say of a certificate whose content nobody has accepted as it is today."""

ABOUT_DETAILS = frozenset({StatusFailure.SURNAME_DIFFERS, StatusFailure.DATE_DIFFERS})
"""Failures that asking again will not mend: once flagged, they wait for a person."""


@dataclass(frozen=True)
class Held:
    """What our record says of the certificate that DBS was asked about.

    Attributes
    ----------
    content_accepted
        The original was seen, and the safeguarding lead decided on its content in favour.
    """

    surname: str = field(repr=False)
    issue_date: date
    content_accepted: bool


@dataclass(frozen=True)
class Verdict:
    """What an answer means for the certificate that we hold."""

    outcome: StatusOutcome
    failure: StatusFailure | None = None


def verdict_on(
    answer: StatusAnswer,
    surname: str | None,
    print_date: date | None,
    failure: StatusFailure | None,
    held: Held,
) -> Verdict:
    """Say what an answer means.

    A certificate passes only when surname and print date are those that we hold. News that it
    does not count any more is taken as it comes: the question named one certificate, and a
    warning is not put aside over a spelling.
    """
    if answer == StatusAnswer.NEW_INFO:
        return Verdict(StatusOutcome.NEW_INFORMATION)
    if answer == StatusAnswer.NO_MATCH_FOUND:
        return Verdict(StatusOutcome.NO_MATCH)
    if answer not in {StatusAnswer.BLANK_NO_NEW_INFO, StatusAnswer.NON_BLANK_NO_NEW_INFO}:
        return Verdict(StatusOutcome.UNKNOWN, failure)
    if surname is None or not is_same_surname(surname, held.surname):
        return Verdict(StatusOutcome.UNKNOWN, StatusFailure.SURNAME_DIFFERS)
    if print_date != held.issue_date:
        return Verdict(StatusOutcome.UNKNOWN, StatusFailure.DATE_DIFFERS)
    if answer == StatusAnswer.NON_BLANK_NO_NEW_INFO and not held.content_accepted:
        return Verdict(StatusOutcome.CONTENT_NOT_DECIDED)
    return Verdict(StatusOutcome.PASSED)


def is_same_surname(one: str, other: str) -> bool:
    """Say whether two surnames are the same but for capitals; every other difference counts."""
    return _capitals(one) == _capitals(other)


def _capitals(name: str) -> str:
    return unicodedata.normalize("NFC", name).upper()


def surname_as_printed(certificate: Certificate, volunteer: Volunteer) -> str | None:
    """Return the surname on a certificate as DBS printed it, or None if that is not certain.

    A guess would not do: DBS would find no match, and a coach would lose their clearance.
    """
    before, comma, _ = certificate.name_as_printed.partition(",")
    if comma:
        return " ".join(before.split()) or None
    printed = certificate.name_as_printed.split()
    last = words(volunteer.last_name)
    for count in range(1, len(printed)):
        ending = " ".join(printed[-count:])
        if last and words(ending) == last:
            return ending
    return printed[1] if len(printed) == 2 else None


def checker_name(name: str) -> tuple[str, str] | None:
    """Split the name of who asks into forename and surname; None if it has only one part."""
    parts = name.split()
    return (" ".join(parts[:-1]), parts[-1]) if len(parts) > 1 else None


def setup_refusals(scheme: Scheme, is_on: bool) -> list[Refusal]:
    """Say what is missing before anybody's certificate can be checked."""
    if not is_on:
        return [Refusal("service_off", "Status checks with DBS are turned off on this site.")]
    if not scheme.status_organisation or scheme.status_terms_agreed_on is None:
        return [
            Refusal("service_not_set_up", "A manager must set up status checks with DBS first.")
        ]
    return []


def status_check_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why DBS may not be asked about the volunteer's certificate today.

    Before a check there must be: consent, the original seen, the identity matched, level,
    workforce and lists as the role needs them, and with them the right to ask.
    """
    if volunteer.state in FINAL or volunteer.state == VolunteerState.ENQUIRY:
        return [Refusal("not_a_volunteer", "There is no application or role to check for.")]
    certificate = current_certificate(volunteer)
    if certificate is None:
        return [Refusal("certificate_missing", "No DBS certificate has been recorded.")]
    if certificate.status not in CHECKABLE:
        return [
            Refusal(
                "certificate_not_checkable",
                "This certificate does not count any more. A new DBS check is needed.",
            )
        ]
    return [
        *_consent_refusals(volunteer, certificate, today),
        *_seen_refusals(volunteer, certificate, today),
        *_entitlement_refusals(volunteer, certificate),
    ]


def _consent_refusals(volunteer: Volunteer, certificate: Certificate, today: date) -> list[Refusal]:
    refusals = []
    if not has_consent(volunteer):
        refusals.append(
            Refusal("consent_missing", "The volunteer has not agreed in writing to status checks.")
        )
    if not is_subscribed(certificate, today):
        refusals.append(
            Refusal(
                "not_subscribed",
                "The certificate is not recorded as being in the Update Service now.",
            )
        )
    return refusals


def _seen_refusals(volunteer: Volunteer, certificate: Certificate, today: date) -> list[Refusal]:
    identity = any(record.item == GateItem.IDENTITY for record in volunteer.gate_records)
    checks = [
        (
            not is_certificate_number(certificate.number),
            "number",
            "The certificate’s number is not one of 12 digits.",
        ),
        (
            certificate.seen_on > today,
            "original_unseen",
            "The original certificate has not been seen.",
        ),
        (
            not identity or not certificate.name_matches,
            "identity_unmatched",
            "Check the volunteer’s identity, and match it with the certificate, first.",
        ),
        (
            volunteer.date_of_birth is None,
            "date_of_birth",
            "The volunteer’s date of birth is missing.",
        ),
        (
            surname_as_printed(certificate, volunteer) is None,
            "surname_unclear",
            "It is not clear which part of the printed name is the surname. Check the status on "
            "DBS’s own site.",
        ),
    ]
    return [Refusal(code, message) for wrong, code, message in checks if wrong]


def _entitlement_refusals(volunteer: Volunteer, certificate: Certificate) -> list[Refusal]:
    """Level, lists and workforce must be those that were decided for the role, no more, no less.

    A certificate with more than the role needs would tell us what we have no right to know.
    """
    level, workforce = volunteer.check_level, volunteer.check_workforce
    if level is None or workforce is None or volunteer.check_decided_on is None:
        return [Refusal("level_undecided", "Decide the DBS level that the role needs first.")]
    if CheckLevel.BASIC in {level, certificate.level}:
        return [Refusal("level_basic", "Basic checks are not in the Update Service.")]
    refusals = []
    if certificate.level != level:
        refusals.append(
            Refusal(
                "level_differs",
                "The certificate’s level, or its barred lists, are not those of the role.",
            )
        )
    if certificate.workforce != workforce:
        refusals.append(
            Refusal("workforce_differs", "The certificate is for another workforce than the role.")
        )
    return refusals


def held_of(volunteer: Volunteer, certificate: Certificate, today: date) -> Held:
    """Return what our record says, to hold an answer against."""
    codes = {refusal.code for refusal in certificate_refusals(volunteer, today)}
    return Held(
        surname=surname_as_printed(certificate, volunteer) or "",
        issue_date=certificate.issue_date,
        content_accepted=certificate.has_content and not codes & NOT_ACCEPTED,
    )


def status_after(outcome: StatusOutcome, status: CertificateStatus) -> CertificateStatus | None:
    """Return the status that an outcome gives a certificate, or None if it keeps its own."""
    if outcome == StatusOutcome.NEW_INFORMATION and status in CHECKABLE:
        return CertificateStatus.NEW_INFORMATION
    if outcome == StatusOutcome.NO_MATCH and status in CHECKABLE - {CertificateStatus.UNVERIFIED}:
        return CertificateStatus.UNVERIFIED
    return None


def needs_a_person(outcome: StatusOutcome, attempt: int) -> bool:
    """Say whether a coordinator has to look: at once, or after the last attempt of a row."""
    if outcome == StatusOutcome.UNKNOWN:
        return attempt >= MAX_ATTEMPTS
    return outcome in {
        StatusOutcome.NEW_INFORMATION,
        StatusOutcome.NO_MATCH,
        StatusOutcome.CONTENT_NOT_DECIDED,
    }


def wait_before_next(verdict: Verdict, attempt: int, every_days: int) -> timedelta:
    """Return how long to wait before the certificate is asked about again by itself."""
    if verdict.outcome == StatusOutcome.DISCARDED:
        return timedelta()
    if verdict.outcome != StatusOutcome.UNKNOWN:
        return timedelta(days=every_days)
    if attempt < MAX_ATTEMPTS:
        return BACK_OFF[attempt - 1]
    return timedelta(days=every_days) if verdict.failure in ABOUT_DETAILS else AFTER_FLAG


def attempt_after(outcomes: Sequence[tuple[StatusOutcome, int]]) -> int:
    """Return the number of the next attempt, given the earlier ones of a certificate, newest last.

    It counts on only from an attempt that gave no answer.
    """
    if not outcomes or outcomes[-1][0] != StatusOutcome.UNKNOWN:
        return 1
    return outcomes[-1][1] + 1


def still_needs_a_person(
    outcome: StatusOutcome, volunteer: Volunteer, certificate: Certificate, today: date
) -> bool:
    """Say whether what a flagged answer asked for is still to be done."""
    is_news = outcome == StatusOutcome.NEW_INFORMATION
    if certificate is not current_certificate(volunteer):
        return False
    if volunteer.state in FINAL and not is_news:
        return False
    if outcome == StatusOutcome.NEW_INFORMATION:
        return certificate.status == CertificateStatus.NEW_INFORMATION
    if outcome == StatusOutcome.NO_MATCH:
        return certificate.status == CertificateStatus.UNVERIFIED
    if outcome == StatusOutcome.CONTENT_NOT_DECIDED:
        return not held_of(volunteer, certificate, today).content_accepted
    return outcome == StatusOutcome.UNKNOWN
