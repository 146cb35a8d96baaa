"""Coming back after declining, withdrawing or leaving: who may apply again when, with what."""

from __future__ import annotations

from datetime import date

from peerapp.domain.certificates import add_months, current_certificate
from peerapp.domain.onboarding import FINAL
from peerapp.enums import CertificateStatus, DropOutReason, GateItem, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import GateRecord, Reference, Volunteer, VolunteerEvent
from peerapp.wording import day_of

ONLY_THE_LEAD = frozenset({DropOutReason.SAFEGUARDING, DropOutReason.CHECK_RESULT})
"""Ends after which nobody comes back by themselves."""


def last_end(volunteer: Volunteer) -> VolunteerEvent | None:
    """Return the event that closed the record, if it is on record."""
    ends = [event for event in volunteer.history if event.to_state == volunteer.state]
    return ends[-1] if volunteer.state in FINAL and ends else None


def needs_the_lead(volunteer: Volunteer) -> bool:
    """Say whether only the safeguarding lead may open the record again.

    So it is where the end had to do with safety, or came out of a suspension; where a record was
    closed without a trace of why; and where DBS knows something that nobody here does.
    """
    if has_unread_news(volunteer):
        return True
    end = last_end(volunteer)
    if end is None:
        return True
    return end.from_state == VolunteerState.SUSPENDED or end.drop_out in ONLY_THE_LEAD


def has_unread_news(volunteer: Volunteer) -> bool:
    """Say whether DBS called the certificate out of date, and no newer one has come."""
    certificate = current_certificate(volunteer)
    return certificate is not None and certificate.status == CertificateStatus.NEW_INFORMATION


def may_return_from(volunteer: Volunteer, closed_on: date) -> date:
    """Return the first day on which the volunteer may apply again by themselves.

    Who was declined, or did not pass probation, waits for the scheme's ``reapply_months``.
    """
    end = last_end(volunteer)
    failed = end is not None and end.drop_out == DropOutReason.PROBATION
    if volunteer.state == VolunteerState.DECLINED or failed:
        return add_months(closed_on, volunteer.scheme.reapply_months)
    return closed_on


def return_refusals(volunteer: Volunteer, closed_on: date, today: date) -> list[Refusal]:
    """Say why a volunteer may not apply again by themselves today; never says what for."""
    if volunteer.state not in FINAL:
        return [Refusal("not_closed", "Your record is open: there is nothing to start again.")]
    if needs_the_lead(volunteer):
        message = "Contact the scheme if you would like to apply again. We will talk with you."
        return [Refusal("ask_the_scheme", message)]
    if today < may_return_from(volunteer, closed_on):
        return [Refusal("too_soon", "It is too soon to apply again.")]
    return []


def came_back(volunteer: Volunteer) -> bool:
    """Say whether the volunteer has started again after their record was closed."""
    return any(
        event.from_state in FINAL and event.to_state == VolunteerState.ENQUIRY
        for event in volunteer.history
    )


def is_too_old(volunteer: Volunteer, found_on: date, today: date) -> bool:
    """Say whether a fact of a day cannot be recorded (anew) for somebody who came back."""
    months = volunteer.scheme.stale_gate_months
    return came_back(volunteer) and today >= add_months(found_on, months)


def is_stale_reference(reference: Reference, today: date) -> bool:
    """Say whether a reference tells of too long ago, of somebody who was away meanwhile."""
    days = [reference.decided_on]
    if reference.answered_at is not None:
        days.append(day_of(reference.answered_at))
    return any(day is not None and is_too_old(reference.volunteer, day, today) for day in days)


def is_history(reference: Reference, today: date) -> bool:
    """Say whether a reference belongs to an earlier start and can count no more.

    Its referee may be named again: the scheme asks for what is known of the volunteer now.
    """
    return reference.item is None and is_stale_reference(reference, today)


def stale_gates(volunteer: Volunteer, today: date) -> list[GateRecord]:
    """Return the facts that do not count for a second start, and have to be found again.

    Those found too long ago (``Scheme.stale_gate_months``); and after a decline the interview,
    however fresh. Certificate and training have dates of their own, asked every day.
    """
    months = volunteer.scheme.stale_gate_months
    return [
        record
        for record in volunteer.gate_records
        if today >= add_months(record.done_on, months)
        or (volunteer.state == VolunteerState.DECLINED and record.item == GateItem.INTERVIEW)
    ]
