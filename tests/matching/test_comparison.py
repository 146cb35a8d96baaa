"""Two results compared: every cause by hand, and laws of chains over random small problems."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from matching.chains import Link, Takes, link
from matching.comparison import Chain, Comparison, Fate, Move, compare
from matching.comparison_text import sentences, write_comparison
from matching.generate import generate
from matching.problem import Problem, ProblemError
from matching.reasons import Why
from matching.result import Result, Status
from matching.solver import solve
from tests.matching.brute import Brute
from tests.matching.making import coach, family, problem, small_problem

TUE = "tue_evening"


def compared(before: Problem, **edits: Any) -> Comparison:
    after = before.replace(**edits)
    results = [solve(one, explain=False) for one in (before, after)]
    return compare(results[0], results[1], before, after)


def whys(move: Move) -> list[Why]:
    return [cause.why for cause in move.causes]


def test_nothing_changed_is_said() -> None:
    found = compared(problem())
    assert found.chains == ()
    assert sentences(found) == (
        "Families matched: 1 as before. Points: 0 as before.",
        "Every match stays as it is.",
    )


def test_a_family_that_becomes_urgent_takes_the_place_of_another_along_a_chain() -> None:
    """F1 can only have C1; F2, who is there, can move to C2, and F3 at C2 has nowhere to go."""
    before = problem(
        family("F1", priority=9, coach_gender="man"),
        family("F2", priority=2, needs=(("routines", 3),)),
        family("F3", priority=5, coach_gender="woman"),
        coach("C1", gender="man"),
        coach("C2", lived_experience=()),
    )
    found = compared(before, families={"F1": {"priority": 1}})
    assert sentences(found) == (
        "Families matched: 2 as before. Points: 35 before, 75 now (+40).",
        "Points by part: needs not met +40.",
        "F1 gains C1 on Monday morning, the slot that F2 leaves: it now comes before F3.",
        "F2 moves from C1 on Monday morning to C2 on Monday morning, the slot that F3 leaves: "
        "this makes room for F1.",
        "F3 goes without; it had C2 on Monday morning: F1 comes first.",
    )
    assert [move.family_id for move in found.gainers] == ["F1"]
    assert [move.family_id for move in found.movers] == ["F2"]
    assert [move.family_id for move in found.losers] == ["F3"]


def test_a_coach_with_more_places_is_the_cause_of_a_gain() -> None:
    before = problem(
        family("F1"), family("F2", slots=(TUE,)), coach("C1", slots=("mon_morning", TUE))
    )
    found = compared(before, coaches={"C1": {"capacity": 2}})
    (gain,) = found.gainers
    assert (gain.family_id, gain.takes, gain.left_by) == ("F2", Takes.FREE, None)
    assert [(cause.why, cause.who) for cause in gain.causes] == [(Why.MORE_PLACES, "C1")]


def test_a_supervisor_with_more_places_is_the_cause_of_a_gain() -> None:
    before = problem(
        family("F1"), family("F2", slots=(TUE,)),
        coach("C1", supervisor="S1"), coach("C2", supervisor="S1", slots=(TUE,)),
        supervisors={"S1": 1},
    )  # fmt: skip
    found = compared(before, supervisors={"S1": 2})
    (gain,) = found.gainers
    assert [(cause.why, cause.who) for cause in gain.causes] == [(Why.MORE_PLACES, "S1")]


def test_places_are_linked_through_capacity_and_through_the_supervisor() -> None:
    """F1 and F2 share no slot; what F1 needs F2 to leave is the place, not the slot."""
    rows = family("F1", priority=9), family("F2", slots=(TUE,), priority=5)
    one = problem(*rows, coach("C1", slots=("mon_morning", TUE)))
    two = problem(
        *rows, coach("C1", supervisor="S1"), coach("C2", slots=(TUE,), supervisor="S1"),
        supervisors={"S1": 1},
    )  # fmt: skip
    for start, takes in ((one, Takes.PLACE), (two, Takes.SUPERVISION)):
        (gain,) = compared(start, families={"F1": {"priority": 1}}).gainers
        assert (gain.takes, gain.left_by) == (takes, "F2")
        assert [(cause.why, cause.who) for cause in gain.causes] == [(Why.RANKS_BEFORE, "F2")]


CAUSES: list[tuple[dict[str, Any], str, Fate, list[Why]]] = [
    ({"families": {"F1": None}}, "F1", Fate.GOES, [Why.FAMILY_GONE]),
    ({"coaches": {"C1": None}}, "F1", Fate.MOVES, [Why.COACH_GONE]),
    ({"coaches": {"C1": {"status": "not_cleared"}}}, "F1", Fate.MOVES, [Why.FORBIDDEN]),
    ({"exclusions": {("F1", "C1"): True}}, "F1", Fate.MOVES, [Why.FORBIDDEN]),
    ({"coaches": {"C1": {"slots": (TUE,)}}}, "F1", Fate.SHIFTS, [Why.SLOT_GONE]),
    ({"coaches": {"C1": {"capacity": 0}}}, "F1", Fate.MOVES, [Why.FEWER_PLACES]),
    ({"supervisors": {"S1": 0}}, "F1", Fate.MOVES, [Why.FEWER_PLACES]),
    ({"pins": {"F1": "C2"}}, "F1", Fate.MOVES, [Why.PINNED]),
    (
        {"families": {"F9": family("F9", slots=(TUE,), coach_gender="man")}},
        "F9", Fate.GAINS, [Why.FAMILY_NEW],
    ),
    (
        {"coaches": {"C9": coach("C9", gender="other")}},
        "F2", Fate.GAINS, [Why.COACH_NEW],
    ),
    (
        {"placements": {("P1", "C1", "mon_morning"): True, ("P2", "C1", TUE): True}},
        "F1", Fate.MOVES, [Why.FORBIDDEN],
    ),
    ({"settings": {"no_peer": 0, "load": 0}}, "", Fate.MOVES, []),
    ({"families": {"F2": {"coach_gender": "any"}}}, "F2", Fate.GAINS, [Why.ALLOWED]),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "name", "fate", "expected"), CAUSES)
def test_cause_of_a_move_is_named(
    edits: dict[str, Any], name: str, fate: Fate, expected: list[Why]
) -> None:
    before = problem(
        family("F1", slots=("mon_morning", TUE)),
        family("F2", coach_gender="other", slots=("mon_morning", "sun_evening")),
        coach("C1", supervisor="S1", slots=("mon_morning", TUE)),
        coach("C2", lived_experience=(), capacity=2, slots=("mon_morning", TUE, "sun_evening")),
        coach("C3", gender="man", lived_experience=(), slots=("tue_evening",)),
        supervisors={"S1": 1},
    )
    found = {move.family_id: move for move in compared(before, **edits).moves}
    if not name:
        assert found == {}
        return
    assert (found[name].fate, whys(found[name])) == (fate, expected)


def test_one_who_takes_a_place_that_was_lost_anyway_does_not_come_first() -> None:
    before = problem(family("F1", priority=1), family("F2"), coach())
    found = compared(before, exclusions={("F1", "C1"): True})
    assert sentences(found)[-2:] == (
        "F2 gains C1 on Monday morning, the slot that F1 leaves.",
        "F1 goes without; it had C1 on Monday morning: C1 is no longer possible (must not meet).",
    )


def test_one_who_always_came_first_gains_by_what_is_allowed_now() -> None:
    before = problem(family("F1", priority=1, coach_gender="man"), family("F2"), coach())
    found = compared(before, families={"F1": {"coach_gender": "any"}})
    assert sentences(found)[-2:] == (
        "F1 gains C1 on Monday morning, the slot that F2 leaves: C1 is possible now (before: not "
        "the gender asked for).",
        "F2 goes without; it had C1 on Monday morning: F1 comes first.",
    )


def test_more_places_are_no_cause_where_there_was_room() -> None:
    before = problem(
        family("F1"), family("F2", slots=(TUE,), coach_gender="man"),
        coach(slots=("mon_morning", TUE), capacity=2, supervisor="S1"), supervisors={"S1": 2},
    )  # fmt: skip
    found = compared(
        before, families={"F2": {"coach_gender": "any"}}, coaches={"C1": {"capacity": 3}},
        supervisors={"S1": 3},
    )  # fmt: skip
    (gain,) = found.gainers
    assert whys(gain) == [Why.ALLOWED]


def _seats(**names: str) -> dict[str, tuple[str, str]]:
    return {name: ("C1", slot) for name, slot in names.items()}


def test_no_more_leave_than_must() -> None:
    """Two leave and two come where three have room: D has A's slot, and for E there is room."""
    slots = ("mon_morning", TUE, "wed_morning")
    before, after = _seats(A=slots[0], B=slots[1]), _seats(D=slots[0], E=slots[2])
    free = Link(Takes.FREE, None)
    slot = Link(Takes.SLOT, "A")
    for capacity, second in ((3, free), (2, Link(Takes.PLACE, "B"))):
        found = link(problem(coach(slots=slots, capacity=capacity)), before, after)
        assert found == {"D": slot, "E": second}


