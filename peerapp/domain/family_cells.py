"""Reading single cells of a file: a value, or a sentence that says what is allowed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import date
from enum import StrEnum

from peerapp.domain import distances, references
from peerapp.enums import Need

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LANGUAGE = re.compile(r"[a-z]{2}")


class BadCell(ValueError):
    """A cell does not hold what is allowed; the message says what is."""


def text(cell: str, longest: int, lines: bool = False) -> str:
    """Read a text of one line, or of several."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(cell) or (not lines and ("\n" in cell or "\t" in cell)):
        what = "control characters" if lines else "line breaks, tabs or control characters"
        raise BadCell(f"Use a text without {what}")
    if len(cell) > longest:
        raise BadCell(f"Use {longest} characters or fewer; these are {len(cell)}")
    return cell


def day(cell: str) -> date:
    """Read an ISO date."""
    try:
        if DATE.fullmatch(cell):
            return date.fromisoformat(cell)
    except ValueError:
        pass
    raise BadCell("Write a real date as year-month-day, like 2026-09-30")


def yes_no(cell: str) -> bool:
    """Read yes or no."""
    if cell not in ("yes", "no"):
        raise BadCell("Write yes or no")
    return cell == "yes"


def number(cell: str, allowed: range) -> int:
    """Read a whole number of a range."""
    if not re.fullmatch("[0-9]{1,4}", cell) or int(cell) not in allowed:
        raise BadCell(f"Write a whole number from {allowed.start} to {allowed.stop - 1}")
    return int(cell)


def member(cell: str, allowed: Iterable[StrEnum]) -> StrEnum:
    """Read one member of an enum by its value."""
    for one in allowed:
        if one.value == cell:
            return one
    raise BadCell(f"Write one of: {', '.join(one.value for one in allowed)}")


def words(cell: str, allowed: Container[str], shown: str) -> tuple[str, ...]:
    """Read a list of words between spaces; kept sorted, without doubles."""
    unknown = [word for word in cell.split() if word not in allowed]
    if unknown:
        raise BadCell(f"Not known: {' '.join(unknown[:5])}. Write {shown}, separated by spaces")
    return tuple(sorted(set(cell.split())))


def languages(cell: str) -> tuple[str, ...]:
    """Read two-letter codes; whether they are known is asked later."""
    return tuple(sorted({language(code) for code in cell.split()}))


def language(cell: str) -> str:
    """Read one two-letter code."""
    if not LANGUAGE.fullmatch(cell):
        raise BadCell("Write two-letter language codes (ISO 639-1) such as en, pl or ur")
    return cell


def needs(cell: str) -> dict[Need, int]:
    """Read needs with weights, ``isolation:2 budgeting:1``."""
    found: dict[Need, int] = {}
    for part in cell.split():
        tag, _, weight = part.partition(":")
        if tag not in set(Need):
            raise BadCell(f"Not a need: {tag}. Write need:weight, like isolation:2")
        if Need(tag) in found:
            raise BadCell(f"{tag} is there twice. Keep one weight")
        if not re.fullmatch("[1-3]", weight):
            raise BadCell(f"The weight of {tag} must be 1, 2 or 3, like {tag}:2")
        found[Need(tag)] = int(weight)
    return found


def miles(cell: str) -> int:
    """Read miles as metres."""
    try:
        return distances.metres_of(cell)
    except ValueError:
        raise BadCell("Write a number of miles, like 0.5") from None


def reference(cell: str) -> str:
    """Read a reference."""
    if not references.is_reference(cell):
        raise BadCell(f"Write {references.ALLOWED}, in capitals")
    return cell
