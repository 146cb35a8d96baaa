"""Publishing the volunteer agreement, and signing it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.forms.fields import GovCheckbox, GovDate, GovRadio, GovString, GovTextarea


class PublishForm(FlaskForm):
    body = GovTextarea(
        "Text of the agreement",
        required="Enter the text",
        hint="Leave an empty line between paragraphs. A line that starts with “- ” is a point of "
        "a list. Once it is published, a version cannot be changed.",
        max_length=20_000,
        rows=20,
    )
    sign_again = GovRadio(
        "Must those who signed an earlier version sign this one?",
        choices=[
            ("yes", "Yes", "Earlier signatures count until the day below."),
            ("no", "No, the change is small", "Earlier signatures go on counting."),
        ],
        required="Choose whether it must be signed again",
    )
    old_counts_until = GovDate(
        "Last day on which earlier signatures count",
        noun="The last day",
        hint="A coach who has not signed by then is not cleared from the next day on.",
    )


class SignForm(FlaskForm):
    """``text_id`` says which version stood on the page."""

    text_id = HiddenField()
    typed_name = GovString(
        "Type your full name to sign",
        required="Type your full name",
        max_length=160,
        autocomplete="name",
    )
    agreed = GovCheckbox(
        "I have read the agreement and will keep to it", required="Tick the box to agree"
    )


class PaperForm(FlaskForm):
    text_id = HiddenField()
    signed_on = GovDate("When was it signed?", required="Enter the day", noun="The day")
    confirmed = GovCheckbox(
        "I have seen this version signed by the volunteer",
        required="Confirm this before you record it",
    )
