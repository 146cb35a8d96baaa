"""``python -m benchmarks``: measure, show the table, write it to docs/benchmarks.md."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.matching import COLUMNS, measure, problems
from benchmarks.tables import screen_table, write_markdown
from matching import generate

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Everything that is claimed; nothing is written unless all of it could be measured."""
    console = Console()
    measure(generate(20), 0, rounds=1)  # loads the libraries, so that no round pays for it
    steps = track(problems(), "Matching beside HiGHS and greedy", console=Console(stderr=True))
    rows = [measure(problem, seed).cells() for seed, problem in steps]
    console.print(screen_table("The matcher beside HiGHS and greedy", COLUMNS, rows))
    write_markdown(PAGE, "matching", COLUMNS, rows)
    console.print("Written to docs/benchmarks.md.")


if __name__ == "__main__":
    main()
