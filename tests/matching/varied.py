"""Random problems of any size with every feature that the definition has, and many ties."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from matching.problem import COACH_GENDERS, GENDERS, SLOTS, Coach, Family, Placement, Problem
from matching.problem import Settings as Points
from tests.matching.oracle import rules_broken

NEEDS = ("a", "b", "c", "d", "e")
LANGUAGES = ("pl", "so", "ur")
TRAINING = ("t", "u")
HOUSEHOLD = ("pets", "smoking")


@dataclass(frozen=True)
class Kind:
    """How plentiful things are in one problem: one draw, so that problems differ from another."""

    side_m: int
    slots: tuple[str, ...]
    many_slots: float
    rare: float
    capacity: tuple[int, ...]
    supervisors: int
    remote: float


def _kind(random: Random) -> Kind:
    return Kind(
        side_m=random.choice((1, 3_000, 12_000)),
        slots=tuple(random.sample(SLOTS, random.choice((2, 4, 9, 28)))),
        many_slots=random.choice((0.2, 0.5, 0.9)),
        rare=random.choice((0.05, 0.3)),
        capacity=random.choice(((1,), (0, 1, 2), (1, 2, 3, 5))),
        supervisors=random.choice((0, 1, 4)),
        remote=random.choice((0.0, 0.1, 0.6)),
    )


def varied_problem(random: Random, families: int) -> Problem:
    """So many families and from a third as many to as many coaches; pins may be impossible."""
    kind = _kind(random)
    count = max(1, families * random.randint(3, 10) // 10)
    bosses = [f"S{n}" for n in range(kind.supervisors)]
    coaches = tuple(_coach(random, kind, bosses, f"C{n:03d}") for n in range(count))
    found = Problem(
        families=tuple(_family(random, kind, f"F{n:03d}") for n in range(families)),
        coaches=coaches,
        placements=_placements(random, coaches, families),
        supervisors={name: random.choice((0, 2, count, 2 * count)) for name in bosses},
        settings=varied_points(random),
    )
    found = replace(
        found,
        exclusions=frozenset(_pairs(random, found, random.choice((0.0, 0.2, 2.0)))),
        previous=dict(_pairs(random, found, random.choice((0.0, 0.5)))),
    )
    return replace(found, pins=_pins(random, found))


def varied_points(random: Random) -> Points:
    """The defaults, all alike, or each by itself: 0, small or large."""
    names = Points.__dataclass_fields__
    draw = random.random()
    if draw < 0.3:
        return Points()
    if draw < 0.4:
        return Points(**dict.fromkeys(names, random.choice((0, 1, 1_000))))
    return Points(**{name: random.choice((0, 1, 7, 40, 900)) for name in names})


def _some(random: Random, words: tuple[str, ...], share: float) -> frozenset[str]:
    return frozenset(word for word in words if random.random() < share)


def _slots(random: Random, kind: Kind) -> tuple[str, ...]:
    return tuple(slot for slot in kind.slots if random.random() < kind.many_slots)


def _family(random: Random, kind: Kind, family_id: str) -> Family:
    return Family(
        family_id=family_id,
        easting=400_000 + random.randrange(kind.side_m),
        northing=150_000 + random.randrange(kind.side_m),
        priority=random.choice((1, 2, 2, 3)),
        waiting_since=date(2026, 1, 5) + timedelta(days=random.randint(0, 3)),
        slots=_slots(random, kind),
        needs=tuple((tag, random.randint(1, 3)) for tag in _some(random, NEEDS, 0.4)),
        languages=_some(random, LANGUAGES, kind.rare / 2),
        coach_gender=random.choice(("any", "any", "any", *COACH_GENDERS)),
        training=_some(random, TRAINING, kind.rare / 2),
        accepts_remote=random.random() < kind.remote,
        min_distance_m=random.choice((0, 0, 0, 0, 0, 800)),
        household=_some(random, HOUSEHOLD, kind.rare),
    )


def _coach(random: Random, kind: Kind, bosses: list[str], coach_id: str) -> Coach:
    return Coach(
        coach_id=coach_id,
        easting=400_000 + random.randrange(kind.side_m),
        northing=150_000 + random.randrange(kind.side_m),
        status="cleared" if random.random() < 0.9 else "not_cleared",
        slots=_slots(random, kind),
        capacity=random.choice(kind.capacity),
        experience=_some(random, NEEDS, 0.3),
        lived_experience=_some(random, NEEDS, 0.2),
        languages=_some(random, ("en", *LANGUAGES), 0.5),
        gender=random.choice(("woman", "woman", *GENDERS)),
        training=_some(random, (*TRAINING, "v"), 0.5),
        max_distance_m=random.choice((0, 1_500, 5_000, 20_000)),
        offers_remote=random.random() < kind.remote,
        avoids=_some(random, HOUSEHOLD, kind.rare),
        supervisor=random.choice((None, *bosses)),
    )


def _placements(random: Random, coaches: tuple[Coach, ...], families: int) -> tuple[Placement, ...]:
    """Some of families of the problem, some at a slot that is no longer offered, some too many."""
    share = random.choice((0.0, 0.2, 0.6))
    return tuple(
        Placement(
            family_id=random.choice(
                (f"P{coach.coach_id}{n}", f"F{random.randrange(families):03d}")
            ),
            coach_id=coach.coach_id,
            slot=random.choice(coach.slots or SLOTS) if random.random() < 0.9 else SLOTS[n],
        )
        for coach in coaches
        for n in range(random.choice((1, 1, 2)))
        if random.random() < share
    )


def _pairs(random: Random, found: Problem, share: float) -> list[tuple[str, str]]:
    return [
        (random.choice(found.families).family_id, random.choice(found.coaches).coach_id)
        for _ in range(int(share * len(found.families)))
    ]


def _pins(random: Random, found: Problem) -> dict[str, str]:
    """Mostly on allowed pairs that can all hold; now and then not."""
    wanted = random.choice((0, 1, 2, max(1, len(found.families) // 8)))
    careless, forbidden_too = random.random() < 0.1, random.random() < 0.03
    room = {name: limit - found.supervised[name] for name, limit in found.supervisors.items()}
    pins: dict[str, str] = {}
    for _ in range(20 * wanted):
        one, other = random.choice(found.families), random.choice(found.coaches)
        boss = other.supervisor or ""
        fits = other.coach_id not in pins.values() and found.free_places(other)
        fits = fits and room.get(boss, 1) > 0 and one.family_id not in pins
        if len(pins) == wanted or not (fits or careless):
            continue
        if forbidden_too or not rules_broken(found, one, other):
            pins[one.family_id] = other.coach_id
            room[boss] = room.get(boss, 99) - 1
    return pins
