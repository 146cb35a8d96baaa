"""Bad files: every fault at once, with file, line, column, value and what is allowed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from matching.files import located, read_problem, write_problem
from matching.generate import generate
from matching.problem import Problem, ProblemError, Settings
from matching.rules import pin_faults
from matching.tables import FilesError
from tests.matching.making import DATA, coach, problem

FAMILIES = (
    "family_id,easting,northing,priority,waiting_since,slots,needs,languages,coach_gender,"
    "training,accepts_remote,min_distance_m,household\n"
    "F1,400000,150000,1,2026-01-05,mon_morning,send:2 routines:1,,any,,no,0,pets\n"
    "F2,400000,150000,2,2026-01-05,,,pl ro,woman,,yes,800,\n"
)
COACHES = (
    "coach_id,easting,northing,status,slots,capacity,experience,lived_experience,languages,gender,"
    "training,max_distance_m,offers_remote,avoids,supervisor\n"
    "C1,400000,150000,cleared,mon_morning tue_evening,2,send,,en pl,woman,,5000,no,,S1\n"
    "C2,400000,150000,not_cleared,mon_morning,1,,,en,man,,5000,yes,pets,\n"
)
OTHERS = {
    "exclusions.csv": "family_id,coach_id,reason\nF1,C2,declined\n",
    "pins.csv": "family_id,coach_id\nF1,C1\n",
    "previous.csv": "family_id,coach_id\nF1,C1\n",
    "placements.csv": "family_id,coach_id,slot\nP1,C1,tue_evening\n",
    "supervisors.csv": "supervisor_id,capacity\nS1,3\n",
    "settings.toml": "# points\nload = 7\nremote = 50\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "families.csv").write_text(FAMILIES, encoding="utf-8")
    (tmp_path / "coaches.csv").write_text(COACHES, encoding="utf-8")
    for name, text in OTHERS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def faults(folder: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(FilesError) as caught:
        read_problem(folder)
    assert all(fault.allowed for fault in caught.value.faults)
    return [(f.file, f.line, f.column, f.value) for f in caught.value.faults]


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_good_files_are_read_as_they_stand(folder: Path) -> None:
    found = read_problem(folder)
    assert [row.family_id for row in found.families] == ["F1", "F2"]
    assert found.families[0].needs == (("routines", 1), ("send", 2))
    assert found.families[1].languages == {"pl", "ro"}
    assert (found.families[1].accepts_remote, found.families[0].household) == (True, {"pets"})
    assert (found.coaches[0].supervisor, found.coaches[1].supervisor) == ("S1", None)
    assert (found.exclusions, found.pins) == ({("F1", "C2")}, {"F1": "C1"})
    assert (found.previous, found.supervisors) == ({"F1": "C1"}, {"S1": 3})
    assert [row.slot for row in found.placements] == ["tue_evening"]
    assert found.settings == Settings(load=7, remote=50)


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_written_is_read_back_equal(tmp_path: Path, seed: int) -> None:
    instance = replace(generate(60, seed=seed), settings=Settings(change=3))
    write_problem(instance, tmp_path)
    assert read_problem(tmp_path) == instance


def test_rows_that_say_the_same_share_it(folder: Path) -> None:
    """A country's rows would take gigabytes otherwise."""
    rows = [*read_problem(folder).families, *read_problem(folder).families]
    for name in ("languages", "training", "household"):
        cells = [getattr(row, name) for row in rows]
        assert len({id(cell) for cell in cells}) == len(set(cells))
    slots = [slot for row in rows for slot in row.slots]
    assert len({id(slot) for slot in slots}) == len(set(slots))


def test_byte_order_mark_line_ends_and_blank_lines_are_accepted(folder: Path) -> None:
    text = "\ufeff" + FAMILIES.replace("\n", "\r\n") + "\r\n"
    (folder / "families.csv").write_bytes(text.encode())
    assert [row.family_id for row in read_problem(folder).families] == ["F1", "F2"]


def test_byte_order_mark_is_accepted_in_the_settings(folder: Path) -> None:
    (folder / "settings.toml").write_bytes("\ufeffload = 9\n".encode())
    assert read_problem(folder).settings == Settings(load=9)