def test_a_slot_that_opens_is_the_cause() -> None:
    before = problem(
        family("F1", slots=("mon_morning", TUE)),
        family("F2", slots=("mon_morning", TUE)),
        coach("C1", slots=("mon_morning",), capacity=2),
    )
    found = compared(before, coaches={"C1": {"slots": ("mon_morning", TUE)}})
    gains = {cause.why for move in found.moves for cause in move.causes}
    assert Why.SLOT_OPENED in gains


def test_the_other_way_to_meet_is_told() -> None:
    before = problem(
        family(accepts_remote=True), coach(easting=404_000, offers_remote=True)
    )  # fmt: skip
    found = compared(before, settings={"remote": 1})
    assert sentences(found) == (
        "Families matched: 1 as before. Points: 24 before, 1 now (-23).",
        "Points by part: travel -23.",
        "F1 stays with C1, now Monday morning remotely: the other way to meet C1 is better now.",
    )


def test_a_swap_that_saves_points_says_how_many() -> None:
    before = problem(
        family("F1", needs=(("a", 1),)), family("F2", needs=(("b", 1),)),
        coach("C1", lived_experience={"b"}), coach("C2", lived_experience={"a"}),
        previous={"F1": "C1", "F2": "C2"},
    )  # fmt: skip
    held = compared(before, settings={"change": 100})
    assert held.chains == () or held.chains[0].saves != 0
    before = before.replace(settings={"change": 100})
    found = compared(before, settings={"change": 30})
    (chain,) = found.chains
    assert (chain.closed, chain.saves) == (True, 10)
    assert sentences(found)[2:] == (
        "F1 moves from C1 on Monday morning to C2 on Monday morning, the slot that F2 leaves.",
        "F2 moves from C2 on Monday morning to C1 on Monday morning, the slot that F1 leaves.",
        "This saves 10 points in all.",
    )


