"""A problem as files: reads them whole or not at all, and writes them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from matching.faults import Fault, FaultFinder, ProblemError
from matching.problem import COUNT_MAX, Coach, Family, Placement, Problem, Settings
from matching.tables import FileFault, FilesError, Row, read_table

FAMILY_COLUMNS = (
    "family_id", "easting", "northing", "priority", "waiting_since", "slots", "needs", "languages",
    "coach_gender", "training", "accepts_remote", "min_distance_m", "household",
)  # fmt: skip
COACH_COLUMNS = (
    "coach_id", "easting", "northing", "status", "slots", "capacity", "experience",
    "lived_experience", "languages", "gender", "training", "max_distance_m", "offers_remote",
    "avoids",
)  # fmt: skip
PAIR_COLUMNS = ("family_id", "coach_id")
OPTIONAL_FILES = {
    "exclusions.csv": (*PAIR_COLUMNS, "reason"),
    "pins.csv": PAIR_COLUMNS,
    "previous.csv": PAIR_COLUMNS,
    "placements.csv": (*PAIR_COLUMNS, "slot"),
    "supervisors.csv": ("supervisor_id", "capacity"),
}
RESULT_TABLES = ("proposals.csv", "unmatched.csv", "recruitment.csv")
NEED_ALLOWED = "tag:weight with a weight from 1 to 3"
SETTINGS_FILE = "settings.toml"

Thing = TypeVar("Thing", Family, Coach, Placement)


def read_problem(directory: Path) -> Problem:
    """The problem in a directory.

    Raises
    ------
    FilesError
        With every bad row of every file.
    """
    faults: list[FileFault] = []
    tables = _read_tables(directory, faults)
    families = things(tables["families.csv"], parse_family)
    coaches = things(tables["coaches.csv"], parse_coach)
    placements = things(tables["placements.csv"], _placement)
    supervisors = dict(_supervisor(row) for row in tables["supervisors.csv"])
    _complain_of_repeats(tables)
    _complain_of_unknown(tables)
    settings = _settings(directory / SETTINGS_FILE, faults)
    if faults:
        raise FilesError(_in_order(faults))
    try:
        return Problem(
            families=families,
            coaches=coaches,
            exclusions=frozenset(_pairs(tables["exclusions.csv"])),
            pins=dict(_pairs(tables["pins.csv"])),
            previous=dict(_pairs(tables["previous.csv"])),
            placements=placements,
            supervisors=supervisors,
            settings=settings,
        )
    except ProblemError as error:
        raise FilesError(located(directory, error.faults)) from error


def located(directory: Path, faults: Iterable[Fault]) -> list[FileFault]:
    """Faults found beyond the reading of files, such as impossible pins, with file and line."""
    found = []
    for fault in faults:
        name = SETTINGS_FILE if fault.table == "settings" else f"{fault.table}.csv"
        line = 0
        columns = OPTIONAL_FILES.get(name, ())
        for row in read_table(directory / name, columns, []) if columns else ():
            if " ".join(row.text(column) for column in columns[:2]) == fault.key:
                line = row.line
        found.append(FileFault(name, line, fault.field, fault.value, fault.allowed))
    return found


def _read_tables(directory: Path, faults: list[FileFault]) -> dict[str, list[Row]]:
    """All files, absent optional ones as empty."""
    tables = {
        "families.csv": read_table(directory / "families.csv", FAMILY_COLUMNS, faults),
        "coaches.csv": read_table(
            directory / "coaches.csv", COACH_COLUMNS, faults, optional=("supervisor",)
        ),
    }
    for name, columns in OPTIONAL_FILES.items():
        path = directory / name
        tables[name] = read_table(path, columns, faults) if path.exists() else []
    for path in sorted(directory.glob("*.csv")):
        # A misspelt exclusions.csv would be a danger if it were passed over.
        if path.name not in tables and path.name not in RESULT_TABLES:
            faults.append(FileFault(path.name, 0, "", "unknown file", ", ".join(tables)))
    return tables


def _in_order(faults: list[FileFault]) -> list[FileFault]:
    order = ("families.csv", "coaches.csv", *OPTIONAL_FILES, SETTINGS_FILE)
    place = {name: number for number, name in enumerate(order)}
    return sorted(set(faults), key=lambda fault: (place.get(fault.file, len(place)), fault))


def things(rows: list[Row], make: Callable[[Row], Thing]) -> tuple[Thing, ...]:
    """What the rows describe; the faults of a row are noted against its columns."""
    things = []
    for row in rows:
        try:
            things.append(make(row))
        except ProblemError as error:
            _note(row, error.faults)
    return tuple(things)


def _note(row: Row, faults: Iterable[Fault]) -> None:
    """Note a thing's faults against its row, but for cells that could not even be read."""
    unreadable = row.bad
    for fault in faults:
        if fault.field not in unreadable:
            row.complain(fault.field, fault.value, fault.allowed)


