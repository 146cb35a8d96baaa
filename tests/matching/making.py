"""Plain factories: the least family and coach that make a pair, small random problems."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from matching.problem import Coach, Family, Placement, Problem, Settings
from matching.rules import broken

DATA = Path(__file__).parent / "data"
MONDAY = "mon_morning"
SLOTS = ("mon_morning", "tue_evening", "wed_afternoon")


def family(family_id: str = "F1", **changes: Any) -> Family:
    fields: dict[str, Any] = {
        "family_id": family_id,
        "easting": 400_000,
        "northing": 150_000,
        "priority": 2,
        "waiting_since": date(2026, 1, 5),
        "slots": (MONDAY,),
        "needs": (("routines", 1),),
    }
    return Family(**{**fields, **changes})


def coach(coach_id: str = "C1", **changes: Any) -> Coach:
    fields: dict[str, Any] = {
        "coach_id": coach_id,
        "easting": 400_000,
        "northing": 150_000,
        "status": "cleared",
        "slots": (MONDAY,),
        "capacity": 1,
        "lived_experience": {"routines"},
        "languages": {"en"},
        "gender": "woman",
        "max_distance_m": 5_000,
    }
    return Coach(**{**fields, **changes})


def problem(*rows: Family | Coach, **changes: Any) -> Problem:
    """A problem of the rows; one family and one coach unless given."""
    families = tuple(row for row in rows if isinstance(row, Family)) or (family(),)
    coaches = tuple(row for row in rows if isinstance(row, Coach)) or (coach(),)
    return Problem(families=families, coaches=coaches, **changes)


def small_problem(random: Random) -> Problem:
    """At most five families and four coaches, with every feature the definition has."""
    coaches = tuple(_small_coach(random, f"C{n}") for n in range(random.choice((1, 2, 3, 3, 3, 4))))
    families = tuple(
        _small_family(random, f"F{n}") for n in range(random.choice((1, 2, 3, 4, 4, 5)))
    )
    found = Problem(
        families=families,
        coaches=coaches,
        exclusions=frozenset(_some_pairs(random, families, coaches, 0.1)),
        previous=dict(_some_pairs(random, families, coaches, 0.3)),
        placements=tuple(
            Placement(family_id=f"P{row.coach_id}", coach_id=row.coach_id, slot=row.slots[0])
            for row in coaches
            if row.slots and random.random() < 0.25
        ),
        supervisors={"S0": random.randint(0, 3), "S1": random.randint(1, 4)},
        settings=Settings(
            travel_per_mile=random.choice((0, 10, 300)),
            remote=random.choice((0, 3, 60)),
            load=random.choice((0, 5, 40)),
        ),
    )
    return replace(found, pins=_small_pins(random, found))


def _some_pairs(
    random: Random, families: tuple[Family, ...], coaches: tuple[Coach, ...], share: float
) -> list[tuple[str, str]]:
    return [
        (row.family_id, random.choice(coaches).coach_id)
        for row in families
        if random.random() < share
    ]


def _small_pins(random: Random, found: Problem) -> dict[str, str]:
    """Pins on allowed pairs only; whether they can all hold is left to chance."""
    pairs = [
        (one.family_id, other.coach_id)
        for one in found.families
        for other in found.coaches
        if not broken(found, one, other)
    ]
    return dict(pair for pair in pairs if random.random() < 0.06)


def _sample(random: Random, words: tuple[str, ...], share: float) -> frozenset[str]:
    return frozenset(word for word in words if random.random() < share)


def _small_family(random: Random, family_id: str) -> Family:
    return Family(
        family_id=family_id,
        easting=400_000 + random.randrange(0, 4_000, 500),
        northing=150_000 + random.randrange(0, 2_000, 500),
        priority=random.randint(1, 2),
        waiting_since=date(2026, 1, 5) + timedelta(days=random.randint(0, 2)),
        slots=tuple(_sample(random, SLOTS, 0.7)),
        needs=tuple((tag, random.randint(1, 3)) for tag in _sample(random, ("a", "b"), 0.5)),
        languages=_sample(random, ("pl",), 0.1),
        coach_gender=random.choice(("any", "any", "any", "any", "woman")),
        training=_sample(random, ("t",), 0.1),
        accepts_remote=random.random() < 0.3,
        min_distance_m=random.choice((0, 0, 0, 0, 700)),
        household=_sample(random, ("pets",), 0.15),
    )


def _small_coach(random: Random, coach_id: str) -> Coach:
    return Coach(
        coach_id=coach_id,
        easting=400_000 + random.randrange(0, 4_000, 500),
        northing=150_000 + random.randrange(0, 2_000, 500),
        status="cleared" if random.random() < 0.9 else "not_cleared",
        slots=tuple(_sample(random, SLOTS, 0.7)),
        capacity=random.choice((0, 1, 1, 2, 2, 3)),
        experience=_sample(random, ("a", "b"), 0.4),
        lived_experience=_sample(random, ("a", "b"), 0.3),
        languages=_sample(random, ("en", "pl"), 0.6),
        gender=random.choice(("woman", "woman", "woman", "man", "other")),
        training=_sample(random, ("t", "u"), 0.4),
        max_distance_m=random.choice((1_500, 5_000, 5_000)),
        offers_remote=random.random() < 0.3,
        avoids=_sample(random, ("pets",), 0.15),
        supervisor=random.choice((None, "S0", "S1")),
    )


def shuffled(found: Problem, random: Random) -> Problem:
    """The same problem with all rows in another order."""

    def mixed(rows: Any) -> Any:
        rows = list(rows)
        random.shuffle(rows)
        return rows

    return Problem(
        families=tuple(mixed(found.families)),
        coaches=tuple(mixed(found.coaches)),
        exclusions=found.exclusions,
        pins=dict(mixed(found.pins.items())),
        previous=dict(mixed(found.previous.items())),
        placements=tuple(mixed(found.placements)),
        supervisors=dict(mixed(found.supervisors.items())),
        settings=found.settings,
    )
