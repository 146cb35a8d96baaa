"""What is measured in a process of its own: ``python -m benchmarks.jobs NAME ARGUMENTS OUT``.

A job's peak of memory is then its own. Each takes plain arguments and returns plain figures.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

from benchmarks import heuristics, reruns
from benchmarks.columns import columns_of
from benchmarks.counties import county
from benchmarks.instances import answer_of, arcs_of
from benchmarks.peers.exchange import Answer, Arcs, judge
from benchmarks.yardstick import touch
from matching import Live, Problem, Result, generate, solve
from matching.files import read_problem, write_problem
from matching.warm_up import warm_up

Figures = dict[str, Any]
Value = TypeVar("Value")
ROUNDS, ENOUGH_S = 3, 4.0
WARM_UP = 60


class NotOptimalError(RuntimeError):
    """A result is not proved optimal, or does not stand when counted again."""


def yardstick(kind: str, families: int, seed: int) -> Figures:
    """The pass over all pairs; compiling and making the columns are not counted."""
    touch(columns_of(generate(WARM_UP)))
    columns = columns_of(county(kind, families, seed))
    seconds, totals = best_round(lambda: touch(columns))
    return {"seconds": seconds, **totals._asdict()}


def files(kind: str, families: int, seed: int, to: str) -> Figures:
    """The problem as files, for those who read it and those who want its arcs."""
    problem = county(kind, families, seed)
    write_problem(problem, Path(to))
    return {"families": families, "coaches": len(problem.coaches)}


def arcs(kind: str, families: int, seed: int, to: str) -> Figures:
    """The problem with all its pairs as numbers, for the peers."""
    found = arcs_of(county(kind, families, seed))
    found.save(Path(to))
    return {"pairs": len(found.cost), "slot_arcs": len(found.slotted[0])}


def solved(folder: str, explain: bool) -> Figures:
    """The matcher from files to verified proposals; the answer is counted again by `judge`."""
    _warm_up()
    read_s, problem = _timed(lambda: read_problem(Path(folder)))
    seconds, result = best_round(lambda: solve(problem, explain=explain))
    figures = {"read": read_s, "seconds": seconds, "mb": peak_mb(), **_figures(result)}
    if not explain:
        figures["who"] = checked(problem, arcs_of(problem), result)
    return figures


def quality(kind: str, families: int, seed: int) -> Figures:
    """The matcher, greedy, deferred acceptance: families matched, points, families passed over.

    Passed over is whom the best matching serves and this way does not.
    """
    problem = county(kind, families, seed)
    instance, result = arcs_of(problem), solve(problem, explain=False)
    checked(problem, instance, result)
    rows = {"best": (result.matched, result.cost, 0)}
    best = answer_of(problem, result).family
    for way in (heuristics.greedy, heuristics.deferred):
        found = way(instance)
        judged = judge(instance, found)
        if judged.kept != judged.claimed:
            raise NotOptimalError(f"{way.__name__} breaks a limit")
        passed_over = len(np.setdiff1d(best, found.family))
        rows[way.__name__] = (judged.kept, judged.cost, passed_over)
    return {"pairs": result.pairs, **rows}


def heuristic(name: str, arcs_file: str) -> Figures:
    """Greedy or deferred acceptance on the arcs that the peers get."""
    way: Callable[[Arcs], Answer] = getattr(heuristics, name)
    way(arcs_of(generate(WARM_UP)))
    instance = Arcs.load_from(Path(arcs_file))
    seconds, found = best_round(lambda: way(instance))
    judged = judge(instance, found)
    return {"seconds": seconds, "mb": peak_mb(), **vars(judged)}


def rerun(kind: str, families: int, seed: int) -> Figures:
    """After 1 % of families and coaches changed: solved anew, and from what is kept."""
    _warm_up()
    return reruns.rerun(county(kind, families, seed), seed)


JOBS: Mapping[str, Callable[..., Figures]] = {
    job.__name__: job for job in (yardstick, files, arcs, solved, quality, heuristic, rerun)
}


def checked(problem: Problem, instance: Arcs, result: Result) -> str:
    """Fingerprint of the families matched, once every figure of the result is counted again.

    Raises
    ------
    NotOptimalError
        When a figure differs or the proof does not close the gap.
    """
    judged = judge(instance, answer_of(problem, result))
    if not result.optimal or len(instance.cost) != result.pairs:
        raise NotOptimalError(f"{result.status}, {result.pairs} and {len(instance.cost)} pairs")
    if (judged.kept, judged.cost) != (result.matched, result.cost):
        raise NotOptimalError(f"{judged} and {result.matched} families, {result.cost} points")
    return judged.who


def best_round(work: Callable[[], Value]) -> tuple[float, Value]:
    """The best of up to three rounds, fewer when they are long; the last round's value."""
    seconds: list[float] = []
    while len(seconds) < ROUNDS and sum(seconds) < ENOUGH_S:
        taken, value = _timed(work)
        seconds.append(taken)
    return min(seconds), value


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: Callable[[], Value]) -> tuple[float, Value]:
    gc.collect()
    begun = perf_counter()
    value = work()
    return perf_counter() - begun, value


def _warm_up() -> None:
    """Loads libraries and machine code, so that no round pays for it."""
    warm_up()
    solve(generate(WARM_UP, extras=False))
    reruns.rerun(generate(WARM_UP), seed=1)
    Live(generate(WARM_UP)).rerun(generate(WARM_UP, seed=1))


def _figures(result: Result) -> Figures:
    return {
        "stages": dict(result.seconds),
        "pairs": result.pairs,
        "families": result.families,
        "matched": result.matched,
        "cost": result.cost,
        "optimal": result.optimal,
        "version": result.version,
    }


def main(name: str, arguments: str, out: str) -> None:
    """Run one job and leave its figures in `out`."""
    figures = JOBS[name](**json.loads(arguments))
    Path(out).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
