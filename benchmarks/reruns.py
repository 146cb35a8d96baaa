"""A re-run after 1 % of families and coaches changed, cold and warm, questions after it, and people
who come one by one."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random
from time import perf_counter
from typing import Any, TypeVar

from matching import Coach, Family, Live, Problem, Result, generate, solve

SHARE = 0.01
ASKED = 30
COMING = 20  # families, and as many coaches
STAYING_UP_TO = 100_000  # families; above, one more cold solve takes too long

Row = TypeVar("Row", Family, Coach)
Value = TypeVar("Value")


class DifferentOptimumError(RuntimeError):
    """The warm solve is not the optimum: no figure counts."""


def rerun(problem: Problem, seed: int) -> dict[str, Any]:
    """A cold and a warm solve of the changed problem, and what asking for one family takes.

    `search` is the time of the search alone: pairs, who, how; proof and verification are the same
    for both.

    Raises
    ------
    DifferentOptimumError
        When the warm solve matches others, or at another cost.
    """
    live = Live(problem)
    later = changed(problem, live.result, seed)
    cold_s, cold = _timed(lambda: solve(later, explain=False))
    warm_s, warm = _timed(lambda: live.rerun(later))
    if _what(cold) != _what(warm):
        raise DifferentOptimumError(f"{cold.matched}, {cold.cost} and {warm.matched}, {warm.cost}")
    figures: dict[str, Any] = {"cold": cold_s, "warm": warm_s, **kept(warm, later)}
    figures |= {"cold_search": _search(cold), "warm_search": _search(warm)}
    if len(problem.families) <= STAYING_UP_TO:
        free = solve(replace(later, previous={}), explain=False)
        changes = problem.settings.change * figures["moved"]
        figures["staying"] = (warm.cost - changes - free.cost) / max(1, free.cost)
    families = [row.family_id for row in warm.proposals]
    asked = Random(f"asked {seed}").choices(families, k=1 + ASKED)
    first, *further = [_timed(partial(live.candidates, family_id))[0] for family_id in asked]
    return {**figures, "first_asked": first, "asked": further, **_arrivals(live, seed)}


def _arrivals(live: Live, seed: int) -> dict[str, list[float]]:
    """What each of some families and coaches takes who come one by one.

    The first one prepares what the others use, and is not among them.
    """
    random, size = Random(f"coming {seed}"), len(live.problem.families)
    other = generate(size, seed=seed + 2_000)
    families, coaches = live.problem.families, live.problem.coaches
    taken: dict[str, list[float]] = {"families": [], "coaches": []}
    for at in range(1 + COMING):
        new = _as_family(random.choice(families), other.families[at % size])
        helper = _as_coach(random.choice(coaches), other.coaches[at % len(other.coaches)])
        family, coach = replace(new, family_id=f"C{at}"), replace(helper, coach_id=f"C{at}")
        taken["families"].append(_timed(partial(live.insert, family))[0])
        seconds, arrival = _timed(partial(live.insert, coach))
        taken["coaches"].append(seconds)
    if live.rerun(live.problem).cost != arrival.cost:
        raise DifferentOptimumError("whoever came was not matched at the least cost")
    return {f"coming_{name}": seconds[1:] for name, seconds in taken.items()}


def _what(result: Result) -> tuple[int, list[str]]:
    return result.cost, [row.family_id for row in result.proposals]


def _search(result: Result) -> float:
    return sum(result.seconds[stage] for stage in ("pairs", "who", "how"))


def _timed(work: Callable[[], Value]) -> tuple[float, Value]:
    gc.collect()
    begun = perf_counter()
    value = work()
    return perf_counter() - begun, value


def changed(problem: Problem, result: Result, seed: int, share: float = SHARE) -> Problem:
    """The problem some weeks later: 1 % of families and coaches replaced by new people.

    What was proposed is the previous proposal, as it is where a coordinator has reviewed it.
    """
    random, other = Random(f"later {seed}"), generate(len(problem.families), seed=seed + 1_000)
    families = _renewed(random, problem.families, other.families, share, _as_family)
    coaches = _renewed(random, problem.coaches, other.coaches, share, _as_coach)
    there = {row.family_id for row in families}
    known = {row.coach_id for row in coaches}

    def stays(pair: tuple[str, str]) -> bool:
        return pair[0] in there and pair[1] in known

    previous = {row.family_id: row.coach_id for row in result.proposals}
    return replace(
        problem,
        families=families,
        coaches=coaches,
        pins={},
        exclusions=frozenset(filter(stays, problem.exclusions)),
        previous=dict(filter(stays, previous.items())),
        placements=tuple(row for row in problem.placements if row.coach_id in known),
    )


def kept(later: Result, problem: Problem) -> dict[str, int]:
    """How many reviewed proposals could still stand, and how many of them did change."""
    now = {row.family_id: row.coach_id for row in later.proposals}
    before = {f: c for f, c in problem.previous.items() if f in now}
    return {"reviewed": len(before), "moved": sum(now[f] != c for f, c in before.items())}


def _renewed(
    random: Random,
    rows: tuple[Row, ...],
    others: tuple[Row, ...],
    share: float,
    instead: Callable[[Row, Row], Row],
) -> tuple[Row, ...]:
    leaving = set(random.sample(range(len(rows)), max(1, round(len(rows) * share))))
    return tuple(
        instead(row, others[at % len(others)]) if at in leaving else row
        for at, row in enumerate(rows)
    )


def _as_family(old: Family, new: Family) -> Family:
    """Somebody else, in the same place so that the land stays as it is."""
    renamed = f"N{old.family_id}"
    return replace(new, family_id=renamed, easting=old.easting, northing=old.northing)


def _as_coach(old: Coach, new: Coach) -> Coach:
    return replace(
        new, coach_id=f"N{old.coach_id}", easting=old.easting, northing=old.northing,
        supervisor=old.supervisor,
    )  # fmt: skip
