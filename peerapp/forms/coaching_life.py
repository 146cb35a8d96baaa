"""Breaks, probation reviews, and why a volunteer's way ends."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import PauseReason, ReviewOutcome
from peerapp.forms.fields import GovDate, GovEmail, GovRadio, GovTextarea
from peerapp.forms.onboarding import REASON_HINT
from peerapp.vocabulary import choices


class BreakForm(FlaskForm):
    reason = GovRadio("Why?", choices=choices(PauseReason), required="Choose a reason")
    starts_on = GovDate("First day", required="Enter the first day", noun="The first day")
    ends_on = GovDate(
        "Last day (optional)",
        noun="The last day",
        hint="The day before coaching goes on. Leave it empty if nobody knows yet.",
    )
    note = GovTextarea("Note (optional)", hint=REASON_HINT, max_length=1000, rows=3)


class OwnBreakForm(BreakForm):
    note = GovTextarea("Anything we should know? (optional)", max_length=1000, rows=3)


class BreakEndForm(FlaskForm):
    ends_on = GovDate(
        "Last day",
        noun="The last day",
        hint="Leave it empty if nobody knows yet.",
    )


class ReviewForm(FlaskForm):
    held_on = GovDate("When did you talk?", required="Enter the day", noun="The day")
    outcome = GovRadio(
        "What is decided?",
        choices=[
            (ReviewOutcome.PASSED.value, "Passed", "The coach can support more than one family."),
            (ReviewOutcome.EXTENDED.value, "Extended", "Probation goes on to another review."),
            (
                ReviewOutcome.ENDED.value,
                "Ended",
                "The volunteer leaves the scheme. Matches with families must have ended.",
            ),
        ],
        required="Choose what is decided",
    )
    extended_to = GovDate(
        "Next review, if it is extended", noun="The next review", hint="26 weeks away at most."
    )
    reason = GovTextarea(
        "What does the decision rest on?",
        required="Say what the decision rests on",
        hint=REASON_HINT,
        max_length=2000,
    )


class DropOutForm(FlaskForm):
    """Closing a record; ``drop_out`` gets the reasons of this way to close it."""

    drop_out = GovRadio("What is the main reason?", choices=[], required="Choose a reason")
    reason = GovTextarea(
        "In your words", required="Give a reason", hint=REASON_HINT, max_length=1000
    )


class VolunteerAccountForm(FlaskForm):
    """An adult of a family asks for a volunteer's account."""

    email = GovEmail(
        "Email address for your volunteer account",
        required="Enter an email address",
        hint="Another one than you use here. Only give one that nobody else reads.",
    )
