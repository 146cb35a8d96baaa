"""Courses, their sessions, and training done elsewhere."""

from __future__ import annotations

import re
from datetime import time

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from peerapp.enums import TrainingMethod
from peerapp.forms.fields import (
    GovCheckbox,
    GovDate,
    GovInteger,
    GovRadio,
    GovSelect,
    GovString,
    GovYesNo,
)
from peerapp.vocabulary import choices

CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))? ?(am|pm)?", re.IGNORECASE)


def clock_time(text: str | None) -> time | None:
    """Return the time of day that a text such as 9:30, 14.00 or 2pm means, or None."""
    found = CLOCK.fullmatch((text or "").strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if not half and found[2] is None:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


class CourseForm(FlaskForm):
    title = GovString("Name of the course", required="Enter a name", max_length=120)
    valid_months = GovInteger(
        "For how many months does it count? (optional)",
        low=1,
        high=120,
        width=3,
        suffix="months",
        hint="Leave this empty if the course does not run out. What was recorded before keeps the "
        "last day that it was given.",
    )
    is_core = GovRadio(
        "Must every coach have done it?",
        choices=[
            ("yes", "Yes, it is a core course", "Nobody coaches without it, from today on."),
            ("no", "No, it is an extra course"),
        ],
        required="Choose whether it is a core course",
    )
    is_offered = GovYesNo(
        "Is it offered now?",
        required="Choose whether it is offered",
    )
    confirmed = GovCheckbox("I know that coaches who have not done it stop being cleared today")


class SessionForm(FlaskForm):
    """``course`` gets its choices from the view; without them it is taken out."""

    course = GovSelect("Course", choices=[], required="Choose a course")
    on = GovDate("On which day?", required="Enter the day", noun="The day")
    at = GovString(
        "When does it start?",
        required="Enter the time at which it starts",
        hint="For example 9:30am or 14:00.",
        width=10,
        max_length=8,
    )
    minutes = GovInteger(
        "How long is it?",
        required="Enter how long it is",
        low=15,
        high=600,
        suffix="minutes",
    )
    place = GovString("Place (optional)", max_length=200, hint="Address and room.")
    video_link = GovString(
        "Video link (optional)",
        max_length=500,
        hint="Only those who have a place see it.",
        autocomplete="off",
    )
    trainer = GovString("Trainer", required="Enter who leads the session", max_length=160)
    places = GovInteger("Places", required="Enter how many places there are", low=1, high=500)

    def validate_at(self, field: Field) -> None:
        if clock_time(field.data) is None:
            raise ValidationError("Enter a time of day, like 9:30am or 14:00")


class RecordTrainingForm(FlaskForm):
    """A course done online or elsewhere; ``course`` gets its choices from the view."""

    course = GovSelect("Course", choices=[], required="Choose a course")
    completed_on = GovDate(
        "When was it completed?", required="Enter the day of the course", noun="The day"
    )
    method = GovRadio(
        "How was it done?",
        choices=choices((TrainingMethod.ONLINE, TrainingMethod.ELSEWHERE)),
        required="Choose how it was done",
        hint="Who came to one of our own sessions is marked on the page of that session.",
    )
    evidence = GovString(
        "What have you seen that shows it?",
        required="Say what you have seen",
        hint="For example: certificate of the council’s e-learning, number 4711.",
        max_length=300,
    )
    valid_until = GovDate(
        "Last day on which it counts (optional)",
        noun="The last day",
        hint="Leave this empty and it counts as long as the course usually does.",
    )


class PickSessionForm(FlaskForm):
    """A session for a volunteer who asked by phone; the choices come from the view."""

    session = GovRadio("Which date?", choices=[], required="Choose a date")
