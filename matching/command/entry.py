"""Reads the arguments, runs the verb, and turns what goes wrong into an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from matching.command import bench, check, explain, generate, solve, whatif
from matching.command.codes import EXIT_CODES, Code, StopError
from matching.command.screen import as_rows, complain, counted, give
from matching.tables import FilesError
from matching.verify import VerificationError
from matching.version import __version__

NOTHING = "nothing was written."
VERBS = (solve, check, explain, whatif, generate, bench)
START = """start here:
  python -m matching generate county --families 500   a made-up problem
  python -m matching solve county --out result        match it
  python -m matching check county result              have it checked independently
  python -m matching explain county result            read why
  python -m matching whatif county --change 'coach C000001 gone'

`python -m matching solve --help` tells more about solve, and so on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except StopError as stop:
        return _failed(stop.code, stop.lines, options)
    except FilesError as error:
        lines = [*map(str, error.faults), f"{counted(len(error.faults), 'fault')}; {NOTHING}"]
        return _failed(Code.BAD_INPUT, lines, options, as_rows(error.faults))
    except VerificationError as error:
        lines = [*str(error).splitlines(), f"This is a defect of the matcher; {NOTHING}"]
        return _failed(Code.DEFECT, lines, options)
    except BrokenPipeError:
        # Who reads has had enough (`| head`): that is no fault; Python must not flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Code.OK
    except OSError as error:
        return _failed(Code.BAD_INPUT, [f"{error.filename}: {error.strerror}"], options)
    except KeyboardInterrupt:
        complain("Stopped.")
        return Code.STOPPED


def _failed(
    code: Code,
    lines: Sequence[str],
    options: argparse.Namespace,
    faults: Sequence[dict[str, Any]] = (),
) -> Code:
    """Tell people, and programs if they asked, why there is no result."""
    complain(*lines)
    if options.json:
        give({"status": code.name.lower(), "message": "\n".join(lines), "faults": list(faults)})
    return code


def parser() -> argparse.ArgumentParser:
    """All verbs with their options."""
    found = argparse.ArgumentParser(
        prog="python -m matching",
        description="Matches families with coaches: exactly, with proof and explanation.",
        epilog=f"{START}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--version", action="version", version=__version__)
    verbs = found.add_subparsers(
        required=True, title="verbs", metavar="solve|check|explain|whatif|generate|bench"
    )
    for verb in VERBS:
        command = verb.add(verbs)
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.epilog = f"examples:\n{verb.EXAMPLES}\n\n{EXIT_CODES}"
        command.add_argument("--json", action="store_true", help="data on standard output")
        command.set_defaults(run=verb.run)
    return found
