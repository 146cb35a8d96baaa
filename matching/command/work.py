"""What several verbs do alike: arguments, and solving with faults told by file and line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from matching.command.codes import Code, StopError
from matching.command.screen import stages
from matching.faults import Fault
from matching.files import located
from matching.problem import Problem, ProblemError
from matching.result import Result, Status
from matching.solver import solve
from matching.tables import FileFault, FilesError

Verbs = argparse._SubParsersAction  # what add_subparsers gives has no public name
Parser = argparse.ArgumentParser
DIR_HELP = "folder with families.csv, coaches.csv and what else there is"


def add_directory(command: Parser) -> None:
    command.add_argument("directory", type=Path, metavar="DIR", help=DIR_HELP)


def add_solving(command: Parser) -> None:
    command.add_argument(
        "--seed", type=int, default=0, help="which of several equally good answers (0)"
    )
    command.add_argument(
        "--time-limit", type=float, metavar="SECONDS", help="give up after so long (never)"
    )
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")


def count(text: str) -> int:
    """A whole number from 0, as an argument."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def solved(
    problem: Problem,
    options: argparse.Namespace,
    title: str,
    locate: Callable[[tuple[Fault, ...]], list[FileFault]] | None = None,
    *,
    explain: bool = True,
) -> Result:
    """The optimum, with progress shown.

    Parameters
    ----------
    locate
        Says where in which file the faults of impossible pins are; by default in `directory`.

    Raises
    ------
    FilesError
        When pins are impossible.
    StopError
        When the time limit passed.
    """
    try:
        with stages(title, quiet=options.quiet) as progress:
            result = solve(
                problem, progress, seed=options.seed, time_limit_s=options.time_limit,
                explain=explain,
            )  # fmt: skip
    except ProblemError as error:
        found = locate(error.faults) if locate else located(options.directory, error.faults)
        raise FilesError(found) from error
    if result.status == Status.TIME_LIMIT:
        raise StopError(Code.NO_TIME, "The time limit passed; nothing was written.")
    return result
