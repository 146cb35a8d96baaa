"""Forms of status checks with DBS."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovCheckbox, GovInteger, GovString


class AskForm(FlaskForm):
    """A button."""


class StatusSettingsForm(FlaskForm):
    organisation = GovString(
        "Name of the organisation",
        required="Enter the name of the organisation",
        max_length=120,
        hint="As DBS knows it. It stands in DBS’s list of who has asked.",
    )
    checker_forename = GovString(
        "Checker’s first name",
        required="Enter the checker’s first name",
        max_length=80,
        hint="The member of staff who answers for the checks that the site makes by itself.",
    )
    checker_surname = GovString(
        "Checker’s last name", required="Enter the checker’s last name", max_length=80
    )
    every_days = GovInteger(
        "Days between two checks of a certificate",
        required="Enter the number of days",
        low=1,
        high=365,
        width=3,
        suffix="days",
    )
    terms_agreed = GovCheckbox(
        "The organisation has read and agrees to the terms of the Update Service",
        hint="DBS asks for this with each check. Without it none is made.",
    )
