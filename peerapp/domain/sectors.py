"""Reading a list of postcode sectors that somebody typed."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

SECTOR = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) +([0-9])")
SHOWN = 20


@dataclass(frozen=True)
class LineFault:
    """What is wrong with one line of a text.

    Attributes
    ----------
    line
        Counted from 1.
    message
        Names the sector and says what to do.
    """

    line: int
    message: str


def sector_of(postcode: str) -> str:
    """Return the sector of a postcode in its normal form: ``SN15 1`` of ``SN15 1AA``."""
    return postcode[:-2]


def read_sectors(
    text: str, known: Container[str], taken: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[LineFault, ...]]:
    """Read sectors, one to a line or separated by commas.

    Parameters
    ----------
    text
        As typed; empty lines do not matter, nor does the case of letters.
    known
        The sectors of England that have postcodes.
    taken
        Sectors that must not be listed, with the name of the locality that has them.

    Returns
    -------
    tuple
        The sectors in the order of the text, and all faults; a sector with a fault is left out.
    """
    found: dict[str, int] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        for part in filter(None, (piece.strip() for piece in line.split(","))):
            message, sector = _read(part, known, taken)
            if not message and sector in found:
                message = f"{sector} is in the list twice: it is on line {found[sector]} already"
            if message:
                faults.append(LineFault(number, f"Line {number}: {message}"))
            else:
                found[sector] = number
    return tuple(found), tuple(faults)


def _read(part: str, known: Container[str], taken: Mapping[str, str]) -> tuple[str, str]:
    match = SECTOR.fullmatch(part.upper())
    if match is None:
        return f"“{part[:SHOWN]}” is not a postcode sector. Write it like SN15 1", ""
    sector = f"{match[1]} {match[2]}"
    if sector not in known:
        return f"there is no sector {sector} in England. Check the letters and numbers", ""
    if sector in taken:
        return f"{sector} belongs to {taken[sector]}. Remove it there, or choose to move it", ""
    return "", sector
