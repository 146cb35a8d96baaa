"""Places: from what a person typed to a postcode, its sector and a point on the national grid.

Without the full set (`peerapp places load`) a postcode lies at the middle of its sector.
Messages never repeat what was typed: a family's postcode must not reach a log.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from uk_postcodes_parsing.fix import fix_with_options
from uk_postcodes_parsing.postcode_utils import is_valid, to_normalised

from peerapp.adapters import postcode_file
from peerapp.adapters.postcode_file import Progress, default_folder, load_full
from peerapp.adapters.postcode_package import PlaceDataError
from peerapp.errors import PeerAppError

__all__ = [
    "LocalitySeed", "NotAPostcode", "OutsideEngland", "Place", "PlaceDataError", "PlaceError",
    "Progress", "Sector", "TerminatedPostcode", "UnknownPostcode", "default_folder", "load_full",
    "locate", "normalise", "read_localities", "sector_of", "sectors",
]  # fmt: skip

DATA = Path(__file__).parent.parent / "data"
SECTORS_FILE = DATA / "sectors.csv.xz"
LOCALITIES_FILE = DATA / "localities.csv"
LONGEST_INPUT = 40

# Spaces, hyphens, dots, brackets and invisible characters that people paste along.
_IGNORED = re.compile(r"[\s\-\u2010-\u2015.,'\"()\[\]_\u00ad\u200b-\u200f\u2060\ufeff]+")
_SHAPE = re.compile(r"[A-Za-z0-9]{5,7}")
_UNIT = re.compile(r"[ABDEFGHJLNPQRSTUWXYZ]{2}")  # C, I, K, M, O and V are never used there
_NATIONS = {"S": "Scotland", "W": "Wales"}
# Not in the table: Northern Ireland's list has a licence of its own, the islands have no grid.
_AREAS = {
    "BT": "Northern Ireland", "GY": "Guernsey", "IM": "the Isle of Man", "JE": "Jersey",
}  # fmt: skip


class PlaceError(PeerAppError):
    """A postcode can't be used; the message tells the person who typed it what to do."""

    message = "Enter a postcode in England, like SN15 1AA."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or type(self).message
        super().__init__(self.message)


class NotAPostcode(PlaceError):
    """The text doesn't have the form of a postcode."""

    message = "Enter a full UK postcode, like SN15 1AA."


class UnknownPostcode(PlaceError):
    """The form is right, but there is no such postcode, or no such sector, in England."""

    message = (
        "We cannot find this postcode. Check each letter and number, for example on a letter "
        "or a bill."
    )


class OutsideEngland(UnknownPostcode):
    """The postcode lies in another nation or on an island with its own government."""


class TerminatedPostcode(UnknownPostcode):
    """Royal Mail has withdrawn the postcode, or it is newer than our list of live ones."""

    message = (
        "This postcode is no longer in use, or is too new for our list. Check it on a recent "
        "letter or bill. If it is right, tell the scheme."
    )


class Sector(NamedTuple):
    """One postcode sector of Great Britain with postcodes in use.

    Attributes
    ----------
    sector
        "SN15 1".
    easting, northing
        Medians of the live English postcodes, metres on the British National Grid; None if the
        sector has none of them.
    council_code
        ONS code of most of these postcodes; "S" or "W" if the sector has no English one.
    live
        Number of live English postcodes, or of all if there is no English one.
    share
        Percentage of the sector's live postcodes in that council, rounded down.
    """

    sector: str
    easting: int | None
    northing: int | None
    council_code: str
    live: int
    share: int


@dataclass(frozen=True)
class Place:
    """A postcode on the map.

    Attributes
    ----------
    easting, northing
        Metres on the British National Grid.
    council_code
        ONS code, or None if it can't be told: sectors cross councils.
    precision
        Whether the point is the postcode's own or its sector's middle.
    """

    postcode: str
    sector: str
    easting: int
    northing: int
    council_code: str | None
    precision: Literal["postcode", "sector"]


@dataclass(frozen=True)
class LocalitySeed:
    """A locality to start from: editable data, not an official boundary."""

    name: str
    council: str
    council_code: str
    sectors: tuple[str, ...]


