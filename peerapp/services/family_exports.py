"""Exporting families: the file that an import reads back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.eligibility import standing_agreement
from peerapp.domain.family_consents import has_consent
from peerapp.domain.family_csv import write_families
from peerapp.domain.family_records import (
    AgreementDetails,
    FamilyDetails,
    FamilyRecord,
    FamilyWishes,
    SafeContactAnswers,
)
from peerapp.enums import ConsentPurpose, FamilyState
from peerapp.models import Account, Family
from peerapp.services import audit
from peerapp.services.families import families_of
from peerapp.services.schemes import get_scheme


def export_families(session: Session, actor: Account) -> str:
    """Return the file of all families that the actor may see, and audit that it was made."""
    query = (
        select(Family)
        .where(families_of(actor))
        .options(
            selectinload(Family.needs),
            selectinload(Family.agreements),
            selectinload(Family.safe_contact),
        )
        .order_by(Family.reference)
    )
    records = [record_of(family) for family in session.scalars(query)]
    scheme = get_scheme(session)
    audit.record_read(session, actor, "family.export", scheme, families=len(records))
    session.flush()
    return write_families(records)


def record_of(family: Family) -> FamilyRecord:
    """Return a family's row as the values that a file carries.

    A match is not carried, so a family with a coach waits for one where the file is imported;
    nor is an agreement that was withdrawn, so without one it is a referral.
    """
    agreement = _agreement(family)
    return FamilyRecord(
        details=FamilyDetails(**_values(family, FamilyDetails)),
        wishes=FamilyWishes(**_values(family, FamilyWishes)),
        needs={row.need: row.weight for row in family.needs},
        reference=family.reference,
        state=_state(family, agreement is not None),
        section_47_open=family.section_47_open,
        child_protection_plan=family.child_protection_plan,
        agreement=agreement,
        safe_contact=_safe_contact(family),
        details_query=family.details_query,
    )


def _agreement(family: Family) -> AgreementDetails | None:
    """Return the agreement to take part, and with it all purposes that stand today."""
    row = standing_agreement(family)
    if row is None:
        return None
    purposes = tuple(one for one in ConsentPurpose if has_consent(family, one))
    names = ("given_by", "given_on", "method", "language", "version")
    return AgreementDetails(**{name: getattr(row, name) for name in names}, purposes=purposes)


def _safe_contact(family: Family) -> SafeContactAnswers | None:
    answers = family.safe_contact
    return SafeContactAnswers(**_values(answers, SafeContactAnswers)) if answers else None


def _state(family: Family, agreed: bool) -> FamilyState:
    if family.state in (FamilyState.REFERRED, FamilyState.CLOSED):
        return family.state
    return FamilyState.WAITING if agreed else FamilyState.REFERRED


def _values(row: object, kind: type) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(kind)}
