"""The columns of a changed problem, made of the last run's: only rows that have changed are read.

What comes out is what `encode` gives. Where a word has come or gone, all rows are read again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

import numpy as np

from matching.encoding import (
    CoachColumns,
    Encoded,
    FamilyColumns,
    Ints,
    coach_columns,
    coach_place,
    encoded_rows,
    excluded_pairs,
    family_columns,
    family_place,
    order_of,
    slot_mask,
)
from matching.problem import Coach, Family, Problem

Row = TypeVar("Row", Family, Coach)
Columns = TypeVar("Columns", FamilyColumns, CoachColumns)


class Same(NamedTuple):
    """For each family and coach the number of the last run's equal row, or -1."""

    family: Ints
    coach: Ints


class _Side(NamedTuple):
    """One side's rows in order, and of which of the last run's each is the same."""

    rows: tuple[Any, ...]
    was: Ints


def encode_again(
    last: Problem, before: Encoded, problem: Problem, seed: int = 0
) -> tuple[Encoded, Same]:
    """As `encode`, and which rows are the last run's.

    Parameters
    ----------
    last, before
        The last run's problem and its columns.
    """
    families = _side(
        problem.families, [row.family_id for row in problem.families],
        before.families, before.family_number, family_place, before.seed, seed,
    )  # fmt: skip
    coaches = _side(
        problem.coaches, [row.coach_id for row in problem.coaches],
        before.coaches, before.coach_number, coach_place, before.seed, seed,
    )  # fmt: skip
    rank = _rank(last, before, problem, families)
    found = _taken_over(last, before, problem, families, coaches, rank, seed)
    if found is None:
        found = encoded_rows(problem, families.rows, coaches.rows, rank, seed)
    return found, Same(families.was, coaches.was)


def _side(
    rows: Sequence[Row],
    names: Sequence[str],
    before: Sequence[Row],
    numbers: Mapping[str, int],
    place: Callable[[Row], tuple[int, str]],
    seed_before: int,
    seed: int,
) -> _Side:
    """Rows in the order of `encode`."""
    now, new = list(before), []
    stays = np.zeros(len(before), dtype=np.bool_)
    for row, number in zip(rows, map(numbers.get, names, repeat(-1)), strict=True):
        if number >= 0 and (before[number] is row or before[number] == row):
            stays[number] = True
            now[number] = row  # which may be another object, so that the last one's can go
        else:
            new.append(row)
    along = np.argsort(order_of(len(before), seed_before))
    was, fresh = _inserted(now, along[stays[along]], new, place)
    order = order_of(len(rows), seed)
    was, fresh = was[order], fresh[order]
    ordered = [
        now[number] if number >= 0 else new[other]
        for number, other in zip(was.tolist(), fresh.tolist(), strict=True)
    ]
    return _Side(tuple(ordered), was)


def _inserted(
    rows: Sequence[Row], order: Ints, new: list[Row], key: Callable[[Row], Any]
) -> tuple[Ints, Ints]:
    """New rows sorted into the order of old ones.

    Returns
    -------
    was, fresh
        For each place the number of the old row, or -1, and of the new one, or -1.
    """
    numbers = sorted(range(len(new)), key=lambda number: key(new[number]))
    old = [rows[number] for number in order.tolist()]
    at = [bisect_left(old, key(new[number]), key=key) for number in numbers]
    was = np.insert(order, at, -1)
    return was, np.insert(np.full(len(order), -1), at, numbers)


def _rank(last: Problem, before: Encoded, problem: Problem, families: _Side) -> Ints:
    """Each family's place in `Problem.ranked`: whether it is pinned may have changed as well."""
    turned = last.pins.keys() ^ problem.pins.keys()
    was = families.was.copy()
    if turned:
        was[[row.family_id in turned for row in families.rows]] = -1
    kept, new = np.flatnonzero(was >= 0), np.flatnonzero(was < 0)
    order = kept[np.argsort(before.rank[was[kept]])]
    fresh = [families.rows[number] for number in new.tolist()]
    old, added = _inserted(families.rows, order, fresh, problem.rank_of)
    old[old < 0] = new[added[old < 0]]
    rank = np.empty(len(old), dtype=np.int64)
    rank[old] = np.arange(len(old))
    return rank


def _taken_over(
    last: Problem,
    before: Encoded,
    problem: Problem,
    families: _Side,
    coaches: _Side,
    rank: Ints,
    seed: int,
) -> Encoded | None:
    """The columns, unless a word has come or gone."""
    words = before.words
    askers = [families.rows[number] for number in np.flatnonzero(families.was < 0).tolist()]
    helpers = [coaches.rows[number] for number in np.flatnonzero(coaches.was < 0).tolist()]
    if not all(map(words.know, [*askers, *helpers])):
        return None
    free = [problem.free_slots(row) for row in helpers]
    family = _renewed(before.family, families.was, family_columns({}, {}, askers, words, {}))
    coach = _renewed(before.coach, coaches.was, coach_columns(free, helpers, words))
    if not words.are_used(family, coach):
        return None
    family_number = {row.family_id: number for number, row in enumerate(families.rows)}
    coach_number = {row.coach_id: number for number, row in enumerate(coaches.rows)}
    for coach_id in _placed_otherwise(last, problem):
        number = coach_number.get(coach_id, -1)
        if number >= 0:
            coach.slots[number] = slot_mask(problem.free_slots(coaches.rows[number]))
    return Encoded(
        families=families.rows,
        coaches=coaches.rows,
        family=replace(
            family,
            pinned=_coaches_in(problem.pins, family_number, coach_number),
            previous=_coaches_in(problem.previous, family_number, coach_number),
        ),
        coach=coach,
        excluded=excluded_pairs(problem, family_number, coach_number),
        rank=rank,
        words=words,
        seed=seed,
    )


def _coaches_in(
    table: Mapping[str, str], family_number: Mapping[str, int], coach_number: Mapping[str, int]
) -> Ints:
    """Each family's coach in a table of the problem's, which knows everybody in it."""
    found = np.full(len(family_number), -1, dtype=np.int64)
    families = np.fromiter(map(family_number.__getitem__, table), np.int64, len(table))
    found[families] = np.fromiter(map(coach_number.__getitem__, table.values()), np.int64)
    return found


def _placed_otherwise(last: Problem, problem: Problem) -> list[str]:
    """Ids of the coaches whose active placements have changed."""
    before, now = last.placements_of, problem.placements_of
    return [name for name in before.keys() | now.keys() if before.get(name) != now.get(name)]


def _renewed(before: Columns, was: Ints, fresh: Columns) -> Columns:
    """The last run's columns in the order of now, with new rows put between."""
    there = was >= 0
    old, new = was[there], ~there

    def both(column: Any, other: Any) -> Any:
        if isinstance(column, tuple):
            return tuple(both(*parts) for parts in zip(column, other, strict=True))
        found = np.empty((len(was), *column.shape[1:]), dtype=column.dtype)
        found[there], found[new] = column[old], other
        return found

    parts: dict[str, Any] = {
        field.name: both(getattr(before, field.name), getattr(fresh, field.name))
        for field in fields(before)
    }
    return type(before)(**parts)
