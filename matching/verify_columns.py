"""The problem as columns of numbers, for the compiled loops of the verification.

Written from the definition; shares nothing with the solver's encoding. Sets become rows of words
with 62 bits used, as many words as the families' vocabulary needs: what no family names cannot
matter but by its number, which is kept beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.problem import GENDERS, SLOTS, Coach, Family, Problem

Numbers = NDArray[np.int64]
WORD = 62
SLOT_BIT = {slot: 1 << place for place, slot in enumerate(SLOTS)}
GENDER_BIT = {gender: 1 << place for place, gender in enumerate(GENDERS)}
ANY_GENDER = sum(GENDER_BIT.values())


class Asks(NamedTuple):
    """One entry per family, in the problem's order.

    Attributes
    ----------
    least
        Square of the least distance to meet in person.
    pinned, before
        Numbers of the pinned and of the previously proposed coach, or -1.
    languages, training, household
        One row of words per family.
    need_start, need, weight
        The needs of family ``f`` are ``need[need_start[f]:need_start[f + 1]]``, as bits.
    ban_start, ban
        The numbers of the coaches excluded for family ``f``, likewise.
    """

    x: Numbers
    y: Numbers
    slots: Numbers
    gender: Numbers
    remote: Numbers
    least: Numbers
    pinned: Numbers
    before: Numbers
    languages: Numbers
    training: Numbers
    household: Numbers
    trained: Numbers
    need_start: Numbers
    need: Numbers
    weight: Numbers
    ban_start: Numbers
    ban: Numbers


class Offers(NamedTuple):
    """One entry per coach, or more, in whatever order suits a search.

    Attributes
    ----------
    who
        Number of the coach.
    slots
        Free ones.
    beyond
        Square of the first distance that is too far.
    other
        1 for a coach who speaks a language besides ``en``.
    trained
        How many trainings the coach has.
    lived, known
        Lived experience; that or experience.
    """

    who: Numbers
    x: Numbers
    y: Numbers
    slots: Numbers
    cleared: Numbers
    gender: Numbers
    remote: Numbers
    reach: Numbers
    beyond: Numbers
    other: Numbers
    trained: Numbers
    lived: Numbers
    known: Numbers
    languages: Numbers
    training: Numbers
    avoids: Numbers

    def take(self, which: Numbers) -> Offers:
        return Offers(*(np.ascontiguousarray(column[which]) for column in self))


class Points(NamedTuple):
    """The settings as whole numbers."""

    travel_per_mile: int
    remote: int
    unmet_need: int
    no_peer: int
    scarce_language: int
    scarce_training: int
    change: int


class Vocabulary:
    """Numbers the words that families use; masks of sets are made once per distinct set."""

    def __init__(self, sets: Iterable[Iterable[str]]) -> None:
        self.bit: dict[str, int] = {}
        for words in dict.fromkeys(sets):
            for word in words:
                self.bit.setdefault(word, len(self.bit))
        self.width = max(1, -(-len(self.bit) // WORD))

    def masks(self, column: Sequence[frozenset[str]]) -> Numbers:
        """One row of words per set; words that no family uses are left out."""
        number: dict[frozenset[str], int] = {}
        which = [number.setdefault(words, len(number)) for words in column]
        table = np.zeros((len(number), self.width), dtype=np.int64)
        for row, words in enumerate(number):
            for bit in (self.bit[word] for word in words if word in self.bit):
                table[row, bit // WORD] |= 1 << bit % WORD
        return table[np.array(which, dtype=np.int64)]


def numbers(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, dtype=np.int64)


def slot_mask(slots: Iterable[str]) -> int:
    """A bit for each slot, each slot named once."""
    return sum(map(SLOT_BIT.__getitem__, slots))


def _lists(rows: Iterable[Sequence[int]]) -> tuple[Numbers, Numbers]:
    """Lists of any length as one column and where each begins."""
    kept = list(rows)
    start = np.zeros(len(kept) + 1, dtype=np.int64)
    np.cumsum(numbers(map(len, kept)), out=start[1:])
    return start, numbers(chain.from_iterable(kept))


class Columns:
    """Both sides of a problem as columns; coaches can be added that are not in the problem.

    Attributes
    ----------
    number
        coach_id to the coach's number, its place among the problem's coaches.
    """

    def __init__(self, problem: Problem) -> None:
        families = problem.families
        self.number = {coach.coach_id: place for place, coach in enumerate(problem.coaches)}
        self.tags = Vocabulary(tuple(tag for tag, _ in row.needs) for row in families)
        self.languages = Vocabulary(row.languages for row in families)
        self.training = Vocabulary(row.training for row in families)
        self.household = Vocabulary(row.household for row in families)
        points = problem.settings
        self.points = Points(*(getattr(points, name) for name in Points._fields))
        self.asks = self._asks(problem, families)

    def _asks(self, problem: Problem, families: Sequence[Family]) -> Asks:
        bans: dict[str, list[int]] = {}
        for family_id, coach_id in problem.exclusions:
            bans.setdefault(family_id, []).append(self.number[coach_id])
        ban_start, ban = _lists(bans.get(row.family_id, ()) for row in families)
        need_start, need = _lists([self.tags.bit[tag] for tag, _ in row.needs] for row in families)
        return Asks(
            x=numbers(row.easting for row in families),
            y=numbers(row.northing for row in families),
            slots=numbers(slot_mask(row.slots) for row in families),
            gender=numbers(GENDER_BIT.get(row.coach_gender, ANY_GENDER) for row in families),
            remote=numbers(row.accepts_remote for row in families),
            least=numbers(row.min_distance_m**2 for row in families),
            pinned=self._coach_in(problem.pins, families),
            before=self._coach_in(problem.previous, families),
            languages=self.languages.masks([row.languages for row in families]),
            training=self.training.masks([row.training for row in families]),
            household=self.household.masks([row.household for row in families]),
            trained=numbers(len(row.training) for row in families),
            need_start=need_start,
            need=need,
            weight=numbers(weight for row in families for _, weight in row.needs),
            ban_start=ban_start,
            ban=ban,
        )

    def _coach_in(self, table: Mapping[str, str], families: Sequence[Family]) -> Numbers:
        named = {family_id: self.number[coach_id] for family_id, coach_id in table.items()}
        return numbers(named.get(row.family_id, -1) for row in families)

    def offers(self, coaches: Sequence[Coach], first: int, taken: Mapping[str, set[str]]) -> Offers:
        """The coaches in their order, numbered from `first`; `taken` are their placements."""

        def column(value: Callable[[Coach], int]) -> Numbers:
            return numbers(map(value, coaches))

        reach = column(lambda row: row.max_distance_m)
        lived = self.tags.masks([row.lived_experience for row in coaches])
        free = numbers(
            slot_mask(slot for slot in row.slots if slot not in taken.get(row.coach_id, ()))
            for row in coaches
        )
        return Offers(
            who=np.arange(first, first + len(coaches), dtype=np.int64),
            x=column(lambda row: row.easting),
            y=column(lambda row: row.northing),
            slots=free,
            cleared=column(lambda row: row.status == "cleared"),
            gender=column(lambda row: GENDER_BIT[row.gender]),
            remote=column(lambda row: row.offers_remote),
            reach=reach,
            beyond=(reach + 1) ** 2,
            other=column(lambda row: any(word != "en" for word in row.languages)),
            trained=column(lambda row: len(row.training)),
            lived=lived,
            known=lived | self.tags.masks([row.experience for row in coaches]),
            languages=self.languages.masks([row.languages for row in coaches]),
            training=self.training.masks([row.training for row in coaches]),
            avoids=self.household.masks([row.avoids for row in coaches]),
        )


def taken_slots(problem: Problem) -> dict[str, set[str]]:
    """Slots of coaches that active placements take."""
    taken: dict[str, set[str]] = {}
    for row in problem.placements:
        taken.setdefault(row.coach_id, set()).add(row.slot)
    return taken
