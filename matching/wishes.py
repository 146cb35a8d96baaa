"""What families ask of a coach to be recruited, and who of them could have one of some kind.

A wish is the middle of a square of 5 km, so that a profile never tells where a household lives, and
the gender, language and training that one family there asks for; where that is not too much, also
the squares around and any mixture of what they ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Bools, Encoded, Ints
from matching.heap import Heap, pop, push
from matching.problem import EASTING_MAX, GENDERS, NORTHING_MAX

SQUARE_M = 5_000
REACH_M = 8_000
MOST = 5_000  # kinds, up to which squares around and mixtures of wishes are looked at too
COLUMNS, ROWS = EASTING_MAX // SQUARE_M + 1, NORTHING_MAX // SQUARE_M + 1
ID_BITS = 21  # of the number of a kind or a family
ID = (1 << ID_BITS) - 1
AROUND = np.array([(east, north) for east in (-1, 0, 1) for north in (-1, 0, 1)])


class Kinds(NamedTuple):
    """The wishes, one entry each; gender, language and training as rows of `Crowd`'s tables."""

    easting: Ints
    northing: Ints
    gender: Ints
    language: Ints
    training: Ints


class Crowd(NamedTuple):
    """The families asked, by squares.

    Attributes
    ----------
    family
        Their numbers in `Encoded`.
    left_out
        False for one who is matched and could move.
    gender, languages, training
        What each asks for, as columns of the tables.
    first
        The families of square ``s`` are entries ``first[s]:first[s + 1]``.
    gender_suits, language_suits, training_suits
        Whether a coach of that kind (row) suits who asks for that (column).
    """

    family: Ints
    left_out: Bools
    easting: Ints
    northing: Ints
    least: Ints
    slots: Ints
    gender: Ints
    languages: Ints
    training: Ints
    first: Ints
    gender_suits: Bools
    language_suits: Bools
    training_suits: Bools


