"""The data model refuses what is unsound, all at once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime
from typing import Any

import pytest

from matching.problem import SLOTS, Coach, Family, Placement, ProblemError, Settings
from tests.matching.making import coach, family, problem

BAD_FAMILY: list[tuple[str, Any]] = [
    ("family_id", ""),
    ("family_id", "=1+1"),
    ("family_id", "F 1"),
    ("easting", -1),
    ("easting", 700_001),
    ("easting", True),
    ("easting", 1.0),
    ("northing", 1_300_001),
    ("priority", 0),
    ("waiting_since", "2026-01-01"),
    ("waiting_since", datetime(2026, 1, 1)),
    ("slots", ("mon_night",)),
    ("needs", (("send", 4),)),
    ("needs", (("send", 0),)),
    ("needs", (("send", 1), ("send", 2))),
    ("needs", (("Send it", 1),)),
    ("languages", ("polish",)),
    ("coach_gender", ""),
    ("coach_gender", "Woman"),
    ("training", ("Domestic abuse",)),
    ("accepts_remote", "yes"),
    ("min_distance_m", -1),
    ("household", ("",)),
]
BAD_COACH: list[tuple[str, Any]] = [
    ("coach_id", ""),
    ("easting", -5),
    ("northing", None),
    ("status", ""),
    ("status", "pending"),
    ("slots", ("monday",)),
    ("capacity", -1),
    ("experience", ("a:1",)),
    ("lived_experience", ("A",)),
    ("languages", ("EN",)),
    ("gender", "any"),
    ("training", ("é",)),
    ("max_distance_m", -1),
    ("offers_remote", 1),
    ("avoids", ("x y",)),
    ("supervisor", ""),
]


@pytest.mark.parametrize(("field", "value"), BAD_FAMILY)
def test_family_refuses_a_bad_value(field: str, value: Any) -> None:
    with pytest.raises(ProblemError) as caught:
        family(**{field: value})
    assert {(fault.table, fault.field) for fault in caught.value.faults} == {("families", field)}


@pytest.mark.parametrize(("field", "value"), BAD_COACH)
def test_coach_refuses_a_bad_value(field: str, value: Any) -> None:
    with pytest.raises(ProblemError) as caught:
        coach(**{field: value})
    assert {(fault.table, fault.field) for fault in caught.value.faults} == {("coaches", field)}


def test_all_faults_of_a_row_are_told_at_once() -> None:
    with pytest.raises(ProblemError) as caught:
        family(priority=0, coach_gender="x", easting=-1)
    assert [fault.field for fault in caught.value.faults] == ["easting", "priority", "coach_gender"]
    assert str(caught.value.faults[1]) == (
        "families F1: priority is '0'; allowed: a whole number from 1 to 1000000"
    )


def test_blank_means_what_is_safe() -> None:
    bare = Family(family_id="F1", easting=0, northing=0, priority=1, waiting_since=date(2026, 1, 1))
    assert (bare.slots, bare.accepts_remote, bare.coach_gender) == ((), False, "any")
    plain = Coach(
        coach_id="C1", easting=0, northing=0, status="cleared", capacity=1, gender="man",
        max_distance_m=1,
    )  # fmt: skip
    assert (plain.slots, plain.offers_remote, plain.supervisor) == ((), False, None)


def test_rows_are_frozen_and_kept_in_one_order() -> None:
    row = family(slots=("sun_evening", "mon_morning", "mon_morning"), needs=(("b", 1), ("a", 2)))
    assert row.slots == ("mon_morning", "sun_evening")
    assert row.needs == (("a", 2), ("b", 1))
    with pytest.raises(FrozenInstanceError):
        row.priority = 1  # type: ignore[misc]


def test_there_are_28_slots() -> None:
    assert (len(SLOTS), SLOTS[0], SLOTS[6], SLOTS[27]) == (
        28, "mon_morning", "tue_after_school", "sun_evening",
    )  # fmt: skip


def test_problem_refuses_duplicates_and_strangers_all_at_once() -> None:
    with pytest.raises(ProblemError) as caught:
        problem(
            family("F1"), family("F1"), coach("C1"), coach("C1"), coach("C2", supervisor="S9"),
            exclusions=frozenset({("F1", "C9")}),
            pins={"F9": "C1"},
            previous={"F1": "C8"},
            placements=(Placement(family_id="P1", coach_id="C7", slot="mon_morning"),),
            supervisors={"S1": -1},
        )  # fmt: skip
    assert [(f.table, f.field, f.value) for f in caught.value.faults] == [
        ("families", "family_id", "F1"),
        ("coaches", "coach_id", "C1"),
        ("supervisors", "capacity", "-1"),
        ("coaches", "supervisor", "S9"),
        ("pins", "family_id", "F9"),
        ("exclusions", "coach_id", "C9"),
        ("previous", "coach_id", "C8"),
        ("placements", "coach_id", "C7"),
    ]


@pytest.mark.parametrize("field", ["family_id", "coach_id", "slot"])
def test_placement_refuses_a_bad_value(field: str) -> None:
    fields = {"family_id": "P1", "coach_id": "C1", "slot": "mon_morning", field: "?"}
    with pytest.raises(ProblemError) as caught:
        Placement(**fields)
    assert [fault.field for fault in caught.value.faults] == [field]


@pytest.mark.parametrize("value", [-1, 1_000_001, 2.5, "5", True])
def test_settings_refuse_what_is_no_whole_number(value: Any) -> None:
    with pytest.raises(ProblemError) as caught:
        Settings(load=value)
    assert [(fault.table, fault.field) for fault in caught.value.faults] == [("settings", "load")]


def test_what_if_by_replace() -> None:
    first = problem()
    second = replace(first, coaches=(replace(first.coaches[0], capacity=9),))
    assert (second.coach_by_id["C1"].capacity, first.coach_by_id["C1"].capacity) == (9, 1)


def test_ranked_is_pinned_then_priority_then_waiting_then_id() -> None:
    rows = (
        family("F5", priority=1),
        family("F4", priority=1),
        family("F3", priority=1, waiting_since=date(2025, 1, 1)),
        family("F2", priority=3),
        family("F1", priority=9),
    )
    ranked = problem(*rows, pins={"F1": "C1"}).ranked()
    assert [row.family_id for row in ranked] == ["F1", "F3", "F4", "F5", "F2"]


def test_free_places_never_fall_below_nought() -> None:
    placements = tuple(Placement(family_id=f"P{n}", coach_id="C1", slot=SLOTS[n]) for n in range(3))
    instance = problem(coach(capacity=1, slots=SLOTS[:4]), placements=placements)
    assert instance.free_places(instance.coaches[0]) == 0
    assert instance.free_slots(instance.coaches[0]) == ("mon_evening",)
