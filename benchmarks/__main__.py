"""``python -m benchmarks``: measure, show the tables, write them and the charts into docs/.

``--quick`` measures small sizes only and leaves the docs alone; ``--fresh`` forgets what earlier
runs measured, which otherwise is used again wherever the code it depends on is the same.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.charts import Chart, svg
from benchmarks.matching import QUICK, Measured, Plan, measure
from benchmarks.report import Table, kinds, sentences, tables
from benchmarks.runs import BUILD, ROOT, Runner
from benchmarks.tables import markdown_table, screen_table, write_blocks

PAGE = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images"
DRAWN = (
    "greedy", "deferred", "highs_scipy", "highspy", "cp_sat_1", "networkx_simplex",
    "scipy_cheapest", "lapx_sparse", "hospitals",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Nothing is written unless all of it could be measured."""
    options = _parser().parse_args(arguments)
    console = Console()
    if options.fresh:
        for folder in ("results", "problems"):
            shutil.rmtree(BUILD / folder, ignore_errors=True)
    plan = QUICK if options.quick else Plan()
    runner = Runner(cap_s=options.cap)
    measured = measure(plan, runner, lambda step: print(step, file=sys.stderr, flush=True))
    found = tables(measured)
    for table in found:
        console.print(screen_table(table.title, table.columns, table.rows))
    console.print(sentences(measured))
    if options.quick:
        console.print("Small sizes only: the docs stay as they are.")
        return
    write(measured, found, PAGE, IMAGES)
    console.print("Written to docs/benchmarks.md and docs/images.")


def write(measured: Measured, found: Sequence[Table], page: Path, images: Path) -> None:
    """Tables and sentences onto the page, charts beside it."""
    blocks = {table.name: markdown_table(table.columns, table.rows) for table in found}
    write_blocks(page, {**blocks, "kinds": kinds(measured), "sentences": sentences(measured)})
    for name, chart in charts(measured).items():
        (images / f"{name}.svg").write_text(svg(chart), encoding="utf-8")


def charts(measured: Measured) -> dict[str, Chart]:
    """Seconds and memory by families: ours, the pass, and the peers that run at several sizes."""
    ours = {n: row for (n, seed), row in measured.scale.items() if seed == 1}
    seconds = {"this matcher": [(n, row["solved"]["seconds"]) for n, row in ours.items()]}
    memory = {"this matcher": [(n, row["solved"]["mb"]) for n, row in ours.items()]}
    seconds["one pass over all pairs"] = [
        (n, row["yardstick"]["seconds"]) for n, row in ours.items()
    ]
    found = measured.peers["limits"]
    for name in DRAWN:
        rows = {n: row for n, row in found.get(name, {}).items() if "seconds" in row}
        if rows:
            title = _label(name)
            seconds[title] = [(n, row["seconds"]) for n, row in rows.items()]
            memory[title] = [(n, row["mb"]) for n, row in rows.items()]
    return {
        "benchmark-seconds": Chart("Seconds to match", "families", "seconds", seconds),
        "benchmark-memory": Chart("Memory at its peak", "families", "megabytes", memory),
    }


def _label(name: str) -> str:
    labels = {
        "greedy": "greedy by priority", "deferred": "deferred acceptance",
        "highs_scipy": "HiGHS (SciPy)", "highspy": "HiGHS (highspy)",
        "cp_sat_1": "CP-SAT, 1 worker", "networkx_simplex": "NetworkX simplex",
        "scipy_cheapest": "SciPy assignment *", "lapx_sparse": "lapx lapmod *",
        "hospitals": "matching (package) *",
    }  # fmt: skip
    return labels[name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures what docs/benchmarks.md claims."
    )
    parser.add_argument("--quick", action="store_true", help="small sizes; the docs stay")
    parser.add_argument("--fresh", action="store_true", help="measure all of it anew")
    parser.add_argument(
        "--cap", type=float, default=120.0, metavar="SECONDS", help="for each peer (120)"
    )
    return parser


if __name__ == "__main__":
    main()
