"""A problem as columns of numbers for the benchmark's own loops.

Written from the definition and apart from the matcher's encoding, so that the two can be compared.
Families and coaches keep the order of the problem. Sets are bit masks in one 64-bit word, which is
enough for the words of the generator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching import Problem
from matching.problem import GENDERS, SLOT_INDEX

Ints = NDArray[np.int64]
Records = NDArray[np.void]
WORDS_MAX = 62


def _records(*names: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in names])


# Records, since compiled loops read them fast: one row, one or two cache lines. Distances are
# metres, sets are masks, -1 is nobody. A coach's slots are the free ones, none without clearance.
FAMILY = _records(
    "easting", "northing", "slots", "need_1", "need_2", "need_3", "languages", "genders",
    "training", "household", "remote", "min_distance", "pinned", "previous",
)  # fmt: skip
COACH = _records(
    "number", "easting", "northing", "reach", "slots", "known", "lived", "languages",
    "other_language", "gender", "training", "avoids", "remote",
)  # fmt: skip


class Points(NamedTuple):
    """The settings, in the order of `matching.Settings`."""

    travel_per_mile: int
    remote: int
    unmet_need: int
    no_peer: int
    scarce_language: int
    scarce_training: int
    change: int
    load: int


class Columns(NamedTuple):
    """The whole problem as far as single pairs go.

    `excluded_from` has one entry more than families: family `i` must not meet the coaches
    ``excluded[excluded_from[i]:excluded_from[i + 1]]``.
    """

    families: Records
    coaches: Records
    excluded_from: Ints
    excluded: Ints
    points: Points


def columns_of(problem: Problem) -> Columns:
    """The columns of `problem`.

    Raises
    ------
    ValueError
        When a vocabulary has more words than fit into one mask.
    """
    words = _Words(problem)
    number = {coach.coach_id: at for at, coach in enumerate(problem.coaches)}
    starts, excluded = _exclusions(problem, number)
    return Columns(
        _families(problem, words, number),
        _coaches(problem, words),
        starts,
        excluded,
        Points(*astuple(problem.settings)),
    )


class _Words:
    """Numbers the words of each vocabulary, sorted."""

    def __init__(self, problem: Problem) -> None:
        families, coaches = problem.families, problem.coaches
        self.tags = _numbered([tag for tag, _ in f.needs] for f in families)
        self.languages = _numbered(f.languages for f in families)
        self.training = _numbered([*(f.training for f in families), *(c.training for c in coaches)])
        self.household = _numbered(f.household for f in families)


def _numbered(sets: Iterable[Iterable[str]]) -> dict[str, int]:
    words = sorted({word for row in sets for word in row})
    if len(words) > WORDS_MAX:
        raise ValueError(f"{len(words)} words do not fit into {WORDS_MAX} bits")
    return {word: at for at, word in enumerate(words)}


def _mask(words: Iterable[str], number: dict[str, int]) -> int:
    return sum(1 << number[word] for word in words if word in number)


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _filled(kind: np.dtype[np.void], count: int, **columns: Ints) -> Records:
    found = np.zeros(count, dtype=kind)
    for name, values in columns.items():
        found[name] = values
    return found


def _families(problem: Problem, words: _Words, number: dict[str, int]) -> Records:
    rows = problem.families

    def needs(weight: int) -> Ints:
        return _column(_mask([t for t, w in f.needs if w == weight], words.tags) for f in rows)

    everyone = (1 << len(GENDERS)) - 1
    return _filled(
        FAMILY,
        len(rows),
        easting=_column(f.easting for f in rows),
        northing=_column(f.northing for f in rows),
        slots=_column(_mask(f.slots, SLOT_INDEX) for f in rows),
        need_1=needs(1),
        need_2=needs(2),
        need_3=needs(3),
        languages=_column(_mask(f.languages, words.languages) for f in rows),
        genders=_column(
            everyone if f.coach_gender == "any" else 1 << GENDERS.index(f.coach_gender)
            for f in rows
        ),
        training=_column(_mask(f.training, words.training) for f in rows),
        household=_column(_mask(f.household, words.household) for f in rows),
        remote=_column(f.accepts_remote for f in rows),
        min_distance=_column(f.min_distance_m for f in rows),
        pinned=_column(number.get(problem.pins.get(f.family_id, ""), -1) for f in rows),
        previous=_column(number.get(problem.previous.get(f.family_id, ""), -1) for f in rows),
    )


def _coaches(problem: Problem, words: _Words) -> Records:
    rows = problem.coaches
    return _filled(
        COACH,
        len(rows),
        number=np.arange(len(rows), dtype=np.int64),
        easting=_column(c.easting for c in rows),
        northing=_column(c.northing for c in rows),
        reach=_column(c.max_distance_m for c in rows),
        slots=_column(
            _mask(problem.free_slots(c), SLOT_INDEX) if c.status == "cleared" else 0 for c in rows
        ),
        known=_column(_mask(c.experience | c.lived_experience, words.tags) for c in rows),
        lived=_column(_mask(c.lived_experience, words.tags) for c in rows),
        languages=_column(_mask(c.languages, words.languages) for c in rows),
        other_language=_column(bool(c.languages - {"en"}) for c in rows),
        gender=_column(1 << GENDERS.index(c.gender) for c in rows),
        training=_column(_mask(c.training, words.training) for c in rows),
        avoids=_column(_mask(c.avoids, words.household) for c in rows),
        remote=_column(c.offers_remote for c in rows),
    )


def _exclusions(problem: Problem, number: dict[str, int]) -> tuple[Ints, Ints]:
    of_family: dict[str, list[int]] = {}
    for family_id, coach_id in sorted(problem.exclusions):
        of_family.setdefault(family_id, []).append(number[coach_id])
    lists: Sequence[list[int]] = [of_family.get(f.family_id, []) for f in problem.families]
    starts = np.zeros(len(lists) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in lists], out=starts[1:])
    return starts, _column(coach for row in lists for coach in row)