@cache
def sectors() -> dict[str, Sector]:
    """The shipped table by sector, read once for each process."""
    text = lzma.decompress(SECTORS_FILE.read_bytes()).decode("ascii")
    rows = csv.reader(text.splitlines()[1:])
    return {
        sector: Sector(
            sector,
            int(easting) if easting else None,
            int(northing) if northing else None,
            council,
            int(live),
            int(share),
        )
        for sector, easting, northing, council, live, share in rows
    }


def normalise(text: str) -> str:
    """The canonical form of a typed postcode: "sn151aa" becomes "SN15 1AA".

    The letters O and I and the digits 0 and 1 are exchanged where only one reading exists.

    Raises
    ------
    NotAPostcode
        It has not the form of a postcode.
    """
    if len(text) > LONGEST_INPUT:
        raise NotAPostcode
    compact = _IGNORED.sub("", unicodedata.normalize("NFKC", text))
    if not _SHAPE.fullmatch(compact):  # before upper(), which makes "SS" of a German sharp s
        raise NotAPostcode
    compact = compact.upper()
    typed = _reading(compact)
    if typed is not None and _sector(typed) in sectors():
        return typed
    others = {_reading(option) for option in fix_with_options(compact) if is_valid(option)}
    known = [other for other in others if other is not None and _sector(other) in sectors()]
    if len(known) == 1:  # of today's sectors no misspelling has two; a later table may differ
        return known[0]
    if typed is None:
        raise NotAPostcode
    return typed


def _reading(text: str) -> str | None:
    # Not the library's parse(): it writes postcodes to the log and imports 2,980 modules.
    postcode = to_normalised(text)
    if postcode is None or not _UNIT.fullmatch(postcode[-2:]):
        return None
    return str(postcode)


def _sector(postcode: str) -> str:
    return postcode[:-2]


def sector_of(postcode: str) -> str:
    """The sector of a typed postcode: "SN15 1".

    Raises
    ------
    NotAPostcode
        It has not the form of a postcode.
    """
    return _sector(normalise(postcode))


def locate(text: str, folder: Path | None = None, *, accept_terminated: bool = False) -> Place:
    """Find a typed postcode of England on the map.

    Parameters
    ----------
    text
        As typed.
    folder
        Where the full set may lie; `default_folder()` if None.
    accept_terminated
        Take a postcode that is not in our list of live ones: it may be newer than the list.

    Raises
    ------
    NotAPostcode, UnknownPostcode, OutsideEngland, TerminatedPostcode
        Each with a message for the person who typed it.
    PlaceDataError
        The full set is damaged.
    """
    postcode = normalise(text)
    folder = folder or default_folder()
    if postcode_file.is_loaded(folder):
        return _locate_exactly(postcode, folder, accept_terminated)
    return _locate_by_sector(postcode)


def _locate_exactly(postcode: str, folder: Path, accept_terminated: bool) -> Place:
    found = postcode_file.find(postcode, folder)
    if found is None:
        _refuse_elsewhere(postcode)
        raise UnknownPostcode
    if found.council_code[0] in _NATIONS:
        raise _outside(_NATIONS[found.council_code[0]])
    if not (found.live or accept_terminated):
        raise TerminatedPostcode
    return Place(
        postcode, _sector(postcode), found.easting, found.northing, found.council_code, "postcode"
    )


def _locate_by_sector(postcode: str) -> Place:
    _refuse_elsewhere(postcode)
    sector = sectors().get(_sector(postcode))
    if sector is None or sector.easting is None or sector.northing is None:
        raise UnknownPostcode
    council = sector.council_code if sector.share == 100 else None
    return Place(postcode, sector.sector, sector.easting, sector.northing, council, "sector")


def _refuse_elsewhere(postcode: str) -> None:
    if postcode[:2] in _AREAS:
        raise _outside(_AREAS[postcode[:2]])
    sector = sectors().get(_sector(postcode))
    if sector is not None and sector.easting is None:
        raise _outside(_NATIONS[sector.council_code])


def _outside(where: str) -> OutsideEngland:
    return OutsideEngland(
        f"This postcode is in {where}. This scheme works in England: check the postcode, or ask "
        "the council where you live."
    )


def read_localities(path: Path = LOCALITIES_FILE) -> list[LocalitySeed]:
    """The shipped localities, in the order of the file."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
        key = (row["locality"], row["council"], row["council_code"])
        found.setdefault(key, []).append(row["sector"])
    return [LocalitySeed(*key, tuple(listed)) for key, listed in found.items()]
