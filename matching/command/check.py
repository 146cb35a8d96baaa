"""``check``: verify a result against its problem."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from matching.command.codes import Code
from matching.command.screen import counted, give, say
from matching.command.work import Parser, Verbs, add_directory
from matching.files import read_problem
from matching.output import read_claim, reason_faults
from matching.tables import FilesError
from matching.verify import verify

EXAMPLES = """  python -m matching check county result
  python -m matching check county result --json"""


def add(verbs: Verbs[Parser]) -> Parser:
    command = verbs.add_parser(
        "check",
        help="verify the result in OUT against the problem in DIR",
        description="Checks every rule, limit, cost and figure, and that no other choice matches\n"
        "families that come before, nor the same families for less. Trusts nothing in OUT and\n"
        "shares no code with the solver; OUT may come from another program.",
    )
    add_directory(command)
    command.add_argument("out", type=Path, metavar="OUT", help="folder of the result")
    return command


def run(options: argparse.Namespace) -> int:
    problem = read_problem(options.directory)
    try:
        claim = read_claim(options.out)
    except FilesError as error:
        return report([str(fault) for fault in error.faults], as_json=options.json)
    return report([*verify(problem, claim), *reason_faults(claim)], as_json=options.json)


def report(faults: Sequence[str], *, as_json: bool) -> Code:
    """Says what is wrong, or that nothing is."""
    if as_json:
        give({"correct": not faults, "faults": list(faults)})
    elif faults:
        say(*faults, f"{counted(len(faults), 'fault')}.")
    else:
        say(
            "Correct: all rules and limits are kept; no other choice matches more families or",
            "families that come before; none costs less.",
        )
    return Code.FAULTS if faults else Code.OK
