"""Reads CSV files so that every bad row is told at once: file, line, column, value, allowed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import TypeVar

T = TypeVar("T")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, order=True)
class FileFault:
    """One thing wrong in a file; line 0 means the file as a whole."""

    file: str
    line: int
    column: str
    value: str
    allowed: str

    def __str__(self) -> str:
        where = self.file + (f" line {self.line}" if self.line else "")
        what = f"{self.column} is {self.value!r}" if self.column else self.value
        return f"{where}: {what}; allowed: {self.allowed}"


class FilesError(ValueError):
    """The files do not hold what they must. ``faults`` has all that is wrong, in file order."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(slots=True)
class Row:
    """One row: its line in the file, its cells, and how to complain about them.

    Attributes
    ----------
    place
        Column to the place of its cell in `cells`; one mapping for all rows of a file.
    """

    file: str
    line: int
    place: Mapping[str, int]
    cells: Sequence[str]
    faults: list[FileFault] = field(repr=False)
    bad: frozenset[str] = frozenset()

    def complain(self, column: str, value: object, allowed: str) -> None:
        self.bad |= {column}
        self.faults.append(FileFault(self.file, self.line, column, str(value), allowed))

    def text(self, column: str) -> str:
        return self.cells[self.place[column]]

    def words(self, column: str) -> frozenset[str]:
        """A list whose order means nothing."""
        return _set_of(self.text(column))

    def listed(self, column: str) -> tuple[str, ...]:
        """A list in the order of the cell."""
        return _words_of(self.text(column))

    def parsed(self, column: str, parse: Callable[[str], T], allowed: str, instead: T) -> T:
        """The cell by `parse`, which raises ValueError; a fault is noted and `instead` given, so
        that the rest of the row can be looked at as well."""
        try:
            return parse(self.text(column))
        except ValueError:
            self.complain(column, self.text(column), allowed)
            return instead

    def whole(self, column: str, instead: int = 1) -> int:
        return self.parsed(column, _whole, "a whole number", instead)

    def day(self, column: str) -> date:
        return self.parsed(column, _day, "a date as YYYY-MM-DD", date(2000, 1, 1))

    def yes_no(self, column: str) -> bool:
        return self.parsed(column, _yes_no, "yes, no", False)


# A county's rows say the same few things again and again: one object for each saves gigabytes.
@lru_cache(maxsize=1 << 16)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(map(intern, text.split()))


@lru_cache(maxsize=1 << 16)
def _set_of(text: str) -> frozenset[str]:
    return frozenset(_words_of(text))


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _day(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _yes_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(text)
    return text == "yes"


def read_table(
    path: Path,
    columns: tuple[str, ...],
    faults: list[FileFault],
    optional: tuple[str, ...] = (),
) -> list[Row]:
    """The rows of a CSV file; what is wrong with its form is added to `faults`.

    `optional` columns may be absent and are blank then. Blank lines are skipped.
    """
    text = _text_of(path, faults)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = [cell.strip() for cell in next(reader, ())]
        if not _header_is_sound(path.name, header, columns, optional, faults):
            return []
        blank = [column for column in optional if column not in header]
        place = {column: at for at, column in enumerate([*header, *blank])}
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                texts = [*(intern(cell.strip()) for cell in cells), *("" for _ in blank)]
                rows.append(Row(path.name, line, place, texts, faults))
            elif cells:
                allowed = f"{len(header)} cells as in the header"
                faults.append(FileFault(path.name, line, "", f"{len(cells)} cells", allowed))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(FileFault(path.name, line, "", str(error), "well-formed CSV"))
    return rows


def _text_of(path: Path, faults: list[FileFault]) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        faults.append(FileFault(path.name, 0, "", reason, "a file that can be read"))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        bad = data[error.start : error.start + 1].hex()
        faults.append(FileFault(path.name, line, "", f"byte {bad}", "UTF-8"))
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        faults.append(FileFault(path.name, line, "", "byte 00", "text"))
        return None
    return text


def _header_is_sound(
    name: str,
    header: list[str],
    columns: tuple[str, ...],
    optional: tuple[str, ...],
    faults: list[FileFault],
) -> bool:
    if not header:
        faults.append(FileFault(name, 1, "", "no header", ", ".join(columns)))
        return False
    known = ", ".join((*columns, *optional))
    found = [
        *(
            FileFault(name, 1, column, "missing", f"the columns {known}")
            for column in columns
            if column not in header
        ),
        *(
            FileFault(name, 1, column, "unknown column", f"the columns {known}")
            for column in dict.fromkeys(header)
            if column not in columns and column not in optional
        ),
        *(
            FileFault(name, 1, column, "twice", "each column once")
            for column in dict.fromkeys(header)
            if header.count(column) > 1
        ),
    ]
    faults += found
    return not found
