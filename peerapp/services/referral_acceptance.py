"""Accepting a referral: it becomes a family's record, unless it may be one that is there already.

One acceptance at a time for the whole scheme: two referrals of one family that are accepted at
once would each not see the record that the other makes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from peerapp.domain.eligibility import acceptance_refusals
from peerapp.domain.family_records import AgreementDetails
from peerapp.domain.referrals import details_of, needs_of, safe_contact_of, sent_on
from peerapp.enums import AgreementMethod, ConsentPurpose, ReferralSource, ReferralState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family, Referral
from peerapp.services import (
    agreements,
    audit,
    duplicates,
    families,
    family_states,
    referrals,
    safe_contact,
)
from peerapp.services.schemes import lock_scheme

PURPOSES = (ConsentPurpose.TAKE_PART, ConsentPurpose.SHARE_WITH_COACH)


@dataclass(frozen=True)
class Decision:
    """What a coordinator decides when they accept a referral.

    ``postcode`` corrects what was typed, where it cannot be found or lies elsewhere.
    """

    level: int
    lead_practitioner: str = ""
    section_47_open: bool = False
    child_protection_plan: bool = False
    postcode: str = ""


def accept(
    session: Session, actor: Account, referral_id: uuid.UUID, decision: Decision, today: date
) -> Family:
    """Make a family's record of a referral, with all that was told.

    The family waits for a coach from now on, unless child protection work stands against it:
    then its record is there, and says why it does not wait yet.

    Raises
    ------
    Refused
        A record resembles it and nobody has said that it is another family's; or a danger is
        open; or somebody was faster.
    Invalid
        Something that was told cannot be stored, such as a postcode of another locality.
    """
    lock_scheme(session)
    referral = referrals.lock_referral(session, actor, referral_id)
    referrals.refuse_open_danger(referral)
    _refuse_duplicates(session, actor, referral, decision.postcode, today)
    family = _make_family(session, actor, referral, decision, today)
    referrals.settle(session, actor, referral, ReferralState.ACCEPTED, today)
    referral.family, referral.locality_id = family, family.locality_id
    audit.record_change(session, actor, "referral.accept", referral, family=str(family.id))
    session.flush()
    if acceptance_refusals(family, today):
        return family
    return family_states.accept_family(session, actor, family.id, family.version)


def _refuse_duplicates(
    session: Session, actor: Account, referral: Referral, postcode: str, today: date
) -> None:
    alike = duplicates.alike_to_referral(session, actor, referral, today, postcode)
    different = {one.family_id for one in referral.differences}
    left = duplicates.unanswered(alike, different)
    if not left:
        return
    if all(one.is_open for one in left):
        message = "Say first whether this is a family that is here already."
    else:
        message = (
            "A record in another locality resembles this family. "
            "The safeguarding lead has to look at it first."
        )
    raise Refused([Refusal("possible_duplicate", message)])


def _make_family(
    session: Session, actor: Account, referral: Referral, decision: Decision, today: date
) -> Family:
    answers: Mapping[str, Any] = referral.answers
    details = details_of(
        referral, decision.level, decision.lead_practitioner, decision.postcode, today
    )
    family = families.create_family(session, actor, details, today, needs=needs_of(answers))
    children = duplicates.traces_of_referral(referral, today).children
    family.children_named = duplicates.children_rows(children)
    family.section_47_open = decision.section_47_open
    family.child_protection_plan = decision.child_protection_plan
    session.flush()
    agreement = agreement_of(referral, today)
    agreements.record_agreement(session, actor, family.id, agreement, today)
    told = safe_contact_of(answers, sent_on(referral, today))
    return safe_contact.answer_safe_contact(session, actor, family.id, told, today)


def agreement_of(referral: Referral, today: date) -> AgreementDetails:
    """Return to what the family agreed at the front door, or before it."""
    answers = referral.answers
    if referral.source == ReferralSource.SELF:
        return AgreementDetails(
            given_by=referral.name,
            given_on=sent_on(referral, today),
            method=AgreementMethod.ON_SITE,
            language=answers.get("language", "en"),
            purposes=tuple(answers["agreed"]),
        )
    told = (ConsentPurpose.SHARE_WITH_REFERRER,) if answers.get("may_tell") == "yes" else ()
    return AgreementDetails(
        given_by=answers["agreed_by"],
        given_on=date.fromisoformat(answers["agreed_on"]),
        method=AgreementMethod(answers["agreed_how"]),
        language=answers["agreed_in"],
        purposes=(*PURPOSES, *told),
    )
