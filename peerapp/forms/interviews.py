"""The record of an interview, by the scheme's own questions, and the questions themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.domain.interviews import MOST_QUESTIONS, SCORES, Question
from peerapp.enums import Recommendation
from peerapp.forms.fields import GovCheckboxes, GovDate, GovRadio, GovTextarea
from peerapp.vocabulary import choices

SCORE_CHOICES = [(str(score), text) for score, text in SCORES.items()]


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


def interview_form(questions: Sequence[Question]) -> Any:
    """Return a form class with a score and a note for each question."""
    fields: dict[str, Any] = {}
    for number, question in enumerate(questions, 1):
        fields[f"score_{question.key}"] = GovRadio(
            f"Score for question {number}",
            choices=SCORE_CHOICES,
            inline=True,
            hint=question.guidance,
        )
        fields[f"note_{question.key}"] = GovTextarea(
            f"Notes on question {number}", max_length=2000, rows=3, count=False,
            hint="Needed where the score is 1 or 5.",
        )  # fmt: skip
    return type("AskedInterviewForm", (InterviewForm,), fields)


def _questions_form() -> Any:
    """Return a form class with a key, a text and a guidance for each possible question."""
    fields: dict[str, Any] = {"seen": HiddenField()}
    for number in range(1, MOST_QUESTIONS + 1):
        fields[f"key_{number}"] = HiddenField()
        fields[f"text_{number}"] = GovTextarea(
            f"Question {number}", max_length=300, rows=2, count=False
        )
        fields[f"guidance_{number}"] = GovTextarea(
            f"Guidance for question {number}", max_length=500, rows=2, count=False
        )
    return type("QuestionsForm", (FlaskForm,), fields)


QuestionsForm = _questions_form()
"""The questions of the scheme; an empty line is no question."""
