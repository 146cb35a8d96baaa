"""Columns made of the last run's are those that a reading of all rows gives."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Placement, Problem, generate
from matching.encoding import Vocabulary, encode
from matching.problem import SLOTS
from matching.reencoding import encode_again
from tests.matching.varied import varied_problem

seeds = st.integers(0, 2**40)


def told(encoded: Any) -> Any:
    """All that columns hold, for comparison."""
    if is_dataclass(encoded):
        return {field.name: told(getattr(encoded, field.name)) for field in fields(encoded)}
    if isinstance(encoded, Vocabulary):
        return vars(encoded)
    if isinstance(encoded, np.ndarray):
        return str(encoded.dtype), encoded.tolist()
    return tuple(map(told, encoded)) if isinstance(encoded, tuple) else encoded


def changed(problem: Problem, random: Random) -> Problem:
    """Rows go, come, change and trade places, and so may all that binds them."""
    other = varied_problem(random, random.randint(1, 14))
    stay = random.choice((0.0, 0.9, 0.9, 0.9, 1.0))
    families = {row.family_id: row for row in problem.families if random.random() < stay}
    coaches = {row.coach_id: row for row in problem.coaches if random.random() < stay}
    families |= {row.family_id: row for row in other.families if random.random() < 0.2}
    coaches |= {row.coach_id: row for row in other.coaches if random.random() < 0.2}
    families |= {key: _edited(row, random) for key, row in families.items()}
    coaches |= {key: _edited(row, random) for key, row in coaches.items()}
    pairs = [*product(families, coaches)]
    pairs = random.sample(pairs, min(4, len(pairs)))
    tables = [
        [
            pair
            for pair in [*of_problem, *pairs]
            if pair[0] in families and pair[1] in coaches and random.random() < 0.8
        ]
        for of_problem in (problem.exclusions, problem.pins.items(), problem.previous.items())
    ]
    supervisors = {row.supervisor: 3 for row in coaches.values() if row.supervisor is not None}
    return replace(
        problem,
        families=random.sample([*families.values()], len(families)),
        coaches=random.sample([*coaches.values()], len(coaches)),
        exclusions=tables[0],
        pins=dict(tables[1]),
        previous=dict(tables[2]),
        placements=[
            *(row for row in problem.placements if row.coach_id in coaches),
            *(
                Placement(family_id=f"P{at}", coach_id=name, slot=random.choice(SLOTS))
                for at, name in enumerate(coaches)
                if random.random() < 0.1
            ),
        ],
        supervisors=supervisors,
    )


def _edited(row: Any, random: Random) -> Any:
    """The row itself, an equal one, or one that says something else."""
    edits: list[dict[str, Any]] = [{}, {"easting": random.randint(0, 5000)}]
    if hasattr(row, "family_id"):
        edits += [{"priority": 2}, {"needs": (("a_new_word", 2),)}, {"household": {"pets"}}]
    else:
        edits += [{"training": {"a_new_word"}}, {"slots": SLOTS[:2]}, {"supervisor": None}]
    return replace(row, **random.choice(edits)) if random.random() < 0.15 else row


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 14), st.integers(0, 2), st.integers(0, 2))
def test_columns_are_those_that_are_read_from_nothing(
    seed: int, n: int, first: int, then: int
) -> None:
    random = Random(seed)
    problem = varied_problem(random, n)
    encoded = encode(problem, first)
    for _ in range(4):
        later = changed(problem, random)
        encoded, same = encode_again(problem, encoded, later, then)
        assert told(encoded) == told(encode(later, then))
        check_same(same.family.tolist(), problem.families, later.families)
        check_same(same.coach.tolist(), problem.coaches, later.coaches)
        problem = later


def check_same(was: list[int], before: tuple[Any, ...], now: tuple[Any, ...]) -> None:
    """Each row that was there before is one of the last run's, and nothing else is."""
    kept = [number for number in was if number >= 0]
    assert len(set(kept)) == len(kept) == sum(row in before for row in now)


@pytest.mark.parametrize("part", ["families", "coaches"])
def test_only_changed_rows_are_read(part: str) -> None:
    """Otherwise the test above would pass with everything read anew."""
    problem = generate(60, seed=1)
    rows = list(getattr(problem, part))
    rows[5] = replace(rows[5], easting=rows[5].easting + 5_000)
    encoded = encode(problem)
    later, same = encode_again(problem, encoded, replace(problem, **{part: rows}))
    assert later.words is encoded.words
    assert np.count_nonzero(same.family < 0) == (part == "families")
    assert np.count_nonzero(same.coach < 0) == (part == "coaches")


def test_a_word_that_goes_or_comes_is_noticed() -> None:
    problem = generate(60, seed=1)
    encoded = encode(problem)
    families = [replace(row, languages=row.languages - {"pl"}) for row in problem.families]
    without = replace(problem, families=families)
    assert without != problem
    for before, now in ((problem, without), (without, problem)):
        again, _ = encode_again(before, encode(before), now)
        assert told(again) == told(encode(now))
    assert told(encode(without).words) != told(encoded.words)
