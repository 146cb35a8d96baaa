"""Forms of what takes two people."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovRadio, GovTextarea


class AskExportForm(FlaskForm):
    """Why a file is needed."""

    reason = GovTextarea(
        "What do you need the file for, and where will you keep it?",
        required="Say what you need the file for",
        hint="Somebody else decides on this. Name nobody.",
        max_length=1000,
        rows=3,
    )


class DecideForm(FlaskForm):
    """The second person's answer."""

    answer = GovRadio(
        "Do you agree?",
        choices=[("yes", "Yes"), ("no", "No")],
        required="Choose yes or no",
        inline=True,
    )
    note = GovTextarea(
        "Why?",
        hint="Needed for a no. Name nobody.",
        max_length=1000,
        rows=3,
    )
