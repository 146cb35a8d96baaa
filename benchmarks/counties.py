"""Kinds of made-up problems: as a county is, and with one thing made scarce or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

from matching import Coach, Family, Problem, generate

SHORT_REACH_M = 2_400
ON_FOOT_M = 1_600
ONE_SLOT = ("mon_after_school",)
SPOKEN = ("pl", "ro", "ur", "pa", "ar", "so", "cy", "uk")


def county(kind: str, families: int, seed: int) -> Problem:
    """A problem of that kind; the same arguments always give the same one."""
    return KINDS[kind](families, seed)


def limits(families: int, seed: int) -> Problem:
    """As generated: supervisors, placements, exclusions, pins, previous proposals."""
    return generate(families, seed=seed)


def plain(families: int, seed: int) -> Problem:
    """Without supervisors, placements, exclusions, pins and previous proposals."""
    return generate(families, seed=seed, extras=False)


def slots_only(families: int, seed: int) -> Problem:
    """The problem that assignment solvers can express: a coach may take a family in every slot."""
    found = plain(families, seed)
    coaches = tuple(replace(coach, capacity=len(coach.slots)) for coach in found.coaches)
    return replace(found, coaches=coaches, settings=replace(found.settings, load=0))


def full_table(families: int, seed: int) -> Problem:
    """As many coaches as families, everybody possible for everybody, one family each."""
    found = generate(families, families, seed=seed, extras=False)
    everybody = tuple(
        replace(
            family, slots=ONE_SLOT, languages=frozenset(), coach_gender="any",
            training=frozenset(), household=frozenset(), min_distance_m=0, accepts_remote=False,
        )
        for family in found.families
    )  # fmt: skip
    coaches = tuple(
        replace(coach, status="cleared", slots=ONE_SLOT, capacity=1, max_distance_m=1_000_000)
        for coach in found.coaches
    )
    return replace(found, families=everybody, coaches=coaches)


def few_coaches(families: int, seed: int) -> Problem:
    """Plain, a third as many coaches as families."""
    return generate(families, families // 3, seed=seed, extras=False)


def many_coaches(families: int, seed: int) -> Problem:
    """Plain, half as many coaches again as families."""
    return generate(families, families * 3 // 2, seed=seed, extras=False)


def short_reach(families: int, seed: int) -> Problem:
    """Plain, no coach travels further than a mile and a half, nobody meets remotely."""
    return _changed(plain(families, seed), coach=_reaching(SHORT_REACH_M))


def on_foot(families: int, seed: int) -> Problem:
    """Plain, coaches walk: a mile at most, nobody meets remotely."""
    return _changed(plain(families, seed), coach=_reaching(ON_FOOT_M))


def one_each(families: int, seed: int) -> Problem:
    """Plain, as many coaches as families, one family each, short reach."""

    def one(coach: Coach, random: Random) -> Coach:
        return replace(_reaching(SHORT_REACH_M)(coach, random), capacity=1)

    return _changed(generate(families, families, seed=seed, extras=False), coach=one)


def few_slots(families: int, seed: int) -> Problem:
    """Plain, nobody has more than two slots."""

    def two(slots: tuple[str, ...], random: Random) -> tuple[str, ...]:
        return tuple(random.sample(slots, min(2, len(slots))))

    return _changed(
        plain(families, seed),
        family=lambda f, random: replace(f, slots=two(f.slots, random)),
        coach=lambda c, random: replace(c, slots=two(c.slots, random)),
    )


def languages(families: int, seed: int) -> Problem:
    """Plain, half the families need one of eight languages, a quarter of the coaches speak one."""
    return _changed(
        plain(families, seed),
        family=lambda f, random: replace(
            f, languages=frozenset({random.choice(SPOKEN)} if random.random() < 0.5 else ())
        ),
        coach=lambda c, random: replace(
            c, languages=frozenset({"en", *random.choices(SPOKEN, k=random.random() < 0.25)})
        ),
    )


def specialised(families: int, seed: int) -> Problem:
    """Short reach, languages, and half the families ask for a woman or a man."""
    return _changed(
        languages(families, seed),
        family=lambda f, random: replace(
            f, coach_gender=random.choice(("any", "any", "woman", "man"))
        ),
        coach=lambda c, random: replace(
            c, max_distance_m=2 * SHORT_REACH_M, gender=random.choice(("woman", "man"))
        ),
    )


def tight_supervisors(families: int, seed: int) -> Problem:
    """As generated, supervisors carry half as much."""
    found = limits(families, seed)
    halved = {name: most // 2 for name, most in found.supervisors.items()}
    return replace(found, supervisors=halved, pins={})


def loose_supervisors(families: int, seed: int) -> Problem:
    """As generated, supervisors carry twice as much, about what their coaches have places for."""
    found = limits(families, seed)
    return replace(found, supervisors={name: 2 * most for name, most in found.supervisors.items()})


KINDS: Mapping[str, Callable[[int, int], Problem]] = {
    kind.__name__: kind
    for kind in (
        limits, plain, slots_only, full_table, few_coaches, many_coaches, languages,
        few_slots, specialised, one_each, short_reach, on_foot,
        tight_supervisors, loose_supervisors,
    )
}  # fmt: skip


def _reaching(metres: int) -> Callable[[Coach, Random], Coach]:
    return lambda coach, _: replace(coach, max_distance_m=metres, offers_remote=False)


def _same_family(family: Family, _random: Random) -> Family:
    return family


def _same_coach(coach: Coach, _random: Random) -> Coach:
    return coach


def _changed(
    found: Problem,
    family: Callable[[Family, Random], Family] = _same_family,
    coach: Callable[[Coach, Random], Coach] = _same_coach,
) -> Problem:
    random = Random(f"benchmark {len(found.families)} {found.families[0].easting}")
    return replace(
        found,
        families=tuple(family(row, random) for row in found.families),
        coaches=tuple(coach(row, random) for row in found.coaches),
    )
