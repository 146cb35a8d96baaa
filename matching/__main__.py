"""The command: ``python -m matching solve | check | generate``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from matching.files import located, read_problem, write_problem
from matching.generate import generate
from matching.output import read_claim, reason_faults, write_result
from matching.problem import ProblemError
from matching.result import Result, Status
from matching.solver import solve
from matching.tables import FilesError
from matching.verify import verify
from matching.version import __version__

OK, FAULTS, BAD_INPUT, NO_TIME = 0, 1, 2, 3
EXIT_CODES = """exit codes:
  0  done, and nothing wrong
  1  check found faults; each is named on standard output
  2  the input is wrong; every bad row is named on standard error, nothing is written
  3  the time limit passed; nothing is written"""
STAGES = {
    "pairs": "finding all pairs",
    "who": "choosing who is matched",
    "how": "choosing with whom, at the least cost",
    "proof": "proving it",
    "explain": "explaining it",
    "recruit": "looking where to recruit",
    "verify": "verifying it independently",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except FilesError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        print(f"{len(error.faults)} faults; nothing was written.", file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching",
        description="Matches families with coaches: exactly, with proof and explanation.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="solve | check | generate")
    _add_solve(commands)
    _add_check(commands)
    _add_generate(commands)
    return parser


def _add_solve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "solve",
        help="match the families and coaches in DIR",
        description="Reads families.csv, coaches.csv and the optional exclusions.csv, pins.csv, "
        "previous.csv, placements.csv, supervisors.csv and settings.toml from DIR. Writes "
        "proposals.csv, unmatched.csv, recruitment.csv, summary.json and proof.json to OUT.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("directory", type=Path, metavar="DIR")
    command.add_argument("--out", type=Path, required=True, help="where the result goes")
    command.add_argument(
        "--seed", type=int, default=0, help="which of several equally good answers (0)"
    )
    command.add_argument(
        "--time-limit", type=float, metavar="SECONDS", help="give up after so long (never)"
    )
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")
    command.set_defaults(run=_solve)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "check",
        help="verify the result in OUT against the problem in DIR",
        description="Checks every rule, limit, cost and figure, and that no other choice matches "
        "families that come before, nor the same families for less. Trusts nothing in OUT and "
        "shares no code with the solver; OUT may come from another program.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("directory", type=Path, metavar="DIR")
    command.add_argument("out", type=Path, metavar="OUT")
    command.set_defaults(run=_check)


def _add_generate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "generate",
        help="write a made-up problem to DIR",
        description="Writes a made-up county: the same numbers always give the same files.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("directory", type=Path, metavar="DIR")
    command.add_argument("--families", type=_count, default=500, help="how many (500)")
    command.add_argument("--coaches", type=_count, help="how many (0.7 for each family)")
    command.add_argument("--seed", type=int, default=0, help="another number, another county (0)")
    command.add_argument(
        "--plain", action="store_true",
        help="without supervisors, placements, exclusions, pins and previous proposals",
    )  # fmt: skip
    command.set_defaults(run=_generate)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _solve(options: argparse.Namespace) -> int:
    problem = read_problem(options.directory)

    def show(stage: str, _share: float) -> None:
        if stage in STAGES and not options.quiet:
            print(f"{STAGES[stage]} …", file=sys.stderr, flush=True)

    try:
        result = solve(problem, show, seed=options.seed, time_limit_s=options.time_limit)
    except ProblemError as error:
        raise FilesError(located(options.directory, error.faults)) from error
    if result.status == Status.TIME_LIMIT:
        print("The time limit passed; nothing was written.", file=sys.stderr)
        return NO_TIME
    write_result(result, options.out)
    print(_told(result))
    return OK


def _told(result: Result) -> str:
    return (
        f"{result.matched} of {result.families} families matched, cost {result.cost} of which "
        f"load {result.load_cost}.\n"
        "Proved: no other choice matches more families or families that come before; "
        "none costs less."
    )


def _check(options: argparse.Namespace) -> int:
    problem = read_problem(options.directory)
    try:
        claim = read_claim(options.out)
    except FilesError as error:
        return _report([str(fault) for fault in error.faults])
    return _report([*verify(problem, claim), *reason_faults(claim)])


def _report(faults: Sequence[str]) -> int:
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} faults.")
        return FAULTS
    print("Correct: all rules and limits are kept; no other choice matches more families or")
    print("families that come before; none costs less.")
    return OK


def _generate(options: argparse.Namespace) -> int:
    problem = generate(
        options.families, options.coaches, seed=options.seed, extras=not options.plain
    )
    write_problem(problem, options.directory)
    print(f"{len(problem.families)} families and {len(problem.coaches)} coaches written.")
    return OK


if __name__ == "__main__":
    sys.exit(main())
