"""Typing in what a referee said on the phone or wrote on paper; somebody else verifies it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from peerapp.domain import access, reference_form
from peerapp.domain.referees import has_concern
from peerapp.domain.reference_entries import UNSENT, Entry, entry_refusals
from peerapp.enums import GivenHow, ReferenceState, Role
from peerapp.errors import NotFound, Refused
from peerapp.models import Account, Reference
from peerapp.services import messages, referee_links, references, rows, staff_of, volunteers

REASONS = {
    GivenHow.PHONE: "Given by phone, typed in by staff.",
    GivenHow.PAPER: "Given on paper, typed in by staff.",
    GivenHow.IN_PERSON: "Given in person, typed in by staff.",
}


def find_to_enter(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reference_id: uuid.UUID
) -> Reference:
    """Return a referee who is still asked, for the page on which their answer is typed in.

    Raises
    ------
    NotFound
        There is none, it is answered already, or it is not for the actor.
    """
    reference = references.find_reference(session, actor, volunteer_id, reference_id)
    if not _may_enter(actor, reference) or reference.state != ReferenceState.ASKED:
        raise NotFound("there is no such reference")
    return reference


def _may_enter(actor: Account, reference: Reference) -> bool:
    """Say whether somebody may type in: coordinators of the locality, who read references too."""
    return actor.role == Role.COORDINATOR and access.may_see_volunteer(actor, reference.volunteer)


def enter(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reference_id: uuid.UUID,
    entry: Entry,
    answers: Mapping[str, Any],
    now: datetime,
    today: date,
    base_url: str,
) -> Reference:
    """Record the answers that a referee gave elsewhere; their links stop working.

    Of a form that they had begun online nothing is kept but a concern, which nobody may lose.

    Raises
    ------
    Refused
        An answer is missing, the referee has answered meanwhile, or the day cannot be.
    NotFound
        It is not for the actor.
    """
    volunteers.lock_volunteer(session, actor, volunteer_id)
    reference = rows.lock_row(session, Reference, reference_id)
    if reference.volunteer_id != volunteer_id or not _may_enter(actor, reference):
        raise NotFound("there is no such reference")
    refusals = entry_refusals(reference, entry, actor, today)
    for page in reference_form.PAGES:
        refusals += reference_form.page_refusals(page, answers)
    if refusals:
        raise Refused(refusals)
    _put(reference, actor, entry, answers)
    reference.answered_at = now
    reason = REASONS[entry.how]
    referee_links.move(session, reference, ReferenceState.RECEIVED, actor, reason)
    referee_links.end_links(session, reference, now)
    _tell_others(session, actor, reference, base_url)
    return reference


def _put(reference: Reference, actor: Account, entry: Entry, answers: Mapping[str, Any]) -> None:
    """Put the answers in place of what was begun online; a concern raised there stays."""
    begun = reference_form.final_answers(reference.answers)
    reference.answers = reference_form.final_answers(answers)
    if has_concern(begun):
        reference.answers = {**reference.answers, UNSENT: begun}
    reference.given_by, reference.given_how = entry.given_by.strip(), entry.how
    reference.given_on, reference.entered_by_id = entry.given_on, actor.id


def _tell_others(session: Session, actor: Account, reference: Reference, base_url: str) -> None:
    """Tell those who may verify it, and the leads where there is a concern or nobody else."""
    volunteer = reference.volunteer
    others = [one for one in staff_of.coordinators_of(session, volunteer) if one.id != actor.id]
    if has_concern(reference.answers) or not others:
        others += staff_of.list_active(session, Role.SAFEGUARDING_LEAD)
    for account in others:
        link = f"{base_url}/staff/volunteers/{volunteer.id}/references"
        messages.queue_notice(session, account, link)
