"""Each rule alone: the least that breaks it, and the nearest that does not."""

from __future__ import annotations

from typing import Any

import pytest

from matching.problem import Placement
from matching.rules import RULES, broken, distance_m, pin_faults
from matching.verify_pairs import RULE_NAMES, free_slots_of, rules_broken
from tests.matching.making import MONDAY, coach, family, problem

Changes = dict[str, Any]
CASES: list[tuple[str, Changes, Changes, Changes, Changes]] = [
    # rule, family and coach that break it, family and coach that just do not
    ("clearance", {}, {"status": "not_cleared"}, {}, {"status": "cleared"}),
    ("distance", {}, {"northing": 155_001}, {}, {"northing": 155_000}),
    (
        "distance",
        {"min_distance_m": 800},
        {"northing": 150_799},
        {"min_distance_m": 800},
        {"northing": 150_800},
    ),
    (
        "distance",
        {"accepts_remote": True},
        {"northing": 190_000},
        {"accepts_remote": True},
        {"northing": 190_000, "offers_remote": True},
    ),
    ("distance", {}, {"northing": 190_000, "offers_remote": True}, {}, {}),
    (
        "distance",
        {"min_distance_m": 800, "accepts_remote": True},
        {},
        {"min_distance_m": 800, "accepts_remote": True},
        {"offers_remote": True},
    ),
    ("slots", {"slots": ("tue_morning",)}, {}, {"slots": ("tue_morning", MONDAY)}, {}),
    ("slots", {"slots": ()}, {}, {}, {}),
    ("slots", {}, {"slots": ()}, {}, {}),
    ("language", {"languages": {"pl"}}, {}, {"languages": {"pl", "en"}}, {}),
    ("language", {"languages": {"pl"}}, {"languages": ()}, {"languages": ()}, {"languages": ()}),
    ("gender", {"coach_gender": "man"}, {}, {"coach_gender": "woman"}, {}),
    ("gender", {"coach_gender": "woman"}, {"gender": "other"}, {}, {"gender": "other"}),
    (
        "training",
        {"training": {"a", "b"}},
        {"training": {"a"}},
        {"training": {"a", "b"}},
        {"training": {"a", "b", "c"}},
    ),
    (
        "household",
        {"household": {"pets", "smoking"}},
        {"avoids": {"smoking"}},
        {"household": {"pets"}},
        {"avoids": {"smoking"}},
    ),
]


@pytest.mark.parametrize(("rule", "one", "other", "one_kept", "other_kept"), CASES)
def test_rule_forbids_and_allows(
    rule: str, one: Changes, other: Changes, one_kept: Changes, other_kept: Changes
) -> None:
    for changes, expected in ((one, other), (rule,)), ((one_kept, other_kept), ()):
        instance = problem(family(**changes[0]), coach(**changes[1]))
        pair = instance.families[0], instance.coaches[0]
        assert broken(instance, *pair) == expected
        assert tuple(rules_broken(*pair, free_slots_of(instance)["C1"], frozenset())) == expected


def test_excluded_forbids_only_the_listed_pair() -> None:
    instance = problem(family("F1"), family("F2"), exclusions=frozenset({("F1", "C1")}))
    assert [broken(instance, row, instance.coaches[0]) for row in instance.families] == [
        ("excluded",),
        (),
    ]


def test_slots_are_taken_by_placements() -> None:
    taken = Placement(family_id="P1", coach_id="C1", slot=MONDAY)
    instance = problem(placements=(taken,))
    assert broken(instance, family(), coach()) == ("slots",)
    assert broken(instance, family(), coach("C2")) == ()


def test_broken_names_all_rules_in_the_order_of_the_definition() -> None:
    instance = problem(exclusions=frozenset({("F1", "C1")}))
    worst_family = family(
        slots=("sun_evening",), languages={"pl"}, coach_gender="man", training={"a"},
        household={"pets"},
    )  # fmt: skip
    worst_coach = coach(status="not_cleared", northing=190_000, avoids={"pets"})
    assert broken(instance, worst_family, worst_coach) == tuple(RULES) == RULE_NAMES


def test_distance_is_rounded_down() -> None:
    assert distance_m(family(), coach(easting=400_001, northing=150_001)) == 1
    assert distance_m(family(), coach(easting=400_003, northing=150_004)) == 5


def test_pin_faults_are_empty_when_no_rule_forbids_the_pin() -> None:
    assert pin_faults(problem(pins={"F1": "C1"})) == []
