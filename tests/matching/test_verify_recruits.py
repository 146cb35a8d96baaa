"""Families gained by whom to recruit, counted again."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.recruit import coach_of
from matching.result import Profile
from matching.solver import solve
from tests.matching.brute import Brute
from tests.matching.claims import verify_both_ways as verify
from tests.matching.making import SLOTS, coach, family, problem, small_problem


@pytest.mark.parametrize(("capacity", "out", "gained"), [(3, 1, 1), (3, 2, 2), (1, 3, 1)])
def test_families_gained_counts_nobody_twice(capacity: int, out: int, gained: int) -> None:
    """Also where a family may not have the last coach, who is not the one to be recruited."""
    families = [family(f"F{n}", slots=SLOTS) for n in range(out)]
    instance = problem(
        *families, coach(capacity=0, slots=SLOTS),
        exclusions=frozenset((row.family_id, "C1") for row in families),
    )  # fmt: skip
    profile = Profile(
        easting=400_000, northing=150_000, slots=SLOTS, capacity=capacity, languages=("en",),
        gender="woman", training=(), max_distance_m=5_000, families_gained=gained,
    )  # fmt: skip
    right = replace(solve(instance, explain=False), recruitment=(profile,))
    assert verify(instance, right) == ()
    wrong = replace(right, recruitment=(replace(profile, families_gained=gained + 1),))
    assert verify(instance, wrong) == (
        f"recruitment row 1: families_gained is {gained + 1}, must be {gained}",
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40))
def test_families_gained_is_the_increase_of_the_greatest_number(seed: int) -> None:
    random = Random(seed)
    instance = replace(small_problem(random), pins={})
    profile = Profile(
        easting=400_000 + random.randrange(0, 4_000, 500), northing=150_500,
        slots=tuple(random.sample(SLOTS, random.randint(1, 3))), capacity=random.randint(0, 3),
        languages=("en",), gender="woman", training=("t",) if random.random() < 0.5 else (),
        max_distance_m=random.choice((0, 1_500, 5_000)), families_gained=0,
    )  # fmt: skip
    more = replace(instance, coaches=(*instance.coaches, coach_of(profile, "new")))
    gained = len(Brute(more).greedy) - len(Brute(instance).greedy)
    told = replace(solve(instance, explain=False), recruitment=(profile,))
    expected = () if not gained else (
        f"recruitment row 1: families_gained is 0, must be {gained}",
    )  # fmt: skip
    assert verify(instance, told) == expected


@pytest.mark.parametrize(
    ("others", "slots", "gained"),
    [
        ((), (SLOTS[0],), 1),  # the very first place of all
        ((SLOTS[0], SLOTS[1]), (SLOTS[0], SLOTS[2]), 1),  # nobody takes a slot of one side only
        ((SLOTS[0], SLOTS[2]), (SLOTS[0], SLOTS[2]), 2),
    ],
)
def test_families_gained_where_there_is_no_coach(
    others: tuple[str, ...], slots: tuple[str, ...], gained: int
) -> None:
    families = (family("F1", slots=(SLOTS[0],)), family("F2", slots=others))
    instance = replace(problem(*families), coaches=())
    profile = Profile(
        easting=400_000, northing=150_000, slots=slots, capacity=2, languages=("en",),
        gender="woman", training=(), max_distance_m=5_000, families_gained=gained,
    )  # fmt: skip
    right = replace(solve(instance, explain=False), recruitment=(profile,))
    assert verify(instance, right) == ()
