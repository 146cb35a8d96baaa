"""Forms of duty cover."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovRadio, GovString, GovTextarea


class OpenRecordForm(FlaskForm):
    """Which record, and why."""

    reference = GovString(
        "Reference of the family or volunteer",
        required="Enter the reference",
        hint="Exactly as it was given to you, such as F-7KQ2M or V0A1B2C3D.",
        max_length=20,
        width=20,
    )
    reason = GovTextarea(
        "Why do you need this record now?",
        required="Say why you need this record now",
        hint="The manager reads this at once. Name nobody.",
        max_length=1000,
        rows=4,
    )


class SignOffForm(FlaskForm):
    """What a manager found."""

    verdict = GovRadio("What did you find?", required="Choose what you found", choices=[])
    note = GovTextarea(
        "What have you looked at, and what follows?",
        hint="Needed where it must be looked into.",
        max_length=1000,
        rows=3,
    )
