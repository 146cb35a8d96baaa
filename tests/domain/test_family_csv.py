from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peerapp.domain import csv_text
from peerapp.domain.csv_text import CellFault
from peerapp.domain.family_columns import COLUMNS, NAMES, REQUIRED
from peerapp.domain.family_csv import (
    FileRow,
    Reading,
    read_families,
    template,
    write_families,
)
from peerapp.domain.family_records import (
    FamilyDetails,
    FamilyRecord,
)
from peerapp.enums import (
    FamilyState,
    ReferralSource,
)
from tests.domain.made_up_families import LANGUAGES, TODAY, records

ROW = {
    "first_name": "Amina",
    "last_name": "Yusuf",
    "postcode": "SN15 1AA",
    "source": "self",
    "referred_on": "2026-09-01",
    "level": "2",
    "section_47_open": "no",
    "child_protection_plan": "no",
}


def a_file(*rows: dict[str, str], columns: Iterable[str] | None = None) -> bytes:
    """Return a file with the columns that any of the rows has."""
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name, "") for name in names] for row in rows]
    lines = [",".join(f'"{cell}"' for cell in line) for line in [names, *cells]]
    return "\n".join(lines).encode()


def read(content: bytes) -> Reading:
    return read_families(content, TODAY, LANGUAGES)


def found(content: bytes) -> list[tuple[int | None, str, str]]:
    return [(fault.line, fault.column, fault.value) for fault in read(content).faults]


def test_read_families_of_the_smallest_row_fills_in_what_is_safe() -> None:
    details = FamilyDetails(
        "Amina", "Yusuf", "SN15 1AA", date(2026, 9, 1), source=ReferralSource.SELF
    )
    assert read(a_file(ROW)).rows == (FileRow(2, FamilyRecord(details)),)
    assert read(a_file(ROW)).faults == ()


def test_read_families_takes_columns_in_any_order_and_case() -> None:
    names = [f" {name.upper()} " for name in reversed(ROW)]
    content = a_file(dict(zip(names, reversed(ROW.values()), strict=True)))
    assert read(content).rows == read(a_file(ROW)).rows


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("reference", "f-1"),
        ("reference", "A" * 21),
        ("state", "matched"),
        ("state", "waiting"),
        ("first_name", ""),
        ("first_name", "x" * 81),
        ("last_name", "two\nlines"),
        ("last_name", "a\tb"),
        ("phone", "12"),
        ("phone", "+44 7700 900 123 456 789 012"),
        ("email", "amina"),
        ("postcode", ""),
        ("children", "under_5 adult"),
        ("source", ""),
        ("source", "teacher"),
        ("referred_on", "01/09/2026"),
        ("referred_on", "2026-02-30"),
        ("referred_on", "20260901"),
        ("referred_on", "2026-11-21"),
        ("waiting_since", "2026-11-21"),
        ("waiting_since", "soon"),
        ("level", ""),
        ("level", "0"),
        ("level", "5"),
        ("level", "two"),
        ("level", "２"),
        ("priority", "6"),
        ("step_down_level", "4"),
        ("step_down_on", "2026-09-01"),
        ("step_down_worker", "Jo"),
        ("section_47_open", ""),
        ("section_47_open", "maybe"),
        ("child_protection_plan", "Yes"),
        ("slots", "mon_noon"),
        ("needs", "isolation"),
        ("needs", "isolation:0"),
        ("needs", "isolation:4"),
        ("needs", "isolation:1 isolation:2"),
        ("needs", "shopping:1"),
        ("languages", "english"),
        ("languages", "EN"),
        ("languages", "xx"),
        ("coach_gender", "female"),
        ("accepts_remote", "1"),
        ("min_distance_miles", "-1"),
        ("min_distance_miles", "half"),
        ("household", "snakes"),
        ("agreement_language", "xx"),
        ("safe_channels", "pigeon"),
        ("safe_no_voicemail", "never"),
        ("details_query", "bell \x07"),
        ("address", "x" * 501),
    ],
)
def test_read_families_names_line_column_and_value_of_a_bad_cell(column: str, cell: str) -> None:
    content = a_file(ROW, {**ROW, column: cell})
    named = [fault for fault in read(content).faults if fault.column == column]
    assert [(fault.line, fault.value) for fault in named] == [(3, csv_text.shown(cell))]
    assert [row.line for row in read(content).rows] == [2]


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        ({"source": "step_down"}, ["step_down_level", "step_down_on", "step_down_worker"]),
        ({"agreement_given_by": "Amina"}, ["agreement_given_on", "agreement_method"]),
        ({"agreement_given_on": "2026-09-01"}, ["agreement_given_by", "agreement_method"]),
        (
            {
                "agreement_given_by": "A",
                "agreement_given_on": "2027-01-01",
                "agreement_method": "phone",
            },
            ["agreement_given_on"],
        ),
        ({"safe_channels": "letter"}, ["safe_answered_on"]),
        ({"safe_answered_on": "2026-09-01", "safe_channels": "phone"}, ["safe_channels"]),
        ({"safe_answered_on": "2027-09-01"}, ["safe_answered_on"]),
    ],
)
def test_read_families_names_what_belongs_together(
    cells: dict[str, str], columns: list[str]
) -> None:
    assert [column for _, column, _ in found(a_file({**ROW, **cells}))] == columns


