"""The lines in which a what-if is written: one change each, `SYNTAX` says how."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from matching.faults import ProblemError
from matching.files import (
    COACH_COLUMNS,
    FAMILY_COLUMNS,
    coach_cells,
    family_cells,
    parse_coach,
    parse_family,
    things,
)
from matching.problem import Coach, Family, Problem, Settings
from matching.tables import FileFault, FilesError, Row

SYNTAX = """one change each; later ones see earlier ones:
  coach C12 capacity=3 status=cleared       change columns, as they stand in coaches.csv
  coach C12 slots+=fri_evening              add to a list; slots-=fri_evening takes away
  coach C99 like C12 slots=mon_morning      a new coach, like another but for what is said
  coach C12 gone                            take away, with pins and so on that name C12
  family F7 priority=1 needs+=routines:2    families likewise: also like, gone
  supervisor S1 capacity=9                  change or add; supervisor S1 gone
  pin F7 C12            unpin F7            the only coach that the family may get
  exclude F7 C12        allow F7 C12        must never be matched
  place F7 C12 mon_morning                  an active match; end F7 C12 mon_morning
  previous F7 C12       forget F7           what was proposed last time
  setting load=10                           points, as in settings.toml
Lists have commas. A file of changes has one a line; # begins a remark."""

COLUMNS = {"family": FAMILY_COLUMNS, "coach": (*COACH_COLUMNS, "supervisor")}
LISTS = {
    "family": ("slots", "needs", "languages", "training", "household"),
    "coach": ("slots", "experience", "lived_experience", "languages", "training", "avoids"),
}
TABLES = {"family": "families", "coach": "coaches"}
# word: how many words follow it, the table, and what it puts there (None takes away)
BONDS: dict[str, tuple[int, str, bool]] = {
    "pin": (2, "pins", True),
    "unpin": (1, "pins", False),
    "exclude": (2, "exclusions", True),
    "allow": (2, "exclusions", False),
    "place": (3, "placements", True),
    "end": (3, "placements", False),
    "previous": (2, "previous", True),
    "forget": (1, "previous", False),
}


def changed(problem: Problem, lines: Iterable[str], source: str = "changes") -> Problem:
    """The problem with the changes that the lines say.

    Parameters
    ----------
    source
        What faults are told to be in.

    Raises
    ------
    FilesError
        With everything wrong in every line, and what is wrong once all are made.
    """
    reader = _Reader(problem, source)
    for number, line in enumerate(lines, start=1):
        reader.read(number, line)
    if reader.faults:
        raise FilesError(reader.faults)
    try:
        return problem.replace(**reader.edits)
    except ProblemError as error:
        raise FilesError(
            FileFault(source, reader.line_of(f.table, f.key), f.field, f.value, f.allowed)
            for f in error.faults
        ) from error


