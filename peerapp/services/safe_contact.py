"""How a family may be reached: its own answers, recorded by staff or by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from peerapp.domain.family_records import SafeContactAnswers, safe_contact_faults
from peerapp.domain.safe_contact import safe_channels
from peerapp.enums import Channel
from peerapp.models import Account, Family, SafeContact
from peerapp.services import agreements, audit, messages, never_meet
from peerapp.services.accounts import sign_out_everywhere
from peerapp.services.contact_changes import void_links
from peerapp.services.contacts import own_family
from peerapp.services.families import Invalid, lock_family
from peerapp.services.family_consents import lock_own

QUESTIONS = {
    "times": ("safe_slots", "times"),
    "name": ("alias",),
    "voicemail": ("no_voicemail",),
    "device": ("shared_device",),
    "address": ("withheld_address",),
    "people": ("must_not_be_told",),
    "ways": ("channels",),
}
"""The questions that a family answers one by one, each with its fields.

Which ways are safe comes last: until then nothing is safe, so half the answers do no harm.
"""


@dataclass(frozen=True)
class OwnAnswers:
    """What a family's own page shows of its answers.

    Whom it named as people who must not know stays hidden: they may be looking at the page.
    """

    answers: SafeContactAnswers | None
    has_phone: bool
    has_email: bool
    names_people: bool


def answer_safe_contact(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    answers: SafeContactAnswers,
    today: date,
) -> Family:
    """Record the family's answers, in place of earlier ones; what waits to be sent obeys them.

    Links that went to an email address stop working when email is no longer safe. Where a way
    that was safe is not any more, every browser that the family is signed in with is signed out.

    Raises
    ------
    Invalid
        A channel is called safe for which there is no number or address.
    """
    family = lock_family(session, actor, family_id)
    lost = safe_channels(family) - set(answers.channels)
    _keep(session, actor, family, answers, today)
    if lost and family.account is not None:  # somebody else has that phone, or reads that mailbox
        sign_out_everywhere(session, family.account)
    return family


def answers_of(family: Family) -> SafeContactAnswers | None:
    """Return what the family has answered so far."""
    row = family.safe_contact
    if row is None:
        return None
    return SafeContactAnswers(**{name: getattr(row, name) for name in _FIELDS})


def get_own(session: Session, actor: Account) -> OwnAnswers:
    """Return the answers of the actor's own family."""
    family = own_family(session, actor)
    answers = answers_of(family)
    hidden = replace(answers, must_not_be_told="") if answers else None
    names_people = bool(answers and answers.must_not_be_told)
    return OwnAnswers(hidden, bool(family.phone), bool(family.email), names_people)


def answer_own(
    session: Session,
    actor: Account,
    question: str,
    values: Mapping[str, Any],
    today: date,
    base_url: str,
) -> Family:
    """Record the answer of the actor's own family to one of ``QUESTIONS``; its worker is told.

    A family whose record is closed can do so too: the scheme may still have to write to it.

    Raises
    ------
    Invalid
        A channel is called safe for which there is no number or address.
    """
    if values.keys() - set(QUESTIONS[question]):
        raise ValueError("an answer to another question")
    family = lock_own(session, actor)
    before = answers_of(family) or SafeContactAnswers(today)
    given = dict(values)
    if question == "people" and not given["must_not_be_told"]:
        given["must_not_be_told"] = before.must_not_be_told  # it was not shown: keep it
    _keep(session, actor, family, replace(before, **given, answered_on=today), today)
    agreements.tell_workers(session, family, base_url)
    return family


def _keep(
    session: Session, actor: Account, family: Family, answers: SafeContactAnswers, today: date
) -> Family:
    faults = safe_contact_faults(answers, family.phone, family.email, today)
    if faults:
        raise Invalid(faults)
    if Channel.EMAIL in safe_channels(family) and Channel.EMAIL not in answers.channels:
        void_links(session, family)
    changed = _write(actor, family, answers)
    family.version += 1
    audit.record_change(
        session,
        actor,
        "safe_contact.answer",
        family,
        fields=changed,
        channels=len(answers.channels),
    )
    session.flush()
    messages.follow_safe_contact(session, family)
    if "must_not_be_told" in changed:
        never_meet.part_from_named(session, actor, family)
    return family


def _write(actor: Account, family: Family, answers: SafeContactAnswers) -> list[str]:
    """Write the answers, and return the names of those that differ."""
    row = family.safe_contact
    if row is None:
        family.safe_contact = build_safe_contact(answers)
        family.safe_contact.answered_by_id = actor.id
        return list(_FIELDS)
    changed = [name for name in _FIELDS if getattr(row, name) != getattr(answers, name)]
    for name in changed:
        setattr(row, name, getattr(answers, name))
    row.answered_by_id = actor.id
    return changed


def build_safe_contact(answers: SafeContactAnswers) -> SafeContact:
    """Return the row of a family's answers."""
    return SafeContact(**asdict(answers))


_FIELDS = tuple(asdict(SafeContactAnswers(date.min)))
