"""Forms of decisions on a match."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp import vocabulary
from peerapp.enums import AgreementMethod, EndReason, FamilyState
from peerapp.forms.fields import GovCheckbox, GovDate, GovRadio, GovTextarea

NOTE_LIMIT = 500
METHODS = vocabulary.choices(AgreementMethod)
NEXT_CHOICES = [
    (FamilyState.WAITING.value, "The family waits for another coach"),
    (FamilyState.CLOSED.value, "The family’s support by this scheme is finished"),
]


class ApproveForm(FlaskForm):
    """How each of the two said yes, and the versions that were looked at."""

    family_version = HiddenField()
    coach_version = HiddenField()
    coach_agreed_how = GovRadio(
        "How did the coach say yes?", choices=METHODS, required="Say how the coach said yes"
    )
    family_agreed_how = GovRadio(
        "How did the family say yes?", choices=METHODS, required="Say how the family said yes"
    )


class DeclineForm(FlaskForm):
    """The choices are passed in, each with what it leads to."""

    reason = GovRadio("Why is this match declined?", choices=[], required="Choose a reason")
    note = GovTextarea(
        "Note for colleagues",
        hint="If details are wrong, say which. Do not write about other people.",
        max_length=NOTE_LIMIT,
    )


class IntroduceForm(FlaskForm):
    first_visit_on = GovDate(
        "When was the first visit?",
        required="Enter the date of the first visit",
        noun="The date of the first visit",
    )
    attended = GovCheckbox(
        "I was at the first visit, or a coordinator who works with me was",
        required="A coordinator must be at the first visit",
    )


class PauseForm(FlaskForm):
    note = GovTextarea("Why is the match paused?", hint="Optional", max_length=NOTE_LIMIT)


class EndForm(FlaskForm):
    reason = GovRadio(
        "Why does the match end?",
        choices=vocabulary.choices(EndReason),
        required="Choose a reason",
    )
    family_next = GovRadio(
        "What happens next for the family?",
        choices=NEXT_CHOICES,
        required="Say what happens next for the family",
    )
    note = GovTextarea("Note for colleagues", hint="Optional", max_length=NOTE_LIMIT)


def add_problems(form: Any, messages: list[str]) -> None:
    """Show messages that belong to no single field at the top of the page."""
    form.form_errors = [*form.form_errors, *messages]
