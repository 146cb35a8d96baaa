"""Endings with notice, and how it was."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import EndReason
from peerapp.forms.fields import GovDate, GovRadio, GovTextarea, GovYesNo
from peerapp.forms.matches import NEXT_CHOICES, NOTE_LIMIT
from peerapp.vocabulary import choices


class PlanEndForm(FlaskForm):
    last_session_on = GovDate(
        "When is the last session?",
        required="Enter the day of the last session",
        noun="The day",
    )
    short_notice = GovTextarea(
        "If the notice is shorter than usual, why?", max_length=NOTE_LIMIT, rows=2
    )
    reason = GovRadio(
        "Why does the match end?",
        choices=choices(one for one in EndReason if one != EndReason.SAFEGUARDING),
        required="Choose a reason",
    )
    family_next = GovRadio(
        "What happens next for the family?",
        choices=NEXT_CHOICES,
        required="Say what happens next for the family",
    )
    note = GovTextarea("Note for colleagues", hint="Optional", max_length=NOTE_LIMIT)


class SurveyForm(FlaskForm):
    """The same four questions for family and coach; labels in the words of each."""

    helped = GovRadio(
        "How much did it help?",
        choices=[
            ("5", "Very much"),
            ("4", "Quite a lot"),
            ("3", "Some"),
            ("2", "A little"),
            ("1", "Not at all"),
        ],
        required="Choose how much it helped",
    )
    ended_well = GovYesNo(
        "Was it a good ending?",
        required="Choose yes or no",
    )
    would_again = GovYesNo(
        "Would you do it again?",
        required="Choose yes or no",
    )
    words = GovTextarea(
        "Anything you want to tell us? (optional)",
        hint="Only the people who run the scheme read this.",
        max_length=1000,
        rows=4,
    )
