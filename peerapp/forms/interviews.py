"""The record of an interview, by the scheme's own questions, and the questions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.enums import Recommendation
from peerapp.forms.fields import GovCheckboxes, GovDate, GovRadio, GovTextarea
from peerapp.vocabulary import choices


class InterviewForm(FlaskForm):
    """Nothing is required here: a draft may be as incomplete as it is."""

    seen = HiddenField()
    held_on = GovDate("When was the interview?", noun="The day")
    interviewers = GovCheckboxes("Who held it?", choices=[], small=True)
    summary = GovTextarea(
        "Sum it up for the panel",
        hint="Strengths, worries, and what should be looked at in training or supervision.",
        max_length=4000,
    )
    recommendation = GovRadio("What do you recommend?", choices=choices(Recommendation))
    has_conflict = GovRadio(
        "Does an interviewer know the volunteer outside the scheme?",
        choices=[("no", "No"), ("yes", "Yes")],
        inline=True,
    )
    conflict_note = GovTextarea("If so: who, and how?", max_length=1000, rows=3)


def interview_form(questions: Sequence[tuple[str, str]], scores: Sequence[tuple[str, str]]) -> Any:
    """Return a form class with a score and a note for each question.

    Parameters
    ----------
    questions
        Key and guidance of each.
    scores
        The scores as choices, from the lowest.
    """
    lowest, highest = scores[0][0], scores[-1][0]
    fields: dict[str, Any] = {}
    for number, (key, guidance) in enumerate(questions, 1):
        fields[f"score_{key}"] = GovRadio(
            f"Score for question {number}", choices=scores, inline=True, hint=guidance
        )
        fields[f"note_{key}"] = GovTextarea(
            f"Notes on question {number}",
            hint=f"Needed where the score is {lowest} or {highest}.",
            max_length=2000,
            rows=3,
            count=False,
        )
    return type("AskedInterviewForm", (InterviewForm,), fields)


def questions_form(most: int) -> Any:
    """Return a form class with a key, a text and a guidance for each possible question.

    A question without a text is none.
    """
    fields: dict[str, Any] = {"seen": HiddenField()}
    for number in range(1, most + 1):
        fields[f"key_{number}"] = HiddenField()
        fields[f"text_{number}"] = GovTextarea(
            f"Question {number}", max_length=300, rows=2, count=False
        )
        fields[f"guidance_{number}"] = GovTextarea(
            f"Guidance for question {number}", max_length=500, rows=2, count=False
        )
    return type("QuestionsForm", (FlaskForm,), fields)
