"""Forms of decisions on a match."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp import vocabulary
from peerapp.enums import AgreementMethod, EndReason, FamilyState
from peerapp.forms.fields import GovCheckbox, GovDate, GovRadio, GovSelect, GovTextarea

NOTE_LIMIT = 500
METHODS = vocabulary.choices(one for one in AgreementMethod if one != AgreementMethod.ON_SITE)
NEXT_CHOICES = [
    (FamilyState.WAITING.value, "The family waits for another coach"),
    (FamilyState.CLOSED.value, "The family’s support by this scheme is finished"),
]


class ApproveForm(FlaskForm):
    """How each of the two said yes, and the versions that were looked at.

    The view takes out what is not asked: the yes of whoever gave it on the site, and the
    changes where there are none.
    """

    family_version = HiddenField()
    coach_version = HiddenField()
    accept_changes = GovCheckbox(
        "I have looked at what changed, and this match is right all the same",
        required="Look at what changed, and say that the match is right all the same",
    )
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
    """``attended_by`` gets its choices from the view: the coordinators of the locality."""

    first_visit_on = GovDate(
        "When was the first visit?",
        required="Enter the date of the first visit",
        noun="The date of the first visit",
    )
    attended_by = GovSelect("Which coordinator was there?", choices=[])
    attended = GovCheckbox(
        "A coordinator was at the first visit",
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
