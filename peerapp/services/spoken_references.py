"""What staff say on the phone: the reference of a record, and the record of a reference."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from peerapp.models import Family, Volunteer
from peerapp.services import volunteers


def find_record(session: Session, reference: str) -> Family | Volunteer | None:
    """Return the one record with exactly this reference, whatever the case of its letters."""
    wanted = "".join(reference.split()).upper()
    family = session.scalar(select(Family).where(func.upper(Family.reference) == wanted))
    return family or _find_volunteer(session, wanted)


def _find_volunteer(session: Session, wanted: str) -> Volunteer | None:
    """Find by the first letters of the id; two who share them are told apart by nobody here."""
    try:
        first = uuid.UUID(hex=wanted.removeprefix("V") + "0" * 24)
        last = uuid.UUID(hex=wanted.removeprefix("V") + "f" * 24)
    except ValueError:
        return None
    if not wanted.startswith("V") or len(wanted) != 9:
        return None
    found = session.scalars(select(Volunteer).where(Volunteer.id.between(first, last))).all()
    return found[0] if len(found) == 1 else None


def reference_of(record: Family | Volunteer) -> str:
    """Return what staff say on the phone."""
    return record.reference if isinstance(record, Family) else volunteers.reference(record)
