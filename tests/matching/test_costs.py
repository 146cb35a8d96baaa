"""Each part of the cost alone, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from matching.costs import CostParts, cost_parts, met_needs, mode_and_travel
from matching.problem import Settings
from matching.verify_pairs import pair_cost
from tests.matching.making import coach, family, problem

Changes = dict[str, Any]
FREE = CostParts()
CASES: list[tuple[Changes, Changes, Changes, CostParts]] = [
    ({}, {}, {}, FREE),
    ({}, {"northing": 151_609}, {}, CostParts(travel=10)),
    ({}, {"northing": 151_608}, {}, CostParts(travel=9)),
    ({"needs": (("a", 3), ("routines", 2))}, {}, {}, CostParts(unmet_need=60)),
    ({"needs": (("a", 3), ("routines", 2))}, {"experience": {"a"}}, {}, FREE),
    ({}, {"experience": {"routines"}, "lived_experience": ()}, {}, CostParts(no_peer=15)),
    ({"needs": ()}, {}, {}, CostParts(no_peer=15)),
    ({}, {"languages": {"en", "pl"}}, {}, CostParts(scarce_language=25)),
    ({}, {"languages": ()}, {}, FREE),
    ({"languages": {"pl"}}, {"languages": {"pl"}}, {}, FREE),
    ({"training": {"a"}}, {"training": {"a", "b", "c"}}, {}, CostParts(scarce_training=20)),
    ({}, {}, {"previous": {"F1": "C1"}}, FREE),
    ({}, {}, {"previous": {"F1": "C2"}}, CostParts(change=30)),
    ({}, {"northing": 151_609}, {"settings": Settings(travel_per_mile=7)}, CostParts(travel=7)),
]


@pytest.mark.parametrize(("one", "other", "rest", "expected"), CASES)
def test_cost_of_a_pair(one: Changes, other: Changes, rest: Changes, expected: CostParts) -> None:
    instance = problem(family(**one), coach(**other), coach("C2"), **rest)
    pair = instance.families[0], instance.coaches[0]
    assert cost_parts(instance, *pair) == expected
    assert pair_cost(instance, *pair) == ("in_person", expected.total)


@pytest.mark.parametrize(
    ("northing", "mode", "points"),
    [
        (159_654, "in_person", 60),  # a tie is in person
        (159_815, "remote", 60),
        (150_000, "in_person", 0),
        (190_000, "remote", 60),
    ],
)
def test_the_cheaper_way_to_meet_is_taken(northing: int, mode: str, points: int) -> None:
    other = coach(northing=northing, offers_remote=True, max_distance_m=12_000)
    instance = problem(family(accepts_remote=True), other)
    pair = instance.families[0], instance.coaches[0]
    assert mode_and_travel(instance, *pair) == (mode, points)
    assert pair_cost(instance, *pair) == (mode, points)


def test_travel_of_people_who_cannot_meet_is_refused() -> None:
    instance = problem(coach(northing=190_000))
    with pytest.raises(ValueError, match="F1 and C1 cannot meet"):
        mode_and_travel(instance, instance.families[0], instance.coaches[0])


def test_total_is_the_sum_of_all_parts() -> None:
    assert CostParts(1, 2, 4, 8, 16, 32).total == 63
    assert list(CostParts().as_dict()) == [
        "travel", "unmet_need", "no_peer", "scarce_language", "scarce_training", "change",
    ]  # fmt: skip


def test_met_needs_are_those_known_by_work_or_by_life() -> None:
    needs = (("a", 1), ("b", 1), ("c", 1))
    known = coach(experience={"a"}, lived_experience={"c"})
    assert met_needs(family(needs=needs), known) == ("a", "c")