def test_read_families_names_every_fault_of_every_row_at_once() -> None:
    rows = [
        {**ROW, "reference": "A1", "level": "9", "email": "x"},
        {**ROW, "reference": "A1", "source": "teacher", "referred_on": "2027-01-01"},
        {**ROW, "last_name": "", "agreement_given_by": "Amina"},
    ]
    assert found(a_file(*rows)) == [
        (2, "email", "x"),
        (2, "level", "9"),
        (3, "reference", "A1"),
        (3, "source", "teacher"),
        (3, "referred_on", "2027-01-01"),
        (4, "last_name", ""),
        (4, "agreement_given_on", ""),
        (4, "agreement_method", ""),
    ]


def test_read_families_names_unknown_doubled_and_missing_columns_together() -> None:
    names = [*[name for name in ROW if name != "level"], "shoe_size", "source"]
    content = (",".join(names) + "\n" + ",".join(["x"] * len(names))).encode()
    assert [one[:2] for one in found(content) if one[0] == 1] == [
        (1, "shoe_size"),
        (1, "source"),
        (1, "level"),
    ]
    assert read(content).rows == ()


@pytest.mark.parametrize("name", REQUIRED)
def test_read_families_with_a_required_column_missing_keeps_no_row(name: str) -> None:
    row = {key: cell for key, cell in ROW.items() if key != name}
    reading = read(a_file(row))
    assert [(one.line, one.column) for one in reading.faults] == [(1, name)]
    assert reading.rows == ()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"first_name;last_name;postcode\nA;B;C", (1, "", "first_name;last_name;postcode")),
        (b"name,street\nA,B", (1, "name", "")),
        (a_file(ROW).split(b"\n")[0], (None, "", "")),
        (b"\x1c", (None, "", "")),
        (a_file(ROW) + b"\nonly,three,cells", (3, "", "")),
        (a_file(ROW) + b'\n"open', (3, "", "")),
        ("é".encode("latin-1"), (1, "", "")),
    ],
)
def test_read_families_names_what_is_wrong_with_the_file(
    content: bytes, fault: tuple[int | None, str, str]
) -> None:
    assert found(content)[0] == fault


def test_read_families_tells_faults_above_an_open_quote_too() -> None:
    content = a_file({**ROW, "level": "9"}) + b'\n"open'
    assert found(content) == [(2, "level", "9"), (3, "", "")]


def test_read_families_allows_blank_cells_that_spreadsheets_add() -> None:
    header, row = a_file(ROW).split(b"\n")
    content = header + b",,\n" + row + b",,\n,,,,,,,,,\n"
    assert read(content).rows == read(a_file(ROW)).rows
    assert read(content).faults == ()


def test_read_families_refuses_more_rows_than_it_takes() -> None:
    header, row = a_file(ROW).split(b"\n")
    most = header + (b"\n" + row) * csv_text.MAX_ROWS
    assert len(read(most).rows) == csv_text.MAX_ROWS
    reading = read(most + b"\n" + row)
    assert (len(reading.rows), [fault.line for fault in reading.faults]) == (0, [None])


def test_read_families_gives_the_line_where_a_row_of_several_lines_begins() -> None:
    rows = [{**ROW, "address": "1 Mill Lane\nChippenham"}, {**ROW, "level": "9"}]
    content = a_file(*rows, columns=[*ROW, "address"])
    assert found(content) == [(4, "level", "9")]
    assert read(content).rows[0].record.details.address == "1 Mill Lane\nChippenham"


def test_read_families_takes_formulas_for_text() -> None:
    record = read(a_file({**ROW, "first_name": "=HYPERLINK(1)", "last_name": "'=x"})).rows[0].record
    assert (record.details.first_name, record.details.last_name) == ("=HYPERLINK(1)", "=x")


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({}, FamilyState.REFERRED),
        (
            {
                "agreement_given_by": "A",
                "agreement_given_on": "2026-09-01",
                "agreement_method": "phone",
            },
            FamilyState.WAITING,
        ),
        ({"state": "closed"}, FamilyState.CLOSED),
    ],
)
def test_state_follows_from_the_agreement_unless_it_is_given(
    cells: dict[str, str], state: FamilyState
) -> None:
    assert read(a_file({**ROW, **cells})).rows[0].record.state == state


def test_every_column_says_what_it_holds_and_its_example_can_be_read() -> None:
    assert [column.name for column in COLUMNS if not column.help] == []
    examples = {column.name: column.example for column in COLUMNS if column.example}
    assert read(a_file(examples)).faults == ()


def test_template_has_all_columns_and_no_family() -> None:
    assert template() == "\ufeff" + ",".join(NAMES) + "\r\n"
    assert read(template().encode()).faults == (
        CellFault(None, "", "", "The file has headings, but no family below them"),
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(records(), min_size=1, max_size=4, unique_by=lambda one: one.reference))
def test_what_is_written_reads_back_the_same(written: list[FamilyRecord]) -> None:
    content = write_families(written).encode()
    reading = read(content)
    assert reading.faults == ()
    assert [row.record for row in reading.rows] == written
    assert write_families(row.record for row in reading.rows).encode() == content


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_read_families_answers_any_bytes_with_faults(content: bytes) -> None:
    reading = read(content)
    assert reading.rows == ()
    assert len(reading.faults) > 0
