"""All pairs at once must be what the single-pair functions say."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import candidates
from matching.candidates import find_candidates
from matching.costs import cost_parts, mode_and_travel
from matching.encoding import Vocabulary, encode, slot_names
from matching.generate import generate
from matching.problem import Problem
from matching.rules import broken, distance_m, shared_slots
from tests.matching.making import coach, family, problem, small_problem

Row = tuple[str, str, str, int, int, tuple[str, ...]]


def one_by_one(instance: Problem) -> list[Row]:
    rows = []
    for one in instance.families:
        for other in instance.coaches:
            pinned = instance.pins.get(one.family_id, other.coach_id)
            if pinned == other.coach_id and not broken(instance, one, other):
                mode, _ = mode_and_travel(instance, one, other)
                cost = cost_parts(instance, one, other).total
                slots = shared_slots(instance, one, other)
                away = distance_m(one, other)
                rows.append((one.family_id, other.coach_id, mode, away, cost, slots))
    return sorted(rows)


def all_at_once(instance: Problem, seed: int = 0) -> list[Row]:
    encoded = encode(instance, seed)
    pairs = find_candidates(encoded, instance.settings)
    return sorted(
        (
            encoded.families[f].family_id,
            encoded.coaches[c].coach_id,
            "remote" if remote else "in_person",
            away,
            cost,
            slot_names(mask),
        )
        for f, c, away, remote, cost, mask in zip(
            pairs.family.tolist(), pairs.coach.tolist(), pairs.distance.tolist(),
            pairs.remote.tolist(), pairs.cost.tolist(), pairs.shared.tolist(), strict=True,
        )
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**40))
def test_candidates_of_small_problems_are_those_of_the_single_pair_functions(seed: int) -> None:
    instance = small_problem(Random(seed))
    assert all_at_once(instance) == one_by_one(instance)


@pytest.mark.parametrize("seed", [0, 1])
def test_candidates_of_a_county_are_those_of_the_single_pair_functions(seed: int) -> None:
    instance = generate(150, seed=seed)
    assert all_at_once(instance, seed) == one_by_one(instance)


def test_candidates_do_not_depend_on_the_size_of_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = generate(80, seed=3)
    expected = all_at_once(instance)
    monkeypatch.setattr(candidates, "BLOCK", 7)
    assert all_at_once(instance) == expected


def test_more_words_than_a_machine_word_has_bits() -> None:
    """Past bit 63 numpy's shifts turn to 0 without a word."""
    words = [f"tag{n:03d}" for n in range(200)]
    families = [
        family(f"F{n}", needs=((word, 1),), training={word}) for n, word in enumerate(words)
    ]
    other = coach(training=set(words[:190]), lived_experience=set(words[100:]))
    instance = problem(*families, other)
    found = all_at_once(instance)
    assert found == one_by_one(instance)
    assert len(found) == 190


def test_vocabulary_uses_no_sign_bit() -> None:
    words = [f"w{n:03d}" for n in range(125)]
    masks = Vocabulary([words]).masks([words])
    assert masks.shape == (1, 3)
    assert (masks >= 0).all()
    assert int(np.bitwise_count(masks).sum()) == 125


def test_reach_is_exact_to_the_metre() -> None:
    """A ring of coaches at, just within and just beyond their reach, at odd angles."""
    random = Random(4)
    coaches = []
    for n in range(300):
        dx, dy = random.randint(-6_000, 6_000), random.randint(-6_000, 6_000)
        away = distance_m(family(), coach(easting=400_000 + dx, northing=150_000 + dy))
        reach = max(0, away + random.choice((-1, 0, 1)))
        coaches.append(
            coach(f"C{n}", easting=400_000 + dx, northing=150_000 + dy, max_distance_m=reach)
        )
    instance = problem(family(), *coaches)
    found = all_at_once(instance)
    assert found == one_by_one(instance)
    assert 0 < len(found) < 300


def test_the_last_fraction_of_a_metre_is_within_reach() -> None:
    """All with one reach of 5,000 m and between 5,000 and 5,001 m away: rounded down, just so."""
    coaches = []
    for n in range(0, 5_000, 7):
        dy = isqrt(5_001**2 - 1 - n**2)
        side = -1 if n % 2 else 1
        coaches.append(coach(f"C{n}", easting=400_000 + side * n, northing=150_000 - side * dy))
    found = all_at_once(problem(family(), *coaches))
    assert len(found) == len(coaches)
    assert {away for _, _, _, away, _, _ in found} == {5_000}


def test_places_at_the_edge_of_the_grid_are_found() -> None:
    corners = [(0, 0), (700_000, 0), (0, 1_300_000), (700_000, 1_300_000)]
    families = [family(f"F{n}", easting=x, northing=y) for n, (x, y) in enumerate(corners)]
    coaches = [
        coach(f"C{n}", easting=x, northing=y, max_distance_m=reach)
        for n, (x, y) in enumerate(corners)
        for reach in [0 if n % 2 else 2_000_000]
    ]
    instance = problem(*families, *coaches)
    assert all_at_once(instance) == one_by_one(instance)


def test_nobody_is_a_candidate_of_nobody() -> None:
    instance = problem(coach(status="not_cleared"))
    assert all_at_once(instance) == []
    assert all_at_once(replace(instance, coaches=())) == []
