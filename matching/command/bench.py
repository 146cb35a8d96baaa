"""``bench``: how long a solve takes here, stage by stage, and how that grows."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass, field
from math import log
from time import perf_counter
from typing import Any

from matching.command.codes import Code
from matching.command.screen import complain, give, say, stages
from matching.command.work import Parser, Verbs
from matching.generate import generate
from matching.result import Result
from matching.solver import solve

SIZES = (1_000, 5_000)
WARM_UP = 60
EXAMPLES = """  python -m matching bench
  python -m matching bench --sizes 1000,5000,20000 --seed 2 --no-explain"""


@dataclass(frozen=True)
class Timing:
    """One size, measured.

    Attributes
    ----------
    seconds
        Wall clock by stage, ``total`` last.
    growth
        The power of the size with which the total grew since the size before; None at first.
    """

    families: int
    coaches: int
    pairs: int
    matched: int
    optimal: bool
    seconds: dict[str, float] = field(default_factory=dict)
    growth: float | None = None


def add(verbs: Verbs[Parser]) -> Parser:
    command = verbs.add_parser(
        "bench",
        help="measure how long a solve takes here",
        description="Solves made-up counties of growing size, each proved and verified, and tells\n"
        "the seconds of each stage. Growth is the power of the size: 1 is in proportion.",
    )
    command.add_argument(
        "--sizes", type=sizes, default=SIZES, metavar="N,N…", help="families (1000,5000)"
    )
    command.add_argument("--seed", type=int, default=0, help="of the counties (0)")
    command.add_argument(
        "--no-explain", dest="explain", action="store_false",
        help="without next best coaches and where to recruit",
    )  # fmt: skip
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return command


def sizes(text: str) -> tuple[int, ...]:
    """Numbers of families, smallest first."""
    words = text.split(",")
    if not all(word.isdecimal() and int(word) > 1 for word in words):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers from 2, as 1000,5000")
    return tuple(sorted({int(word) for word in words}))


def run(options: argparse.Namespace) -> int:
    # What is compiled or loaded once would else be told as time of the first size.
    solve(generate(WARM_UP), explain=options.explain)
    rows: list[Timing] = []
    for size in options.sizes:
        rows.append(_measure(size, rows[-1] if rows else None, options))
        if not options.quiet and not options.json and len(options.sizes) > 1:
            complain(f"{size} families: {rows[-1].seconds['total']:.2f} seconds")
    if options.json:
        give([asdict(row) for row in rows])
    else:
        say(*_table(rows))
    return Code.OK


def _measure(size: int, last: Timing | None, options: argparse.Namespace) -> Timing:
    problem = generate(size, seed=options.seed)
    with stages(f"{size} families", quiet=options.quiet or options.json) as progress:
        begun = perf_counter()
        result = solve(problem, progress, explain=options.explain)
        total = perf_counter() - begun
    return _timing(result, total, last)


def _timing(result: Result, total: float, last: Timing | None) -> Timing:
    growth = None
    if last is not None:
        growth = log(total / last.seconds["total"]) / log(result.families / last.families)
    return Timing(
        families=result.families,
        coaches=result.coaches,
        pairs=result.pairs,
        matched=result.matched,
        optimal=result.optimal,
        seconds={**result.seconds, "total": round(total, 3)},
        growth=None if growth is None else round(growth, 2),
    )


def _table(rows: list[Timing]) -> list[str]:
    """The figures in columns, a line for each size."""
    names = list(dict.fromkeys(stage for row in rows for stage in row.seconds))
    heads = ["families", "coaches", "pairs", "matched"]
    heads += [*(f"{name} s" for name in names), "growth"]
    cells = [[*_figures(row), *_seconds(row, names), _growth(row)] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in (heads, *cells)
    ]


def _figures(row: Timing) -> list[str]:
    return [f"{number:,}" for number in (row.families, row.coaches, row.pairs, row.matched)]


def _seconds(row: Timing, names: list[Any]) -> list[str]:
    return [f"{row.seconds.get(name, 0):.2f}" for name in names]


def _growth(row: Timing) -> str:
    return "" if row.growth is None else f"n^{row.growth:.2f}"
