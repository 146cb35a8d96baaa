"""Made-up instances that look like a county: towns, villages between them, rare things rare.

The same arguments always give the same problem. Nothing here comes from real people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from math import isqrt
from random import Random

from matching.encoding import z_order
from matching.problem import PARTS, SLOTS, Coach, Family, Placement, Problem
from matching.rules import broken

FAMILIES_PER_KM2 = 3  # children in need per square kilometre of England, roughly
COACHES_PER_FAMILY = 0.7
FAMILIES_PER_TOWN = 400
IN_TOWNS = 0.8
COACHES_PER_SUPERVISOR = 9
FIRST_DAY = date(2026, 1, 5)
CORNER = (150_000, 50_000)

NEEDS = (
    "attendance", "send", "routines", "new_baby", "isolation", "confidence", "co_parenting",
    "budgeting", "tenancy", "bereavement", "young_carer", "digital", "mental_health",
)  # fmt: skip
SENSITIVE = ("domestic_abuse", "substance_use")
LANGUAGES = ("pl", "ro", "ur", "pa", "ar", "so", "cy", "uk")
REACHES_M = (4_800, 8_000, 12_900, 19_300)
REACH_WEIGHTS = (5, 4, 2, 1)
# Coaches work in the daytime; families are freest after school.
FAMILY_PART_WEIGHT = {"morning": 2, "afternoon": 2, "after_school": 4, "evening": 3}
COACH_PART_WEIGHT = {"morning": 3, "afternoon": 2, "after_school": 3, "evening": 2}


@dataclass(frozen=True)
class Land:
    """Towns in a square: centres, spreads in metres, and how much of the people each has."""

    side_m: int
    towns: tuple[tuple[int, int, int], ...]
    weights: tuple[float, ...]

    def place(self, random: Random) -> tuple[int, int]:
        """Easting and northing of one household."""
        if random.random() < IN_TOWNS:
            x, y, spread = random.choices(self.towns, cum_weights=self.weights)[0]
            x, y = int(random.gauss(x, spread)), int(random.gauss(y, spread))
        else:
            x, y = random.randrange(self.side_m), random.randrange(self.side_m)
        return (
            CORNER[0] + min(max(x, 0), self.side_m - 1),
            CORNER[1] + min(max(y, 0), self.side_m - 1),
        )


def generate(
    families: int, coaches: int | None = None, *, seed: int = 0, extras: bool = True
) -> Problem:
    """A problem with so many families and coaches.

    Parameters
    ----------
    families
        How many.
    coaches
        How many; by default 0.7 for each family.
    seed
        Another seed gives another problem.
    extras
        With supervisors, placements, exclusions, pins and previous proposals.
    """
    random = Random(f"matching {seed} {families}")
    count = round(families * COACHES_PER_FAMILY) if coaches is None else coaches
    land = _land(random, families)
    supervisors = max(1, count // COACHES_PER_SUPERVISOR) if extras else 0
    problem = Problem(
        families=tuple(_family(random, land, number) for number in range(families)),
        coaches=_supervised([_coach(random, land, number) for number in range(count)], supervisors),
        supervisors={f"S{number:05d}": random.randint(6, 13) for number in range(supervisors)},
    )
    return _with_extras(random, problem) if extras and families and count else problem


def _land(random: Random, families: int) -> Land:
    side = max(10_000, min(500_000, isqrt(families * 1_000_000 // FAMILIES_PER_KM2)))
    count = max(3, families // FAMILIES_PER_TOWN)
    sizes = [1 / (rank + 1) ** 0.7 for rank in range(count)]
    towns = tuple(
        (random.randrange(side), random.randrange(side), 600 + int(2_000 * size**0.5))
        for size in sizes
    )
    return Land(side, towns, tuple(accumulate(sizes)))


def _some(random: Random, words: tuple[str, ...], low: int, high: int) -> list[str]:
    return random.sample(words, random.randint(low, high))


def _slots(random: Random, weights: dict[str, int], low: int, high: int) -> tuple[str, ...]:
    weight = [weights[PARTS[number % len(PARTS)]] for number in range(len(SLOTS))]
    return tuple(random.choices(SLOTS, weight, k=random.randint(low, high)))


def _family(random: Random, land: Land, number: int) -> Family:
    easting, northing = land.place(random)
    tags = _some(random, NEEDS, 1, 3)
    training = frozenset(tag for tag in SENSITIVE if random.random() < 0.08)
    tags += sorted(training)
    language = random.choice(LANGUAGES) if random.random() < 0.06 else None
    return Family(
        family_id=f"F{number:06d}",
        easting=easting,
        northing=northing,
        priority=random.choices((1, 2, 3, 4), (1, 3, 5, 6))[0],
        waiting_since=FIRST_DAY + timedelta(days=random.randrange(300)),
        slots=_slots(random, FAMILY_PART_WEIGHT, 1, 6),
        needs=tuple((tag, random.randint(1, 3)) for tag in tags),
        languages=frozenset() if language is None else frozenset({language}),
        coach_gender=random.choices(("any", "woman", "man"), (80, 17, 3))[0],
        training=training,
        accepts_remote=random.random() < 0.05,
        min_distance_m=random.choice((800, 1_600)) if random.random() < 0.15 else 0,
        household=frozenset(tag for tag in ("pets", "smoking") if random.random() < 0.4),
    )


def _coach(random: Random, land: Land, number: int) -> Coach:
    easting, northing = land.place(random)
    language = random.choice(LANGUAGES) if random.random() < 0.1 else "en"
    return Coach(
        coach_id=f"C{number:06d}",
        easting=easting,
        northing=northing,
        status="cleared" if random.random() < 0.85 else "not_cleared",
        slots=_slots(random, COACH_PART_WEIGHT, 1, 7),
        capacity=random.choices((1, 2, 3), (6, 3, 1))[0],
        experience=frozenset(_some(random, NEEDS, 1, 5)),
        lived_experience=frozenset(_some(random, (*NEEDS, *SENSITIVE), 0, 2)),
        languages=frozenset({"en", language}),
        gender=random.choices(("woman", "man", "other"), (75, 22, 3))[0],
        training=frozenset(tag for tag in SENSITIVE if random.random() < 0.5),
        max_distance_m=random.choices(REACHES_M, REACH_WEIGHTS)[0],
        offers_remote=random.random() < 0.03,
        avoids=frozenset(tag for tag in ("pets", "smoking") if random.random() < 0.12),
    )


def _supervised(coaches: list[Coach], supervisors: int) -> tuple[Coach, ...]:
    """Each supervisor carries coaches who live near each other."""
    if not supervisors:
        return tuple(coaches)
    order = sorted(
        range(len(coaches)), key=lambda n: z_order(coaches[n].easting, coaches[n].northing)
    )
    for position, number in enumerate(order):
        name = f"S{position * supervisors // len(coaches):05d}"
        coaches[number] = replace(coaches[number], supervisor=name)
    return tuple(coaches)


def _with_extras(random: Random, problem: Problem) -> Problem:
    """Placements first, since pins must be on pairs that these leave possible."""
    placed = random.sample(problem.coaches, max(1, len(problem.coaches) // 15))
    problem = replace(
        problem,
        placements=tuple(
            Placement(
                family_id=f"P{coach.coach_id[1:]}",
                coach_id=coach.coach_id,
                slot=random.choice(coach.slots),
            )
            for coach in placed
        ),
        exclusions=frozenset(_pairs(random, problem, 0.05)),
        previous=dict(_pairs(random, problem, 0.05)),
    )
    return replace(problem, pins=_pins(random, problem))


def _pairs(random: Random, problem: Problem, share: float) -> list[tuple[str, str]]:
    """Random families, each with the nearest of some random coaches."""
    chosen = random.sample(problem.families, max(1, int(len(problem.families) * share)))
    return [(family.family_id, _near(random, problem, family).coach_id) for family in chosen]


def _near(random: Random, problem: Problem, family: Family) -> Coach:
    some = random.choices(problem.coaches, k=20)
    return min(
        some,
        key=lambda c: (c.easting - family.easting) ** 2 + (c.northing - family.northing) ** 2,
    )


def _pins(random: Random, problem: Problem) -> dict[str, str]:
    """A few pins that can all hold: each takes its own coach, with room left for it."""
    pins: dict[str, str] = {}
    room = {name: limit - problem.supervised[name] for name, limit in problem.supervisors.items()}
    wanted = max(1, len(problem.families) // 50)
    for family in random.sample(problem.families, min(len(problem.families), 3 * wanted)):
        if len(pins) == wanted:
            break
        coach = _near(random, problem, family)
        free = problem.free_places(coach) and coach.coach_id not in pins.values()
        carried = coach.supervisor is None or room[coach.supervisor] > 0
        if free and carried and not broken(problem, family, coach):
            pins[family.family_id] = coach.coach_id
            if coach.supervisor is not None:
                room[coach.supervisor] -= 1
    return pins
