"""Writing to each other inside the site, and why staff read it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.enums import ReadingReason
from peerapp.forms.fields import GovRadio, GovTextarea
from peerapp.vocabulary import choices


class MessageForm(FlaskForm):
    form_key = HiddenField()
    words = GovTextarea("Your message", required="Write your message", max_length=2000, rows=4)


class ReadingForm(FlaskForm):
    reason = GovRadio(
        "Why do you have to read it?",
        choices=choices(ReadingReason),
        required="Choose why you have to read it",
    )
