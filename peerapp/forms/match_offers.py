"""Forms of offers: put to the coach, answered by the two, written down by a coordinator."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.enums import DeclineReason, OfferSide
from peerapp.forms.fields import GovCheckbox, GovRadio, GovTextarea
from peerapp.forms.matches import METHODS, NOTE_LIMIT


class OfferForm(FlaskForm):
    """The versions that were looked at; the view takes the box out where nothing changed."""

    family_version = HiddenField()
    coach_version = HiddenField()
    accept_changes = GovCheckbox(
        "I have looked at what changed, and this match is right all the same",
        required="Look at what changed, and say that the match is right all the same",
    )


class RecordYesForm(FlaskForm):
    """``side`` is whose answer was awaited when the page was made."""

    side = HiddenField()
    how = GovRadio("How did they say yes?", choices=METHODS, required="Say how they said yes")


class YesForm(FlaskForm):
    """``seen`` is what the person looked at."""

    seen = HiddenField()


class NoForm(FlaskForm):
    """The reasons of whoever was asked, each with what it leads to."""

    reason = GovRadio("Why not?", choices=[], required="Choose a reason")
    note = GovTextarea(
        "If something is wrong in what we know, tell us what",
        hint="Only your coordinator reads this.",
        max_length=NOTE_LIMIT,
        rows=3,
    )


D = DeclineReason
NO_CHOICES = {
    OfferSide.COACH: [
        (D.NOT_NOW, "Not now", "We may ask you about this family again after some time."),
        (
            D.COACH_DETAILS_WRONG,
            "What you know about me is wrong",
            "For example the times. We do not ask you about any family until it is put right.",
        ),
        (
            D.COACH_SAID_NO,
            "I am not the right person for this family",
            "We will not ask you about this family again.",
        ),
        (
            D.KNOWN_TO_EACH_OTHER,
            "I think I know this family",
            "We will not ask you about this family again.",
        ),
        (
            D.SAFETY_CONCERN,
            "I am worried about safety",
            "We will not ask you about this family again. Somebody will talk to you.",
        ),
    ],
    OfferSide.FAMILY: [
        (D.NOT_NOW, "Not now", "We may ask you about this coach again after some time."),
        (
            D.FAMILY_DETAILS_WRONG,
            "What you know about us is wrong",
            "For example the times. We look for a coach again when it is put right.",
        ),
        (
            D.FAMILY_SAID_NO,
            "This is not the right coach for us",
            "We look for another one. We will not ask you about this coach again.",
        ),
        (
            D.KNOWN_TO_EACH_OTHER,
            "I think we know this person",
            "We look for another one. We will not ask you about this person again.",
        ),
        (
            D.SAFETY_CONCERN,
            "I would not feel safe",
            "We look for another one. Somebody will talk to you.",
        ),
    ],
}
"""What each of the two reads beside each reason."""
