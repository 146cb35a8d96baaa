"""The problem as columns of numbers, in an order that does not depend on the order of the rows.

Rows are sorted along a curve through space, then by id: neighbours get neighbouring numbers, which
makes the flow faster, and the same problem always gives the same network and so the same answer,
also where several answers are equally good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.problem import GENDERS, SLOT_INDEX, SLOTS, Coach, Family, Problem

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int32]  # of families, coaches and pairs, where there are many
Row = TypeVar("Row", Family, Coach)

# Sets become rows of 64-bit words with 62 bits used: numpy turns a bit shifted past 63 silently
# into 0, and bit 63 is the sign.
BITS = 62
ALL_BITS = (1 << BITS) - 1
ALL_GENDERS = (1 << len(GENDERS)) - 1

_SLOT_BIT = {slot: 1 << position for slot, position in SLOT_INDEX.items()}
# For each number of kilometres its bits with a gap after each, into which another's bits fit.
_SPREAD = tuple(sum((x >> bit & 1) << 2 * bit for bit in range(11)) for x in range(1 << 11))


class Vocabulary:
    """Numbers the words that occur, sorted, so that sets of them become bit masks."""

    def __init__(self, sets: Iterable[Iterable[str]]) -> None:
        words = sorted({word for row in sets for word in row})
        self._bit = {word: 1 << position for position, word in enumerate(words)}
        self.width = max(1, -(-len(words) // BITS))
        self._offsets = range(0, self.width * BITS, BITS)

    def knows(self, words: Iterable[str]) -> bool:
        return all(word in self._bit for word in words)

    def is_used(self, *columns: Ints) -> bool:
        """Whether every word occurs in some row of masks."""
        found = [np.bitwise_or.reduce(column, axis=0) for column in columns]
        every = [(1 << len(self._bit)) - 1 >> bit & ALL_BITS for bit in self._offsets]
        return bool(np.bitwise_or.reduce(found, axis=0).tolist() == every)

    def masks(self, sets: Sequence[Iterable[str]]) -> Ints:
        """One row of `width` words per set; words that are not in the vocabulary are left out."""
        found = []
        for words in sets:
            mask = 0
            for word in words:
                mask |= self._bit.get(word, 0)
            found.append(mask)
        columns = [_numbers(mask >> bit & ALL_BITS for mask in found) for bit in self._offsets]
        return np.ascontiguousarray(np.stack(columns, axis=1))


@dataclass(frozen=True)
class FamilyColumns:
    """One entry per family; masks have one row per family. Distances in metres."""

    easting: Ints
    northing: Ints
    slots: Ints
    needs: tuple[Ints, Ints, Ints]
    languages: Ints
    genders: Ints
    training: Ints
    household: Ints
    remote: Bools
    min_distance: Ints
    pinned: Ints
    previous: Ints


@dataclass(frozen=True)
class CoachColumns:
    """One entry per coach; `slots` are the free ones."""

    easting: Ints
    northing: Ints
    slots: Ints
    lived: Ints
    known: Ints
    languages: Ints
    other_language: Bools
    gender: Ints
    training: Ints
    avoids: Ints
    remote: Bools
    max_distance: Ints
    cleared: Bools


@dataclass(frozen=True)
class Words:
    """The vocabularies that both sides share."""

    tags: Vocabulary
    languages: Vocabulary
    training: Vocabulary
    household: Vocabulary

    def know(self, row: Family | Coach) -> bool:
        """Whether the masks of somebody new would say all that counts."""
        if isinstance(row, Coach):
            return self.training.knows(row.training)
        return (
            self.tags.knows(tag for tag, _ in row.needs)
            and self.languages.knows(row.languages)
            and self.training.knows(row.training)
            and self.household.knows(row.household)
        )

    def are_used(self, family: FamilyColumns, coach: CoachColumns) -> bool:
        """Whether every word occurs, so that `words_of` would give the same."""
        return (
            self.tags.is_used(*family.needs)
            and self.languages.is_used(family.languages)
            and self.training.is_used(family.training, coach.training)
            and self.household.is_used(family.household)
        )


@dataclass(frozen=True)
class Encoded:
    """The problem in canonical order.

    Attributes
    ----------
    excluded
        Sorted ``family * coaches + coach``.
    rank
        Each family's place in the order of level 1.
    words
        What the bits of the masks stand for.
    """

    families: tuple[Family, ...]
    coaches: tuple[Coach, ...]
    family: FamilyColumns
    coach: CoachColumns
    excluded: Ints
    rank: Ints
    words: Words
    seed: int = 0

    @cached_property
    def family_number(self) -> dict[str, int]:
        return {family.family_id: number for number, family in enumerate(self.families)}

    @cached_property
    def coach_number(self) -> dict[str, int]:
        return {coach.coach_id: number for number, coach in enumerate(self.coaches)}


def slot_mask(slots: Iterable[str]) -> int:
    mask = 0
    for slot in slots:
        mask |= _SLOT_BIT[slot]
    return mask


def slot_names(mask: int) -> tuple[str, ...]:
    return tuple(slot for position, slot in enumerate(SLOTS) if mask >> position & 1)


def encode(problem: Problem, seed: int = 0) -> Encoded:
    """Columns of `problem`; `seed` other than 0 picks another order, so another of equal optima."""
    families = shuffled(sorted(problem.families, key=family_place), seed)
    coaches = shuffled(sorted(problem.coaches, key=coach_place), seed)
    rank = np.empty(len(families), dtype=np.int64)
    number = {family.family_id: number for number, family in enumerate(families)}
    rank[[number[family.family_id] for family in problem.ranked()]] = np.arange(len(families))
    return encoded_rows(problem, families, coaches, rank, seed)


def encoded_rows(
    problem: Problem, families: Sequence[Family], coaches: Sequence[Coach], rank: Ints, seed: int
) -> Encoded:
    """Columns of a problem whose rows are in order."""
    coach_number = {coach.coach_id: number for number, coach in enumerate(coaches)}
    family_number = {family.family_id: number for number, family in enumerate(families)}
    words = words_of(families, coaches)
    return Encoded(
        families=tuple(families),
        coaches=tuple(coaches),
        family=family_columns(problem.pins, problem.previous, families, words, coach_number),
        coach=coach_columns([problem.free_slots(row) for row in coaches], coaches, words),
        excluded=excluded_pairs(problem, family_number, coach_number),
        rank=rank,
        words=words,
        seed=seed,
    )


def excluded_pairs(
    problem: Problem, family_number: Mapping[str, int], coach_number: Mapping[str, int]
) -> Ints:
    """As in `Encoded`."""
    count = len(coach_number)
    pairs = _numbers(family_number[f] * count + coach_number[c] for f, c in problem.exclusions)
    return np.sort(pairs)


def family_place(row: Family) -> tuple[int, str]:
    """Along a Z-order curve of one-kilometre squares, then by id."""
    return z_order(row.easting, row.northing), row.family_id


def coach_place(row: Coach) -> tuple[int, str]:
    """As `family_place`."""
    return z_order(row.easting, row.northing), row.coach_id


def order_of(count: int, seed: int) -> Ints:
    """For each number the place along the curve; `seed` 0 leaves all as it is."""
    return np.random.default_rng(seed).permutation(count) if seed else np.arange(count)


def shuffled(rows: Sequence[Row], seed: int) -> tuple[Row, ...]:
    return tuple(rows[place] for place in order_of(len(rows), seed).tolist())


def z_order(easting: int, northing: int) -> int:
    """Position along a curve that visits the squares of one kilometre, near ones together."""
    return _SPREAD[easting >> 10] | _SPREAD[northing >> 10] << 1


def _numbers(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def words_of(families: Sequence[Family], coaches: Sequence[Coach]) -> Words:
    """What families ask for; a coach's training counts even where nobody asks for it."""
    return Words(
        tags=Vocabulary([tag for tag, _ in f.needs] for f in families),
        languages=Vocabulary(f.languages for f in families),
        training=Vocabulary([*(f.training for f in families), *(c.training for c in coaches)]),
        household=Vocabulary(f.household for f in families),
    )


