"""``python -m scripts.mutation``: put small faults into the matcher and see that the tests notice.

Results are kept in build/mutants.jsonl and used again as long as the function around the fault is
the same, so a run that is broken off goes on where it was. When all are known,
docs/matching-mutants.md is written; a survivor without an argument in accepted.toml makes the exit
code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from time import monotonic

from scripts.mutation.groups import GROUPS, Group
from scripts.mutation.mutants import Mutant, mutants_of, mutated
from scripts.mutation.page import Outcome, write_page
from scripts.mutation.trial import SURVIVED, Trial, source_of, with_tests

NEEDED = {"NUMBA_DISABLE_JIT": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0",
          "OPENBLAS_NUM_THREADS": "1"}  # fmt: skip
RESULTS = Path("build/mutants.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if any(os.environ.get(name) != value for name, value in NEEDED.items()):
        os.environ.update(NEEDED)
        os.execv(sys.executable, [sys.executable, "-m", "scripts.mutation", *sys.argv[1:]])
    known = _known()
    deadline = monotonic() + 60 * options.minutes
    for name in options.group or GROUPS:
        _run(name, GROUPS[name], known, deadline, options)
    return 0 if write_page({name: _outcomes(GROUPS[name], known) for name in GROUPS}) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.mutation", description=__doc__)
    parser.add_argument("group", nargs="*", choices=[[], *GROUPS], help="all by default")
    parser.add_argument("--minutes", type=float, default=600, help="when to stop")
    parser.add_argument("--examples", type=int, help="examples of each Hypothesis test")
    parser.add_argument("--only", default="", help="those in whose name this is")
    parser.add_argument("--again", action="store_true", help="try survivors of earlier runs again")
    return parser


def _mutants(group: Group) -> list[Mutant]:
    """A group's mutants in an order that makes those of the first minutes a fair sample."""
    found = [m for module in group.modules for m in mutants_of(module, source_of(module))]
    Random("mutants").shuffle(found)
    return found


def _known() -> dict[str, str]:
    """How each mutant tried so far ended; a later line counts."""
    if not RESULTS.exists():
        return {}
    rows = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
    return {row["key"]: row["how"] for row in rows}


def _run(
    name: str, group: Group, known: dict[str, str], deadline: float, options: argparse.Namespace
) -> None:
    open_ways = (None, SURVIVED) if options.again else (None,)
    wanted = [
        mutant
        for mutant in _mutants(group)
        if known.get(mutant.key) in open_ways and options.only in mutant.name
    ]

    def try_all(trial: Trial) -> None:
        _say(f"{name}: {len(wanted)} to try")
        for place, mutant in enumerate(wanted, start=1):
            if monotonic() > deadline:
                _say(f"{name}: time is up")
                return
            how = trial((mutant.module, mutated(source_of(mutant.module), mutant)))
            known[mutant.key] = how
            _keep(mutant, how)
            if how == SURVIVED:
                _say(f"{place}/{len(wanted)} {mutant.name}")

    if wanted:
        with_tests(group.tests, options.examples or group.examples, try_all)


def _say(line: str) -> None:
    print(line, file=sys.__stderr__, flush=True)


def _keep(mutant: Mutant, how: str) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"how": how, **asdict(mutant)}) + "\n")


def _outcomes(group: Group, known: dict[str, str]) -> list[Outcome]:
    return [Outcome(mutant, known.get(mutant.key)) for mutant in _mutants(group)]


if __name__ == "__main__":
    sys.exit(main())
