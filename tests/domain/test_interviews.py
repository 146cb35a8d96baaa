"""What the record of an interview needs before it is submitted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from peerapp.domain import interviews
from peerapp.domain.interviews import InterviewRecord, Question
from peerapp.enums import Recommendation
from tests.domain.volunteers import TODAY, codes

QUESTIONS = (Question("why", "Why?"), Question("time", "When?"))
GOOD = InterviewRecord(
    held_on=TODAY,
    interviewers=frozenset({"a"}),
    answers={"why": {"score": 4, "note": ""}, "time": {"score": 3, "note": "Evenings."}},
    summary="Warm and clear.",
    recommendation=Recommendation.RECOMMENDED,
    has_conflict=False,
    conflict_note="",
)


def refused(**values):
    return codes(interviews.submit_refusals(replace(GOOD, **values), QUESTIONS, TODAY))


def test_complete_record_is_taken():
    assert refused() == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"held_on": None}, ["held_on"]),
        ({"held_on": date(2026, 11, 21)}, ["held_on"]),
        ({"interviewers": frozenset()}, ["interviewers"]),
        ({"summary": " "}, ["summary"]),
        ({"recommendation": None}, ["recommendation"]),
        ({"has_conflict": None}, ["has_conflict"]),
        ({"has_conflict": True, "conflict_note": "Neighbours."}, ["interviewers"]),
        ({"has_conflict": True, "interviewers": frozenset({"a", "b"})}, ["conflict_note"]),
        ({"answers": {"why": {"score": 4}}}, ["score_time"]),
        ({"answers": {**GOOD.answers, "why": {"score": 6}}}, ["score_why"]),
        ({"answers": {**GOOD.answers, "why": {"score": 0}}}, ["score_why"]),
        ({"answers": {**GOOD.answers, "why": {"score": 1, "note": " "}}}, ["note_why"]),
        ({"answers": {**GOOD.answers, "why": {"score": 5, "note": ""}}}, ["note_why"]),
    ],
)
def test_what_is_missing_is_named(values, expected):
    assert refused(**values) == expected


def test_conflict_is_met_by_a_second_interviewer_and_a_word_about_it():
    two = frozenset({"a", "b"})
    assert refused(has_conflict=True, conflict_note="Same choir.", interviewers=two) == []


def test_average_counts_the_scores_that_were_given():
    assert interviews.average(GOOD.answers) == 3.5
    assert interviews.average({"why": {"score": None}}) is None


@pytest.mark.parametrize(
    ("count", "expected"), [(2, ["questions"]), (3, []), (12, []), (13, ["questions"])]
)
def test_template_has_from_three_to_twelve_questions(count, expected):
    asked = [Question(f"q{n}", f"Question {n}?") for n in range(count)]
    assert codes(interviews.template_refusals(asked)) == expected


def test_template_does_not_ask_twice():
    asked = [Question("a", "Why?"), Question("b", "WHY?"), Question("c", "When?")]
    assert codes(interviews.template_refusals(asked)) == ["questions"]
