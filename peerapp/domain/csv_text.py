"""CSV files from people: bytes to rows with true line numbers, and back without live formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5000
VALUE_SHOWN = 60

FORMULA = "[=+\\-@\t\r\n\0＝＋－＠﹢﹣﹦﹫]"
"""What a spreadsheet may take for the start of a formula, full-width and small forms too."""

_DANGEROUS = re.compile(f"'*\\s*{FORMULA}")
_DISARMED = re.compile(f"'+\\s*{FORMULA}")


@dataclass(frozen=True)
class CellFault:
    """One thing that is wrong with a file.

    Attributes
    ----------
    line
        Line of the file where the row begins, counted from 1; None: the whole file.
    column
        Heading of the column; empty: the whole row.
    value
        What stands there, cut to what can be shown.
    reason
        What is wrong, and what is allowed.
    """

    line: int | None
    column: str
    value: str
    reason: str


class NotReadable(Exception):
    """The bytes are no CSV file in UTF-8; ``fault`` says what they seem to be."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        self.fault = CellFault(line, "", "", reason)
        super().__init__(reason)


def shown(value: str) -> str:
    """Return a cell cut to a length that can be shown."""
    return value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"


def disarm(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would calculate; ``arm`` takes it away."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def arm(cell: str) -> str:
    """Return what ``disarm`` was given. Any other apostrophe, as in ``'t Hooft``, stays."""
    return cell[1:] if _DISARMED.match(cell) else cell


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, with or without a byte-order mark.

    Raises
    ------
    NotReadable
        It is empty, too large, a workbook, or in another encoding.
    """
    if not content.strip():
        raise NotReadable("The file is empty")
    if len(content) > MAX_BYTES:
        raise NotReadable("The file is larger than 5 MB. Split it into smaller files")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotReadable(
            "This is a workbook, not a CSV file. In your spreadsheet, save it as “CSV UTF-8”"
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:400]:
        raise NotReadable("The file is in UTF-16 (“Unicode text”). Save it as “CSV UTF-8”")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotReadable(
            "This line has a letter that is not in UTF-8. Save the file as “CSV UTF-8”", line
        ) from None


def read_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with the line on which it begins.

    Raises
    ------
    NotReadable
        A quote is not closed, or something stands behind a closing quote.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise NotReadable(
                "A quotation mark in this row is not closed, or text follows a closed one. "
                'Write a quotation mark inside a cell as ""',
                line,
            ) from None
        if any(cell.strip() for cell in cells):
            yield line, [arm(cell) for cell in cells]
        line = reader.line_num + 1


def write_rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV file's text, with a byte-order mark so that Excel reads it as UTF-8."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([disarm(cell) for cell in row])
    return out.getvalue()


def header_faults(
    header: Sequence[str], known: Sequence[str], required: Iterable[str]
) -> list[CellFault]:
    """Say which columns are unknown, doubled or missing; all at once, in the file's order."""
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        return [CellFault(1, "", shown(header[0]), "Separate the columns by commas")]
    faults = []
    for position, name in enumerate(header):
        if name not in known:
            reason = "There is no such column. Remove it, or correct its heading"
            faults.append(CellFault(1, shown(name), "", reason))
        elif name in header[:position]:
            faults.append(CellFault(1, name, "", "The column is there twice. Keep one of them"))
    missing = [name for name in required if name not in header]
    return faults + [CellFault(1, name, "", "This column is missing") for name in missing]