class _Reader:
    """Reads line by line into the edits of `Problem.replace`."""

    def __init__(self, problem: Problem, source: str) -> None:
        self.problem, self.source = problem, source
        self.faults: list[FileFault] = []
        self.edits: dict[str, dict[Any, Any]] = {}
        self.lines: dict[tuple[str, str], int] = {}
        self.standing: dict[str, Container[Any]] = {
            "families": problem.family_by_id,
            "coaches": problem.coach_by_id,
            "exclusions": problem.exclusions,
            "pins": problem.pins,
            "previous": problem.previous,
            "placements": {(p.family_id, p.coach_id, p.slot) for p in problem.placements},
            "supervisors": problem.supervisors,
        }
        self.line = 0

    def read(self, number: int, text: str) -> None:
        self.line = number
        try:
            words = shlex.split(text, comments=True)
        except ValueError as error:
            self.complain("", str(error), "quotes in pairs")
            return
        if not words:
            return
        word, *rest = words
        if word in COLUMNS:
            self._person(word, rest)
        elif word in BONDS:
            self._bond(word, rest)
        elif word == "supervisor":
            self._supervisor(rest)
        elif word == "setting":
            self._setting(rest)
        else:
            self.complain("", word, ", ".join((*COLUMNS, "supervisor", *BONDS, "setting")))

    def complain(self, column: str, value: str, allowed: str) -> None:
        self.faults.append(FileFault(self.source, self.line, column, value, allowed))

    def line_of(self, table: str, key: str) -> int:
        """The line that last spoke of a row; 0 for what no single line did."""
        return self.lines.get((table, key), 0)

    def _edit(self, table: str, key: Any, value: Any, name: str) -> None:
        self.edits.setdefault(table, {})[key] = value
        self.lines[table, name] = self.line

    def _drop(self, table: str, key: Any, nothing: Any, name: str) -> None:
        """Take away what stands there, or what an earlier line put there."""
        if key not in self.standing[table] and key in self.edits.get(table, {}):
            del self.edits[table][key]
        else:
            self._edit(table, key, nothing, name)

    def _person(self, kind: str, words: Sequence[str]) -> None:
        if len(words) < 2:
            form = f"{kind} ID column=value, {kind} ID like ID, or {kind} ID gone"
            self.complain("", " ".join((kind, *words)), form)
            return
        key, *rest = words
        row = self._now(kind, key)
        if rest[0] == "like":
            self._new(kind, key, row, rest[1:])
        elif row is None:
            self.complain(f"{kind}_id", key, f"an id in {TABLES[kind]}; a new one needs like")
        elif rest == ["gone"]:
            self._drop(TABLES[kind], key, None, key)
        else:
            self._change(kind, key, row, rest)

    def _new(self, kind: str, key: str, row: Family | Coach | None, words: Sequence[str]) -> None:
        model = self._now(kind, words[0]) if words else None
        if row is not None:
            self.complain(f"{kind}_id", key, f"an id that is not in {TABLES[kind]} yet")
        elif model is None:
            self.complain(f"{kind}_id", " ".join(words[:1]), f"like and an id in {TABLES[kind]}")
        else:
            self._change(kind, key, model, words[1:])

    def _known(self, kind: str) -> Mapping[str, Family | Coach]:
        return self.problem.family_by_id if kind == "family" else self.problem.coach_by_id

    def _now(self, kind: str, key: str) -> Family | Coach | None:
        """The row as the lines so far have left it; None if it is not there."""
        row: Family | Coach | None = self._known(kind).get(key)
        return self.edits.get(TABLES[kind], {}).get(key, row)

    def _change(self, kind: str, key: str, row: Family | Coach, words: Sequence[str]) -> None:
        cells = family_cells(row) if isinstance(row, Family) else coach_cells(row)
        texts = dict(zip(COLUMNS[kind], map(str, cells), strict=True))
        texts[f"{kind}_id"] = key
        count = len(self.faults)
        for word in words:
            self._change_cell(kind, texts, word)
        if len(self.faults) > count:
            return
        place = {column: at for at, column in enumerate(texts)}
        table = Row(self.source, self.line, place, tuple(texts.values()), self.faults)
        make: Callable[[Row], Any] = parse_family if kind == "family" else parse_coach
        for made in things([table], make):
            if len(self.faults) == count:
                self._edit(TABLES[kind], key, made, key)

    def _change_cell(self, kind: str, cells: dict[str, str], word: str) -> None:
        left, equals, value = word.partition("=")
        column = left.rstrip("+-")
        sign = left[len(column) :]
        if not equals or column not in cells or column == f"{kind}_id":
            columns = [name for name in cells if name != f"{kind}_id"]
            self.complain("", word, f"column=value with a column of {', '.join(columns)}")
        elif sign not in ("", "+", "-") or (sign and column not in LISTS[kind]):
            self.complain(column, word, "column=value; += and -= are for lists")
        elif column not in LISTS[kind]:
            cells[column] = value
        else:
            cells[column] = " ".join(self._list(column, cells[column].split(), sign, value))

    def _list(self, column: str, old: list[str], sign: str, value: str) -> list[str]:
        words = value.replace(",", " ").split()
        if not sign:
            return words
        names = {word.partition(":")[0] for word in words}
        kept = [word for word in old if word.partition(":")[0] not in names]
        if sign == "+":
            return [*kept, *words]
        for name in sorted(names - {word.partition(":")[0] for word in old}):
            self.complain(column, name, f"one of {' '.join(old) or 'none'}")
        return kept

    def _bond(self, word: str, words: Sequence[str]) -> None:
        count, table, add = BONDS[word]
        if len(words) != count:
            self.complain("", " ".join((word, *words)), _form(word))
        elif table in ("pins", "previous"):
            if add:
                self._edit(table, words[0], words[1], " ".join(words))
            else:
                self._drop(table, words[0], None, words[0])
        elif add:
            self._edit(table, tuple(words), True, " ".join(words[:2]))
        else:
            self._drop(table, tuple(words), False, " ".join(words))

    def _supervisor(self, words: Sequence[str]) -> None:
        if len(words) == 2 and words[1] == "gone":
            self._drop("supervisors", words[0], None, words[0])
            return
        name, equals, number = words[1].partition("=") if len(words) == 2 else ("", "", "")
        if name != "capacity" or not equals or not number.isdecimal():
            form = "supervisor ID capacity=NUMBER, or supervisor ID gone"
            self.complain("", " ".join(("supervisor", *words)), form)
            return
        self._edit("supervisors", words[0], int(number), words[0])

    def _setting(self, words: Sequence[str]) -> None:
        names = [one.name for one in fields(Settings)]
        for word in words:
            name, _, number = word.partition("=")
            if name not in names:
                self.complain("", word, f"name=points with a name of {', '.join(names)}")
            elif not number.isdecimal():
                self.complain(name, number, "a whole number from 0")
            else:
                self._edit("settings", name, int(number), "")
        if not words:
            self.complain("", "setting", "setting name=points")


def _form(word: str) -> str:
    names = ("FAMILY", "COACH", "SLOT")[: BONDS[word][0]]
    return f"{word} {' '.join(names)}"
