"""Every column of every table has a place: given, read first, kept back with a reason, nobody's."""

from __future__ import annotations

import pytest

import peerapp.models  # noqa: F401
from peerapp.domain.person_records import NOBODYS, RECORDS, Fate, Record
from peerapp.models import Base
from peerapp.models.sealed import SealedText
from peerapp.services.person_records import MODELS

TABLES = Base.metadata.tables
INNER = {"id", "scheme_id"}
OWN_KEYS = {
    "plan_override", "concern", "concern_event", "access_grant", "legal_hold", "rights_request",
    "rights_event",
}  # fmt: skip
OWNERS = {("id",), ("concern_id",), ("request_id",)}


def columns_of(table):
    """Return what may say something: not the row's number, nor what points at another row."""
    return {one.name for one in table.columns if one.name not in INNER and not one.foreign_keys}


def faults(tables, records, nobodys):
    """Return what has no place, or is sorted and does not exist."""
    found = set(tables) ^ {*records, *nobodys}
    found |= set(records) & set(nobodys)
    for name, record in records.items():
        if name in tables:
            found |= {f"{name}.{one}" for one in columns_of(tables[name]) ^ record.sorted_columns}
    return found


def test_every_table_and_column_has_a_place():
    assert faults(TABLES, RECORDS, NOBODYS) == set()


@pytest.mark.parametrize("name", ["volunteer", "family", "session_note"])
def test_a_new_column_or_table_without_a_place_is_found(name):
    record = RECORDS[name]
    forgotten = Record(record.table, record.title, record.links, record.given[1:], record.review,
                       record.withheld)  # fmt: skip
    assert faults(TABLES, {**RECORDS, name: forgotten}, NOBODYS) == {f"{name}.{record.given[0]}"}
    without = {key: value for key, value in RECORDS.items() if key != name}
    assert faults(TABLES, without, NOBODYS) == {name}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_a_column_has_one_place_and_a_reason_where_it_is_kept(record):
    places = (*record.given, *record.review, *record.withheld)
    assert len(places) == len(set(places))
    assert all(record.withheld.values())
    assert set(record.blanked) <= record.sorted_columns
    assert bool(record.blanked) is (record.fate == Fate.BLANKED)
    assert bool(record.why_kept) is (record.fate != Fate.DELETED)
    assert set(record.links) <= {one.name for one in TABLES[record.table].columns}


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_what_is_kept_is_not_sealed_with_a_key_that_is_destroyed(record):
    sealed = {one.name for one in TABLES[record.table].columns if isinstance(one.type, SealedText)}
    has_own_key = record.table in OWN_KEYS and MODELS[record.table].__key_owner__ in OWNERS
    assert record.fate == Fate.DELETED or has_own_key or sealed <= set(record.blanked)


def test_what_a_referee_wrote_and_who_raised_a_concern_is_never_given():
    assert "answers" in RECORDS["reference"].withheld
    for table in ("concern", "concern_event", "contact_freeze", "exclusion"):
        assert (RECORDS[table].given, RECORDS[table].review) == ((), ())