def test_compare_refuses_what_does_not_belong_together() -> None:
    one, two = problem(), problem(family("F2"), family("F3"))
    result, other = solve(one), solve(two)
    with pytest.raises(ValueError, match="time_limit"):
        compare(Result(Status.TIME_LIMIT, 1, 1), result, one, one)
    with pytest.raises(ValueError, match="its own problem"):
        compare(result, other, one, one)


WHYS = list(Why)
FACTS = WHYS[: WHYS.index(Why.MAKES_ROOM)]
EDITS = (
    lambda random, p: {"families": {random.choice(p.families).family_id: {"priority": 1}}},
    lambda random, p: {"families": {random.choice(p.families).family_id: None}},
    lambda random, p: {"coaches": {random.choice(p.coaches).coach_id: None}},
    lambda random, p: {
        "coaches": {random.choice(p.coaches).coach_id: {"capacity": random.randint(0, 3)}}
    },
    lambda random, p: {"coaches": {random.choice(p.coaches).coach_id: {"status": "cleared"}}},
    lambda random, p: {"coaches": {random.choice(p.coaches).coach_id: {"status": "not_cleared"}}},
    lambda random, p: {"supervisors": {"S0": random.randint(0, 4)}},
    lambda random, p: {"settings": {"load": random.choice((0, 7)), "travel_per_mile": 90}},
    lambda random, p: {"families": {"F9": replace(random.choice(p.families), family_id="F9")}},
    lambda random, p: {"coaches": {"C9": replace(random.choice(p.coaches), coach_id="C9")}},
)


def _random_comparison(random: Random) -> tuple[Problem, Problem, Result, Result, Comparison]:
    while True:
        before = small_problem(random)
        try:
            after = before.replace(**random.choice(EDITS)(random, before))
            results = solve(before, explain=False), solve(after, explain=False)
        except ProblemError:
            continue  # pins that cannot all hold
        return before, after, *results, compare(*results, before, after)


def _leaves_what_is_taken(after: Problem, move: Move, other: Move) -> bool:
    if move.after is None or other.before is None:
        return False
    seats = move.after, other.before
    if move.takes == Takes.SLOT:
        return (seats[0].coach_id, seats[0].slot) == (seats[1].coach_id, seats[1].slot)
    if move.takes == Takes.PLACE:
        return seats[0].coach_id == seats[1].coach_id
    one, two = (after.coach_by_id[seat.coach_id].supervisor for seat in seats)
    return one == two is not None


