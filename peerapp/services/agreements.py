"""The family's agreement to take part: given to somebody, on a day, in a language; withdrawable."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.eligibility import standing_agreement
from peerapp.domain.family_records import AgreementDetails, agreement_faults
from peerapp.enums import FamilyState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Agreement, Family, utc_now
from peerapp.services import audit, matches
from peerapp.services.families import Invalid, lock_family
from peerapp.services.schemes import get_scheme


def record_agreement(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    agreement: AgreementDetails,
    today: date,
) -> Family:
    """Record that the family agreed to the present version of the agreement.

    Raises
    ------
    Invalid
        Something about it is wrong, such as a day in the future.
    """
    family = lock_family(session, actor, family_id)
    faults = agreement_faults(agreement, today)
    if faults:
        raise Invalid(faults)
    version = get_scheme(session).agreement_version
    family.agreements.append(build_agreement(actor, agreement, version))
    family.version += 1
    audit.record_change(
        session,
        actor,
        "agreement.record",
        family,
        method=agreement.method.value,
        language=agreement.language,
    )
    return family


def build_agreement(actor: Account, agreement: AgreementDetails, version: str) -> Agreement:
    """Return the row of an agreement; ``version`` counts where it names none itself."""
    return Agreement(
        version=agreement.version or version,
        given_by=agreement.given_by,
        given_on=agreement.given_on,
        method=agreement.method,
        language=agreement.language,
        recorded_by_id=actor.id,
    )


def withdraw_agreement(
    session: Session, actor: Account, family_id: uuid.UUID, today: date
) -> Family:
    """Record that the family took its agreement back: from now on nobody sees its details.

    A family that waited is a referral again; open proposals are withdrawn.

    Raises
    ------
    Refused
        There is no agreement to withdraw.
    """
    family = lock_family(session, actor, family_id)
    if standing_agreement(family) is None:
        raise Refused([Refusal("no_agreement", "There is no agreement to withdraw.")])
    matches.withdraw_open_for_family(session, actor, family, "agreement_withdrawn")
    for agreement in family.agreements:
        agreement.withdrawn_on = agreement.withdrawn_on or today
    if family.state == FamilyState.WAITING:
        family.state, family.state_since = FamilyState.REFERRED, utc_now()
    family.version += 1
    audit.record_change(session, actor, "agreement.withdraw", family)
    return family
