"""Forms of rights over one's record, of holds and of erasing."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovDate,
    GovRadio,
    GovString,
    GovTextarea,
)


class ReceiveForm(FlaskForm):
    """A request that reached a manager by letter, phone or email."""

    kind = GovRadio("What is asked for?", required="Choose what is asked for", choices=[])
    reference = GovString(
        "Reference of the person’s record",
        hint="Such as F-7KQ2M or V0A1B2C3D. Not needed for a complaint.",
        max_length=20,
        width=20,
    )
    who = GovString(
        "Who complains",
        hint="Only where they have no record here.",
        max_length=160,
    )
    words = GovTextarea("What they said", max_length=4000, rows=5)
    received_on = GovDate("When it was received", required="Enter the day")


class NoteForm(FlaskForm):
    """What was done about a request."""

    note = GovTextarea("What was done?", required="Write what was done", max_length=2000, rows=3)


class CloseForm(FlaskForm):
    """How a request ended."""

    answer = GovRadio(
        "How does it end?",
        choices=[("done", "Done"), ("refused", "Refused")],
        required="Choose how it ends",
    )
    outcome = GovTextarea(
        "What was the person told?", required="Say what the person was told", max_length=2000
    )


class ReleaseForm(FlaskForm):
    """What may be let out of what tells of somebody else."""

    included = GovCheckboxes("Let out", choices=[])
    proof = GovRadio(
        "How do you know that it is this person who asks?",
        hint="Somebody else may ask in their name. A letter, an email and their own account do not "
        "show who it is. Ask nothing that an ex-partner would know.",
        choices=[
            ("seen", "I saw them, with a document that shows who they are"),
            ("called_back", "I called the safe number on their record, and spoke with them"),
            ("vouched", "Their worker, who knows them, spoke with them"),
        ],
        required="Say how you know that it is this person who asks",
    )
    has_read = GovCheckbox("I have read all of it, and what I tick tells of nobody else")


class HoldForm(FlaskForm):
    """Why somebody's record may not be deleted."""

    reference = GovString(
        "Reference of the family or volunteer",
        required="Enter the reference",
        max_length=20,
        width=20,
    )
    reason = GovTextarea(
        "Why must nothing be deleted?", required="Say why", max_length=1000, rows=3
    )
    review_on = GovDate("When is this looked at again?", required="Enter the day")


class LiftHoldForm(FlaskForm):
    """Why a hold ends."""

    why = GovTextarea("Why does it end?", required="Say why", max_length=1000, rows=3)


class EraseForm(FlaskForm):
    """Why somebody is erased."""

    reason = GovTextarea(
        "Why is this person erased?",
        required="Say why",
        hint="Somebody else decides on this. Name nobody.",
        max_length=1000,
        rows=3,
    )


class OwnRequestForm(FlaskForm):
    """What somebody asks about their own data."""

    kind = GovRadio("What would you like?", required="Choose what you would like", choices=[])
    field = GovString("Which detail is wrong?", hint="If something is wrong.", max_length=60)
    words = GovTextarea(
        "Tell us more",
        hint="If something is wrong: what is right?",
        max_length=2000,
        rows=4,
    )
