"""``generate``: write a made-up problem."""

from __future__ import annotations

import argparse

from matching.command.codes import Code
from matching.command.screen import give, say
from matching.command.work import Parser, Verbs, add_directory, count
from matching.files import write_problem
from matching.generate import generate

EXAMPLES = """  python -m matching generate county --families 500
  python -m matching generate county --families 5000 --coaches 3000 --seed 7 --plain"""


def add(verbs: Verbs[Parser]) -> Parser:
    command = verbs.add_parser(
        "generate",
        help="write a made-up problem to DIR",
        description="Writes a made-up county: the same numbers always give the same files.",
    )
    add_directory(command)
    command.add_argument("--families", type=count, default=500, help="how many (500)")
    command.add_argument("--coaches", type=count, help="how many (0.7 for each family)")
    command.add_argument("--seed", type=int, default=0, help="another number, another county (0)")
    command.add_argument(
        "--plain", action="store_true",
        help="without supervisors, placements, exclusions, pins and previous proposals",
    )  # fmt: skip
    return command


def run(options: argparse.Namespace) -> int:
    problem = generate(
        options.families, options.coaches, seed=options.seed, extras=not options.plain
    )
    write_problem(problem, options.directory)
    families, coaches = len(problem.families), len(problem.coaches)
    if options.json:
        give({"families": families, "coaches": coaches, "seed": options.seed})
    else:
        say(f"{families} families and {coaches} coaches written.")
    return Code.OK
