"""``explain``: tell why each family is matched as it is, or left out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from matching.command.check import report
from matching.command.codes import Code, StopError
from matching.command.screen import give, say
from matching.command.work import Parser, Verbs, add_directory
from matching.files import read_problem
from matching.letters import match_letter, waiting_letter
from matching.notes import coach_note, match_note, recruit_note, waiting_note
from matching.output import ReadUnmatched, read_claim
from matching.problem import Problem
from matching.reading import result_of
from matching.result import Proposal, Reason, Result
from matching.story import Stories
from matching.story_text import story_note
from matching.tables import FilesError

EXAMPLES = """  python -m matching explain county result
  python -m matching explain county result --family F000012
  python -m matching explain county result --family F000012 --letter
  python -m matching explain county result --coach C000004 --json"""


def add(verbs: Verbs[Parser]) -> Parser:
    command = verbs.add_parser(
        "explain",
        help="tell why each family is matched as it is, or left out",
        description="Tells a coordinator, by id, why OUT matches DIR as it does, without solving\n"
        "again; with --family also who would have to move for one that is left out. With\n"
        "--letter, writes to the families instead: in plain words, and with nothing about\n"
        "anybody else. Without --family and --coach: all families, and where to recruit.",
    )
    add_directory(command)
    command.add_argument("out", type=Path, metavar="OUT", help="folder of the result")
    command.add_argument(
        "--family", action="append", default=[], metavar="ID", help="this one; may be repeated"
    )
    command.add_argument(
        "--coach", action="append", default=[], metavar="ID", help="this one; may be repeated"
    )
    command.add_argument("--letter", action="store_true", help="what the family may be told")
    return command


def run(options: argparse.Namespace) -> int:
    problem = read_problem(options.directory)
    try:
        claim = read_claim(options.out)
        result = result_of(problem, claim)
    except FilesError as error:
        return report([str(fault) for fault in error.faults], as_json=options.json)
    _check_names(problem, options)
    told = _Told(problem, result, {row.family_id: row for row in claim.unmatched})
    everybody = not options.family and not options.coach
    names = sorted(problem.family_by_id) if everybody else options.family
    entries = [told.family(name, letter=options.letter, story=not everybody) for name in names]
    entries += [told.coach(name) for name in options.coach]
    if everybody and not options.letter:
        entries += told.recruits()
    if options.json:
        give(entries)
    else:
        say(*_lines(entries, alone=len(entries) == 1))
    return Code.OK


def _check_names(problem: Problem, options: argparse.Namespace) -> None:
    unknown = [f"family {name}" for name in options.family if name not in problem.family_by_id]
    unknown += [f"coach {name}" for name in options.coach if name not in problem.coach_by_id]
    if unknown:
        lines = (f"There is no {who} in {options.directory}." for who in unknown)
        raise StopError(Code.BAD_INPUT, *lines)


def _lines(entries: list[dict[str, Any]], *, alone: bool) -> Iterator[str]:
    """A letter that stands alone has no heading: it may be sent as it is."""
    for number, entry in enumerate(entries):
        if number:
            yield ""
        if "letter" in entry and not alone:
            yield f"To family {entry['family_id']}:"
        yield from entry.get("letter") or entry["note"]


class _Told:
    """Entries of one result: the sentences beside the data they come from."""

    def __init__(
        self, problem: Problem, result: Result, left_out: dict[str, ReadUnmatched]
    ) -> None:
        self.problem, self.result, self.left_out = problem, result, left_out
        self.proposals: dict[str, Proposal] = {row.family_id: row for row in result.proposals}

    @cached_property
    def stories(self) -> Stories:
        return Stories(self.problem, self.result)

    def family(self, name: str, *, letter: bool, story: bool) -> dict[str, Any]:
        """The note or, in its place, the letter, which is alone: data names other people.

        With `story` the note tells who would have to move for a family that is left out.
        """
        row = self.proposals.get(name)
        if letter and row:
            written = match_letter(self.problem, row)
        elif letter:
            written = waiting_letter(self.problem, self.left_out[name])
        elif row:
            return {"family_id": name, "note": match_note(row), "proposal": asdict(row)}
        else:
            left_out = self.left_out[name]
            entry: dict[str, Any] = {"family_id": name, "note": waiting_note(left_out)}
            if story and left_out.reason == Reason.OUTRANKED:
                told = self.stories.of(name)
                entry = {
                    **entry,
                    "note": (*entry["note"], *story_note(told)),
                    "story": asdict(told),
                }
            return {**entry, "unmatched": asdict(left_out)}
        return {"family_id": name, "letter": written.sentences()}

    def coach(self, name: str) -> dict[str, Any]:
        coach = self.problem.coach_by_id[name]
        own = [row for row in self.result.proposals if row.coach_id == name]
        note = coach_note(self.problem, coach, own)
        return {"coach_id": name, "note": note, "proposals": [asdict(row) for row in own]}

    def recruits(self) -> list[dict[str, Any]]:
        rows = self.result.recruitment
        return [{"note": (recruit_note(row),), "recruitment": asdict(row)} for row in rows]
