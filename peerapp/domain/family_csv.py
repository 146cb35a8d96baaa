"""A file of families: reading it with every fault at once, writing it so that it reads back."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from peerapp.domain import csv_text
from peerapp.domain.csv_text import CellFault, NotReadable, shown
from peerapp.domain.family_cells import BadCell
from peerapp.domain.family_columns import COLUMNS, NAMES, REQUIRED
from peerapp.domain.family_records import (
    AgreementDetails,
    FamilyDetails,
    FamilyRecord,
    FamilyWishes,
    Fault,
    SafeContactAnswers,
    agreement_faults,
    details_faults,
    safe_contact_faults,
)
from peerapp.enums import CoachGender, FamilyState, ReferralSource

Cells = dict[str, str]
Values = dict[str, Any]

ORDER = {name: position for position, name in enumerate(NAMES)}
DETAILS = (
    "first_name", "last_name", "postcode", "referred_on", "phone", "email", "address", "children",
    "source", "level", "priority", "lead_practitioner", "step_down_level", "step_down_on",
    "step_down_worker", "waiting_since",
)  # fmt: skip
STAND_INS: Values = {
    "first_name": "-", "last_name": "-", "postcode": "-", "referred_on": date.min, "level": 1,
    "source": ReferralSource.INTERNAL, "section_47_open": False, "child_protection_plan": False,
}  # fmt: skip
"""Values in place of required ones that have a fault, so that the row's others are still asked."""

AGREEMENT = {
    "given_by": "agreement_given_by",
    "given_on": "agreement_given_on",
    "method": "agreement_method",
    "language": "agreement_language",
    "version": "agreement_version",
    "purposes": "agreement_purposes",
}
SAFE_CONTACT = {
    "answered_on": "safe_answered_on",
    "channels": "safe_channels",
    "times": "safe_times",
    "safe_slots": "safe_slots",
    "alias": "safe_alias",
    "no_voicemail": "safe_no_voicemail",
    "shared_device": "safe_shared_device",
    "withheld_address": "safe_withheld_address",
    "must_not_be_told": "safe_must_not_be_told",
}

_STEP_DOWN = ("step_down_level", "step_down_on", "step_down_worker")
NEEDED_BY: dict[str, set[str]] = {
    **{name: {"source"} for name in _STEP_DOWN},
    "safe_channels": {"phone", "email"},
    "state": set(AGREEMENT.values()),
}
"""Columns that a rule on a column also reads: where one of those has a fault, it is not asked."""


@dataclass(frozen=True)
class FileRow:
    """A family of the file, and the line on which its row begins."""

    line: int
    record: FamilyRecord


@dataclass(frozen=True)
class Reading:
    """What a file holds: either rows and no fault, or faults; rows with a fault are left out.

    ``postcodes`` and ``references`` are those of all rows with their lines, so that what has to be
    looked up elsewhere is told together with everything else.
    """

    rows: tuple[FileRow, ...]
    faults: tuple[CellFault, ...]
    postcodes: tuple[tuple[int, str], ...] = ()
    references: tuple[tuple[int, str], ...] = ()


def read_families(content: bytes, today: date, languages: Container[str]) -> Reading:
    """Read a file of families, naming every fault with line, column, value and reason.

    Parameters
    ----------
    content
        The file as uploaded: CSV in UTF-8.
    today
        Dates may not lie behind it.
    languages
        The codes that are known.
    """
    lines, faults = _lines(content)
    if not lines:
        return Reading((), tuple(faults) or (CellFault(None, "", "", "The file is empty"),))
    header = [name.strip().lower() for name in _without_blank_end(lines[0][1])]
    wrong = csv_text.header_faults(header, NAMES, REQUIRED)
    if not set(header) & set(NAMES):
        return Reading((), tuple(wrong))  # nothing in it is ours: its rows say nothing
    return _read_rows(header, lines[1:], [*faults, *wrong], today, languages)


def _lines(content: bytes) -> tuple[list[tuple[int, list[str]]], list[CellFault]]:
    """Return the rows up to the first that cannot be told apart from the next, and that fault."""
    lines: list[tuple[int, list[str]]] = []
    try:
        lines.extend(csv_text.read_rows(csv_text.decode(content)))
    except NotReadable as error:
        return lines, [error.fault]
    return lines, []


def _without_blank_end(cells: list[str]) -> list[str]:
    """Return a row without the blank cells that spreadsheets leave at its end."""
    width = max(number for number, cell in enumerate(cells, start=1) if cell.strip())
    return cells[:width]


def _read_rows(
    header: Sequence[str],
    lines: Sequence[tuple[int, list[str]]],
    faults: list[CellFault],
    today: date,
    languages: Container[str],
) -> Reading:
    header_is_whole = not faults
    if not lines and not faults:
        faults.append(CellFault(None, "", "", "The file has headings, but no family below them"))
    if len(lines) > csv_text.MAX_ROWS:
        reason = f"The file has {len(lines):,} families; {csv_text.MAX_ROWS:,} at most. Split it"
        return Reading((), (CellFault(None, "", "", reason),))
    rows, postcodes, references = [], [], []
    for line, row in lines:
        if len(row) < len(header) or any(cell.strip() for cell in row[len(header) :]):
            reason = f"The row has {len(row)} cells, the heading {len(header)}"
            faults.append(CellFault(line, "", "", reason))
            continue
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=False)}
        record, found = _read_row(line, cells, today, languages)
        faults += found
        if cells.get("postcode") and not any(fault.column == "postcode" for fault in found):
            postcodes.append((line, cells["postcode"]))
        if cells.get("reference"):
            references.append((line, cells["reference"]))
        if not found and header_is_whole:
            rows.append(FileRow(line, record))
    faults += _doubles(references)
    return Reading(tuple(rows), sort_faults(faults), tuple(postcodes), tuple(references))


