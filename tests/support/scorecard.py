"""The scorecard: a pytest plugin that counts marked tests by row and prints one table.

A test shows a row with ``@pytest.mark.scorecard("8.2.1")``. A control, ``control=True``, is a test
that takes the guard away and passes only if the check then fails. With ``PEERAPP_SCORECARD`` set
to a folder each run leaves its counts there, and ``python -m tests.support.scorecard FOLDER``
prints those of all runs as one table. What a test records as ``scorecard_note`` stands below it.
With ``--whole`` it fails where a row has no test or no control among them.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.scorecard_rows import MISSING, ROWS, WITHOUT_CONTROL, row_of

FOLDER = "PEERAPP_SCORECARD"
HEAD = ("row", "what it requires", "tests", "passed", "controls", "control failed as it must")

Counts = Counter[tuple[str, str]]
"""How many, by name of the row and one of: test, test passed, control, control passed."""


class Scorecard:
    """Counts what the reports of all workers tell."""

    def __init__(self) -> None:
        self.counts: Counts = Counter()
        self.notes: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let each marked test carry its rows to where reports are gathered."""
        for item in items:
            for row, control in marks_of(item):
                item.user_properties.append(("scorecard", f"{row}|{int(control)}"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: at its call, or where it was broken before or after."""
        if report.when != "call" and not report.failed:
            return
        for name, value in report.user_properties:
            if name == "scorecard_note" and report.when == "call":
                self.notes.append(str(value))
            if name == "scorecard" and report.outcome != "skipped":
                row, _, control = str(value).partition("|")
                self._count(row, "control" if control == "1" else "test", report)

    def _count(self, row: str, kind: str, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            self.counts[row, f"{kind} passed"] -= 1
            return
        self.counts[row, kind] += 1
        self.counts[row, f"{kind} passed"] += report.passed

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Leave the counts where they are gathered, or print the rows that this run has shown."""
        if not self.counts:
            return
        if folder := os.environ.get(FOLDER):
            path = Path(folder) / f"scorecard-{os.environ.get('PEERAPP_TEST_DB', 'sqlite')}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dumped(self.counts), encoding="utf-8")
            path.with_suffix(".txt").write_text("".join(f"{one}\n" for one in self.notes))
            return
        terminalreporter.section("scorecard")
        for line in [*table(self.counts, whole=False), *self.notes]:
            terminalreporter.write_line(line)


def marks_of(item: pytest.Item) -> Iterator[tuple[str, bool]]:
    """Yield the rows that a test shows, each with whether it is a control.

    Raises
    ------
    pytest.UsageError
        A mark names no row.
    """
    for mark in item.iter_markers("scorecard"):
        for number in mark.args:
            try:
                yield row_of(number).name, bool(mark.kwargs.get("control", False))
            except ValueError as error:
                raise pytest.UsageError(f"{item.nodeid}: {error}") from error


def dumped(counts: Counts) -> str:
    return json.dumps([[*key, count] for key, count in sorted(counts.items())], indent=0)


def loaded(paths: Iterable[Path]) -> Counts:
    """Add up what several runs have left."""
    counts: Counts = Counter()
    for path in paths:
        for row, kind, count in json.loads(path.read_text(encoding="utf-8")):
            counts[row, kind] += count
    return counts


def table(counts: Counts, *, whole: bool = True) -> list[str]:
    """Return the table's lines: all rows, or those alone of which a test has run."""
    lines = [HEAD]
    for row in ROWS:
        tests, passed, controls, failed = (
            counts[row.name, kind] for kind in ("test", "test passed", "control", "control passed")
        )
        if not tests and not controls:
            if whole:
                lines.append((row.name, row.requirement, "MISSING", "", "", ""))
            continue
        cells = (str(tests), str(passed), str(controls), verdict(controls, failed))
        lines.append((row.name, row.requirement, *cells))
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def verdict(controls: int, failed: int) -> str:
    """Say whether the checks of a row notice that their guard is gone."""
    if not controls:
        return "NONE"
    return "yes" if failed == controls else f"NO: {controls - failed} of {controls}"


def holes(counts: Counts) -> list[str]:
    """Return what a whole run leaves unshown: rows without a test, or without a control."""
    return [
        f"{row.name} has no {kind}"
        for row in ROWS
        for kind, declared in (("test", MISSING), ("control", WITHOUT_CONTROL))
        if not counts[row.name, kind] and row.name not in declared
    ]


def main(folder: str, *, whole: bool) -> int:
    """Print the table of all runs that have left their counts in a folder.

    Returns
    -------
    int
        1 if the runs were to show every row and do not, else 0.
    """
    paths = sorted(Path(folder).glob("scorecard-*.json"))
    names = ", ".join(path.stem.removeprefix("scorecard-") for path in paths)
    notes = [path.with_suffix(".txt").read_text(encoding="utf-8") for path in paths]
    counts = loaded(paths)
    found = holes(counts) if whole else []
    lines = [f"== scorecard: {names}", *table(counts, whole=whole), *found, "".join(notes)]
    sys.stdout.write("\n".join(lines))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], whole="--whole" in sys.argv))