def parse_family(row: Row) -> Family:
    return Family(
        family_id=row.text("family_id"),
        easting=row.whole("easting"),
        northing=row.whole("northing"),
        priority=row.whole("priority"),
        waiting_since=row.day("waiting_since"),
        slots=row.listed("slots"),
        needs=_needs(row),
        languages=row.words("languages"),
        coach_gender=row.text("coach_gender"),
        training=row.words("training"),
        accepts_remote=row.yes_no("accepts_remote"),
        min_distance_m=row.whole("min_distance_m"),
        household=row.words("household"),
    )


def _needs(row: Row) -> tuple[tuple[str, int], ...]:
    needs = []
    for word in row.listed("needs"):
        need = _need(word)
        if need is not None:
            needs.append(need)
        else:
            row.faults.append(FileFault(row.file, row.line, "needs", word, NEED_ALLOWED))
    return tuple(needs)


@lru_cache(maxsize=1 << 16)
def _need(word: str) -> tuple[str, int] | None:
    tag, colon, weight = word.rpartition(":")
    return (tag, int(weight)) if colon and re.fullmatch("[0-9]{1,9}", weight) else None


def parse_coach(row: Row) -> Coach:
    return Coach(
        coach_id=row.text("coach_id"),
        easting=row.whole("easting"),
        northing=row.whole("northing"),
        status=row.text("status"),
        slots=row.listed("slots"),
        capacity=row.whole("capacity"),
        experience=row.words("experience"),
        lived_experience=row.words("lived_experience"),
        languages=row.words("languages"),
        gender=row.text("gender"),
        training=row.words("training"),
        max_distance_m=row.whole("max_distance_m"),
        offers_remote=row.yes_no("offers_remote"),
        avoids=row.words("avoids"),
        supervisor=row.text("supervisor") or None,
    )


def _placement(row: Row) -> Placement:
    return Placement(
        family_id=row.text("family_id"), coach_id=row.text("coach_id"), slot=row.text("slot")
    )


def _supervisor(row: Row) -> tuple[str, int]:
    name, capacity = row.text("supervisor_id"), row.whole("capacity")
    finder = FaultFinder("supervisors", name)
    finder.identifier("supervisor_id", name)
    finder.whole("capacity", capacity, 0, COUNT_MAX)
    _note(row, finder.faults)
    return name, capacity


def _pairs(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.text("family_id"), row.text("coach_id")) for row in rows]


def _complain_of_repeats(tables: Mapping[str, list[Row]]) -> None:
    """Ids and pairs that may stand only once; the later row is the bad one."""
    keys = {
        "families.csv": ("family_id",),
        "coaches.csv": ("coach_id",),
        "supervisors.csv": ("supervisor_id",),
        "pins.csv": ("family_id",),
        "previous.csv": ("family_id",),
        "placements.csv": ("family_id", "coach_id", "slot"),
    }
    for name, columns in keys.items():
        seen: dict[tuple[str, ...], int] = {}
        for row in tables[name]:
            key = tuple(row.text(column) for column in columns)
            if key in seen:
                allowed = f"each once; it stands in line {seen[key]} already"
                row.complain(columns[0], " ".join(key), allowed)
            seen.setdefault(key, row.line)