class Wishes:
    """All that some families wish for.

    Attributes
    ----------
    crowd, kinds
        For the compiled loops.
    languages, trainings
        What the rows of the tables stand for; those of gender are `GENDERS`.
    """

    def __init__(self, encoded: Encoded, families: Ints, left_out: Bools) -> None:
        columns = encoded.family
        square = _square(columns.easting[families], columns.northing[families])
        order = np.argsort(square, kind="stable")
        families, square = families[order], square[order]
        rows = [encoded.families[number] for number in families.tolist()]
        gender, genders = _numbered(row.coach_gender for row in rows)
        tongue, tongues = _numbered(row.languages for row in rows)
        training, trainings = _numbered(row.training for row in rows)
        every = frozenset().union(*trainings)
        self.trainings = [*trainings, *([] if every in trainings else [every])]
        self.languages = sorted({_language(one) for one in tongues})
        self.crowd = Crowd(
            families,
            left_out[families],
            columns.easting[families],
            columns.northing[families],
            columns.min_distance[families],
            columns.slots[families],
            gender,
            tongue,
            training,
            np.searchsorted(square, np.arange(COLUMNS * ROWS + 1)),
            _table(GENDERS, genders, lambda has, asks: asks in ("any", has)),
            _table(self.languages, tongues, lambda has, asks: not asks or bool(asks & {"en", has})),
            _table(self.trainings, trainings, lambda has, asks: asks <= has),
        )
        wanted = _numbers(GENDERS.index("woman" if one == "any" else one) for one in genders)
        spoken = _numbers(self.languages.index(_language(one)) for one in tongues)
        words = np.column_stack([wanted[gender], spoken[tongue], training])
        self.kinds = _kinds(*self._widened(square, words))

    def _widened(self, square: Ints, words: Ints) -> tuple[Ints, Ints]:
        """Each square with each wish there; where that is not too much, the squares around and all
        that can be mixed of the wishes as well."""
        places = np.column_stack([square % COLUMNS, square // COLUMNS])
        around = _distinct((_distinct(places) + AROUND[:, None]).reshape(-1, 2))
        sizes = len(GENDERS), len(self.languages), len(self.trainings)
        ways = _distinct(words)
        if prod(sizes) * len(around) <= MOST:
            ways = np.indices(sizes).reshape(3, -1).T
        if len(ways) * len(around) <= MOST:
            return np.repeat(around, len(ways), axis=0), np.tile(ways, (len(around), 1))
        return places, words

    def words(self, kind: int) -> tuple[str, frozenset[str], frozenset[str]]:
        """Gender, languages and training of a kind."""
        return (
            GENDERS[self.kinds.gender[kind]],
            frozenset({"en", self.languages[self.kinds.language[kind]]}),
            self.trainings[self.kinds.training[kind]],
        )


def _language(asked: frozenset[str]) -> str:
    return min(asked, default="en")


def _numbers(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _numbered(values: Iterable[Any]) -> tuple[Ints, list[Any]]:
    """Each value as its place in the list of those that occur."""
    places: dict[Any, int] = {}
    column = _numbers(places.setdefault(value, len(places)) for value in values)
    return column, list(places)


def _table(has: Sequence[Any], asks: Sequence[Any], suits: Callable[[Any, Any], bool]) -> Bools:
    rows = [[suits(one, other) for other in asks] for one in has]
    return np.array(rows, dtype=np.bool_).reshape(len(has), len(asks))


def _square(easting: Ints, northing: Ints) -> Ints:
    return northing // SQUARE_M * COLUMNS + easting // SQUARE_M


def _distinct(rows: Ints) -> Ints:
    """Each row once, sorted: as `numpy.unique` by rows, in a tenth of the time."""
    low = rows.min(axis=0)
    size = tuple((rows.max(axis=0) - low + 1).tolist())
    found = np.unique(np.ravel_multi_index(tuple((rows - low).T), size))
    return np.asarray(np.column_stack(np.unravel_index(found, size)) + low, dtype=np.int64)


def _kinds(places: Ints, words: Ints) -> Kinds:
    """Each kind once; places are squares by column and row."""
    inside = (places >= 0).all(axis=1) & (places < (COLUMNS, ROWS)).all(axis=1)
    rows = _distinct(np.column_stack([places, words])[inside])
    column, row, gender, language, training = np.ascontiguousarray(rows.T)
    half = SQUARE_M // 2
    return Kinds(
        np.minimum(column * SQUARE_M + half, EASTING_MAX),
        np.minimum(row * SQUARE_M + half, NORTHING_MAX),
        gender,
        language,
        training,
    )


@compiled
def _near(kind: int, kinds: Kinds, crowd: Crowd, found: Ints) -> int:
    """Put the entries of `crowd` whom a coach who lives there could reach into `found`; how many.

    Only those with a slot, and not nearer than they wish.
    """
    x, y = kinds.easting[kind], kinds.northing[kind]
    easting, northing, least, slots = crowd.easting, crowd.northing, crowd.least, crowd.slots
    left, right = max(0, x - REACH_M) // SQUARE_M, min(EASTING_MAX, x + REACH_M) // SQUARE_M
    low, high = max(0, y - REACH_M) // SQUARE_M, min(NORTHING_MAX, y + REACH_M) // SQUARE_M
    count = 0
    for row in range(low, high + 1):
        begun, end = row * COLUMNS + left, row * COLUMNS + right + 1
        for at in range(crowd.first[begun], crowd.first[end]):
            dx, dy = x - easting[at], y - northing[at]
            square = dx * dx + dy * dy
            # Distances are rounded down to whole metres.
            if slots[at] and least[at] * least[at] <= square < (REACH_M + 1) * (REACH_M + 1):
                found[count] = at
                count += 1
    return count


@lean
def _suited(kind: int, kinds: Kinds, crowd: Crowd, near: Ints, found: Ints) -> int:
    """Put those entries whom such a coach also suits into `found`; how many."""
    gender = crowd.gender_suits[kinds.gender[kind]]
    language = crowd.language_suits[kinds.language[kind]]
    training = crowd.training_suits[kinds.training[kind]]
    genders, languages, trainings = crowd.gender, crowd.languages, crowd.training
    count = 0
    for at in near:
        if gender[genders[at]] and language[languages[at]] and training[trainings[at]]:
            found[count] = at
            count += 1
    return count


@compiled
def takers(kind: int, kinds: Kinds, crowd: Crowd, found: Ints) -> int:
    """Put the entries of `crowd` who could have a coach of that kind into `found`; how many."""
    count = _near(kind, kinds, crowd, found)
    return _suited(kind, kinds, crowd, found[:count], found)


@compiled
def count_takers(kinds: Kinds, crowd: Crowd) -> Ints:
    """For each kind how many families left out could have such a coach, and how many in all."""
    near, found = np.empty((2, len(crowd.family)), np.int64)
    counts = np.zeros((len(kinds.easting), 2), np.int64)
    count = 0
    for kind in range(len(counts)):
        # The kinds of one place follow each other.
        same = kind and kinds.easting[kind] == kinds.easting[kind - 1]
        if not (same and kinds.northing[kind] == kinds.northing[kind - 1]):
            count = _near(kind, kinds, crowd, near)
        counts[kind, 1] = _suited(kind, kinds, crowd, near[:count], found)
        for at in range(counts[kind, 1]):
            counts[kind, 0] += crowd.left_out[found[at]]
    return counts


@compiled
def most_wanted(
    counts: Ints, covered: Bools, kinds: Kinds, crowd: Crowd, heap: Heap, found: Ints
) -> int:
    """Take the kind that most families left out could have out of the heap; -1 if it is empty.

    Parameters
    ----------
    counts
        As from `count_takers`.
    covered
        Families that no longer count: so the numbers in the heap are no less than the true ones.
    heap
        Kinds, by `wanted_key`.
    """
    while heap.size[0]:
        kind = pop(heap)
        now = 0
        for at in found[: takers(kind, kinds, crowd, found)]:
            now += int(crowd.left_out[at] and not covered[crowd.family[at]])
        key = wanted_key(kind, now, counts[kind, 1])
        if key == heap.key[kind]:
            return int(kind)
        push(heap, kind, key)
    return -1


@lean
def wanted_key(kind: int, left_out: int, everybody: int) -> int:
    """Less for a kind that more families left out could have, then more families in all."""
    return (ID - left_out) << 2 * ID_BITS | (ID - everybody) << ID_BITS | kind


@lean
def wanted_heap(counts: Ints, heap: Heap) -> None:
    """Put all kinds that anybody could have into an empty heap."""
    for kind in range(len(counts)):
        if counts[kind, 1]:
            push(heap, kind, wanted_key(kind, counts[kind, 0], counts[kind, 1]))
