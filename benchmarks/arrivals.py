"""What changes between two runs: a re-run after 1 % changed, families that arrive one by one.

The warm ways are measured by ``benchmarks/live.py``; without it only the cold re-run is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from random import Random
from time import perf_counter
from typing import Any, TypeVar

from matching import Coach, Family, Problem, Result, generate, solve

SHARE = 0.01
ARRIVALS = 50

Row = TypeVar("Row", Family, Coach)


def rerun(problem: Problem, result: Result, seed: int) -> dict[str, Any]:
    """Seconds of the cold solve of the changed problem; of the warm one, and how much it keeps."""
    later = changed(problem, result, seed)
    begun = perf_counter()
    cold = solve(later, explain=False)
    figures: dict[str, Any] = {"cold": perf_counter() - begun, "cost": cold.cost}
    figures |= kept(cold, later)
    live = _live()
    if live is not None:
        figures |= live.rerun(problem, later, cold)
    return figures


def insertions(problem: Problem, seed: int) -> dict[str, Any]:
    """Seconds for each family that arrives; empty without ``benchmarks/live.py``."""
    live = _live()
    return {} if live is None else dict(live.insertions(problem, newcomers(problem, seed)))


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


def newcomers(problem: Problem, seed: int, count: int = ARRIVALS) -> list[Family]:
    """New families on the same land."""
    other = generate(len(problem.families), seed=seed + 2_000).families[:count]
    places = Random(f"newcomers {seed}").choices(problem.families, k=len(other))
    return [
        replace(family, family_id=f"N{at:06d}", easting=near.easting, northing=near.northing)
        for at, (family, near) in enumerate(zip(other, places, strict=True))
    ]


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


def _live() -> Any:
    """``benchmarks/live.py``, once there is one.

    ``rerun(problem, later, cold)`` gives `warm`, the seconds of the warm solve of `later` whose
    optimum it has compared with `cold`; ``insertions(problem, families)`` gives `each`, the seconds
    of each family's arrival.
    """
    name = "benchmarks.live"
    return None if find_spec(name) is None else import_module(name)
