"""A comparison in sentences and as files. It names people by id: for coordinators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from matching.chains import Takes
from matching.comparison import Chain, Comparison, Fate, Move, Place, Total
from matching.files import write_table
from matching.notes import part_name, rule_names
from matching.reasons import Cause, Why
from matching.wording import english_slot

MOVE_COLUMNS = (
    "family_id", "change", "coach_before", "slot_before", "mode_before", "cost_before",
    "coach_after", "slot_after", "mode_after", "cost_after", "takes", "left_by", "causes", "chain",
)  # fmt: skip
TOTAL_COLUMNS = ("part", "before", "after", "change")

_CAUSES = {
    Why.FAMILY_GONE: "the family is no longer there",
    Why.COACH_GONE: "{who} is no longer there",
    Why.FORBIDDEN: "{who} is no longer possible ({rules})",
    Why.SLOT_GONE: "that slot of {who} can no longer be had",
    Why.FEWER_PLACES: "{who} has fewer places",
    Why.FAMILY_NEW: "the family is new",
    Why.COACH_NEW: "{who} is new",
    Why.ALLOWED: "{who} is possible now (before: {rules})",
    Why.SLOT_OPENED: "that slot of {who} can now be had",
    Why.MORE_PLACES: "{who} has more places",
    Why.PINNED: "it is pinned to {who}",
    Why.RANKS_BEFORE: "it now comes before {who}",
    Why.MAKES_ROOM: "this makes room for {who}",
    Why.OUTRANKED: "{who} comes first",
    Why.MODE: "the other way to meet {who} is better now",
    Why.CHEAPER: "so the points in all are fewer",
    Why.TIE: "either would do",
}


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """What differs, told move by move: first the totals, then each chain."""
    return tuple(line for lines in paragraphs(comparison) for line in lines)


def paragraphs(comparison: Comparison) -> tuple[tuple[str, ...], ...]:
    """The sentences by what belongs together: totals, each chain, and the ties in one line."""
    told = [tuple(_totals(comparison))]
    if not comparison.chains:
        return (*told, ("Every match stays as it is.",))
    told += [chain_sentences(chain) for chain in comparison.chains if chain.saves != 0]
    ties = sum(len(chain.moves) for chain in comparison.chains if chain.saves == 0)
    if ties:
        who = "1 family is" if ties == 1 else f"{ties} families are"
        told.append((f"{who} matched otherwise for no gain: either would do.",))
    return tuple(told)


def _totals(comparison: Comparison) -> Iterator[str]:
    matched, cost = (
        next(row for row in comparison.figures if row.part == name) for name in ("matched", "cost")
    )
    yield f"Families matched: {_told(matched)}. Points: {_told(cost)}."
    parts = [row for row in comparison.parts if row.change]
    if parts:
        told = ", ".join(f"{part_name(row.part)} {row.change:+d}" for row in parts)
        yield f"Points by part: {told}."


def _told(row: Total) -> str:
    if not row.change:
        return f"{row.after} as before"
    return f"{row.before} before, {row.after} now ({row.change:+d})"


def chain_sentences(chain: Chain) -> tuple[str, ...]:
    """The moves of one chain in turn, a sentence each, and what they save together."""
    moves = tuple(_move(move, told_at_end=bool(chain.saves)) for move in chain.moves)
    return (*moves, f"This saves {_points(chain.saves)} in all.") if chain.saves else moves


def _points(number: int) -> str:
    return "1 point" if number == 1 else f"{number} points"


def _move(move: Move, *, told_at_end: bool) -> str:
    name, takes = move.family_id, _takes(move)
    if move.after is None:
        gone = "goes" if move.fate == Fate.GOES else "goes without"
        what = f"{name} {gone}; it had {_where(move.before)}"
    elif move.before is None:
        what = f"{name} gains {_where(move.after)}{takes}"
    elif move.fate == Fate.MOVES:
        what = f"{name} moves from {_where(move.before)} to {_where(move.after)}{takes}"
    else:
        what = f"{name} stays with {move.after.coach_id}, now {_time(move.after)}{takes}"
    because = " and ".join(
        _cause(cause) for cause in move.causes if not (told_at_end and cause.why == Why.CHEAPER)
    )
    return f"{what}: {because}." if because else f"{what}."


def _cause(cause: Cause) -> str:
    return _CAUSES[cause.why].format(who=cause.who, rules=rule_names(cause.rules))


def _time(place: Place) -> str:
    return english_slot(place.slot) + (" remotely" if place.mode == "remote" else "")


def _where(place: Place | None) -> str:
    return "nobody" if place is None else f"{place.coach_id} on {_time(place)}"


def _takes(move: Move) -> str:
    if move.left_by is None:
        return ""
    return {
        Takes.SLOT: f", the slot that {move.left_by} leaves",
        Takes.PLACE: f", where {move.left_by} leaves a place",
        Takes.SUPERVISION: f", on the supervisor's place that {move.left_by} leaves",
    }[Takes(move.takes or "")]


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write ``moves.csv``, ``totals.csv`` and ``comparison.json`` into a directory."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [
        _cells(move, number)
        for number, chain in enumerate(comparison.chains, start=1)
        for move in chain.moves
    ]
    write_table(out / "moves.csv", MOVE_COLUMNS, sorted(rows))
    totals = (*comparison.figures, *comparison.parts)
    write_table(
        out / "totals.csv",
        TOTAL_COLUMNS,
        ((row.part, row.before, row.after, row.change) for row in totals),
    )
    text = json.dumps(comparison.to_dict(), indent=1) + "\n"
    (out / "comparison.json").write_text(text, encoding="utf-8")


def _cells(move: Move, chain: int) -> tuple[object, ...]:
    causes = " ".join(
        ":".join(word for word in (cause.why, cause.who, "+".join(cause.rules)) if word)
        for cause in move.causes
    )
    return (
        move.family_id, move.fate, *_place_cells(move.before), *_place_cells(move.after),
        move.takes or "", move.left_by or "", causes, chain,
    )  # fmt: skip


def _place_cells(place: Place | None) -> tuple[object, ...]:
    return ("",) * 4 if place is None else (place.coach_id, place.slot, place.mode, place.cost)
