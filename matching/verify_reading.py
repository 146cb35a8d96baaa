"""The rows of a problem read into columns of numbers, for the verification.

Written from the definition; shares nothing with the solver's encoding. Sets become rows of words
with 62 bits used, as many words as the families' vocabulary needs: what no family names cannot
matter but by its number, which is kept beside. Who is there unchanged since an earlier reading is
not read again; what one row says depends on no other row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.problem import GENDERS, SLOTS, Coach, Family, Problem

Numbers = NDArray[np.int64]
Row = TypeVar("Row", Family, Coach)
Table = TypeVar("Table", "FamilyRows", "CoachRows")
WORD = 62
NEW = -1
SLOT_BIT = {slot: 1 << place for place, slot in enumerate(SLOTS)}
GENDER_BIT = {gender: 1 << place for place, gender in enumerate(GENDERS)}
ANY_GENDER = sum(GENDER_BIT.values())


class FamilyRows(NamedTuple):
    """What the rows of families say, each by itself; `need` and `weight` are read in `Needs`."""

    x: Numbers
    y: Numbers
    slots: Numbers
    gender: Numbers
    remote: Numbers
    least: Numbers
    languages: Numbers
    training: Numbers
    household: Numbers
    trained: Numbers
    priority: Numbers
    since: Numbers


class Needs(NamedTuple):
    """The needs of family ``f`` are those from ``start[f]`` to ``start[f + 1]``."""

    start: Numbers
    need: Numbers
    weight: Numbers


class CoachRows(NamedTuple):
    """What the rows of coaches say, each by itself; `slots` are all that the coach offers."""

    x: Numbers
    y: Numbers
    slots: Numbers
    cleared: Numbers
    gender: Numbers
    remote: Numbers
    reach: Numbers
    other: Numbers
    trained: Numbers
    lived: Numbers
    known: Numbers
    languages: Numbers
    training: Numbers
    avoids: Numbers


class Vocabulary:
    """Numbers the words that families use; masks of sets are made once per distinct set."""

    def __init__(self, sets: Iterable[Iterable[str]]) -> None:
        self.bit: dict[str, int] = {}
        for words in dict.fromkeys(sets):
            for word in words:
                self.bit.setdefault(word, len(self.bit))
        self.width = max(1, -(-len(self.bit) // WORD))

    def masks(self, column: Iterable[frozenset[str]]) -> Numbers:
        """One row of words per set; words that no family uses are left out."""
        number: dict[frozenset[str], int] = {}
        which = [number.setdefault(words, len(number)) for words in column]
        table = np.zeros((len(number), self.width), dtype=np.int64)
        for row, words in enumerate(number):
            for bit in (self.bit[word] for word in words if word in self.bit):
                table[row, bit // WORD] |= 1 << bit % WORD
        return table[np.array(which, dtype=np.int64)]


class Words:
    """The vocabularies of the families who were there when it was made, and of no other."""

    def __init__(self, families: Sequence[Family]) -> None:
        self.tags = Vocabulary(tuple(tag for tag, _ in row.needs) for row in families)
        self.languages = Vocabulary(map(attrgetter("languages"), families))
        self.training = Vocabulary(map(attrgetter("training"), families))
        self.household = Vocabulary(map(attrgetter("household"), families))

    def know(self, family: Family) -> bool:
        """Whether all words of the family are among them."""
        return (
            self.languages.bit.keys() >= family.languages
            and self.training.bit.keys() >= family.training
            and self.household.bit.keys() >= family.household
            and all(tag in self.tags.bit for tag, _ in family.needs)
        )


@dataclass(frozen=True)
class Reading:
    """A problem's rows as columns.

    Attributes
    ----------
    family, coach
        Places among the problem's families and coaches, by id.
    was_family, was_coach
        The place in the reading before of whoever was there with an equal row, or `NEW`.
    """

    families: tuple[Family, ...]
    coaches: tuple[Coach, ...]
    family: Mapping[str, int]
    coach: Mapping[str, int]
    words: Words
    asked: FamilyRows
    needs: Needs
    offered: CoachRows
    was_family: Numbers
    was_coach: Numbers


def read(problem: Problem, last: Reading | None = None) -> Reading:
    """The rows of the problem; those that the last reading has are taken from it."""
    families, coaches = problem.families, problem.coaches
    family = _places(map(attrgetter("family_id"), families))
    coach = _places(map(attrgetter("coach_id"), coaches))
    if last is None:
        was_family, was_coach = _nobody(families), _nobody(coaches)
    else:
        was_family = _unchanged(last.family, last.families, family, families)
        was_coach = _unchanged(last.coach, last.coaches, coach, coaches)
    fresh = [families[at] for at in np.flatnonzero(was_family == NEW).tolist()]
    if last is not None and all(map(last.words.know, fresh)):
        words = last.words
        came = [coaches[at] for at in np.flatnonzero(was_coach == NEW).tolist()]
        which = _with_new(was_family, len(last.families))
        asked = _joined(last.asked, families_read(fresh, words), which)
        needs = _needs_joined(last.needs, needs_read(fresh, words), which)
        which = _with_new(was_coach, len(last.coaches))
        offered = _joined(last.offered, coaches_read(came, words), which)
    else:
        words = Words(families)
        asked, needs = families_read(families, words), needs_read(families, words)
        offered = coaches_read(coaches, words)
    return Reading(
        families, coaches, family, coach, words, asked, needs, offered, was_family, was_coach
    )  # fmt: skip


def _places(ids: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(ids)}


def _nobody(rows: Sequence[Row]) -> Numbers:
    return np.full(len(rows), NEW, dtype=np.int64)


def _unchanged(
    before: Mapping[str, int], old: Sequence[Row], now: Iterable[str], rows: Sequence[Row]
) -> Numbers:
    """Where each of the rows was, if it says the same as it did there."""
    places = map(before.get, now, repeat(NEW))
    return numbers(
        at if at >= 0 and (old[at] is row or old[at] == row) else NEW
        for at, row in zip(places, rows, strict=True)
    )


def _with_new(was: Numbers, before: int) -> Numbers:
    """Places among the old rows followed by the new ones, in the order of the problem."""
    new = was == NEW
    return np.where(new, before + np.cumsum(new) - 1, was)


def _joined(old: Table, new: Table, which: Numbers) -> Table:
    return type(old)(*(np.concatenate(pair)[which] for pair in zip(old, new, strict=True)))


def _needs_joined(old: Needs, new: Needs, which: Numbers) -> Needs:
    begin = np.concatenate([old.start[:-1], new.start[:-1] + len(old.need)])[which]
    count = np.concatenate([np.diff(old.start), np.diff(new.start)])[which]
    start = _starts(count)
    each = np.repeat(begin - start[:-1], count) + np.arange(start[-1])
    need, weight = np.concatenate([old.need, new.need]), np.concatenate([old.weight, new.weight])
    return Needs(start, need[each], weight[each])


def numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int64)


def _starts(count: Numbers) -> Numbers:
    """Where each of several runs begins that follow each other, and the end."""
    start = np.zeros(len(count) + 1, dtype=np.int64)
    np.cumsum(count, out=start[1:])
    return start


def slot_mask(slots: Iterable[str]) -> int:
    """A bit for each slot, each slot named once."""
    return sum(map(SLOT_BIT.__getitem__, slots))


def _reader(rows: Sequence[Row]) -> Callable[..., Numbers]:
    """Reads one field of all the rows, turned into a number by `value` if need be."""

    def column(name: str, value: Callable[[Any], int] | None = None) -> Numbers:
        values = map(attrgetter(name), rows)
        return np.fromiter(values if value is None else map(value, values), np.int64, len(rows))

    return column


def families_read(families: Sequence[Family], words: Words) -> FamilyRows:
    column = _reader(families)
    return FamilyRows(
        x=column("easting"),
        y=column("northing"),
        slots=column("slots", slot_mask),
        gender=column("coach_gender", lambda name: GENDER_BIT.get(name, ANY_GENDER)),
        remote=column("accepts_remote"),
        least=column("min_distance_m") ** 2,
        languages=words.languages.masks(map(attrgetter("languages"), families)),
        training=words.training.masks(map(attrgetter("training"), families)),
        household=words.household.masks(map(attrgetter("household"), families)),
        trained=column("training", len),
        priority=column("priority"),
        since=column("waiting_since", date.toordinal),
    )


def needs_read(families: Sequence[Family], words: Words) -> Needs:
    needs = list(chain.from_iterable(map(attrgetter("needs"), families)))
    return Needs(
        start=_starts(_reader(families)("needs", len)),
        need=numbers(words.tags.bit[tag] for tag, _ in needs),
        weight=numbers(weight for _, weight in needs),
    )


def coaches_read(coaches: Sequence[Coach], words: Words) -> CoachRows:
    column = _reader(coaches)
    lived = words.tags.masks(map(attrgetter("lived_experience"), coaches))
    english = frozenset({"en"})
    return CoachRows(
        x=column("easting"),
        y=column("northing"),
        slots=column("slots", slot_mask),
        cleared=column("status", "cleared".__eq__),
        gender=column("gender", GENDER_BIT.__getitem__),
        remote=column("offers_remote"),
        reach=column("max_distance_m"),
        other=column("languages", lambda spoken: not spoken <= english),
        trained=column("training", len),
        lived=lived,
        known=lived | words.tags.masks(map(attrgetter("experience"), coaches)),
        languages=words.languages.masks(map(attrgetter("languages"), coaches)),
        training=words.training.masks(map(attrgetter("training"), coaches)),
        avoids=words.household.masks(map(attrgetter("avoids"), coaches)),
    )