def _complain_of_unknown(tables: Mapping[str, list[Row]]) -> None:
    """Ids that no row has. Ids of bad rows count as known: their own faults are told anyway."""
    known = {
        "family_id": {row.text("family_id") for row in tables["families.csv"]},
        "coach_id": {row.text("coach_id") for row in tables["coaches.csv"]},
        "supervisor": {row.text("supervisor_id") for row in tables["supervisors.csv"]} | {""},
    }
    where = {
        "exclusions.csv": PAIR_COLUMNS,
        "pins.csv": PAIR_COLUMNS,
        "previous.csv": PAIR_COLUMNS,
        "placements.csv": ("coach_id",),
        "coaches.csv": ("supervisor",),
    }
    source = {"family_id": "families.csv", "coach_id": "coaches.csv",
              "supervisor": "supervisors.csv, or blank"}  # fmt: skip
    for name, columns in where.items():
        for row in tables[name]:
            for column in columns:
                if row.text(column) not in known[column]:
                    row.complain(column, row.text(column), f"an id in {source[column]}")


def _settings(path: Path, faults: list[FileFault]) -> Settings:
    """The settings; what the file leaves out keeps its default."""
    if not path.exists():
        return Settings()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values: dict[str, Any] = tomllib.loads(text)
    except (OSError, ValueError) as error:
        line = re.search(r"at line (\d+)", str(error))
        faults.append(
            FileFault(path.name, int(line[1]) if line else 0, "", str(error), "well-formed TOML")
        )
        return Settings()
    names = [setting.name for setting in fields(Settings)]
    for name in values.keys() - set(names):
        faults.append(
            FileFault(path.name, _line_of(text, name), name, "unknown setting", ", ".join(names))
        )
    try:
        return Settings(**{name: value for name, value in values.items() if name in names})
    except ProblemError as error:
        for fault in error.faults:
            line_number = _line_of(text, fault.field)
            faults.append(
                FileFault(path.name, line_number, fault.field, fault.value, fault.allowed)
            )
        return Settings()


def _line_of(text: str, name: str) -> int:
    found = re.search(rf"^[\s\[]*[\"']?{re.escape(name)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 0


def write_problem(problem: Problem, directory: Path) -> None:
    """Write the problem's files; optional ones only where there is something to say."""
    directory.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[tuple[str, ...], list[Iterable[object]]]] = {
        "families.csv": (FAMILY_COLUMNS, [family_cells(row) for row in problem.families]),
        "coaches.csv": (
            (*COACH_COLUMNS, "supervisor"),
            [coach_cells(row) for row in problem.coaches],
        ),
        "exclusions.csv": (
            OPTIONAL_FILES["exclusions.csv"],
            [(*pair, "") for pair in sorted(problem.exclusions)],
        ),
        "pins.csv": (PAIR_COLUMNS, list(problem.pins.items())),
        "previous.csv": (PAIR_COLUMNS, list(problem.previous.items())),
        "placements.csv": (
            OPTIONAL_FILES["placements.csv"],
            [(row.family_id, row.coach_id, row.slot) for row in problem.placements],
        ),
        "supervisors.csv": (
            OPTIONAL_FILES["supervisors.csv"], list(problem.supervisors.items())
        ),
    }  # fmt: skip
    for name, (columns, rows) in tables.items():
        if rows or name not in OPTIONAL_FILES:
            write_table(directory / name, columns, rows)
    if problem.settings != Settings():
        lines = [f"{s.name} = {getattr(problem.settings, s.name)}\n" for s in fields(Settings)]
        (directory / SETTINGS_FILE).write_text("".join(lines), encoding="utf-8")


def write_table(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _words(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def family_cells(row: Family) -> tuple[object, ...]:
    needs = " ".join(f"{tag}:{weight}" for tag, weight in row.needs)
    return (
        row.family_id, row.easting, row.northing, row.priority, row.waiting_since.isoformat(),
        " ".join(row.slots), needs, _words(row.languages), row.coach_gender,
        _words(row.training), _yes(row.accepts_remote), row.min_distance_m, _words(row.household),
    )  # fmt: skip


def coach_cells(row: Coach) -> tuple[object, ...]:
    return (
        row.coach_id, row.easting, row.northing, row.status, " ".join(row.slots), row.capacity,
        _words(row.experience), _words(row.lived_experience), _words(row.languages), row.gender,
        _words(row.training), row.max_distance_m, _yes(row.offers_remote), _words(row.avoids),
        row.supervisor or "",
    )  # fmt: skip
