"""A family's agreement, purpose by purpose, as staff record it and as anybody takes it back.

What a family says on its own pages is in ``services.family_consents``; both end here, so that a
yes and a no have the same consequences whoever writes them down.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.eligibility import standing_agreement
from peerapp.domain.family_consents import has_consent
from peerapp.domain.family_records import AgreementDetails, agreement_faults
from peerapp.enums import NEEDED_PURPOSES, ConsentPurpose, FamilyState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Agreement, Family, FamilyConsentText, utc_now
from peerapp.services import audit, matches, messages
from peerapp.services.families import Invalid, lock_family
from peerapp.services.family_consent_texts import Texts, keep
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import workers_of

TAKE_PART = ConsentPurpose.TAKE_PART
Kept = Mapping[ConsentPurpose, FamilyConsentText]


def record_agreement(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    agreement: AgreementDetails,
    today: date,
) -> Family:
    """Record that the family agreed to the present words of each purpose named.

    Raises
    ------
    Invalid
        Something about it is wrong, such as a day in the future.
    """
    family = lock_family(session, actor, family_id)
    faults = agreement_faults(agreement, today, has_consent(family, TAKE_PART))
    if faults:
        raise Invalid(faults)
    texts = Texts(session)
    kept = {
        purpose: keep(session, texts.words(purpose, (agreement.language,)), today)
        for purpose in map(ConsentPurpose, agreement.purposes)
    }
    return add_agreement(session, actor, family, agreement, kept)


def add_agreement(
    session: Session, actor: Account, family: Family, agreement: AgreementDetails, kept: Kept
) -> Family:
    """Write down a yes to each purpose, by a locked family; what it said before stays on record."""
    rows = build_agreements(actor, agreement, get_scheme(session).agreement_version, kept)
    family.agreements.extend(rows)
    family.version += 1
    audit.record_change(
        session,
        actor,
        "agreement.record",
        family,
        method=agreement.method.value,
        language=agreement.language,
        purposes=" ".join(sorted(row.purpose.value for row in rows)),
    )
    session.flush()
    return family


def build_agreements(
    actor: Account, agreement: AgreementDetails, version: str, kept: Kept | None = None
) -> list[Agreement]:
    """Return a row for each purpose; ``version`` counts where nothing names another."""
    purposes = [one for one in ConsentPurpose if one in agreement.purposes]
    return [_build(actor, agreement, purpose, version, kept or {}) for purpose in purposes]


def _build(
    actor: Account,
    agreement: AgreementDetails,
    purpose: ConsentPurpose,
    version: str,
    kept: Kept,
) -> Agreement:
    text = kept.get(purpose)
    return Agreement(
        purpose=purpose,
        version=agreement.version or (text.version if text else version),
        given_by=agreement.given_by,
        given_on=agreement.given_on,
        method=agreement.method,
        language=agreement.language,
        recorded_by_id=actor.id,
        text_id=text.id if text else None,
    )


def withdraw_agreement(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    today: date,
    purpose: ConsentPurpose = TAKE_PART,
) -> Family:
    """Record that the family took its agreement to one purpose back.

    Raises
    ------
    Refused
        There is no agreement to withdraw.
    """
    family = lock_family(session, actor, family_id)
    return take_back(session, actor, family, purpose, today)


def take_back(
    session: Session, actor: Account, family: Family, purpose: ConsentPurpose, today: date
) -> Family:
    """Take a locked family's yes back, with all that follows, in this transaction.

    Without taking part, or without telling a coach, contact details are closed from this moment,
    open proposals are withdrawn, and the family is not matched. Taking part takes the other
    purposes with it, and a family that waited is a referral again.

    Raises
    ------
    Refused
        There is no agreement to withdraw.
    """
    if not has_consent(family, purpose):
        raise Refused([Refusal("no_agreement", "There is no agreement to withdraw.")])
    if purpose in NEEDED_PURPOSES:
        matches.withdraw_open_for_family(session, actor, family, "agreement_withdrawn")
        family = lock_row(session, Family, family.id)
    for agreement in family.agreements:
        if agreement.withdrawn_on is None and (purpose in (TAKE_PART, agreement.purpose)):
            agreement.withdrawn_on, agreement.withdrawn_by_id = today, actor.id
    if standing_agreement(family) is None and family.state == FamilyState.WAITING:
        family.state, family.state_since = FamilyState.REFERRED, utc_now()
    family.version += 1
    audit.record_change(session, actor, "agreement.withdraw", family, purpose=purpose.value)
    session.flush()
    return family


def tell_workers(session: Session, family: Family, base_url: str) -> None:
    """Tell whoever looks after a family that something changed in its record."""
    for worker in workers_of(session, family):
        messages.queue_notice(session, worker, f"{base_url}/staff/families/{family.id}")
