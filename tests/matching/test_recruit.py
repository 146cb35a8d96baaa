"""Where to recruit: gains are those of a solve, and no profile that was tried is better."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.candidates import find_candidates
from matching.cheapest import cheapest_plan
from matching.closure import closed_by
from matching.encoding import encode
from matching.generate import generate
from matching.greatest import seat_greatest
from matching.places import nobody_seated, places_of
from matching.problem import SLOTS, Problem
from matching.recruit import SHOWN, Tried, coach_of, recruitment_of, try_profiles
from matching.result import Profile
from matching.solver import solve
from tests.matching.brute import Brute
from tests.matching.making import coach, family, problem, small_problem


def tried_and_shown(instance: Problem) -> tuple[list[Tried], tuple[Profile, ...]]:
    """All profiles that were tried and gain anything, and those that are shown."""
    encoded = encode(instance)
    pairs, places = find_candidates(encoded, instance.settings), places_of(instance, encoded)
    seating = nobody_seated(len(encoded.families), places)
    seat_greatest(pairs, places, seating)
    plan = cheapest_plan(pairs, places, seating)
    closed = closed_by(pairs, places, plan.seating)
    before = [column.copy() for column in plan]
    tried = list(try_profiles(pairs, places, plan, closed))
    shown = recruitment_of(pairs, places, plan, closed)
    assert all(np.array_equal(*both) for both in zip(before, plan, strict=True))
    return tried, shown


def with_coach(instance: Problem, profile: Profile, **changes: object) -> Problem:
    added = replace(coach_of(profile, "new"), **changes)  # type: ignore[arg-type]
    return replace(instance, coaches=(*instance.coaches, added))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**40))
def test_gains_are_what_enumeration_finds_and_no_slots_gain_more(seed: int) -> None:
    instance = small_problem(Random(seed))
    brute = Brute(instance)
    if not brute.pins_hold:
        return
    tried, shown = tried_and_shown(instance)
    for one in tried:
        gain = len(Brute(with_coach(instance, one.profile)).greedy) - len(brute.greedy)
        assert one.profile.families_gained == gain
        always = with_coach(instance, one.profile, slots=SLOTS, capacity=3)
        assert len(Brute(always).greedy) - len(brute.greedy) == gain
    gains = sorted((one.profile.families_gained for one in tried), reverse=True)
    assert [row.families_gained for row in shown] == gains[:SHOWN]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**40))
def test_no_coach_of_any_kind_in_these_squares_gains_more(seed: int) -> None:
    instance = replace(small_problem(Random(seed)), pins={})
    brute = Brute(instance)
    _, shown = tried_and_shown(instance)
    best = max((row.families_gained for row in shown), default=0)
    for gender in ("woman", "man", "other"):
        for languages in ({"en"}, {"en", "pl"}):
            for training in (set(), {"t"}):
                for easting in (397_500, 402_500):
                    other = coach(
                        "new", easting=easting, northing=152_500, slots=SLOTS, capacity=3,
                        lived_experience=(), gender=gender, languages=languages,
                        training=training, max_distance_m=8_000,
                    )  # fmt: skip
                    more = replace(instance, coaches=(*instance.coaches, other))
                    assert len(Brute(more).greedy) - len(brute.greedy) <= best


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gains_of_a_county_are_what_solves_find(seed: int) -> None:
    instance = generate(150, 60, seed=seed)
    tried, shown = tried_and_shown(instance)
    matched = solve(instance, explain=False).matched
    assert len(shown) == SHOWN
    for row in shown:
        more = with_coach(instance, row)
        assert solve(more, explain=False).matched == matched + row.families_gained
    assert {one.profile.families_gained for one in tried} == {3}


def test_a_coach_is_sought_for_a_family_that_could_move() -> None:
    """The one left out can only meet remotely, which no recruit is asked to."""
    remote = family("F1", priority=9, min_distance_m=500_000, accepts_remote=True)
    near = family("F2", priority=1, easting=460_000)
    only = coach(easting=460_000, offers_remote=True)
    tried, shown = tried_and_shown(problem(remote, near, only))
    assert {one.profile.families_gained for one in tried} == {1}
    assert all(abs(row.easting - near.easting) <= 8_000 for row in shown)
    assert [one.helped for one in tried] == [frozenset()] * len(tried)


def test_a_square_between_two_families_is_found() -> None:
    families = family("F1", easting=400_100), family("F2", easting=409_900, slots=("tue_evening",))
    _, shown = tried_and_shown(problem(*families, coach(status="not_cleared")))
    assert (shown[0].families_gained, shown[0].easting) == (2, 402_500)
    far = family("F1", easting=400_100), family("F2", easting=414_900, slots=("tue_evening",))
    _, shown = tried_and_shown(problem(*far, coach(status="not_cleared")))
    assert (shown[0].families_gained, shown[0].easting) == (2, 407_500)


def test_profiles_of_equal_gain_help_different_families() -> None:
    families = [family(f"F{n}", easting=400_000 + 50_000 * n) for n in range(4)]
    _, shown = tried_and_shown(problem(*families, coach(status="not_cleared")))
    assert {(row.easting + 10_000) // 50_000 for row in shown[:4]} == {8, 9, 10, 11}


def test_nobody_is_sought_when_nobody_is_left_out() -> None:
    assert tried_and_shown(problem()) == ([], ())
    assert tried_and_shown(problem(family(slots=()))) == ([], ())
