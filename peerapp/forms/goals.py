"""Goals in the family's words, how near they are, and totals of outside measures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm

from peerapp.enums import GoalState, Occasion
from peerapp.forms.fields import (
    GovDate,
    GovInteger,
    GovRadio,
    GovSelect,
    GovString,
    GovTextarea,
)
from peerapp.vocabulary import choices

NUMBERS = [("", "Choose a number"), *((str(number), str(number)) for number in range(11))]
SCORE_HINT = "0 means far away. 10 means it is so now."
FIELD = "goal_"


class GoalForm(FlaskForm):
    words = GovTextarea(
        "What do you want to change?",
        required="Say what you want to change",
        hint="Use your own words. For example: we all eat at one table.",
        max_length=300,
        rows=3,
    )
    score = GovSelect(
        "How near is it now?", choices=NUMBERS, required="Choose a number", hint=SCORE_HINT
    )
    is_shared = GovRadio(
        "May your coach read this goal?",
        choices=[("yes", "Yes"), ("no", "No")],
        required="Say if your coach may read it",
        hint="You can change this at any time.",
    )


class StaffGoalForm(GoalForm):
    words = GovTextarea(
        "What does the family want to change?",
        required="Write what the family wants to change",
        hint="In the family’s own words, not in yours.",
        max_length=300,
        rows=3,
    )
    is_shared = GovRadio(
        "May their coach read this goal?",
        choices=[("yes", "Yes, the family said so"), ("no", "No")],
        required="Say if the coach may read it",
    )


class FinishForm(FlaskForm):
    state = GovRadio(
        "What about this goal?",
        choices=[
            (GoalState.REACHED.value, "It is reached"),
            (GoalState.SET_ASIDE.value, "Set it aside", "You can then choose another one."),
        ],
        required="Choose one of the two",
    )


class MeasureForm(FlaskForm):
    name = GovString("Name of the measure", required="Enter its name", max_length=120)
    lowest = GovInteger("Lowest total", required="Enter the lowest total", low=-1000, high=1000)
    highest = GovInteger("Highest total", required="Enter the highest total", low=-1000, high=1000)
    higher_is_better = GovRadio(
        "What is better?",
        choices=[("yes", "A higher total"), ("no", "A lower total")],
        required="Say what is better",
    )


class TotalForm(FlaskForm):
    """The choices of ``measure_id`` are passed in."""

    measure_id = GovSelect("Measure", choices=[], required="Choose a measure")
    total = GovInteger("Total", required="Enter the total", low=-1000, high=1000)
    taken_on = GovDate("Day", required="Enter the day", noun="The day")
    occasion = GovRadio("When was it?", choices=choices(Occasion), required="Say when it was")


def score_form(goals: Iterable[tuple[str, str]]) -> type[FlaskForm]:
    """Return a form that asks for a number for each goal, given as its id and its words."""
    fields: dict[str, Any] = {
        FIELD + goal_id: GovSelect(
            words, choices=NUMBERS, required="Choose a number", hint=SCORE_HINT
        )
        for goal_id, words in goals
    }
    return type("ScoreForm", (FlaskForm,), fields)
