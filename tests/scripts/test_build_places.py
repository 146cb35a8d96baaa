"""The script that builds the shipped place data."""

from __future__ import annotations

import lzma
import random
from typing import Any

import pytest

from peerapp.adapters.postcode_package import PostcodeRow
from scripts import build_places
from scripts.build_places import UnassignedSector

ROWS = [
    PostcodeRow("SN15 1AA", "E06000054", 10, 500),
    PostcodeRow("SN15 1AB", "E06000054", 30, 100),
    PostcodeRow("SN15 1AD", "E06000030", 20, 300),
    PostcodeRow("SN15 1AE", "E06000030", 99999, 99999),  # not live
    PostcodeRow("SN9 5AA", "E06000054", 1, 2),
    PostcodeRow("CH4 9AA", "W06000005", 5, 5),
    PostcodeRow("CH4 9AB", "E06000050", 7, 8),
    PostcodeRow("EH1 1AA", "S12000036", 3, 4),
]
RULES: dict[str, Any] = {
    "share": 50,
    "council": [
        {
            "name": "Wiltshire",
            "code": "E06000054",
            "localities": {"Pewsey": ["SN9"], "Chippenham": ["SN15", "SN9 6"]},
        }
    ],
}


def found(rows: list[PostcodeRow] = ROWS) -> dict[str, list[PostcodeRow]]:
    return build_places.live_by_sector(rows, lambda postcode: postcode != "SN15 1AE")


def test_sector_table_holds_medians_and_commonest_council_of_live_postcodes() -> None:
    assert lzma.decompress(build_places.sectors_file(found())).decode() == (
        "sector,easting,northing,council_code,live,share\n"
        "CH4 9,7,8,E06000050,1,50\n"
        "EH1 1,,,S,1,100\n"
        "SN15 1,20,300,E06000054,3,66\n"
        "SN9 5,1,2,E06000054,1,100\n"
    )


def test_build_gives_the_same_bytes_whatever_the_order_of_the_rows() -> None:
    shuffled = random.Random(4).sample(ROWS, len(ROWS))
    assert shuffled != ROWS
    assert build_places.sectors_file(found(shuffled)) == build_places.sectors_file(found())
    assert build_places.localities_file(found(shuffled), RULES) == build_places.localities_file(
        found(), RULES
    )


def test_build_gives_other_bytes_for_other_rows() -> None:
    changed = [*ROWS[:-1], ROWS[-1]._replace(council_code="W06000005")]
    assert build_places.sectors_file(found(changed)) != build_places.sectors_file(found())


def test_equally_common_councils_give_the_first_by_code() -> None:
    rows = [ROWS[2], ROWS[0]]
    assert build_places.sector_row("SN15 1", rows)[3:] == ("E06000030", 2, 50)


def test_localities_list_the_sectors_with_enough_postcodes_in_the_council() -> None:
    assert build_places.localities_file(found(), RULES).decode() == (
        "locality,council,council_code,sector\n"
        "Pewsey,Wiltshire,E06000054,SN9 5\n"
        "Chippenham,Wiltshire,E06000054,SN15 1\n"
    )


def test_claim_of_a_sector_wins_over_claim_of_its_district() -> None:
    rows = [*ROWS, PostcodeRow("SN9 6AA", "E06000054", 1, 2)]
    lines = build_places.localities_file(found(rows), RULES).decode().splitlines()
    assert lines[1:] == [
        "Pewsey,Wiltshire,E06000054,SN9 5",
        "Chippenham,Wiltshire,E06000054,SN15 1",
        "Chippenham,Wiltshire,E06000054,SN9 6",
    ]


def test_sector_that_no_locality_claims_stops_the_build() -> None:
    rows = [*ROWS, PostcodeRow("BA12 0AA", "E06000054", 1, 2)]
    with pytest.raises(UnassignedSector, match="BA12 0 is in no locality"):
        build_places.localities_file(found(rows), RULES)


def test_locality_without_a_sector_stops_the_build() -> None:
    rows = [row for row in ROWS if not row.postcode.startswith("SN9")]
    with pytest.raises(UnassignedSector, match="no sector of the data is in Pewsey"):
        build_places.localities_file(found(rows), RULES)


def test_sector_claimed_by_two_councils_stops_the_build() -> None:
    other = {"name": "Swindon", "code": "E06000030", "localities": {"West": ["SN15"]}}
    rules = {"share": 30, "council": [*RULES["council"], other]}
    with pytest.raises(UnassignedSector, match="two councils claim SN15 1"):
        build_places.localities_file(found(), rules)


@pytest.mark.long
def test_shipped_files_are_what_the_published_package_gives() -> None:
    assert build_places.main(["--check"]) == 0
