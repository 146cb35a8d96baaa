"""Supervision calls, who supervises whom, and how many matches a supervisor can carry."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import CallMood
from peerapp.forms.fields import (
    GovCheckboxes,
    GovDate,
    GovInteger,
    GovRadio,
    GovSelect,
    GovTextarea,
)
from peerapp.vocabulary import choices


class CallForm(FlaskForm):
    held_on = GovDate("When was the call?", required="Enter the day", noun="The day")
    spoke_to = GovCheckboxes(
        "Whom did you speak to?",
        choices=[("coach", "The coach"), ("family", "The family")],
        required="Say whom you spoke to",
    )
    mood = GovRadio("How does it go?", choices=choices(CallMood), required="Say how it goes")
    note = GovTextarea(
        "What did you hear?",
        required="Write a line about what you heard",
        hint="For coordinators and safeguarding leads. If somebody may not be safe, raise a "
        "concern instead.",
        max_length=2000,
    )


class SkipForm(FlaskForm):
    note = GovTextarea(
        "Why is this call left out?", required="Say why this call is left out", max_length=500
    )


class SupervisorForm(FlaskForm):
    """The choices are passed in."""

    supervisor_id = GovSelect("Supervisor", choices=[], hint="Who makes the calls.")


class CapacityForm(FlaskForm):
    capacity = GovInteger(
        "How many matches can they carry?",
        high=200,
        hint="Leave it empty for what the scheme has set for all. Matches above it stay; new ones "
        "are not proposed.",
    )