def family_columns(
    pins: Mapping[str, str],
    previous: Mapping[str, str],
    families: Sequence[Family],
    words: Words,
    coach_number: Mapping[str, int],
) -> FamilyColumns:
    def needs_of(wanted: int) -> Ints:
        return words.tags.masks([[tag for tag, w in f.needs if w == wanted] for f in families])

    return FamilyColumns(
        easting=_numbers(f.easting for f in families),
        northing=_numbers(f.northing for f in families),
        slots=_numbers(slot_mask(f.slots) for f in families),
        needs=(needs_of(1), needs_of(2), needs_of(3)),
        languages=words.languages.masks([f.languages for f in families]),
        genders=_numbers(_gender_mask(f.coach_gender) for f in families),
        training=words.training.masks([f.training for f in families]),
        household=words.household.masks([f.household for f in families]),
        remote=np.array([f.accepts_remote for f in families], dtype=np.bool_),
        min_distance=_numbers(f.min_distance_m for f in families),
        pinned=_numbers(coach_number.get(pins.get(f.family_id, ""), -1) for f in families),
        previous=_numbers(coach_number.get(previous.get(f.family_id, ""), -1) for f in families),
    )


def coach_columns(
    free: Iterable[Iterable[str]], coaches: Sequence[Coach], words: Words
) -> CoachColumns:
    """`free` are the slots that each coach has left."""
    return CoachColumns(
        easting=_numbers(c.easting for c in coaches),
        northing=_numbers(c.northing for c in coaches),
        slots=_numbers(map(slot_mask, free)),
        lived=words.tags.masks([c.lived_experience for c in coaches]),
        known=words.tags.masks([c.experience | c.lived_experience for c in coaches]),
        languages=words.languages.masks([c.languages for c in coaches]),
        other_language=np.array([bool(c.languages - {"en"}) for c in coaches], dtype=np.bool_),
        gender=_numbers(_gender_mask(c.gender) for c in coaches),
        training=words.training.masks([c.training for c in coaches]),
        avoids=words.household.masks([c.avoids for c in coaches]),
        remote=np.array([c.offers_remote for c in coaches], dtype=np.bool_),
        max_distance=_numbers(c.max_distance_m for c in coaches),
        cleared=np.array([c.status == "cleared" for c in coaches], dtype=np.bool_),
    )


def _gender_mask(gender: str) -> int:
    return ALL_GENDERS if gender == "any" else 1 << GENDERS.index(gender)
