"""What may be recorded of a certificate, which status may follow which, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from peerapp.domain.certificates import (
    certificate_refusals,
    current_certificate,
    is_certificate_number,
)
from peerapp.domain.names import is_name_of
from peerapp.domain.onboarding import age_on
from peerapp.enums import CertificateStatus, CheckLevel, NameReason, Role, Workforce
from peerapp.errors import Refusal
from peerapp.models import Certificate, Volunteer

C = CertificateStatus

FIRST_ISSUE = date(2002, 3, 1)
"""When the Criminal Records Bureau, whose certificates DBS took over, began to issue."""

DBS_AGE = 16
"""DBS checks nobody who is younger, whatever age a scheme asks for."""

STEPS: dict[CertificateStatus, frozenset[CertificateStatus]] = {
    C.RECORDED: frozenset({C.ACCEPTED, C.UNVERIFIED, C.NEW_INFORMATION, C.REVOKED}),
    C.ACCEPTED: frozenset({C.UNVERIFIED, C.NEW_INFORMATION, C.REVOKED}),
    C.UNVERIFIED: frozenset({C.ACCEPTED, C.NEW_INFORMATION, C.REVOKED}),
    C.NEW_INFORMATION: frozenset({C.ACCEPTED, C.REVOKED}),
    C.REVOKED: frozenset({C.ACCEPTED}),
    C.SUPERSEDED: frozenset(),
}
"""For each status, those that may follow; ``superseded`` comes only with a newer certificate."""

CORRECTABLE = frozenset({C.RECORDED, C.UNVERIFIED})
"""Statuses in which what was copied from the certificate may still be put right."""


@dataclass(frozen=True)
class CertificateDetails:
    """What a member of staff copies from the original certificate, and when they saw it."""

    number: str
    issue_date: date
    level: CheckLevel
    workforce: Workforce
    name_as_printed: str
    name_matches: bool
    has_content: bool
    seen_on: date
    name_reason: NameReason | None = None
    name_evidence: str = ""


def detail_refusals(details: CertificateDetails, today: date) -> list[Refusal]:
    """Say what cannot be right in the details of a certificate; the codes name the fields."""
    checks = [
        (
            not is_certificate_number(details.number),
            "number",
            "The certificate number must be 12 digits, with any zeros at the front.",
        ),
        (
            details.issue_date > today,
            "issue_date",
            "The issue date must be today or in the past.",
        ),
        (
            details.issue_date < FIRST_ISSUE,
            "issue_date",
            "The issue date must be after February 2002, when these certificates began.",
        ),
        (
            details.seen_on > today,
            "seen_on",
            "The day you saw the certificate must be today or in the past.",
        ),
        (
            details.seen_on < details.issue_date,
            "seen_on",
            "The day you saw the certificate must not be before its issue date.",
        ),
        (not details.name_as_printed.strip(), "name_as_printed", "Enter the name as printed."),
    ]
    return [Refusal(code, message) for wrong, code, message in checks if wrong]


def person_refusals(volunteer: Volunteer, details: CertificateDetails) -> list[Refusal]:
    """Say why a certificate cannot be this volunteer's; the codes name the fields."""
    refusals = name_refusals(volunteer, details)
    born = volunteer.date_of_birth
    if born and age_on(born, details.issue_date) < DBS_AGE:
        message = (
            f"The volunteer was younger than {DBS_AGE} on this day, too young for a DBS check."
        )
        refusals.append(Refusal("issue_date", message))
    return refusals


def name_refusals(volunteer: Volunteer, details: CertificateDetails) -> list[Refusal]:
    """Ask why a name is the volunteer's where it is printed otherwise, and what shows it.

    Nobody's word alone makes another name match.
    """
    if not details.name_matches or is_name_of(volunteer, details.name_as_printed):
        return []
    refusals = []
    if details.name_reason is None:
        message = f"The printed name is not {volunteer.name or 'known'}. Choose why."
        refusals.append(Refusal("name_reason", message))
    if not details.name_evidence.strip():
        message = "Say what you saw that shows that the name is theirs."
        refusals.append(Refusal("name_evidence", message))
    return refusals


def newer_refusals(volunteer: Volunteer, issue_date: date) -> list[Refusal]:
    """Refuse a certificate that is older than the one that counts now: it could hide it."""
    current = current_certificate(volunteer)
    if current is None or issue_date >= current.issue_date:
        return []
    return [
        Refusal("issue_date", "A certificate with a later issue date has already been recorded.")
    ]


def blanking_refusals(
    certificate: Certificate, details: CertificateDetails, role: Role
) -> list[Refusal]:
    """Say why somebody of ``role`` may not say that a certificate is blank after all.

    It would undo what the safeguarding lead decides on the content, or DBS told of it.
    """
    made_blank = certificate.has_content and not details.has_content
    if not made_blank or role == Role.SAFEGUARDING_LEAD:
        return []
    message = "Only the safeguarding lead may say that this certificate is blank after all."
    return [Refusal("has_content", message)]


def correction_refusals(certificate: Certificate) -> list[Refusal]:
    """Say why the details of a certificate may no longer be put right."""
    if certificate.status in CORRECTABLE:
        return []
    return [
        Refusal(
            "not_correctable",
            "Details can be changed until the certificate is accepted, or when it could not be "
            "verified.",
        )
    ]


def step_refusals(certificate: Certificate, to: CertificateStatus, role: Role) -> list[Refusal]:
    """Say why a status may not follow the present one; ``role`` is that of whoever asks.

    Anybody in casework may take a certificate's effect away. To give it back is for the
    safeguarding lead.
    """
    if to not in STEPS[certificate.status]:
        return [
            Refusal(
                "no_such_step",
                f"A certificate that is {_in_words(certificate.status)} cannot become "
                f"{_in_words(to)}.",
            )
        ]
    gives_back = to == C.ACCEPTED and certificate.status != C.RECORDED
    if gives_back and role != Role.SAFEGUARDING_LEAD:
        return [
            Refusal("lead_only", "Only the safeguarding lead may accept this certificate again.")
        ]
    return []


def acceptance_refusals(
    volunteer: Volunteer, certificate: Certificate, today: date
) -> list[Refusal]:
    """Say what a certificate lacks to be accepted, its status left aside."""
    if current_certificate(volunteer) is not certificate:
        return [Refusal("certificate_superseded", "A newer certificate has been recorded.")]
    refusals = []
    if volunteer.check_level is None or volunteer.check_workforce is None:
        refusals.append(
            Refusal("dbs_level_missing", "Decide the DBS level that the role needs first.")
        )
    status_code = f"certificate_{certificate.status.value}"
    others = certificate_refusals(volunteer, today)
    return refusals + [refusal for refusal in others if refusal.code != status_code]


def _in_words(status: CertificateStatus) -> str:
    return status.value.replace("_", " ")