def test_optional_files_and_the_supervisor_column_may_be_absent(folder: Path) -> None:
    for name in OTHERS:
        (folder / name).unlink()
    lines = [line.rsplit(",", 1)[0] for line in COACHES.splitlines()]
    (folder / "coaches.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = read_problem(folder)
    assert found == Problem(families=found.families, coaches=found.coaches)
    assert [row.supervisor for row in found.coaches] == [None, None]


CELLS = [
    ("families.csv", "F2,4", "F 2,4", [(3, "family_id", "F 2")]),
    ("families.csv", ",400000,", ",,", [(2, "easting", "")]),
    ("families.csv", ",400000,", ",-400000,", [(2, "easting", "-400000")]),
    ("families.csv", ",400000,", ",4e5,", [(2, "easting", "4e5")]),
    ("families.csv", ",400000,", ",400_000,", [(2, "easting", "400_000")]),
    ("families.csv", ",150000,", ",1500000,", [(2, "northing", "1500000")]),
    ("families.csv", ",1,2026", ",,2026", [(2, "priority", "")]),
    ("families.csv", ",1,2026", ",0,2026", [(2, "priority", "0")]),
    ("families.csv", "2026-01-05", "2026-02-30", [(2, "waiting_since", "2026-02-30")]),
    ("families.csv", "2026-01-05", "05/01/2026", [(2, "waiting_since", "05/01/2026")]),
    ("families.csv", "2026-01-05", "20260105", [(2, "waiting_since", "20260105")]),
    ("families.csv", "2026-01-05", "", [(2, "waiting_since", "")]),
    ("families.csv", "mon_morning", "mon_night", [(2, "slots", "mon_night")]),
    ("families.csv", "send:2", "send", [(2, "needs", "send")]),
    ("families.csv", "send:2", "send:4", [(2, "needs", "send:4")]),
    ("families.csv", "send:2", "send:x", [(2, "needs", "send:x")]),
    ("families.csv", "send:2", "routines:2", [(2, "needs", "routines")]),
    ("families.csv", "pl ro", "polish", [(3, "languages", "polish")]),
    ("families.csv", ",any,", ",,", [(2, "coach_gender", "")]),
    ("families.csv", ",no,0", ",,0", [(2, "accepts_remote", "")]),
    ("families.csv", ",no,0", ",No,0", [(2, "accepts_remote", "No")]),
    ("families.csv", ",no,0", ",no,-1", [(2, "min_distance_m", "-1")]),
    ("families.csv", ",no,0", ",no,", [(2, "min_distance_m", "")]),
    ("families.csv", "F2", "F1", [(3, "family_id", "F1")]),
    ("coaches.csv", "cleared", "", [(2, "status", "")]),
    ("coaches.csv", "cleared", "cleard", [(2, "status", "cleard")]),
    ("coaches.csv", ",2,send", ",,send", [(2, "capacity", "")]),
    ("coaches.csv", ",2,send", ",-2,send", [(2, "capacity", "-2")]),
    ("coaches.csv", "send", "send:1", [(2, "experience", "send:1")]),
    ("coaches.csv", "woman", "any", [(2, "gender", "any")]),
    ("coaches.csv", ",5000,", ",,", [(2, "max_distance_m", "")]),
    ("coaches.csv", "no,,S1", "perhaps,,S1", [(2, "offers_remote", "perhaps")]),
    ("coaches.csv", ",S1", ",S9", [(2, "supervisor", "S9")]),
    ("coaches.csv", ",yes,pets,\n",
     ",yes,pets,\nC1,400000,150000,cleared,,1,,,en,man,,5000,yes,,\n", [(4, "coach_id", "C1")]),
    ("exclusions.csv", "F1", "F9", [(2, "family_id", "F9")]),
    ("exclusions.csv", "C2", "C9", [(2, "coach_id", "C9")]),
    ("pins.csv", "F1,C1", "F1,C1\nF1,C2", [(3, "family_id", "F1")]),
    ("pins.csv", "C1", "C9", [(2, "coach_id", "C9")]),
    ("previous.csv", "F1,C1", "F1,C1\nF1,C2", [(3, "family_id", "F1")]),
    ("previous.csv", "F1", "F9", [(2, "family_id", "F9")]),
    ("placements.csv", "C1", "C9", [(2, "coach_id", "C9")]),
    ("placements.csv", "tue_evening", "", [(2, "slot", "")]),
    ("placements.csv", "P1,C1,tue_evening", "P1,C1,tue_evening\nP1,C1,tue_evening",
     [(3, "family_id", "P1 C1 tue_evening")]),
    ("supervisors.csv", "S1,3", "S1,-3", [(2, "capacity", "-3")]),
    ("supervisors.csv", "S1,3", "S1,many", [(2, "capacity", "many")]),
    ("supervisors.csv", "S1,3", "S1,3\nS1,4", [(3, "supervisor_id", "S1")]),
    ("supervisors.csv", "S1,3", "S1,3\n+2,4", [(3, "supervisor_id", "+2")]),
    ("settings.toml", "load = 7", "laod = 7", [(2, "laod", "unknown setting")]),
    ("settings.toml", "load = 7", "load = -7", [(2, "load", "-7")]),
    ("settings.toml", "load = 7", "load = 7.5", [(2, "load", "7.5")]),
    ("settings.toml", "load = 7", "load = true", [(2, "load", "True")]),
    ("settings.toml", "load = 7", "[load]\nk = 7", [(2, "load", "{'k': 7, 'remote': 50}")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "expected"), CELLS)
def test_bad_cell_is_told(
    folder: Path, name: str, old: str, new: str, expected: list[tuple[int, str, str]]
) -> None:
    edit(folder, name, old, new)
    assert faults(folder) == [(name, *fault) for fault in expected]


FORMS = [
    ("pins.csv", "family_id,coach_id", "family_id", [(1, "coach_id", "missing")]),
    (
        "pins.csv", "family_id,coach_id", "family_id,coach_id,why",
        [(1, "why", "unknown column")],
    ),
    (
        "pins.csv", "family_id,coach_id", "family_id,coach_id,coach_id",
        [(1, "coach_id", "twice")],
    ),
    ("pins.csv", "F1,C1", "F1,C1,C2", [(2, "", "3 cells")]),
    ("pins.csv", "F1,C1", "F1", [(2, "", "1 cells")]),
    ("pins.csv", "F1,C1", 'F1,"C1', [(2, "", "unexpected end of data")]),
    ("pins.csv", "F1,C1", "F1,\0C1", [(2, "", "byte 00")]),
    ("settings.toml", "load = 7", "load 7",
     [(2, "", "Expected '=' after a key in a key/value pair (at line 2, column 6)")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "expected"), FORMS)
def test_bad_form_is_told(
    folder: Path, name: str, old: str, new: str, expected: list[tuple[int, str, str]]
) -> None:
    edit(folder, name, old, new)
    assert faults(folder) == [(name, *fault) for fault in expected]


def test_other_encodings_are_told(folder: Path) -> None:
    (folder / "pins.csv").write_bytes(b"family_id,coach_id\nF1,C\xe9\n")
    assert faults(folder) == [("pins.csv", 2, "", "byte e9")]


def test_empty_and_absent_files_are_told(folder: Path) -> None:
    (folder / "families.csv").write_text("")
    (folder / "coaches.csv").unlink()
    for name in OTHERS:
        (folder / name).unlink()
    assert faults(folder) == [
        ("families.csv", 1, "", "no header"),
        ("coaches.csv", 0, "", "No such file or directory"),
    ]


def test_misspelt_file_is_told_and_results_are_passed_over(folder: Path) -> None:
    (folder / "exclusion.csv").write_text("family_id,coach_id,reason\n")
    (folder / "proposals.csv").write_text("left from the last run\n")
    assert faults(folder) == [("exclusion.csv", 0, "", "unknown file")]


def test_all_faults_of_all_files_are_told_at_once_in_order(folder: Path) -> None:
    edit(folder, "families.csv", ",400000,150000,1,", ",x,-1,0,")
    edit(folder, "families.csv", ",woman,", ",lady,")
    edit(folder, "coaches.csv", ",S1", ",S9")
    edit(folder, "pins.csv", "F1,C1", "F7,C1")
    edit(folder, "settings.toml", "remote = 50", "remote = -1")
    assert faults(folder) == [
        ("families.csv", 2, "easting", "x"),
        ("families.csv", 2, "northing", "-1"),
        ("families.csv", 2, "priority", "0"),
        ("families.csv", 3, "coach_gender", "lady"),
        ("coaches.csv", 2, "supervisor", "S9"),
        ("pins.csv", 2, "family_id", "F7"),
        ("settings.toml", 3, "remote", "-1"),
    ]


def test_fault_reads_as_a_sentence(folder: Path) -> None:
    edit(folder, "families.csv", "send:2", "send:9")
    with pytest.raises(FilesError) as caught:
        read_problem(folder)
    assert str(caught.value) == (
        "families.csv line 2: needs is 'send:9'; allowed: tag:weight with a weight from 1 to 3"
    )


def test_line_numbers_count_lines_inside_quotes(folder: Path) -> None:
    edit(folder, "exclusions.csv", "declined", '"two\nlines"\nF9,C1,x')
    assert faults(folder) == [("exclusions.csv", 4, "family_id", "F9")]


def test_impossible_pin_is_located_in_its_file(tmp_path: Path) -> None:
    instance = problem(coach(status="not_cleared"), pins={"F1": "C1"})
    write_problem(instance, tmp_path)
    error = ProblemError(pin_faults(instance))
    assert [(f.file, f.line, f.column, f.value) for f in located(tmp_path, error.faults)] == [
        ("pins.csv", 2, "coach_id", "C1")
    ]


def test_examples_are_read(tmp_path: Path) -> None:
    shutil.copytree(DATA / "c", tmp_path / "c")
    found = read_problem(tmp_path / "c")
    assert (len(found.families), len(found.coaches), len(found.pins)) == (500, 350, 6)
