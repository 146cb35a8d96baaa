"""Run one peer: ``python -I benchmarks/peers/__main__.py NAME PROBLEM ANSWER CAP_S CAP_BYTES``.

With ``-I`` no folder of the project is on the path, so ``import matching`` finds the peer's. When
the time is up the process ends by the alarm's signal, when memory is up with `NO_MEMORY`.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from dataclasses import asdict
from importlib import import_module, metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from time import perf_counter
from typing import Any

HERE = Path(__file__).resolve().parent
NO_MEMORY = 3
ROUNDS, ENOUGH_S = 3, 2.0


def main(name: str, problem: str, answer: str, cap_s: str, cap_bytes: str) -> None:
    """Solve, judge the answer, and write what was found and how long the best round took."""
    _load_package()
    peer = import_module("peers.registry").PEERS[name]
    work = getattr(import_module(f"peers.{peer.module}"), peer.function)
    arcs = import_module("peers.exchange").Arcs.load_from(Path(problem))
    len(arcs.slotted), len(arcs.by_slot)  # given to all ready-made, so made before the clock starts
    resource.setrlimit(resource.RLIMIT_DATA, (int(cap_bytes), int(cap_bytes)))
    before = _peak_mb()
    seconds, found = _best_round(lambda: work(arcs, **peer.options), float(cap_s))
    peak = _peak_mb()
    judged = import_module("peers.exchange").judge(arcs, found)
    versions = {package: metadata.version(package) for package in peer.packages}
    row = {"seconds": seconds, "mb": peak, "mb_before": before, "versions": versions}
    Path(answer).write_text(json.dumps({**row, **asdict(judged)}), encoding="utf-8")


def _load_package() -> None:
    spec = spec_from_file_location(
        "peers", HERE / "__init__.py", submodule_search_locations=[str(HERE)]
    )
    assert spec is not None
    sys.modules["peers"] = module_from_spec(spec)


def _best_round(work: Any, cap_s: float) -> tuple[float, Any]:
    """Quick ones run up to three times; the alarm is set anew for each round."""
    seconds: list[float] = []
    while len(seconds) < ROUNDS and sum(seconds) < ENOUGH_S:
        signal.setitimer(signal.ITIMER_REAL, cap_s)
        begun = perf_counter()
        found = work()
        seconds.append(perf_counter() - begun)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return min(seconds), found


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except MemoryError:
        sys.exit(NO_MEMORY)
