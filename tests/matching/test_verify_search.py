"""The compiled loop finds the pairs that the plain laws allow, at the plain costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.generate import generate
from matching.problem import SLOT_INDEX, SLOTS, Coach, Family, Problem
from matching.verify_columns import Columns, taken_slots
from matching.verify_pairs import RULE_NAMES, free_slots_of, metres_between, pair_cost, rules_broken
from matching.verify_search import Book, make_book, near_misses, pairs_of, room_for
from tests.matching.making import coach, family, problem, small_problem

TAGS = tuple(f"t{number}" for number in range(200))
LANGUAGES = tuple(f"{one}{other}" for one in "abcdefgh" for other in "abcdefghijkl")
Pairs = dict[str, dict[str, tuple[tuple[str, ...], int]]]


def by_the_laws(instance: Problem) -> Pairs:
    """Shared slots and cost of every pair, one pair at a time, in plain Python."""
    free = free_slots_of(instance)
    return {
        one.family_id: {
            other.coach_id: (
                tuple(slot for slot in one.slots if slot in free[other.coach_id]),
                pair_cost(instance, one, other)[1],
            )
            for other in instance.coaches
            if instance.pins.get(one.family_id, other.coach_id) == other.coach_id
            and not rules_broken(one, other, free[other.coach_id], instance.exclusions)
        }
        for one in instance.families
    }


def by_the_loop(instance: Problem) -> Pairs:
    columns = Columns(instance)
    offers = columns.offers(instance.coaches, 0, taken_slots(instance))
    return found_in(instance, make_book(columns.asks, offers, columns.points))


def found_in(instance: Problem, book: Book) -> Pairs:
    """Each pair must be there once."""
    room = room_for(len(instance.coaches) + 1)
    found: Pairs = {}
    for number, one in enumerate(instance.families):
        count = pairs_of(book, number, room)
        found[one.family_id] = {
            instance.coaches[who].coach_id: (
                tuple(slot for slot in SLOTS if int(shared) >> SLOT_INDEX[slot] & 1), int(cost)
            )
            for who, shared, cost in zip(
                room.who[:count].tolist(), room.shared[:count], room.cost[:count], strict=True
            )
        }  # fmt: skip
        assert len(found[one.family_id]) == count
    return found


def near_misses_by_the_laws(instance: Problem) -> list[list[int]]:
    free = free_slots_of(instance)
    rows = []
    for one in instance.families:
        names = [
            rules_broken(one, other, free[other.coach_id], instance.exclusions)
            for other in instance.coaches
        ]
        rows.append([names.count([rule]) for rule in RULE_NAMES])
    return rows


def near_misses_by_the_loop(instance: Problem) -> list[list[int]]:
    columns = Columns(instance)
    offers = columns.offers(instance.coaches, 0, taken_slots(instance))
    ban = np.full(len(instance.coaches), -1, dtype=np.int64)
    counts = np.zeros(len(RULE_NAMES), dtype=np.int64)
    rows = []
    for number in range(len(instance.families)):
        near_misses(columns.asks, offers, number, ban, counts)
        rows.append(counts.tolist())
    return rows


def _some(random: Random, words: tuple[str, ...], most: int) -> frozenset[str]:
    return frozenset(random.sample(words, random.randint(0, most)))


def wordy_problem(random: Random) -> Problem:
    """As `small_problem`, with sets of many words each, so that masks take several of 62 bits."""
    found = small_problem(random)
    most = random.choice((1, 4, 90))
    families = tuple(
        replace(
            row,
            needs=tuple((tag, random.randint(1, 3)) for tag in _some(random, TAGS, most)),
            languages=_some(random, LANGUAGES, most) if random.random() < 0.4 else frozenset(),
            training=_some(random, TAGS, 2),
            household=_some(random, TAGS, most) if random.random() < 0.4 else frozenset(),
        )
        for row in found.families
    )
    coaches = tuple(
        replace(
            row,
            experience=_some(random, TAGS, 150),
            lived_experience=_some(random, TAGS, most),
            languages=_some(random, LANGUAGES, 90),
            training=frozenset(TAGS) - _some(random, TAGS, 4),
            avoids=_some(random, TAGS, 2),
            max_distance_m=random.choice((0, 1, 700, 1_500, 5_000, 2_000_000)),
        )
        for row in found.coaches
    )
    return replace(found, families=families, coaches=coaches, pins={})


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**40))
def test_the_loop_finds_the_pairs_of_the_laws(seed: int) -> None:
    instance = small_problem(Random(seed))
    assert by_the_loop(instance) == by_the_laws(instance)
    assert near_misses_by_the_loop(instance) == near_misses_by_the_laws(instance)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**40))
def test_the_loop_finds_the_pairs_of_the_laws_with_many_words(seed: int) -> None:
    instance = wordy_problem(Random(seed))
    assert by_the_loop(instance) == by_the_laws(instance)
    assert near_misses_by_the_loop(instance) == near_misses_by_the_laws(instance)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_loop_finds_the_pairs_of_a_county(seed: int) -> None:
    instance = generate(150, seed=seed)
    laws = by_the_laws(instance)
    assert sum(map(len, laws.values())) > 1_000
    assert by_the_loop(instance) == laws


PLACES = st.tuples(st.integers(0, 3_000), st.integers(0, 3_000))


@settings(max_examples=300, deadline=None)
@given(PLACES, st.lists(st.tuples(PLACES, st.integers(0, 4_300)), min_size=1, max_size=40))
def test_no_coach_within_reach_is_missed(
    place: tuple[int, int], coaches: list[tuple[tuple[int, int], int]]
) -> None:
    """Whatever the squares: every coach whose reach is at least the distance, and no other."""
    one = family(easting=place[0], northing=place[1])
    rows = [
        coach(f"C{number}", easting=x, northing=y, max_distance_m=reach)
        for number, ((x, y), reach) in enumerate(coaches)
    ]
    near = {row.coach_id for row in rows if metres_between(one, row) <= row.max_distance_m}
    assert set(by_the_loop(problem(one, *rows))["F1"]) == near


@pytest.mark.parametrize("seed", [1, 2])
def test_no_coach_is_missed_in_a_crowd(seed: int) -> None:
    """Many squares in each direction, near and far, of classes with their own corners."""
    random = Random(seed)

    def somewhere() -> dict[str, int]:
        return {"easting": random.randrange(8_000), "northing": random.randrange(8_000)}

    families = [family(f"F{n}", **somewhere()) for n in range(25)]
    coaches = [
        coach(f"C{n}", max_distance_m=random.choice((300, 700, 1_000, 2_500)), **somewhere())
        for n in range(300)
    ]
    instance = problem(*families, *coaches)
    assert by_the_loop(instance) == by_the_laws(instance)


def test_the_last_fraction_of_a_metre_is_within_reach() -> None:
    """Coaches in corners of squares, families 2,000 m and a bit away in the ones beside them."""
    reach, aside, far = 2_000, 40, 20_000
    corners = [(x, y) for x in range(4_000, far, 4_000) for y in range(4_000, far, 4_000)]
    families = [
        family(f"F{n}", easting=x - aside, northing=y - reach) for n, (x, y) in enumerate(corners)
    ]
    coaches = [
        coach(f"C{n}", easting=x, northing=y, max_distance_m=reach)
        for n, (x, y) in enumerate([*corners, (0, 0)])
    ]
    found = by_the_loop(problem(*families, *coaches))
    assert found == by_the_laws(problem(*families, *coaches))
    assert [f"C{n}" in found[f"F{n}"] for n in range(len(corners))] == [True] * len(corners)


@pytest.mark.parametrize(("away", "reach"), [(0, 0), (1, 1), (1_999_999, 2_000_000)])
def test_the_last_metre_counts(away: int, reach: int) -> None:
    """The farthest that two places of the grid can be apart, and the nearest."""
    corner = coach("C1", easting=0, northing=0, max_distance_m=reach)
    if away > 2:
        one = family(easting=700_000, northing=1_300_000)
        away = metres_between(one, corner)
    else:
        one = family(easting=away, northing=0)
    exact = replace(corner, coach_id="C2", max_distance_m=away)
    short = replace(corner, coach_id="C3", max_distance_m=max(0, away - 1))
    expected = {"C1", "C2"} | ({"C3"} if away == 0 else set())
    assert set(by_the_loop(problem(one, corner, exact, short))["F1"]) == expected


def test_nobody_is_found_where_nobody_is() -> None:
    one = Family(
        family_id="F1", easting=0, northing=0, priority=1, waiting_since=date(2026, 1, 5)
    )  # fmt: skip
    nobody: tuple[Coach, ...] = ()
    assert by_the_loop(Problem(families=(one,), coaches=nobody)) == {"F1": {}}


@pytest.mark.parametrize("away", [0, 2_999, 3_000, 5_000, 5_001])
def test_who_is_too_near_or_too_far_meets_remotely(away: int) -> None:
    """Each coach once, in person where that is cheaper and the two live neither nearer nor further
    apart than they wish."""
    one = family(min_distance_m=3_000, accepts_remote=True)
    coaches = [
        coach("C1", northing=150_000 + away, offers_remote=True),
        coach("C2", northing=150_000 + away),
    ]
    instance = problem(one, *coaches)
    found = by_the_loop(instance)
    assert found == by_the_laws(instance)
    assert set(found["F1"]) == ({"C1", "C2"} if 3_000 <= away <= 5_000 else {"C1"})
    assert near_misses_by_the_loop(instance) == near_misses_by_the_laws(instance)


def test_the_last_corner_of_a_square_is_within_reach() -> None:
    """Squares of 250 m; somebody in the north-east corner of one, just within reach of 1,000 m."""
    origin = coach("C0", easting=0, northing=0, max_distance_m=1_000)
    corner = coach("C1", easting=249, northing=249, max_distance_m=1_000)
    one = family(easting=249 + 203, northing=249 + 980)
    assert metres_between(one, corner) == 1_000
    assert set(by_the_loop(problem(one, origin, corner))["F1"]) == {"C1"}


def test_the_longest_reach_of_a_class_counts() -> None:
    """Coaches of one class, between 724 m and 1,024 m, at one place; the family just off it."""
    short, long = coach("C0", max_distance_m=730), coach("C1", max_distance_m=1_024)
    east, west = (
        family(f"F{sign}", easting=400_000 + 1_024 * sign, northing=150_000) for sign in (1, -1)
    )
    found = by_the_loop(problem(east, west, short, long))
    assert {name: set(row) for name, row in found.items()} == {"F1": {"C1"}, "F-1": {"C1"}}
