"""Backup coaches and the days on which they step in."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovDate, GovRadio
from peerapp.forms.matches import METHODS


class BackupForm(FlaskForm):
    """``volunteer`` gets its choices from the view."""

    volunteer = GovRadio("Who could step in?", choices=[], required="Choose a coach")
    coach_agreed_how = GovRadio(
        "How did they say yes?", choices=METHODS, required="Say how they said yes"
    )
    family_agreed_how = GovRadio(
        "How did the family say yes?", choices=METHODS, required="Say how the family said yes"
    )


class StepInForm(FlaskForm):
    starts_on = GovDate("First day", required="Enter the first day", noun="The first day")
    ends_on = GovDate("Last day", required="Enter the last day", noun="The last day")
