"""What is read beside an earlier reading is what would be read by itself."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.problem import Coach, Family
from matching.verify_reading import (
    NEW,
    Reading,
    Words,
    coaches_read,
    families_read,
    needs_read,
    read,
)
from tests.matching.making import coach, family, problem, small_problem

Row = TypeVar("Row", Family, Coach)
KINDS = ("languages", "training", "household")


def words_of(*rows: Family) -> set[tuple[str, str]]:
    """The words that families use, each with what it is said of."""
    used = {("needs", tag) for row in rows for tag, _ in row.needs}
    return used | {(kind, word) for row in rows for kind in KINDS for word in getattr(row, kind)}


def known_to(words: Words) -> set[tuple[str, str]]:
    kinds = {"needs": words.tags, **{kind: getattr(words, kind) for kind in KINDS}}
    return {(kind, word) for kind, vocabulary in kinds.items() for word in vocabulary.bit}


def altered(rows: tuple[Row, ...], edits: dict[str, Any], random: Random) -> tuple[Row, ...]:
    """Somebody may be gone, and another be like before, the same row, or one that is edited."""
    kept = [row for row in rows if random.random() < 0.9]
    for at, row in enumerate(kept):
        if random.random() < 0.5:
            name = random.choice(list(edits))
            kept[at] = replace(row, **({name: edits[name]} if random.random() < 0.4 else {}))
    random.shuffle(kept)
    return tuple(kept)


def check_joined(now: Reading, last: Reading) -> None:
    """Nothing of what an earlier reading has may be seen in the columns."""
    known = words_of(*now.families) <= known_to(last.words)
    assert (now.words is last.words) == known
    assert table(now.asked) == table(families_read(now.families, now.words))
    assert table(now.needs) == table(needs_read(now.families, now.words))
    assert table(now.offered) == table(coaches_read(now.coaches, now.words))
    assert now.was_family.tolist() == places(now.families, list(last.families))
    assert now.was_coach.tolist() == places(now.coaches, list(last.coaches))


def table(columns: Any) -> list[list[Any]]:
    return [column.tolist() for column in columns]


def places(rows: Any, old: list[Any]) -> list[int]:
    return [old.index(row) if row in old else NEW for row in rows]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**40))
def test_what_was_read_before_is_as_if_read_now(seed: int) -> None:
    random = Random(seed)
    first, other = small_problem(random), small_problem(random)
    asks = {"priority": 9, "needs": (("b", 1), ("c", 2)), "training": {"t"}, "languages": {"cy"}}
    offers = {"capacity": 9, "experience": {"a"}, "slots": (), "avoids": {"pets"}}
    newcomer = replace(random.choice(other.families), family_id="N")
    first = replace(first, exclusions=(), pins={}, previous={}, placements=())
    second = replace(
        first,
        families=(*altered(first.families, asks, random), newcomer),
        coaches=altered(first.coaches, offers, random),
    )
    last = read(first)
    now = read(second, last)
    check_joined(now, last)
    check_joined(read(first, now), now)


@pytest.mark.parametrize("kind", ["needs", *KINDS])
def test_a_word_of_any_kind_may_be_unknown(kind: str) -> None:
    def said(*words: str) -> Family:
        return family(**{kind: tuple((w, 1) for w in words) if kind == "needs" else {*words}})

    words = Words([said("aa"), said("bb", "cc")])
    assert words.know(said())
    assert words.know(said("aa", "cc"))
    assert words.know(said("aa", "bb", "cc"))
    assert not words.know(said("dd"))
    assert not words.know(said("aa", "bb", "cc", "dd"))


def test_a_row_that_says_the_same_is_not_read_again() -> None:
    families = [family(f"F{n}", needs=(("a", n), ("b", 2))) for n in range(1, 4)]
    last = read(problem(*families, coach("C0"), coach("C1")))
    alike = replace(families[0])
    assert alike is not families[0]
    rows = families[2], replace(families[1], priority=1), alike, family("F9", needs=(("b", 3),))
    now = read(problem(*rows, coach("C1"), coach("C0", capacity=2)), last)
    assert now.was_family.tolist() == [2, NEW, 0, NEW]
    assert now.was_coach.tolist() == [1, NEW]
    assert now.words is last.words
    assert table(now.needs) == [[0, 2, 4, 6, 7], [0, 1, 0, 1, 0, 1, 1], [3, 2, 2, 2, 1, 2, 3]]


def test_what_is_kept_is_taken_from_the_earlier_reading() -> None:
    """Otherwise the tests above would pass without anything being kept."""
    instance = problem(family("F0"), family("F1"), coach("C0"))
    last = read(instance)
    marked = replace(
        last,
        asked=last.asked._replace(x=np.array([5, 6])),
        offered=last.offered._replace(x=np.array([7])),
        needs=last.needs._replace(weight=np.array([8, 9])),
    )
    now = read(instance, marked)
    assert [now.asked.x.tolist(), now.offered.x.tolist()] == [[5, 6], [7]]
    assert now.needs.weight.tolist() == [8, 9]
