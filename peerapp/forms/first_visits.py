"""Planning a first visit."""

from __future__ import annotations

from datetime import time

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from peerapp.forms.courses import clock_time
from peerapp.forms.fields import GovDate, GovSelect, GovString, GovTextarea
from peerapp.forms.matches import NOTE_LIMIT


class FirstVisitForm(FlaskForm):
    """``staff`` gets its choices from the view; without a visit to move, ``note`` is taken out."""

    on = GovDate("On which day?", required="Enter the day of the visit", noun="The day")
    at = GovString(
        "At what time?",
        required="Enter the time of the visit",
        hint="For example 9:30am or 14:00.",
        width=10,
        max_length=8,
    )
    staff = GovSelect("Which coordinator comes along?", choices=[], required="Choose a coordinator")
    note = GovTextarea(
        "Why is it moved? (optional)", hint="Only staff read this.", max_length=NOTE_LIMIT, rows=3
    )

    def validate_at(self, field: Field) -> None:
        if clock_time(field.data) is None:
            raise ValidationError("Enter a time, for example 9:30am or 14:00")

    @property
    def clock(self) -> time:
        found = clock_time(self.at.data)
        assert found is not None
        return found
