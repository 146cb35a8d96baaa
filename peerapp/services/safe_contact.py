"""How a family may be reached: its own answers, recorded by staff."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.family_records import SafeContactAnswers, safe_contact_faults
from peerapp.domain.safe_contact import safe_channels
from peerapp.enums import Channel
from peerapp.models import Account, Family, SafeContact
from peerapp.services import audit
from peerapp.services.contact_changes import void_links
from peerapp.services.families import Invalid, lock_family


def answer_safe_contact(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    answers: SafeContactAnswers,
    today: date,
) -> Family:
    """Record the family's answers, in place of earlier ones.

    Links that went to an email address stop working when email is no longer safe.

    Raises
    ------
    Invalid
        A channel is called safe for which there is no number or address.
    """
    family = lock_family(session, actor, family_id)
    faults = safe_contact_faults(answers, family.phone, family.email, today)
    if faults:
        raise Invalid(faults)
    if Channel.EMAIL in safe_channels(family) and Channel.EMAIL not in answers.channels:
        void_links(session, family)
    if family.safe_contact is None:
        family.safe_contact = build_safe_contact(answers)
    else:
        for name, value in asdict(answers).items():
            setattr(family.safe_contact, name, value)
    family.version += 1
    audit.record_change(
        session, actor, "safe_contact.answer", family, channels=len(answers.channels)
    )
    return family


def build_safe_contact(answers: SafeContactAnswers) -> SafeContact:
    """Return the row of a family's answers."""
    return SafeContact(**asdict(answers))
