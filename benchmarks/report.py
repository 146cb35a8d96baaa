"""Figures into tables: a heading of columns and rows of text, each under the name of its marker."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from os import cpu_count
from statistics import mean, median
from typing import Any

from benchmarks.counties import KINDS
from benchmarks.matching import HEURISTICS, Measured
from benchmarks.peers.registry import PEERS
from benchmarks.runs import Figures

NONE = "–"
GROWTH_FROM = 5_000
TITLES = {
    "ours": "**this matcher**",
    "greedy": "greedy by priority",
    "deferred": "deferred acceptance (ours)",
}
SOLVES = {
    "ours": "the whole problem, both levels; and proves it",
    "greedy": "the whole problem, neither level exactly",
    "deferred": "the whole problem, neither level exactly",
}
Row = Sequence[str]

MEANS = ("asked", "coming_families", "coming_coaches")


@dataclass(frozen=True)
class Table:
    """One table of the page; `name` is that of its markers."""

    name: str
    title: str
    columns: Row
    rows: Sequence[Row]


def tables(measured: Measured) -> list[Table]:
    """All tables, in the order of the page."""
    found = [_scale(measured), _stages(measured), _reruns(measured)]
    found += [_times(measured, kind) for kind in ("limits", "slots_only")]
    found += [_answers(measured, kind) for kind in ("limits", "slots_only")]
    return [*found, _full_table(measured), _quality(measured)]


def kinds(measured: Measured) -> str:
    """What the counties of the last table are, as a list."""
    return "\n".join(
        f"- **{k.replace('_', ' ')}**: {KINDS[k].__doc__}" for k in measured.plan.kinds
    )


def growth(measured: Measured) -> dict[str, tuple[float, int, int]]:
    """Exponent of seconds and of memory between two sizes, and the sizes: seed 1 of each."""
    sizes = [n for n, seed in measured.scale if seed == 1 and n >= GROWTH_FROM]
    if len(sizes) < 2:
        return {}
    low, high = min(sizes), max(sizes)
    ends = [measured.scale[n, 1]["solved"] for n in (low, high)]
    return {
        name: (log(ends[1][name] / ends[0][name]) / log(high / low), low, high)
        for name in ("seconds", "mb")
    }


def sentences(measured: Measured) -> str:
    """What the figures come to, and where and with what they were measured."""
    ratios = [_ratio(row) for row in measured.scale.values()]
    lines = [f"Solve ÷ pass: {min(ratios):.0f} to {max(ratios):.0f}."]
    for name, (exponent, low, high) in growth(measured).items():
        what = "seconds grow" if name == "seconds" else "memory grows"
        lines.append(f"From {low:,} to {high:,} families {what} as n^{exponent:.2f}.")
    shares = [_share(row) for row in measured.scale.values() if "explained" in row]
    lines.append(f"Explanations add {min(shares):.0%} to {max(shares):.0%} to a solve.")
    versions: dict[str, str] = {}
    for kind in measured.peers.values():
        for rows in kind.values():
            for row in rows.values():
                versions |= row.get("versions", {})
    told = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    lines.append(f"Peers: {told}." if told else "No peers.")
    lines.append(f"Python {platform.python_version()}, {cpu_count()} cores, {platform.machine()}.")
    return "\n".join(lines)


def _scale(measured: Measured) -> Table:
    columns = (
        "families", "seed", "pairs", "slot arcs", "matched", "read s", "solve s", "pass s",
        "solve ÷ pass", "read and solve ÷ pass", "MB", "explanations",
    )  # fmt: skip
    return Table("scale", "From files to verified proposals", columns, [
        (
            f"{families:,}", str(seed), f"{row['solved']['pairs']:,}",
            f"{row['yardstick']['slot_arcs']:,}", f"{row['solved']['matched']:,}",
            _seconds(row["solved"]["read"]), _seconds(row["solved"]["seconds"]),
            _seconds(row["yardstick"]["seconds"]), f"{_ratio(row):.1f}",
            f"{_ratio(row, 'read'):.1f}", f"{row['solved']['mb']:,.0f}", _explained(row),
        )
        for (families, seed), row in measured.scale.items()
    ])  # fmt: skip


def _ratio(row: dict[str, Figures], *more: str) -> float:
    taken = row["solved"]["seconds"] + sum(row["solved"][name] for name in more)
    return float(taken / row["yardstick"]["seconds"])


def _share(row: dict[str, Figures]) -> float:
    """What explanations add, as a share of the solve without them."""
    return float(row["explained"]["seconds"] / row["solved"]["seconds"]) - 1


def _explained(row: dict[str, Figures]) -> str:
    return f"{_share(row):+.0%}" if "explained" in row else NONE


def _stages(measured: Measured) -> Table:
    """Seconds by stage with explanations, medians over the seeds."""
    by_size: dict[int, list[Figures]] = {}
    for (families, _), row in measured.scale.items():
        stages = row.get("explained", row["solved"])["stages"]
        by_size.setdefault(families, []).append(stages)
    names = list(dict.fromkeys(name for rows in by_size.values() for r in rows for name in r))
    rows = [
        (f"{families:,}", *(_seconds(median(r.get(n, 0.0) for r in found)) for n in names))
        for families, found in by_size.items()
    ]
    return Table("stages", "Seconds by stage", ("families", *names), rows)


def _reruns(measured: Measured) -> Table:
    columns = (
        "families", "seed", "cold s", "warm s", "cold ÷ warm", "search only", "reviewed pairs",
        "moved", "dearer by", "first question s", "further ones ms", "one family ms",
        "one coach ms",
    )  # fmt: skip
    return Table("reruns", "After 1 % has changed", columns, [
        (f"{families:,}", str(seed), *_rerun_cells(row["rerun"]))
        for (families, seed), row in measured.scale.items()
        if "rerun" in row
    ])  # fmt: skip


def _rerun_cells(again: Figures) -> Row:
    staying = again.get("staying")
    return (
        _seconds(again["cold"]),
        _seconds(again["warm"]),
        f"{again['cold'] / again['warm']:.1f}",
        f"{again['cold_search'] / max(0.001, again['warm_search']):.1f}",
        f"{again['reviewed']:,}",
        f"{again['moved'] / max(1, again['reviewed']):.1%}",
        NONE if staying is None else f"{staying:.2%}",
        _seconds(again["first_asked"]),
        *(
            f"{1_000 * mean(again[name]):.1f}"
            for name in ("asked", "coming_families", "coming_coaches")
        ),
    )


def _times(measured: Measured, kind: str) -> Table:
    """Seconds of each at each size, and what it solves."""
    found = measured.peers[kind]
    sizes = sorted(found["ours"])
    rows = [
        (_title(name), *(_time(found[name].get(n)) for n in sizes), _beside(found, name))
        for name in found
    ]
    columns = ("seconds", *(f"{n:,}" for n in sizes), "÷ this matcher")
    return Table(f"times-{kind}", f"Seconds by families: {KINDS[kind].__doc__}", columns, rows)


def _beside(found: dict[str, dict[int, Figures]], name: str) -> str:
    """Its time over ours, at the most families that it finished; smaller is faster than ours."""
    done = [n for n, row in found[name].items() if "seconds" in row]
    if not done or name == "ours":
        return NONE
    most = max(done)
    ratio = found[name][most]["seconds"] / found["ours"][most]["seconds"]
    return f"{_seconds(ratio)} at {most:,}"


def _answers(measured: Measured, kind: str) -> Table:
    """Whom each matches, at the largest size that most of them finish."""
    found = measured.peers[kind]
    size = sorted(found["ours"])[min(1, len(found["ours"]) - 1)]
    rows = [
        (_title(name), *_answer_cells(rows[size]), _solves(name))
        for name, rows in found.items()
        if "kept" in rows.get(size, {})
    ]
    columns = ("matching", "families", "within all limits", "points per match", "solves")
    title = f"What {size:,} families get: {KINDS[kind].__doc__}"
    return Table(f"answers-{kind}", title, columns, rows)


def _answer_cells(row: Figures) -> Row:
    each = row["cost"] / max(1, row["kept"])
    return f"{row['claimed']:,}", f"{row['kept']:,}", f"{each:.1f}"


def _full_table(measured: Measured) -> Table:
    found = {k: v for k, v in measured.peers["full_table"].items() if k not in HEURISTICS}
    size = measured.plan.table
    ours = found["ours"][size]
    rows = [
        (
            _title(name), _time(rows[size]),
            f"{rows[size]['seconds'] / ours['seconds']:.1f}" if "seconds" in rows[size] else NONE,
            f"{rows[size]['cost']:,}" if "cost" in rows[size] else NONE,
        )
        for name, rows in found.items()
    ]  # fmt: skip
    columns = (f"{size} × {size} scores", "seconds", "÷ this matcher", "points")
    return Table("full-table", "A full table of scores", columns, rows)


def _quality(measured: Measured) -> Table:
    columns = (
        "county", "pairs per family", "best", "greedy", "best ÷ greedy", "passes over",
        "deferred", "best ÷ deferred", "passes over", "points per match: best", "greedy",
        "deferred",
    )  # fmt: skip
    rows = [
        (kind.replace("_", " "), f"{sums['pairs']:.0f}", *_quality_cells(sums))
        for kind, sums in measured.quality.items()
    ]
    return Table("quality", "Families matched, all seeds together", columns, rows)


def _quality_cells(sums: dict[str, Any]) -> Row:
    best = sums["best"][0]
    cells = [f"{best:,}"]
    for way in HEURISTICS:
        gained = best / max(1, sums[way][0]) - 1
        cells += [f"{sums[way][0]:,}", f"{gained:+.1%}", f"{sums[way][2]:,}"]
    return (*cells, *(f"{sums[w][1] / max(1, sums[w][0]):.0f}" for w in ("best", *HEURISTICS)))


def _title(name: str) -> str:
    return TITLES[name] if name in TITLES else PEERS[name].title


def _solves(name: str) -> str:
    return SOLVES[name] if name in SOLVES else PEERS[name].solves


def _time(row: Figures | None) -> str:
    if row is None:
        return NONE
    return str(row["gave_up"]) if "gave_up" in row else _seconds(row["seconds"])


def _seconds(value: float) -> str:
    """Two digits that count, as a person reads them."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}" if value >= 0.001 else "< 0.001"
