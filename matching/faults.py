"""Faults of the input: what is wrong, where, and what would be allowed.

Every check collects its faults and raises once, so that a person sees all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ID = re.compile(r"[^\W_][\w.:-]{0,99}")
_TAG = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2}")

ID_ALLOWED = "letters, digits and . _ : - beginning with a letter or digit"
TAG_ALLOWED = "lower-case letters, digits, _ and -"
LANGUAGE_ALLOWED = "two-letter ISO 639-1 codes in lower case"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input.

    Attributes
    ----------
    table
        Where it is: ``families``, ``coaches``, ``pins``, ``exclusions``, ``previous``,
        ``placements``, ``supervisors`` or ``settings``.
    key
        Which row: the id, or the ids of a pair joined by a space. Empty for ``settings``.
    field
        The name of the field, equal to the column's name in the files.
    value
        What was found, as text.
    allowed
        What would be allowed there.
    """

    table: str
    key: str
    field: str
    value: str
    allowed: str

    def __str__(self) -> str:
        where = f"{self.table} {self.key}".rstrip()
        return f"{where}: {self.field} is {self.value!r}; allowed: {self.allowed}"


class ProblemError(ValueError):
    """The input is not a matching problem. ``faults`` holds everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FaultFinder:
    """Collects the faults of one row, field by field."""

    def __init__(self, table: str, key: str) -> None:
        self.table = table
        self.key = key
        self.faults: list[Fault] = []

    def add(self, field: str, value: object, allowed: str) -> None:
        self.faults.append(Fault(self.table, self.key, field, str(value), allowed))

    def whole(self, field: str, value: object, low: int, high: int) -> None:
        """A whole number from `low` to `high`; true and false are no numbers."""
        if type(value) is not int or not low <= value <= high:
            self.add(field, value, f"a whole number from {low} to {high}")

    def one_of(self, field: str, value: object, allowed: Iterable[str]) -> None:
        options = tuple(allowed)
        if value not in options:
            self.add(field, value, ", ".join(options))

    def yes_no(self, field: str, value: object) -> None:
        if type(value) is not bool:
            self.add(field, value, "yes, no")

    def identifier(self, field: str, value: object) -> None:
        self._all(field, (value,), _ID, ID_ALLOWED)

    def tags(self, field: str, values: Iterable[object]) -> None:
        self._all(field, values, _TAG, TAG_ALLOWED)

    def languages(self, field: str, values: Iterable[object]) -> None:
        self._all(field, values, _LANGUAGE, LANGUAGE_ALLOWED)

    def stop(self) -> None:
        """Raise what was found, if anything."""
        if self.faults:
            raise ProblemError(self.faults)

    def _all(
        self, field: str, values: Iterable[object], law: re.Pattern[str], allowed: str
    ) -> None:
        bad = [v for v in values if not (isinstance(v, str) and law.fullmatch(v))]
        for value in sorted(bad, key=str):
            self.add(field, value, allowed)
