"""The pairs of one newcomer, by the same loop that finds all pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from matching.candidates import find_candidates
from matching.encoding import (
    Bools,
    CoachColumns,
    Encoded,
    FamilyColumns,
    Ints,
    coach_columns,
    family_columns,
)
from matching.problem import Coach, Family, Settings

Columns = TypeVar("Columns", FamilyColumns, CoachColumns)


class Newcomers:
    """Knows everybody's columns, and adds those of whoever comes.

    Attributes
    ----------
    families, coaches
        By number: those of `encoded`, then those who came.
    family_number, coach_number
        The other way round, by id.
    """

    def __init__(self, encoded: Encoded, settings: Settings) -> None:
        self.families, self.coaches = list(encoded.families), list(encoded.coaches)
        self.family_number = dict(encoded.family_number)
        self.coach_number = dict(encoded.coach_number)
        self._settings = settings
        self._words = encoded.words
        self._family, self._coach = encoded.family, encoded.coach

    def know(self, row: Family | Coach) -> bool:
        """Whether all words of a newcomer that count are known; else nothing here can be used."""
        return self._words.know(row)

    def add_family(
        self, family: Family, previous: Mapping[str, str], excluded: Iterable[str]
    ) -> tuple[Ints, Ints]:
        """The coaches that a new family could have, by number, and what each pair costs."""
        row = family_columns({}, previous, [family], self._words, self.coach_number)
        near = _may_meet(row, self._coach)
        encoded = Encoded(
            families=(family,),
            coaches=tuple(self.coaches),
            family=row,
            coach=self._coach,
            excluded=_sorted(self.coach_number[coach_id] for coach_id in excluded),
            rank=np.zeros(1, dtype=np.int64),
            words=self._words,
        )
        found = find_candidates(encoded, self._settings, coaches=np.flatnonzero(near))
        self.family_number[family.family_id] = len(self.families)
        self.families.append(family)
        self._family = _joined(self._family, row)
        return found.coach.astype(np.int64), found.cost

    def add_coach(self, coach: Coach, excluded: Iterable[str]) -> tuple[Ints, Ints]:
        """The families that could have a new coach, by number, and what each pair costs."""
        row = coach_columns([coach.slots], [coach], self._words)
        near = _may_meet(self._family, row)
        encoded = Encoded(
            families=tuple(self.families),
            coaches=(coach,),
            # Whoever else is pinned or was proposed has the number 1 here, the newcomer 0.
            family=replace(
                self._family,
                pinned=np.where(self._family.pinned >= 0, 1, -1),
                previous=np.where(self._family.previous >= 0, 1, -1),
            ),
            coach=row,
            excluded=_sorted(self.family_number[family_id] for family_id in excluded),
            rank=np.zeros(len(self.families), dtype=np.int64),
            words=self._words,
        )
        found = find_candidates(encoded, self._settings, families=np.flatnonzero(near))
        self.coach_number[coach.coach_id] = len(self.coaches)
        self.coaches.append(coach)
        self._coach = _joined(self._coach, row)
        return np.flatnonzero(np.diff(found.start)), found.cost


def _sorted(numbers: Iterable[int]) -> Ints:
    return np.array(sorted(numbers), dtype=np.int64)


def _may_meet(family: FamilyColumns, coach: CoachColumns) -> Bools:
    """Whether they share a slot and are near enough or might meet remotely; one of the two sides
    is a single row."""
    dx, dy = family.easting - coach.easting, family.northing - coach.northing
    reach = coach.max_distance + 1
    meets = (dx * dx + dy * dy < reach * reach) | (family.remote & coach.remote)
    return np.asarray(meets & (family.slots & coach.slots != 0), dtype=np.bool_)


def _joined(columns: Columns, row: Columns) -> Columns:
    """The columns with one row more."""

    def both(one: Any, other: Any) -> Any:
        if isinstance(one, tuple):
            return tuple(np.concatenate(parts) for parts in zip(one, other, strict=True))
        return np.concatenate([one, other])

    parts: dict[str, Any] = {
        field.name: both(getattr(columns, field.name), getattr(row, field.name))
        for field in fields(columns)
    }
    return replace(columns, **parts)
