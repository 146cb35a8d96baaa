"""The matcher's benchmark: what is measured, at which sizes, and against whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.counties import KINDS
from benchmarks.peers.registry import PEERS
from benchmarks.runs import Figures, JobError, Runner

TABLE = ("mentor_match_1", "munkres_1", "mentor_match_3", "munkres_3")
HEURISTICS = ("greedy", "deferred")
MORE_UP_TO = 100_000  # families; explanations and a re-run take five more solves
EASIER_UP_TO = 100_000
NOT_SCARCE = ("slots_only", "full_table")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Which sizes, each with its seeds.

    Attributes
    ----------
    sizes
        The matcher from files to proposals, beside the yardstick.
    peers
        Families on which the peers are tried, rising: who gives up is not tried on more.
    quality
        Families and seeds of each kind of county.
    table
        Families and coaches of the full table of scores.
    """

    sizes: tuple[tuple[int, tuple[int, ...]], ...] = (
        (1_000, (1, 2, 3)),
        (5_000, (1, 2, 3)),
        (20_000, (1, 2, 3)),
        (100_000, (1,)),
        (400_000, (1,)),
    )
    peers: tuple[int, ...] = (300, 1_000, 5_000, 20_000, 100_000, 400_000)
    quality: tuple[int, tuple[int, ...]] = (5_000, (1, 2, 3))
    table: int = 500
    kinds: tuple[str, ...] = tuple(kind for kind in KINDS if kind not in NOT_SCARCE)
    names: tuple[str, ...] = tuple(PEERS)


QUICK = Plan(sizes=((1_000, (1,)), (5_000, (1,))), peers=(300, 1_000, 5_000), quality=(1_000, (1,)))


@dataclass
class Measured:
    """All figures of one run.

    Attributes
    ----------
    scale
        By families and seed: `yardstick`, `solved`, and up to a size `explained` and `rerun`.
    peers
        By kind, then name (``ours`` too), then families.
    quality
        By kind: sums over the seeds.
    """

    plan: Plan
    scale: dict[tuple[int, int], dict[str, Figures]] = field(default_factory=dict)
    peers: dict[str, dict[str, dict[int, Figures]]] = field(default_factory=dict)
    quality: dict[str, dict[str, Any]] = field(default_factory=dict)


class DisagreementError(RuntimeError):
    """Two exact solvers differ by a family or a point: one of them is wrong, no figure counts."""


def measure(plan: Plan, runner: Runner, tell: Tell) -> Measured:
    """Everything in the plan; what was measured before is taken from there.

    Raises
    ------
    JobError
        When one of our own jobs fails.
    DisagreementError
        When a peer solves the whole problem and finds another optimum.
    """
    measured = Measured(plan)
    for families, seeds in plan.sizes:
        for seed in seeds:
            tell(f"{families:,} families, seed {seed}")
            measured.scale[families, seed] = _scale(runner, families, seed)
    for kind, names, sizes in _contests(plan):
        measured.peers[kind] = _contest(runner, kind, names, sizes, tell)
    for kind in plan.kinds:
        tell(f"greedy and deferred acceptance, {kind}")
        measured.quality[kind] = _quality(runner, kind, *plan.quality)
    return measured


def _scale(runner: Runner, families: int, seed: int) -> dict[str, Figures]:
    county = {"kind": "limits", "families": families, "seed": seed}
    folder = str(runner.files("limits", families, seed))
    rows = {
        "yardstick": runner.job("yardstick", **county),
        "solved": runner.job("solved", folder=folder, explain=False),
    }
    if families <= MORE_UP_TO:
        rows["explained"] = runner.job("solved", folder=folder, explain=True)
        rows["rerun"] = runner.job("rerun", **county)
    if rows["yardstick"]["pairs"] != rows["solved"]["pairs"]:
        raise JobError(f"{families} families, seed {seed}: the numbers of pairs differ")
    return rows


def _contests(plan: Plan) -> Iterator[tuple[str, tuple[str, ...], tuple[int, ...]]]:
    """Kind of county, peers, sizes: all on the whole problem, then each on what it can express."""
    there = [name for name in plan.names if name not in TABLE]
    yield "limits", tuple(there), plan.peers
    easier = [name for name in there if PEERS[name].module == "assignments"]
    yield "slots_only", tuple(easier), tuple(n for n in plan.peers if n <= EASIER_UP_TO)
    yield "full_table", tuple(name for name in plan.names if name in TABLE), (plan.table,)


def _contest(
    runner: Runner, kind: str, names: tuple[str, ...], sizes: tuple[int, ...], tell: Tell
) -> dict[str, dict[int, Figures]]:
    found: dict[str, dict[int, Figures]] = {name: {} for name in ("ours", *HEURISTICS, *names)}
    for families in sizes:
        folder = str(runner.files(kind, families, 1))
        ours = runner.job("solved", folder=folder, explain=False)
        found["ours"][families] = {**ours, "claimed": ours["matched"], "kept": ours["matched"]}
        arcs = runner.arcs(kind, families, 1)
        for name in HEURISTICS:
            found[name][families] = runner.job("heuristic", name=name, arcs_file=str(arcs))
        for name in names:
            if any("gave_up" in row for row in found[name].values()):
                continue
            tell(f"{PEERS[name].title}, {kind}, {families:,} families")
            found[name][families] = runner.peer(name, arcs)
            _check_same(name, found[name][families], ours)
    return found


def _check_same(name: str, theirs: Figures, ours: Figures) -> None:
    """Refuse an optimum of the whole problem that differs by a family or a point."""
    if not PEERS[name].exact or "gave_up" in theirs:
        return
    for figure in ("who", "cost"):
        if theirs[figure] != ours[figure]:
            raise DisagreementError(f"{name}: {figure} {theirs[figure]} and {ours[figure]}")


def _quality(runner: Runner, kind: str, families: int, seeds: tuple[int, ...]) -> dict[str, Any]:
    rows = [runner.job("quality", kind=kind, families=families, seed=seed) for seed in seeds]
    sums: dict[str, Any] = {"pairs": sum(row["pairs"] for row in rows) / families / len(rows)}
    for way in ("best", *HEURISTICS):
        sums[way] = [sum(row[way][n] for row in rows) for n in range(3)]
    return sums
