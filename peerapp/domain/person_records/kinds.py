"""How one table is described."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of the rows of a table when the person is erased."""

    DELETED = "deleted"
    BLANKED = "blanked"
    KEPT = "kept"


@dataclass(frozen=True)
class Record:
    """One table.

    Attributes
    ----------
    table
        Its name.
    title
        What a person reads above its rows.
    links
        Columns that lead to whom it is about: to a volunteer, a family or an account, or to a
        table of ``RECORDS`` that does.
    given
        Columns that are given to the person.
    review
        Columns that may tell of somebody else: left out, unless a person has read them.
    withheld
        Columns that are not given, and why.
    fate
        What an erasure does to its rows.
    blanked
        Columns that an erasure empties, where the fate is ``BLANKED``.
    why_kept
        Why the rest stays.
    """

    table: str
    title: str
    links: tuple[str, ...]
    given: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    withheld: dict[str, str] = field(default_factory=dict)
    fate: Fate = Fate.DELETED
    blanked: tuple[str, ...] = ()
    why_kept: str = ""

    @property
    def sorted_columns(self) -> frozenset[str]:
        """Every column that has a place, but for ids and what points at other rows."""
        return frozenset((*self.given, *self.review, *self.withheld))


def words(text: str) -> tuple[str, ...]:
    """Return names that are separated by spaces."""
    return tuple(text.split())
