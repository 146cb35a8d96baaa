from __future__ import annotations

import pytest

from peerapp.domain.sectors import read_sectors, sector_of

KNOWN = frozenset({"SN15 1", "SN15 2", "SP1 1", "LU7 1"})


def test_read_sectors_takes_lines_and_commas_in_any_case() -> None:
    text = "sn15 1\n\n  SP1  1 , lu7 1,\r\n"
    assert read_sectors(text, KNOWN, {}) == (("SN15 1", "SP1 1", "LU7 1"), ())


def test_read_sectors_of_nothing_is_nothing() -> None:
    assert read_sectors(" \n,", KNOWN, {}) == ((), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "Line 1: “nonsense” is not a postcode sector. Write it like SN15 1"),
        ("SN151", "Line 1: “SN151” is not a postcode sector. Write it like SN15 1"),
        ("SN15 1AA", "Line 1: “SN15 1AA” is not a postcode sector. Write it like SN15 1"),
        ("XX9 9", "Line 1: there is no sector XX9 9 in England. Check the letters and numbers"),
        ("SN15 1\nSN15 1", "Line 2: SN15 1 is in the list twice: it is on line 1 already"),
        ("SP1 1", "Line 1: SP1 1 belongs to Salisbury. Remove it there, or choose to move it"),
    ],
)
def test_read_sectors_names_the_line_and_the_fault(text: str, message: str) -> None:
    _, faults = read_sectors(text, KNOWN, {"SP1 1": "Salisbury"})
    assert [fault.message for fault in faults] == [message]


def test_read_sectors_names_all_faults_and_keeps_what_is_right() -> None:
    found, faults = read_sectors("SN15 1\nxx\nSN15 2, yy", KNOWN, {})
    assert (found, [fault.line for fault in faults]) == (("SN15 1", "SN15 2"), [2, 3])


def test_read_sectors_shows_no_more_than_twenty_letters() -> None:
    _, faults = read_sectors("x" * 5000, KNOWN, {})
    assert len(faults[0].message) < 100


def test_sector_of_a_postcode() -> None:
    assert (sector_of("SN15 1AA"), sector_of("M1 1AE")) == ("SN15 1", "M1 1")
