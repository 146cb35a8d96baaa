"""A copy of all that the scheme holds of one person: made, read by somebody, handed over once.

What may tell of somebody else is left out unless whoever released it has read it and let it out;
what is somebody else's, given in confidence, or would endanger somebody, is never in it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from peerapp.domain.person_records import RECORDS, Record
from peerapp.services.person_records import Person, rows_of
from peerapp.vocabulary import LABELS, label

LEFT_OUT = "[left out: it may tell of somebody else]"


@dataclass(frozen=True)
class Entry:
    """One value: what it is called, what it says, and how it is named in a review."""

    key: str
    title: str
    text: str
    needs_review: bool


@dataclass(frozen=True)
class Section:
    """The rows of one table."""

    title: str
    rows: tuple[tuple[Entry, ...], ...]


def collect(session: Session, person: Person) -> list[Section]:
    """Return everything that may be given to a person, and what has to be read first."""
    found = []
    for record in RECORDS.values():
        if not record.given and not record.review:
            continue
        rows = tuple(_entries(record, row) for row in rows_of(session, person, record))
        if rows:
            found.append(Section(record.title, rows))
    return found


def _entries(record: Record, row: Any) -> tuple[Entry, ...]:
    columns = [(name, False) for name in record.given] + [(name, True) for name in record.review]
    entries = []
    for name, needs_review in columns:
        text = _text(getattr(row, name))
        if text:
            key = f"{record.table}:{row.id}:{name}"
            title = name.replace("_", " ").capitalize()
            entries.append(Entry(key, title, text, needs_review))
    return tuple(entries)


def _text(value: Any) -> str:
    """Return a value in words; empty where nothing is recorded."""
    if value is None or value == () or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return label(value) if type(value) in LABELS else value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return str(value)


def to_review(sections: list[Section]) -> list[tuple[str, Entry]]:
    """Return what somebody has to read before it is let out, with the title of its section."""
    return [
        (section.title, entry)
        for section in sections
        for row in section.rows
        for entry in row
        if entry.needs_review
    ]


def released(sections: list[Section], included: Collection[str]) -> list[Section]:
    """Return the sections as they are handed over: what was not let out is marked as left out."""
    return [
        Section(
            section.title,
            tuple(tuple(_released(one, included) for one in row) for row in section.rows),
        )
        for section in sections
    ]


def _released(entry: Entry, included: Collection[str]) -> Entry:
    if not entry.needs_review or entry.key in included:
        return entry
    return Entry(entry.key, entry.title, LEFT_OUT, True)


def as_json(sections: list[Section], reference: str, made_on: date) -> str:
    """Return the copy for a machine."""
    return json.dumps(
        {
            "reference": reference,
            "made_on": made_on.isoformat(),
            "sections": [
                {
                    "title": section.title,
                    "rows": [{one.title: one.text for one in row} for row in section.rows],
                }
                for section in sections
            ],
            "never_included": never_included(),
        },
        ensure_ascii=False,
        indent=2,
    )


def never_included() -> list[str]:
    """Return why some of what is kept is in nobody's copy: the same list for everybody."""
    reasons = {why for record in RECORDS.values() for why in record.withheld.values()}
    return sorted(reasons)


def person_key(person: Person) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Return the id as family and as volunteer, of which one is None."""
    is_family = type(person).__tablename__ == "family"
    return (person.id, None) if is_family else (None, person.id)
