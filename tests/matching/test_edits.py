"""What if: rows added, changed and taken away, and everything wrong with it said at once."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from matching.problem import Placement, Problem, ProblemError, Settings
from tests.matching.making import coach, family, problem, small_problem

BASE = problem(
    family("F1"),
    family("F2"),
    coach("C1", supervisor="S1"),
    coach("C2"),
    exclusions=frozenset({("F1", "C1"), ("F2", "C2")}),
    pins={"F1": "C2"},
    previous={"F1": "C1", "F2": "C1"},
    placements=(Placement(family_id="F1", coach_id="C1", slot="mon_morning"),),
    supervisors={"S1": 4},
)


def test_replace_with_nothing_is_the_same_problem() -> None:
    assert BASE.replace() == BASE
    random = Random(5)
    for _ in range(50):
        found = small_problem(random)
        assert found.replace() == found


def test_replace_changes_the_fields_that_are_named() -> None:
    found = BASE.replace(
        families={"F2": {"priority": 1, "slots": ("tue_evening",)}},
        coaches={"C1": {"capacity": 3, "status": "not_cleared"}},
        settings={"load": 9},
        supervisors={"S1": 7},
    )
    assert found == replace(
        BASE,
        families=(BASE.families[0], family("F2", priority=1, slots=("tue_evening",))),
        coaches=(
            coach("C1", supervisor="S1", capacity=3, status="not_cleared"), BASE.coaches[1],
        ),
        settings=Settings(load=9),
        supervisors={"S1": 7},
    )  # fmt: skip


def test_replace_adds_rows_at_the_end_and_takes_whole_rows() -> None:
    found = BASE.replace(
        families={"F3": family("F3"), "F1": family("F1", priority=4)},
        coaches={"C9": coach("C9")},
    )
    assert found.families == (family("F1", priority=4), family("F2"), family("F3"))
    assert found.coaches == (*BASE.coaches, coach("C9"))


def test_replace_takes_a_family_away_with_all_that_names_it_but_its_placement() -> None:
    found = BASE.replace(families={"F1": None})
    assert found == replace(
        BASE,
        families=(family("F2"),),
        exclusions=frozenset({("F2", "C2")}),
        pins={},
        previous={"F2": "C1"},
    )


def test_replace_takes_a_coach_away_with_all_that_names_them() -> None:
    found = BASE.replace(coaches={"C1": None})
    assert found == replace(
        BASE,
        coaches=(coach("C2"),),
        exclusions=frozenset({("F2", "C2")}),
        previous={},
        placements=(),
    )


def test_replace_changes_what_binds_two() -> None:
    found = BASE.replace(
        exclusions={("F1", "C1"): False, ("F2", "C1"): True, ("F2", "C2"): True},
        pins={"F1": None, "F2": "C1"},
        previous={"F2": None, "F1": "C2"},
        placements={("F1", "C1", "mon_morning"): False, ("F9", "C2", "fri_evening"): True},
    )
    assert found == replace(
        BASE,
        exclusions=frozenset({("F2", "C1"), ("F2", "C2")}),
        pins={"F2": "C1"},
        previous={"F1": "C2"},
        placements=(Placement(family_id="F9", coach_id="C2", slot="fri_evening"),),
    )


WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"families": {"F9": None}},
        "families F9: family_id is 'F9'; allowed: an id in families, or a whole row",
    ),
    (
        {"coaches": {"C9": {}}},
        "coaches C9: coach_id is 'C9'; allowed: an id in coaches, or a whole row",
    ),
    ({"families": {"F1": family("F2")}}, "families F1: family_id is 'F2'; allowed: F1"),
    (
        {"families": {"F1": {"priority": 0}}},
        "families F1: priority is '0'; allowed: a whole number from 1 to 1000000",
    ),
    (
        {"settings": {"load": -1}},
        "settings: load is '-1'; allowed: a whole number from 0 to 1000000",
    ),
    (
        {"settings": {"lode": 1}},
        "settings: lode is '1'; allowed: one of travel_per_mile, remote, unmet_need, no_peer, "
        "scarce_language, scarce_training, change, load",
    ),
    (
        {"coaches": {"C1": {"slots": "mon_morning"}}},
        "coaches C1: slots is 'mon_morning'; allowed: a list, not a text",
    ),
    ({"pins": {"F2": None}}, "pins F2: pins is 'F2'; allowed: what stands in pins"),
    (
        {"exclusions": {("F1", "C2"): False}},
        "exclusions F1 C2: exclusions is 'F1 C2'; allowed: what stands in exclusions",
    ),
    ({"pins": {"F2": "C9"}}, "pins F2 C9: coach_id is 'C9'; allowed: an id in coaches"),
    (
        {"supervisors": {"S1": None}},
        "coaches C1: supervisor is 'S1'; allowed: an id in supervisors, or blank",
    ),
    (
        {"placements": {("F1", "C1", "noon"): True}},
        "placements F1 C1: slot is 'noon'; allowed: mon to sun with _morning, _afternoon, "
        "_after_school or _evening",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "fault"), WRONG)
def test_replace_says_what_is_wrong(edits: dict[str, Any], fault: str) -> None:
    with pytest.raises(ProblemError) as caught:
        BASE.replace(**edits)
    assert [str(one) for one in caught.value.faults] == [fault]


def test_replace_refuses_to_change_an_id() -> None:
    with pytest.raises(ProblemError, match="family_id is 'F7'; allowed: one of easting"):
        BASE.replace(families={"F1": {"family_id": "F7"}})


def test_replace_says_all_that_is_wrong_at_once() -> None:
    with pytest.raises(ProblemError) as caught:
        BASE.replace(
            families={"F1": {"priority": 0, "easting": -1}, "F9": None},
            coaches={"C1": {"capacity": "two"}},
            settings={"load": -1},
            previous={"F7": None},
        )
    found = [(fault.table, fault.key, fault.field) for fault in caught.value.faults]
    assert found == [
        ("families", "F1", "easting"),
        ("families", "F1", "priority"),
        ("families", "F9", "family_id"),
        ("coaches", "C1", "capacity"),
        ("previous", "F7", "previous"),
        ("settings", "", "load"),
    ]


def test_replace_leaves_the_problem_as_it_was() -> None:
    before = problem(family("F1"), coach("C1"))
    before.replace(families={"F1": None}, coaches={"C1": {"capacity": 2}})
    assert before == Problem(families=(family("F1"),), coaches=(coach("C1"),))
