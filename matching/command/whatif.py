"""``whatif``: what would differ if something were otherwise."""

from __future__ import annotations

import argparse
from pathlib import Path

from matching.command.change_syntax import SYNTAX, changed
from matching.command.check import report
from matching.command.codes import Code, StopError
from matching.command.screen import give, say
from matching.command.work import Parser, Verbs, add_directory, add_solving, solved
from matching.comparison import compare
from matching.comparison_text import paragraphs, write_comparison
from matching.faults import Fault
from matching.files import read_problem, write_problem
from matching.output import read_claim, write_result
from matching.problem import Problem
from matching.reading import result_of
from matching.result import Result
from matching.tables import FileFault, FilesError

EXAMPLES = """  python -m matching whatif county --change 'coach C000012 capacity=3'
  python -m matching whatif county --change 'family F000007 priority=1' --change 'unpin F000009'
  python -m matching whatif county --changes plan.txt --before result --out difference"""


def add(verbs: Verbs[Parser]) -> Parser:
    command = verbs.add_parser(
        "whatif",
        help="tell who gains, who loses and who moves if something were otherwise",
        description="Solves DIR as it is and with the changes, and compares the two. DIR itself\n"
        f"stays as it is.\n\n{SYNTAX}",
    )
    add_directory(command)
    command.add_argument(
        "--change", action="append", default=[], metavar="CHANGE", help="may be repeated"
    )
    command.add_argument(
        "--changes", type=Path, metavar="FILE", help="one a line; these come first"
    )
    command.add_argument(
        "--before",
        type=Path,
        metavar="OUT",
        help="result of DIR, if there is one: not solved again",
    )
    command.add_argument(
        "--out", type=Path,
        help="where moves.csv, totals.csv and comparison.json go, with the changed problem and "
        "its result in folders",
    )  # fmt: skip
    add_solving(command)
    return command


def run(options: argparse.Namespace) -> int:
    problem = read_problem(options.directory)
    after_problem = _changed(problem, options)
    before = _before(problem, options)
    if before is None:
        return Code.FAULTS
    after = solved(
        after_problem, options, "Matching with the changes", _unlocated,
        explain=options.out is not None,
    )  # fmt: skip
    comparison = compare(before, after, problem, after_problem)
    if options.out is not None:
        write_comparison(comparison, options.out)
        write_problem(after_problem, options.out / "problem")
        write_result(after, options.out / "result")
    if options.json:
        give(comparison.to_dict())
    else:
        say(*"\n\n".join("\n".join(lines) for lines in paragraphs(comparison)).splitlines())
    return Code.OK


def _changed(problem: Problem, options: argparse.Namespace) -> Problem:
    if options.changes is None and not options.change:
        raise StopError(Code.BAD_INPUT, "Say what changes, with --change or --changes.")
    if options.changes is not None:
        lines = options.changes.read_text("utf-8-sig").splitlines()
        problem = changed(problem, lines, options.changes.name)
    return changed(problem, options.change, "--change") if options.change else problem


def _before(problem: Problem, options: argparse.Namespace) -> Result | None:
    """The result as it is; None, once the faults are told, if --before is not one."""
    if options.before is None:
        return solved(problem, options, "Matching as it is", explain=False)
    try:
        return result_of(problem, read_claim(options.before))
    except FilesError as error:
        report([str(fault) for fault in error.faults], as_json=options.json)
        return None


def _unlocated(faults: tuple[Fault, ...]) -> list[FileFault]:
    """Pins that the changes make impossible stand in no one line."""
    return [FileFault(row.table, 0, row.field, row.value, row.allowed) for row in faults]
