"""The matcher beside HiGHS and greedy: time, optimum, families matched, price of explanations."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import TypeVar

from benchmarks.peers import Instance, Optimum, greedy, highs, points
from matching import Problem, Result, generate, solve
from matching.candidates import find_candidates
from matching.encoding import encode
from matching.flow import cheapest_flow, greatest_set
from matching.network import build_network

SIZES = (300, 1_000)
SEEDS = (1, 2, 3)
ROUNDS = 3
COLUMNS = (
    "size", "limits", "seed", "pairs", "solve s", "HiGHS ÷ solve", "HiGHS ÷ flows", "best",
    "greedy", "greedy passes over", "greedy points", "explain",
)  # fmt: skip

Value = TypeVar("Value")


class DisagreementError(RuntimeError):
    """The matcher and HiGHS found different optima: one of them is wrong, so no figure counts."""


@dataclass(frozen=True)
class Times:
    """Seconds of processor time in one round, all on the same problem.

    Attributes
    ----------
    solve
        `matching.solve` without explanations: pairs, both solves, proof, verification.
    explained
        The same with explanations.
    pairs
        Finding the pairs alone.
    flows
        From pairs to optimum by the matcher's two flows.
    highs
        From pairs to optimum by HiGHS.
    """

    solve: float
    explained: float
    pairs: float
    flows: float
    highs: float


@dataclass(frozen=True)
class Measurement:
    """One problem, measured; `held` is the greedy matching."""

    problem: Problem
    seed: int
    result: Result
    held: dict[str, tuple[str, str]]
    times: tuple[Times, ...]

    @property
    def passed_over(self) -> int:
        """Families that the best matching has and greedy has not."""
        return sum(row.family_id not in self.held for row in self.result.proposals)

    @property
    def dearer(self) -> float:
        """Points per match by greedy over those of the best matching, less 1."""
        each = points(self.problem, self.held) / len(self.held)
        return each / (self.result.cost / self.result.matched) - 1

    def cells(self) -> tuple[str, ...]:
        """One cell for each of `COLUMNS`; ratios within each round, then the median."""
        return (
            f"{len(self.problem.families):,}",
            "yes" if self.problem.supervisors else "no",
            str(self.seed),
            f"{self.result.pairs:,}",
            f"{median(t.solve for t in self.times):.2f}",
            f"{median((t.pairs + t.highs) / t.solve for t in self.times):.1f}",
            f"{median(t.highs / t.flows for t in self.times):.0f}",
            str(self.result.matched),
            str(len(self.held)),
            str(self.passed_over),
            f"{self.dearer:+.0%}",
            f"{median(1 - t.solve / t.explained for t in self.times):.0%}",
        )


def problems(
    sizes: Sequence[int] = SIZES, seeds: Sequence[int] = SEEDS
) -> list[tuple[int, Problem]]:
    """Made-up counties, with all limits and plain, each with the seed that it was made from."""
    return [
        (seed, generate(size, seed=seed, extras=extras))
        for size in sizes
        for extras in (True, False)
        for seed in seeds
    ]


def measure(problem: Problem, seed: int, rounds: int = ROUNDS) -> Measurement:
    """The matcher and its peers on one problem, in turn, `rounds` times.

    Raises
    ------
    DisagreementError
        When HiGHS finds other families or other points.
    """
    results = [_round(problem) for _ in range(rounds)]
    result, _ = results[0]
    return Measurement(
        problem=problem,
        seed=seed,
        result=result,
        held=greedy(paired(problem)),
        times=tuple(times for _, times in results),
    )


def paired(problem: Problem) -> Instance:
    """The problem with all its pairs."""
    encoded = encode(problem)
    return Instance(problem, encoded, find_candidates(encoded, problem.settings))


def check_same(result: Result, peer: Optimum) -> None:
    """Refuse an optimum that differs by a family or a point."""
    ours = Optimum(frozenset(row.family_id for row in result.proposals), result.cost)
    if ours != peer:
        different = sorted(ours.matched ^ peer.matched)
        raise DisagreementError(f"{ours.cost} and {peer.cost} points, families {different}")


def _round(problem: Problem) -> tuple[Result, Times]:
    solve_s, result = _timed(lambda: solve(problem, explain=False))
    pairs_s, instance = _timed(lambda: paired(problem))
    highs_s, peer = _timed(lambda: highs(instance))
    flows_s, _ = _timed(lambda: _flows(instance))
    explained_s, _ = _timed(lambda: solve(problem))
    check_same(result, peer)
    return result, Times(solve_s, explained_s, pairs_s, flows_s, highs_s)


def _flows(instance: Instance) -> None:
    network = build_network(instance.problem, instance.encoded, instance.pairs)
    matched, _ = greatest_set(network, instance.encoded.rank)
    cheapest_flow(network, matched)


def _timed(work: Callable[[], Value]) -> tuple[float, Value]:
    """Processor time, all threads: what else the machine does hardly counts."""
    gc.collect()
    begun = process_time()
    value = work()
    return process_time() - begun, value
