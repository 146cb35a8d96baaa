"""Columns say what the problem's rows say, and of nobody else."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.verify_columns import Columns
from matching.verify_pairs import ranks_of
from tests.matching.making import coach, family, problem
from tests.matching.varied import varied_problem


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 12))
def test_ranks_are_those_of_the_laws(seed: int, n: int) -> None:
    instance = varied_problem(Random(seed), n)
    names = [row.family_id for row in instance.families]
    assert dict(zip(names, Columns(instance).rank.tolist(), strict=True)) == ranks_of(instance)


def test_who_is_pinned_to_the_first_coach_ranks_first() -> None:
    """Of rows that are not in the order of their ids."""
    rows = [family(name, priority=priority) for name, priority in (("F2", 3), ("F1", 1), ("F0", 1))]
    coaches = coach("C0"), coach("C1")
    assert Columns(problem(*rows, *coaches, pins={"F2": "C0"})).rank.tolist() == [0, 2, 1]
    assert Columns(problem(*rows, *coaches)).rank.tolist() == [2, 1, 0]


def test_a_coach_who_is_not_of_the_problem_is_read() -> None:
    """Those of the problem are not read again."""
    instance = problem(family(), coach("C0"), coach("C1"))
    columns = Columns(instance)
    added = columns.offers([coach("C9", easting=7, max_distance_m=3)], 2, {})
    assert [added.who.tolist(), added.x.tolist(), added.beyond.tolist()] == [[2], [7], [16]]
    own = columns.offers(instance.coaches, 0, {})
    assert own.who.tolist() == [0, 1]
    assert own.x is columns.reading.offered.x
