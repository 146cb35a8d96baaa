"""Importing a file of families: checked, shown, and then all of it or nothing."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from peerapp import vocabulary
from peerapp.adapters.places import Place
from peerapp.domain.csv_text import CellFault, shown
from peerapp.domain.family_columns import COLUMNS
from peerapp.domain.family_csv import Reading, read_families, sort_faults, template
from peerapp.domain.family_records import FamilyRecord
from peerapp.domain.references import new_reference
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import (
    Account,
    Family,
    FamilyImport,
    FamilyNeed,
    Locality,
    Scheme,
    new_id,
)
from peerapp.services import audit
from peerapp.services.agreements import build_agreements
from peerapp.services.families import build_family, locate
from peerapp.services.localities import localities_by_sector
from peerapp.services.rows import lock_row
from peerapp.services.safe_contact import build_safe_contact
from peerapp.services.schemes import get_scheme

__all__ = [
    "COLUMNS", "FileRefused", "PlacedRow", "check", "confirm", "discard", "get_import", "get_rows",
    "sweep", "template", "upload",
]  # fmt: skip

LIFETIME = timedelta(hours=1)


class FileRefused(Refused):
    """A file of families has faults; ``faults`` holds every one of them."""

    def __init__(self, faults: Sequence[CellFault]) -> None:
        self.faults = tuple(faults)
        super().__init__([Refusal("file_wrong", fault.reason) for fault in faults])


@dataclass(frozen=True)
class PlacedRow:
    """A family of the file with its place on the map."""

    line: int
    record: FamilyRecord
    place: Place
    locality: Locality


def upload(
    session: Session, actor: Account, content: bytes, now: datetime, today: date
) -> FamilyImport:
    """Check a file and keep it, for its owner only, until it is confirmed or too late.

    Raises
    ------
    FileRefused
        The file has faults; nothing of it is kept.
    """
    sweep(session, now)
    _drop_waiting(session, actor)
    rows = check(session, actor, content, today)
    waiting = FamilyImport(
        account_id=actor.id,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        expires_at=now + LIFETIME,
        families=len(rows),
    )
    session.add(waiting)
    audit.record_change(session, actor, "family_import.upload", waiting, families=len(rows))
    return waiting


def check(session: Session, actor: Account, content: bytes, today: date) -> list[PlacedRow]:
    """Return the families of a file; nothing is written.

    Raises
    ------
    FileRefused
        Something is wrong, in the file or with what the scheme has already.
    """
    reading = read_families(content, today, vocabulary.LANGUAGES)
    faults = [*reading.faults, *_known_file(session, content)]
    rows, found = _placed(session, actor, reading)
    faults += [*found, *_known_references(session, reading)]
    if faults:
        raise FileRefused(sort_faults(faults))
    return rows


def _known_file(session: Session, content: bytes) -> list[CellFault]:
    digest = hashlib.sha256(content).hexdigest()
    query = select(FamilyImport.id).where(
        FamilyImport.digest == digest, FamilyImport.imported_at.is_not(None)
    )
    if session.scalar(query.limit(1)) is None:
        return []
    return [CellFault(None, "", "", "This very file has been imported already")]


def _placed(
    session: Session, actor: Account, reading: Reading
) -> tuple[list[PlacedRow], list[CellFault]]:
    homes = localities_by_sector(session)
    located, faults = {}, []
    for line, postcode in reading.postcodes:
        found, fault = locate(actor, postcode, homes.get)
        if fault is not None:
            faults.append(CellFault(line, "postcode", shown(postcode), fault.message))
        elif found is not None:
            located[line] = found
    rows = [
        PlacedRow(row.line, row.record, *located[row.line])
        for row in reading.rows
        if row.line in located
    ]
    return rows, faults


def _known_references(session: Session, reading: Reading) -> list[CellFault]:
    taken = set(session.scalars(select(Family.reference)))
    reason = "A family with this reference is recorded already"
    return [
        CellFault(line, "reference", shown(reference), reason)
        for line, reference in reading.references
        if reference in taken
    ]


def get_import(
    session: Session, actor: Account, import_id: uuid.UUID, now: datetime
) -> FamilyImport:
    """Return the actor's own file; another's, and one that is too late, do not exist."""
    return _own(actor, session.get(FamilyImport, import_id), now)


def get_rows(
    session: Session, actor: Account, waiting: FamilyImport, today: date
) -> list[PlacedRow]:
    """Return what a waiting file holds, to be looked at before it is confirmed; audited."""
    rows = check(session, actor, waiting.content, today)
    audit.record_read(session, actor, "family_import.read", waiting, families=len(rows))
    session.flush()
    return rows


def confirm(
    session: Session, actor: Account, import_id: uuid.UUID, now: datetime, today: date
) -> FamilyImport:
    """Import all families of the file that was shown; a second time changes nothing.

    Raises
    ------
    FileRefused
        Something has changed since it was shown, such as a reference taken; nothing is written.
    """
    scheme = lock_row(session, Scheme, get_scheme(session).id)  # one import at a time
    waiting = _own(actor, lock_row(session, FamilyImport, import_id), now)
    if waiting.imported_at is not None:
        return waiting
    rows = check(session, actor, waiting.content, today)
    references = set(session.scalars(select(Family.reference)))
    for row in rows:
        reference = row.record.reference or _unused(references)
        references.add(reference)
        family = _build(actor, row, reference, scheme.agreement_version)
        session.add(family)
        audit.record_change(session, actor, "family.import", family, line=row.line)
    waiting.content, waiting.imported_at, waiting.families = b"", now, len(rows)
    audit.record_change(session, actor, "family_import.confirm", waiting, families=len(rows))
    session.flush()
    return waiting


def _unused(references: set[str]) -> str:
    while True:
        reference = new_reference(secrets.choice)
        if reference not in references:
            return reference


def _build(actor: Account, row: PlacedRow, reference: str, version: str) -> Family:
    record = row.record
    family = build_family(reference, record.details, record.wishes, row.place, row.locality)
    family.id = new_id()  # known at once, so that the audit row needs no round trip of its own
    family.state = record.state
    family.section_47_open = record.section_47_open
    family.child_protection_plan = record.child_protection_plan
    family.details_query = record.details_query
    family.needs = [FamilyNeed(need=need, weight=w) for need, w in record.needs.items()]
    if record.agreement is not None:
        family.agreements = build_agreements(actor, record.agreement, version)
    if record.safe_contact is not None:
        family.safe_contact = build_safe_contact(record.safe_contact)
    return family


def _own(actor: Account, waiting: FamilyImport | None, now: datetime) -> FamilyImport:
    if waiting is None or waiting.account_id != actor.id:
        raise NotFound("there is no such file")
    if waiting.imported_at is None and waiting.expires_at <= now:
        raise NotFound("the file was not confirmed in time")
    return waiting


def _drop_waiting(session: Session, actor: Account) -> None:
    """Forget what the actor uploaded before and did not confirm."""
    mine = FamilyImport.account_id == actor.id, FamilyImport.imported_at.is_(None)
    session.execute(delete(FamilyImport).where(*mine))


def discard(session: Session, actor: Account, import_id: uuid.UUID, now: datetime) -> None:
    """Forget a file that the actor does not want to import after all."""
    waiting = get_import(session, actor, import_id, now)
    audit.record_change(session, actor, "family_import.discard", waiting)
    _drop_waiting(session, actor)


def sweep(session: Session, now: datetime) -> None:
    """Forget every file that nobody confirmed in time."""
    late = FamilyImport.imported_at.is_(None), FamilyImport.expires_at <= now
    session.execute(delete(FamilyImport).where(*late))
