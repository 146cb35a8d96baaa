"""The rows of the scorecard: what is promised by OWASP ASVS 5.0, and for people in danger."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One promise.

    Attributes
    ----------
    ids
        Requirements that stand together; one that ends in ``.`` takes all that begin so.
    requirement
        What is promised, in a line.
    """

    ids: tuple[str, ...]
    requirement: str

    @property
    def name(self) -> str:
        return " / ".join(one + "x" if one.endswith(".") else one for one in self.ids)

    def holds(self, row: str) -> bool:
        """Say whether a mark of this number belongs here."""
        starts = tuple(one if one.endswith(".") else one + "." for one in self.ids)
        return f"{row}.".startswith(starts)


ROWS = (
    Row(("8.2.1",), "each route has a declared access; default deny"),
    Row(("8.2.2",), "no hole at an object: own, unassigned, other locality, other scheme"),
    Row(("8.2.3",), "need to know by field: canaries"),
    Row(("8.3.2",), "revoking works at once"),
    Row(("2.3.1",), "no step is skipped"),
    Row(("2.3.3", "2.3.4", "15.4.2"), "no double booking, no race"),
    Row(("2.3.5",), "two people for overrides and bulk export"),
    Row(("15.3.3", "15.3.7"), "fields too many ignored, keys given twice"),
    Row(("6.2.",), "passwords: 15 characters, no common ones, no truncation"),
    Row(("11.4.2",), "argon2id, rehashed at sign-in, hashes bounded"),
    Row(("6.3.1", "6.3.8"), "throttled without locking out; nothing to enumerate"),
    Row(("6.3.3", "6.5.1"), "staff: a second factor before any page; codes once"),
    Row(("6.4.",), "reset and invitation: once, and they run out"),
    Row(("7.2.4", "7.3", "7.4"), "sessions: rotated, timed out, killed"),
    Row(("7.5.3",), "a recent factor for exports, reveals, overrides"),
    Row(("3.3", "3.4", "3.5"), "headers, cookies, CSRF, GET changes nothing"),
    Row(("3.7.2", "1.2.4", "1.3.7", "1.3.12", "5.2"), "redirects, injections, uploads"),
    Row(("1.2.10",), "formulas in exports"),
    Row(("11.3.3", "13.3.4"), "sealed values, keys rotate"),
    Row(("14.2.1", "14.3.2"), "no personal data in addresses; no-store"),
    Row(("14.2.7",), "retention"),
    Row(("16.3.2", "16.4.2"), "sensitive reads audited; the chain shows tampering"),
    Row(("16.5",), "fails closed, generic errors"),
    Row(("DA-1",), "Exit this page"),
    Row(("DA-2", "DA-3"), "messages outside say nothing, over safe channels only"),
    Row(("DA-4",), "no address for coaches by default; coarse cells"),
)

MISSING = frozenset[str]()
"""Rows that no test shows yet: who marks the first test takes its row out."""

WITHOUT_CONTROL = frozenset[str]()
"""Rows with tests but no control yet: who marks the first control takes its row out."""


def row_of(number: str) -> Row:
    """Return the row that a mark's number belongs to.

    Raises
    ------
    ValueError
        There is no such row.
    """
    for row in ROWS:
        if row.holds(number):
            return row
    raise ValueError(f"no row of the scorecard holds {number!r}")
