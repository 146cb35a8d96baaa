"""What is counted of many, and that nothing of it tells of single people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from peerapp.domain.outcomes import Course, Said, answers, progress
from peerapp.enums import OfferSide

FAMILY, COACH = OfferSide.FAMILY, OfferSide.COACH


def said(count: int, helped: int = 5, *, side: OfferSide = FAMILY, again: bool = True):
    return [Said(side, helped, ended_well=True, would_again=again)] * count


def test_answers_of_one_side_are_counted():
    found = answers(FAMILY, [*said(6), *said(7, 3, again=False), *said(9, side=COACH)])
    assert found.count == 13
    assert found.helped == (("5", 6), ("4", None), ("3", 7), ("2", None), ("1", None))
    assert found.ended_well == (("yes", None), ("no", None))
    assert found.would_again == (("yes", 6), ("no", 7))


def test_answers_under_five_are_not_shown():
    found = answers(FAMILY, [*said(4), *said(9, side=COACH)])
    shown = [found.count, *(one for _, one in (*found.helped, *found.ended_well))]
    assert shown == [None] * 8


def test_progress_says_where_families_began_and_are():
    courses = [Course(2, 7)] * 6 + [Course(4, 4)] * 5
    found = progress("Goals", courses)
    assert (found.families, found.first, found.last) == (11, 2.9, 5.6)
    assert found.ways == (("better", 6), ("same", None), ("worse", None))
    more = progress("Goals", [*courses, *[Course(5, 1)] * 7])
    assert more.ways == (("better", 6), ("same", 5), ("worse", 7))


def test_progress_where_less_is_better():
    courses = [Course(20, 9)] * 5 + [Course(9, 20)] * 6
    found = progress("Worries", courses, higher_is_better=False)
    assert found.ways[0] == ("better", None)
    found = progress("Worries", [*courses, *[Course(1, 1)] * 5], higher_is_better=False)
    assert found.ways == (("better", 5), ("same", 5), ("worse", 6))


def test_progress_of_four_families_is_not_shown():
    found = progress("Goals", [Course(1, 9)] * 4)
    assert (found.families, found.first, found.last) == (None, None, None)
    assert {count for _, count in found.ways} == {None}


@given(st.lists(st.integers(1, 5), max_size=40))
def test_what_is_left_out_cannot_be_had_by_subtraction(scores):
    found = answers(FAMILY, [one for score in scores for one in said(1, score)])
    away = [name for name, count in found.helped if count is None]
    left = len(scores) - sum(count for _, count in found.helped if count is not None)
    assert all(count is None or count >= 5 for _, count in found.helped)
    assert len(away) != 1
    assert left == 0 or left >= 5 or all(count is None for _, count in found.helped)