def test_chains_keep_their_laws_on_random_problems() -> None:
    random = Random(20)
    seen: set[object] = set()
    for _ in range(250):
        _, after, old, new, found = _random_comparison(random)
        was = {row.family_id: (row.coach_id, row.slot, row.mode) for row in old.proposals}
        now = {row.family_id: (row.coach_id, row.slot, row.mode) for row in new.proposals}
        assert [move.family_id for move in found.moves] == sorted(
            name for name in was.keys() | now.keys() if was.get(name) != now.get(name)
        )
        assert sum(row.change for row in found.parts) == new.cost - old.cost
        moves = {move.family_id: move for move in found.moves}
        for move in found.moves:
            seen |= {move.fate, move.takes, *whys(move)}
            if move.left_by:
                assert _leaves_what_is_taken(after, move, moves[move.left_by])
        for chain in found.chains:
            if chain.moves[0].fate == Fate.GAINS:
                facts = [why for move in chain.moves for why in whys(move) if why in FACTS]
                assert facts, "nobody gains without a fact that was otherwise before"
            names = [move.family_id for move in chain.moves]
            follow = [*names[1:], names[0] if chain.closed and len(names) > 1 else None]
            assert [move.left_by for move in chain.moves] == follow
    assert seen >= {*Fate, *Takes, *Why} - {Why.SLOT_OPENED, Why.PINNED, Why.MODE, Why.SLOT_GONE}


def _limits(after: Problem, chain: Chain) -> list[str]:
    """The limits that a chain meets, each as often as it does."""
    found = []
    for move, other in zip(chain.moves, (*chain.moves[1:], chain.moves[0]), strict=True):
        if move.after is None or move.takes not in (Takes.PLACE, Takes.SUPERVISION):
            continue
        found.append(move.after.coach_id)
        if move.takes == Takes.SUPERVISION and other.before is not None:
            found += [other.before.coach_id, str(after.coach_by_id[move.after.coach_id].supervisor)]
    return found


def test_no_chain_comes_to_the_same_limit_twice() -> None:
    """Else what lies between would be a chain of its own, and the first one shorter."""
    longest = 0
    for seed in range(6):
        before = generate(80, seed=seed)
        result = solve(before, explain=False)
        held = [row.coach_id for row in result.proposals]
        for edits in (
            {"coaches": {held[0]: None, held[7]: None}},
            {"settings": {"load": 40, "travel_per_mile": 3}},
            {"families": {row.family_id: {"priority": 1} for row in result.unmatched[:5]}},
        ):
            after = before.replace(**edits)
            found = compare(result, solve(after, explain=False), before, after)
            for chain in found.chains:
                limits = _limits(after, chain)
                assert len(limits) == len(set(limits))
                longest = max(longest, len(chain.moves))
    assert longest > 4


def test_undoing_a_chain_is_possible_and_costs_what_it_saves() -> None:
    """By enumeration's own limits and costs, which know nothing of chains."""
    random = Random(21)
    undone = []
    for _ in range(250):
        _, after, old, new, found = _random_comparison(random)
        brute = Brute(after)
        held = {row.family_id: (row.coach_id, row.slot) for row in new.proposals}
        was = {row.family_id: (row.coach_id, row.slot) for row in old.proposals}
        assert brute.cost(held) == new.cost
        for chain in found.chains:
            if chain.saves is not None:
                back = {**held, **{move.family_id: was[move.family_id] for move in chain.moves}}
                assert brute.fits(back)
                assert brute.cost(back) - new.cost == chain.saves
                undone.append(chain.saves)
    assert min(undone) == 0
    assert max(undone) > 0


def test_comparison_is_written_as_csv_and_json(tmp_path: Path) -> None:
    random = Random(3)
    found = _random_comparison(random)[-1]
    while len(found.moves) < 2:
        found = _random_comparison(random)[-1]
    write_comparison(found, tmp_path / "out")
    with (tmp_path / "out" / "moves.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["family_id"] for row in rows] == [move.family_id for move in found.moves]
    assert [row["change"] for row in rows] == [str(move.fate) for move in found.moves]
    with (tmp_path / "out" / "totals.csv").open(newline="") as file:
        totals = {row["part"]: int(row["change"]) for row in csv.DictReader(file)}
    assert totals == {row.part: row.change for row in (*found.figures, *found.parts)}
    written = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert written == json.loads(json.dumps(found.to_dict()))
    assert len(written["chains"]) == len(found.chains)
