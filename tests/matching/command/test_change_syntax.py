"""The lines of a what-if: what each does, and what is said of bad ones."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matching.command.change_syntax import BONDS, SYNTAX, changed
from matching.problem import Placement, Problem
from matching.tables import FilesError
from tests.matching.making import coach, family, problem

TUE = "tue_evening"
BASE = problem(
    family("F1"),
    family("F2"),
    coach("C1", supervisor="S1"),
    coach("C2"),
    exclusions=frozenset({("F1", "C1")}),
    pins={"F1": "C2"},
    previous={"F1": "C1"},
    placements=(Placement(family_id="P1", coach_id="C1", slot=TUE),),
    supervisors={"S1": 4},
)

LINES: list[tuple[str, dict[str, Any]]] = [
    ("coach C1 capacity=3 status=not_cleared",
     {"coaches": {"C1": {"capacity": 3, "status": "not_cleared"}}}),
    ("coach C1 supervisor=", {"coaches": {"C1": {"supervisor": None}}}),
    ("coach C1 slots+=tue_evening,fri_evening",
     {"coaches": {"C1": {"slots": ("mon_morning", TUE, "fri_evening")}}}),
    ("coach C1 slots-=mon_morning", {"coaches": {"C1": {"slots": ()}}}),
    ("coach C1 'languages=en pl'", {"coaches": {"C1": {"languages": {"en", "pl"}}}}),
    ("coach C9 like C1 offers_remote=yes",
     {"coaches": {"C9": coach("C9", supervisor="S1", offers_remote=True)}}),
    ("coach C2 gone", {"coaches": {"C2": None}}),
    ("family F1 priority=1 waiting_since=2025-12-31  # urgent",
     {"families": {"F1": {"priority": 1, "waiting_since": date(2025, 12, 31)}}}),
    ("family F1 needs+=send:3", {"families": {"F1": {"needs": (("routines", 1), ("send", 3))}}}),
    ("family F1 needs+=routines:3", {"families": {"F1": {"needs": (("routines", 3),)}}}),
    ("family F1 needs-=routines", {"families": {"F1": {"needs": ()}}}),
    ("family F9 like F2", {"families": {"F9": family("F9")}}),
    ("family F2 gone", {"families": {"F2": None}}),
    ("supervisor S1 capacity=9", {"supervisors": {"S1": 9}}),
    ("supervisor S2 capacity=1", {"supervisors": {"S2": 1}}),
    ("pin F2 C1", {"pins": {"F2": "C1"}}),
    ("unpin F1", {"pins": {"F1": None}}),
    ("exclude F2 C2", {"exclusions": {("F2", "C2"): True}}),
    ("allow F1 C1", {"exclusions": {("F1", "C1"): False}}),
    ("place P2 C2 mon_morning", {"placements": {("P2", "C2", "mon_morning"): True}}),
    ("end P1 C1 tue_evening", {"placements": {("P1", "C1", TUE): False}}),
    ("previous F2 C2", {"previous": {"F2": "C2"}}),
    ("forget F1", {"previous": {"F1": None}}),
    ("setting load=9 change=0", {"settings": {"load": 9, "change": 0}}),
    ("# only a remark", {}),
    ("", {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "edits"), LINES)
def test_line_does_what_it_says(line: str, edits: dict[str, Any]) -> None:
    assert changed(BASE, [line]) == BASE.replace(**edits)


def test_every_form_of_the_help_is_tried() -> None:
    tried = {line.split(" ")[0] for line, _ in LINES if line}
    assert tried - {"#"} == {"coach", "family", "supervisor", "setting", *BONDS}
    for word in tried - {"#"}:
        assert f" {word} " in SYNTAX


def test_later_lines_see_earlier_ones() -> None:
    lines = [
        "coach C9 like C1 capacity=2", "coach C9 slots+=tue_evening", "pin F2 C9",
        "coach C8 like C9 capacity=5", "coach C8 gone", "family F1 gone", "family F1 like F2",
    ]  # fmt: skip
    found = changed(BASE, lines)
    added = coach("C9", supervisor="S1", capacity=2, slots=("mon_morning", TUE))
    assert found.coaches == (*BASE.coaches, added)
    assert found.pins == {"F1": "C2", "F2": "C9"}
    assert found.family_by_id["F1"] == family("F1")


def test_what_a_line_adds_another_may_take_away() -> None:
    lines = [
        "pin F2 C1", "unpin F2", "exclude F2 C2", "allow F2 C2", "previous F2 C1", "forget F2",
        "place P2 C2 mon_morning", "end P2 C2 mon_morning", "supervisor S9 capacity=1",
        "supervisor S9 gone", "coach C9 like C1", "coach C9 gone",
    ]  # fmt: skip
    assert changed(BASE, lines) == BASE


WRONG = [
    ("coch C1 capacity=3",
     "plan line 2: coch; allowed: family, coach, supervisor, pin, unpin, exclude, allow, place, "
     "end, previous, forget, setting"),
    ("coach",
     "plan line 2: coach; allowed: coach ID column=value, coach ID like ID, or coach ID gone"),
    ("coach C7 capacity=1",
     "plan line 2: coach_id is 'C7'; allowed: an id in coaches; a new one needs like"),
    ("coach C9 like C7", "plan line 2: coach_id is 'C7'; allowed: like and an id in coaches"),
    ("coach C9 like", "plan line 2: coach_id is ''; allowed: like and an id in coaches"),
    ("coach C1 like C2",
     "plan line 2: coach_id is 'C1'; allowed: an id that is not in coaches yet"),
    ("coach C1 capacity=two", "plan line 2: capacity is 'two'; allowed: a whole number"),
    ("coach C1 capacity=-1",
     "plan line 2: capacity is '-1'; allowed: a whole number from 0 to 1000000"),
    ("coach C1 capacity+=1",
     "plan line 2: capacity is 'capacity+=1'; allowed: column=value; += and -= are for lists"),
    ("coach C1 slots-=fri_evening",
     "plan line 2: slots is 'fri_evening'; allowed: one of mon_morning"),
    ("family F1 needs+=send",
     "plan line 2: needs is 'send'; allowed: tag:weight with a weight from 1 to 3"),
    ("pin F1", "plan line 2: pin F1; allowed: pin FAMILY COACH"),
    ("unpin F2", "plan line 2: pins is 'F2'; allowed: what stands in pins"),
    ("pin F9 C1", "plan line 2: family_id is 'F9'; allowed: an id in families"),
    ("place P1 C9 mon_morning", "plan line 2: coach_id is 'C9'; allowed: an id in coaches"),
    ("supervisor S1 capacity=x",
     "plan line 2: supervisor S1 capacity=x; allowed: supervisor ID capacity=NUMBER, or supervisor "
     "ID gone"),
    ("supervisor S1 gone",
     "plan: supervisor is 'S1'; allowed: an id in supervisors, or blank"),
    ("setting lode=1",
     "plan line 2: lode=1; allowed: name=points with a name of travel_per_mile, remote, "
     "unmet_need, no_peer, scarce_language, scarce_training, change, load"),
    ("setting load=x", "plan line 2: load is 'x'; allowed: a whole number from 0"),
    ("setting", "plan line 2: setting; allowed: setting name=points"),
    ("coach 'C1", "plan line 2: No closing quotation; allowed: quotes in pairs"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "fault"), WRONG)
def test_bad_line_is_told_with_its_number(line: str, fault: str) -> None:
    with pytest.raises(FilesError) as caught:
        changed(BASE, ["", line], "plan")
    assert [str(one) for one in caught.value.faults] == [fault]


def test_unknown_column_is_told_with_the_columns() -> None:
    with pytest.raises(FilesError, match="capcity=1; allowed: column=value with a column of east"):
        changed(BASE, ["coach C1 capcity=1"])
    with pytest.raises(FilesError, match="coach_id=C3; allowed: column=value with a column of eas"):
        changed(BASE, ["coach C1 coach_id=C3"])


def test_all_bad_lines_are_told_at_once() -> None:
    with pytest.raises(FilesError) as caught:
        changed(BASE, ["coach C1 capacity=x status=ok", "pin F1", "family F9 gone"])
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (1, "capacity"), (1, "status"), (2, ""), (3, "family_id"),
    ]  # fmt: skip


def test_no_lines_are_no_change() -> None:
    assert changed(BASE, []) == BASE
    assert isinstance(changed(BASE, []), Problem)
