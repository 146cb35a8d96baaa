"""What the scheme holds about a person, table by table: given to them, kept back, erased or kept.

Each table of the database is either in ``RECORDS`` or in ``NOBODYS``; each of its columns is
sorted. A test walks the tables, so a new column without a place here fails.
"""

from __future__ import annotations

from peerapp.domain.person_records import families, matches, people, vetting, volunteers
from peerapp.domain.person_records.kinds import Fate, Record
from peerapp.domain.person_records.nobodys import NOBODYS

__all__ = ["NOBODYS", "RECORDS", "Fate", "Record", "record_of"]

RECORDS: dict[str, Record] = {
    one.table: one
    for part in (people, volunteers, vetting, families, matches)
    for one in part.RECORDS
}
"""By the name of the table, in the order in which a person reads them."""


def record_of(table: str) -> Record:
    """Return how one table is treated."""
    return RECORDS[table]
