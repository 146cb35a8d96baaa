"""``solve``: match the families and coaches of a folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from matching.command.codes import Code
from matching.command.screen import give, say
from matching.command.work import Parser, Verbs, add_directory, add_solving, solved
from matching.files import read_problem
from matching.output import write_result
from matching.result import Result

EXAMPLES = """  python -m matching solve county --out result
  python -m matching solve county --out result --json | jq .matched"""


def add(verbs: Verbs[Parser]) -> Parser:
    command = verbs.add_parser(
        "solve",
        help="match the families and coaches in DIR",
        description="Reads families.csv, coaches.csv and the optional exclusions.csv, pins.csv, "
        "previous.csv, placements.csv, supervisors.csv and settings.toml from DIR.\nWrites "
        "proposals.csv, unmatched.csv, recruitment.csv, summary.json and proof.json to OUT.",
    )
    add_directory(command)
    command.add_argument("--out", type=Path, required=True, help="where the result goes")
    add_solving(command)
    return command


def run(options: argparse.Namespace) -> int:
    problem = read_problem(options.directory)
    result = solved(problem, options, "Matching")
    write_result(result, options.out)
    if options.json:
        give(result.summary())
    else:
        say(*told(result))
    return Code.OK


def told(result: Result) -> tuple[str, str]:
    """The outcome in two lines."""
    return (
        f"{result.matched} of {result.families} families matched, cost {result.cost} of which "
        f"load {result.load_cost}.",
        "Proved: no other choice matches more families or families that come before; "
        "none costs less.",
    )
