"""Consent to status checks: the volunteer's signature, and the manager's text."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.forms.fields import GovRadio, GovString, GovTextarea


class ConsentForm(FlaskForm):
    version = HiddenField()
    typed_name = GovString(
        "Type your full name to agree",
        required="Type your full name to agree",
        max_length=160,
        autocomplete="name",
    )


class ConsentTextForm(FlaskForm):
    seen_version = HiddenField()
    text = GovTextarea("The text", required="Enter the text", rows=12, max_length=5000)
    asks_again = GovRadio(
        "Must volunteers who have agreed already agree again?",
        choices=[
            ("yes", "Yes, what they agree to is different", "Nobody is checked until they have."),
            ("no", "No, it only says the same in better words"),
        ],
        required="Choose whether they must agree again",
    )
