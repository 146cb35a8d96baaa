"""What if: a problem with some of its rows added, changed or taken away, checked as a whole.

In each table an id leads to what becomes of its row: a whole row, the fields that change, or None
to take it away. `Problem.replace` is the way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from matching.faults import Fault, ProblemError
from matching.problem import Coach, Family, Placement, Problem

Pair = tuple[str, str]
Row = TypeVar("Row", Family, Coach)
Key = TypeVar("Key", bound=tuple[str, ...])
Value = TypeVar("Value", str, int)


@dataclass(frozen=True, kw_only=True)
class Edits:
    """What becomes of which row; everything that is not named stays.

    Attributes
    ----------
    families, coaches
        id to a whole row, which is added or takes the place of the row with that id; to the fields
        that change; or to None: the row goes, with all that names it in the other tables.
    exclusions
        ``(family_id, coach_id)`` to whether the two must never be matched.
    pins, previous, supervisors
        id to the new value, or to None.
    placements
        ``(family_id, coach_id, slot)`` to whether that match is active.
    settings
        name to points.
    """

    families: Mapping[str, Family | Mapping[str, Any] | None] = field(default_factory=dict)
    coaches: Mapping[str, Coach | Mapping[str, Any] | None] = field(default_factory=dict)
    exclusions: Mapping[Pair, bool] = field(default_factory=dict)
    pins: Mapping[str, str | None] = field(default_factory=dict)
    previous: Mapping[str, str | None] = field(default_factory=dict)
    placements: Mapping[tuple[str, str, str], bool] = field(default_factory=dict)
    supervisors: Mapping[str, int | None] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)


def edited(problem: Problem, edits: Edits) -> Problem:
    """The problem once the edits are made.

    Raises
    ------
    ProblemError
        With everything that is wrong: ids that are not there, fields that do not exist, values
        that are not allowed, and references that no longer lead anywhere.
    """
    faults: list[Fault] = []
    families = _rows("families", "family_id", problem.families, edits.families, faults)
    coaches = _rows("coaches", "coach_id", problem.coaches, edits.coaches, faults)
    settings = _fields_of(problem.settings, edits.settings, "settings", "", faults)
    gone = (
        {name for name, row in edits.families.items() if row is None},
        {name for name, row in edits.coaches.items() if row is None},
    )
    left = _Left(problem, *gone)
    parts: dict[str, Any] = {
        "exclusions": _members("exclusions", left.exclusions, edits.exclusions, faults),
        "pins": _entries("pins", left.pins, edits.pins, faults),
        "previous": _entries("previous", left.previous, edits.previous, faults),
        "placements": _placements(
            _members("placements", left.placements, edits.placements, faults), faults
        ),
        "supervisors": _entries("supervisors", problem.supervisors, edits.supervisors, faults),
    }
    changed = _made(settings, faults)
    if faults:
        raise ProblemError(faults)
    return Problem(families=families, coaches=coaches, settings=changed, **parts)


class _Left:
    """What is left of the other tables when families and coaches go."""

    def __init__(self, problem: Problem, families: set[str], coaches: set[str]) -> None:
        def stays(pair: Pair) -> bool:
            return pair[0] not in families and pair[1] not in coaches

        self.exclusions = [pair for pair in sorted(problem.exclusions) if stays(pair)]
        self.pins = dict(pair for pair in problem.pins.items() if stays(pair))
        self.previous = dict(pair for pair in problem.previous.items() if stays(pair))
        # A placement's family need not be in the problem: it goes only with its coach.
        self.placements = [
            (row.family_id, row.coach_id, row.slot)
            for row in problem.placements
            if row.coach_id not in coaches
        ]


def _rows(
    table: str,
    name: str,
    rows: Iterable[Row],
    changes: Mapping[str, Row | Mapping[str, Any] | None],
    faults: list[Fault],
) -> tuple[Row, ...]:
    """The table after the changes: rows stay where they are, new ones come last."""
    found: dict[str, Row] = {getattr(row, name): row for row in rows}
    for key, change in changes.items():
        if isinstance(change, (Family, Coach)):
            if getattr(change, name) == key:
                found[key] = change
            else:
                faults.append(Fault(table, key, name, getattr(change, name), key))
        elif key not in found:
            faults.append(Fault(table, key, name, key, f"an id in {table}, or a whole row"))
        elif change is None:
            del found[key]
        else:
            row = _made(_fields_of(found[key], change, table, key, faults), faults)
            found[key] = row
    return tuple(found.values())


def _fields_of(
    row: Any, change: Mapping[str, Any], table: str, key: str, faults: list[Fault]
) -> tuple[Any, dict[str, Any]]:
    """The row and those of the changes that name a field and may be put there."""
    names = [one.name for one in fields(row) if one.name not in ("family_id", "coach_id")]
    good = {}
    for name, value in change.items():
        if name not in names:
            faults.append(Fault(table, key, name, str(value), f"one of {', '.join(names)}"))
        elif isinstance(value, str) and isinstance(getattr(row, name), (tuple, frozenset)):
            # A text would be taken apart into its letters.
            faults.append(Fault(table, key, name, value, "a list, not a text"))
        else:
            good[name] = value
    return row, good


def _made(change: tuple[Any, dict[str, Any]], faults: list[Fault]) -> Any:
    """The row with its fields changed; a row that refuses them stays and its faults are noted."""
    row, good = change
    try:
        return replace(row, **good)
    except ProblemError as error:
        faults += error.faults
        return row


def _entries(
    table: str, entries: Mapping[str, Value], changes: Mapping[str, Value | None],
    faults: list[Fault],
) -> dict[str, Value]:  # fmt: skip
    found = dict(entries)
    for key, value in changes.items():
        if value is not None:
            found[key] = value
        elif found.pop(key, None) is None:
            faults.append(_absent(table, key))
    return found


def _members(
    table: str, members: Iterable[Key], changes: Mapping[Key, bool], faults: list[Fault]
) -> tuple[Key, ...]:
    rows = list(members)
    known = set(rows)
    for key, wanted in changes.items():
        if not wanted and key not in known:
            faults.append(_absent(table, " ".join(key)))
    stay = [key for key in rows if changes.get(key, True)]
    return (*stay, *(key for key, wanted in changes.items() if wanted and key not in known))


def _placements(rows: Iterable[tuple[str, str, str]], faults: list[Fault]) -> tuple[Placement, ...]:
    found = []
    for family_id, coach_id, slot in rows:
        try:
            found.append(Placement(family_id=family_id, coach_id=coach_id, slot=slot))
        except ProblemError as error:
            faults += error.faults
    return tuple(found)


def _absent(table: str, key: str) -> Fault:
    return Fault(table, key, table, key, f"what stands in {table}")
