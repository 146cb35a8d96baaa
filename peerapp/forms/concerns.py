"""Raising a safeguarding concern, and what leads write about it."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.enums import ConcernOutcome
from peerapp.forms.fields import GovRadio, GovTextarea, GovYesNo
from peerapp.vocabulary import choices

WORDS_BACK_HINT = (
    "They read it when they sign in. Somebody else may see their screen: name nobody, and write "
    "nothing that could put anyone in danger."
)


class ConcernForm(FlaskForm):
    """The choices of ``match_id`` and ``about`` are passed in; what does not apply is deleted."""

    form_key = HiddenField()
    danger_now = GovRadio(
        "Is anyone in danger right now?",
        choices=[
            ("yes", "Yes", "Call 999 first. Then send this."),
            ("no", "No"),
        ],
        required="Say if anyone is in danger right now",
    )
    match_id = GovRadio("Which family is it about?", choices=[], required="Choose a family")
    about = GovRadio("Who are you worried about?", choices=[], required="Say who it is about")
    words = GovTextarea(
        "What worries you?",
        required="Tell us what worries you",
        hint="What did you see or hear, and when? Use your own words. A few lines are enough.",
        max_length=4000,
        rows=6,
    )
    stop_contact = GovYesNo(
        "Should contact stop until we have looked?",
        inline=False,
        required="Say if contact should stop",
    )


class AcknowledgeForm(FlaskForm):
    words_back = GovTextarea(
        "What happens next, to whoever told you",
        required="Say to the reporter what happens next",
        hint=WORDS_BACK_HINT,
        max_length=1000,
        rows=4,
    )


class ConcernNoteForm(FlaskForm):
    words = GovTextarea(
        "What was done, and what was found?",
        required="Write what was done",
        hint="Only safeguarding leads read this.",
    )


class ResumeForm(FlaskForm):
    reason = GovTextarea(
        "Why is contact safe again?",
        required="Say why contact is safe again",
        hint="Only safeguarding leads read this.",
        max_length=2000,
    )


class CloseConcernForm(FlaskForm):
    outcome = GovRadio(
        "What came of it?", choices=choices(ConcernOutcome), required="Say what came of it"
    )
    words = GovTextarea(
        "What does the decision rest on?",
        required="Write what the decision rests on",
        hint="Only safeguarding leads read this.",
    )
    words_back = GovTextarea(
        "What came of it, to whoever told you",
        required="Say to the reporter what came of it",
        hint=WORDS_BACK_HINT,
        max_length=1000,
        rows=4,
    )