def sort_faults(faults: Iterable[CellFault]) -> tuple[CellFault, ...]:
    """Return faults by line, then in the order of the columns; the whole file's first."""
    return tuple(sorted(faults, key=lambda one: (one.line or 0, ORDER.get(one.column, -1))))


def _doubles(references: Iterable[tuple[int, str]]) -> list[CellFault]:
    first: dict[str, int] = {}
    faults = []
    for line, reference in references:
        if reference in first:
            reason = f"Line {first[reference]} has this reference already"
            faults.append(CellFault(line, "reference", shown(reference), reason))
        first.setdefault(reference, line)
    return faults


def _read_row(
    line: int, cells: Cells, today: date, languages: Container[str]
) -> tuple[FamilyRecord, list[CellFault]]:
    """Read a row; where a cell has a fault, the rules that need its value are not asked."""
    values: Values = {}
    faults = []
    for column in COLUMNS:
        cell = cells.get(column.name, "")
        try:
            if cell:
                values[column.name] = column.read(cell)
            elif column.required and column.name in cells:
                faults.append(CellFault(line, column.name, "", f"Fill in: {column.help}"))
        except BadCell as error:
            faults.append(CellFault(line, column.name, shown(cell), str(error)))
    faults += _unknown_languages(line, values, languages)
    wrong = {fault.column for fault in faults} | (set(REQUIRED) - values.keys())
    record, found = _record({**STAND_INS, **values}, today)
    faults += [
        CellFault(line, one.field, shown(cells.get(one.field, "")), one.message)
        for one in found
        if one.field not in wrong and not wrong & NEEDED_BY.get(one.field, set())
    ]
    return record, faults


def _unknown_languages(line: int, values: Values, known: Container[str]) -> list[CellFault]:
    """Codes of the right form that are no language of ours; checked where both columns meet."""
    spoken = {
        "languages": values.get("languages", ()),
        "agreement_language": filter(None, [values.get("agreement_language", "")]),
    }
    return [
        CellFault(line, name, code, "There is no such language in the list of languages")
        for name, codes in spoken.items()
        for code in codes
        if code not in known
    ]


def _record(values: Values, today: date) -> tuple[FamilyRecord, list[Fault]]:
    details = FamilyDetails(**{name: values[name] for name in DETAILS if name in values})
    faults = details_faults(details, today)
    agreement, found = _agreement(values, today)
    faults += found
    safe_contact, found = _safe_contact(values, details, today)
    faults += found
    state = values.get("state")
    if state is None:
        state = FamilyState.WAITING if agreement else FamilyState.REFERRED
    if state == FamilyState.WAITING and not values.keys() & set(AGREEMENT.values()):
        message = "A family can only wait once its agreement is given; fill in agreement_given_by"
        faults.append(Fault("state", message))
    record = FamilyRecord(
        details=details,
        wishes=_wishes(values),
        needs=values.get("needs", {}),
        reference=values.get("reference", ""),
        state=state,
        section_47_open=values["section_47_open"],
        child_protection_plan=values["child_protection_plan"],
        agreement=agreement,
        safe_contact=safe_contact,
        details_query=values.get("details_query", ""),
    )
    return record, faults


def _wishes(values: Values) -> FamilyWishes:
    return FamilyWishes(
        slots=values.get("slots", ()),
        languages=values.get("languages", ()),
        coach_gender=values.get("coach_gender", CoachGender.ANY),
        accepts_remote=values.get("accepts_remote", False),
        min_distance_m=values.get("min_distance_miles", 0),
        household=values.get("household", ()),
    )


def _agreement(values: Values, today: date) -> tuple[AgreementDetails | None, list[Fault]]:
    given = {name: values[column] for name, column in AGREEMENT.items() if column in values}
    if not given:
        return None, []
    missing = [name for name in ("given_by", "given_on", "method") if name not in given]
    if missing:
        message = "Fill this in too, or leave all agreement columns blank"
        return None, [Fault(AGREEMENT[name], message) for name in missing]
    agreement = AgreementDetails(**given)
    return agreement, _renamed(agreement_faults(agreement, today), AGREEMENT)


def _safe_contact(
    values: Values, details: FamilyDetails, today: date
) -> tuple[SafeContactAnswers | None, list[Fault]]:
    given = {name: values[column] for name, column in SAFE_CONTACT.items() if column in values}
    if not given:
        return None, []
    if "answered_on" not in given:
        message = "Fill this in too, or leave all safe columns blank"
        return None, [Fault("safe_answered_on", message)]
    answers = SafeContactAnswers(**given)
    found = safe_contact_faults(answers, details.phone, details.email, today)
    return answers, _renamed(found, SAFE_CONTACT)


def _renamed(faults: Iterable[Fault], columns: dict[str, str]) -> list[Fault]:
    return [Fault(columns[fault.field], fault.message) for fault in faults]


def write_families(records: Iterable[FamilyRecord]) -> str:
    """Return the file of these families; ``read_families`` makes the same records of it."""
    return csv_text.write_rows(
        NAMES, ([column.write(record) for column in COLUMNS] for record in records)
    )


def template() -> str:
    """Return a file with the headings only, to be filled in."""
    return csv_text.write_rows(NAMES, [])
