"""Plans, sessions, notes and school holidays."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from peerapp.enums import CancelReason, NotHeldReason, SessionMood
from peerapp.forms.courses import clock_time
from peerapp.forms.fields import (
    GovDate,
    GovInteger,
    GovRadio,
    GovSelect,
    GovString,
    GovTextarea,
    GovYesNo,
)
from peerapp.vocabulary import choices

NOTE_HINT = (
    "Only your coordinator reads this. A sentence or two is enough. Do not write names of other "
    "people."
)
TIME_HINT = "For example 9:30am or 14:00."
WHOLE_LINK = "Only those who meet see it. It starts with https://"


class _Timed(FlaskForm):
    def validate_at(self, field: Field) -> None:
        if clock_time(field.data) is None:
            raise ValidationError("Enter a time of day, like 9:30am or 14:00")


class PlanForm(_Timed):
    """``video_link`` is taken out where the two meet in person."""

    first_on = GovDate(
        "First session", required="Enter the day of the first session", noun="The first session"
    )
    at = GovString(
        "When does it start?",
        required="Enter the time at which it starts",
        hint=TIME_HINT,
        width=10,
        max_length=8,
    )
    minutes = GovInteger(
        "How long is it?",
        required="Enter how long it is",
        low=15,
        high=300,
        suffix="minutes",
    )
    every_weeks = GovRadio(
        "How often?",
        choices=[("1", "Every week"), ("2", "Every two weeks")],
        required="Choose how often",
    )
    skips_holidays = GovYesNo(
        "Leave out school holidays?",
        required="Choose whether to leave out school holidays",
    )
    video_link = GovString(
        "Video link (optional)", max_length=500, hint=WHOLE_LINK, autocomplete="off"
    )


class VideoLinkForm(FlaskForm):
    video_link = GovString("Video link", max_length=500, hint=WHOLE_LINK, autocomplete="off")


class MoveSessionForm(_Timed):
    on = GovDate("New day", required="Enter the new day", noun="The new day")
    at = GovString(
        "New time", required="Enter the new time", hint=TIME_HINT, width=10, max_length=8
    )


class CallOffForm(FlaskForm):
    """The choices are passed in: a coach and a coordinator say it differently."""

    reason = GovRadio("Why?", choices=[], required="Choose why")


COACH_REASONS = [
    (CancelReason.COACH_CANNOT.value, "I cannot come"),
    (CancelReason.FAMILY_CANNOT.value, "The family cannot come"),
    (CancelReason.BOTH_AGREED.value, "We both agreed to leave it out"),
]
STAFF_REASONS = choices(
    (CancelReason.FAMILY_CANNOT, CancelReason.COACH_CANNOT, CancelReason.BOTH_AGREED)
)


class HeldForm(FlaskForm):
    """A session that happened."""

    minutes = GovInteger(
        "How long was it?", required="Enter how long it was", low=1, high=600, suffix="minutes"
    )
    mood = GovRadio("How did it go?", choices=choices(SessionMood), required="Choose how it went")
    text = GovTextarea(
        "Anything your coordinator should know? (optional)",
        hint=NOTE_HINT,
        max_length=1000,
        rows=3,
    )


class MissedForm(FlaskForm):
    """A session that did not happen."""

    reason = GovRadio(
        "Why did it not happen?", choices=choices(NotHeldReason), required="Choose why"
    )
    text = GovTextarea(
        "Anything your coordinator should know? (optional)",
        hint=NOTE_HINT,
        max_length=1000,
        rows=3,
    )


class OtherSessionForm(_Timed, HeldForm):
    """A session that no plan had."""

    on = GovDate("When did you meet?", required="Enter the day", noun="The day")
    at = GovString(
        "When did it start?", required="Enter the time", hint=TIME_HINT, width=10, max_length=8
    )


class HolidayForm(FlaskForm):
    """``council`` gets its choices from the view."""

    name = GovString(
        "What is it called?",
        required="Enter what it is called",
        max_length=80,
        hint="For example Christmas holidays.",
    )
    council = GovSelect("Whose schools?", choices=[])
    first_on = GovDate(
        "First day without school", required="Enter the first day", noun="The first day"
    )
    last_on = GovDate("Last day without school", required="Enter the last day", noun="The last day")
