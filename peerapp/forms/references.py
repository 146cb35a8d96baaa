"""Naming a referee, a referee's own form, and what a coordinator decides on it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_wtf import FlaskForm

from peerapp.enums import GivenHow, RefereeRelation, VerifiedHow
from peerapp.forms.fields import (
    GovCheckbox,
    GovDate,
    GovEmail,
    GovInteger,
    GovRadio,
    GovString,
    GovTel,
    GovTextarea,
    GovYesNo,
    PostcodeField,
)
from peerapp.vocabulary import choices

RATINGS = [
    ("always", "Always"),
    ("mostly", "Mostly"),
    ("seldom", "Not often"),
    ("unknown", "I cannot say"),
]


class RefereeForm(FlaskForm):
    """A referee as the volunteer names them."""

    name = GovString("Full name", required="Enter their full name", autocomplete="off")
    relation = GovRadio(
        "How do they know you?",
        choices=choices(RefereeRelation),
        required="Choose how they know you",
    )
    known_how = GovTextarea(
        "Tell us a little more",
        required="Tell us how they know you",
        hint="For example: my manager at the library since 2021.",
        max_length=500,
        rows=3,
    )
    known_years = GovInteger(
        "For how many years have they known you?",
        required="Enter how many years they have known you",
        hint="If it is less than a year, enter 0.",
        low=0,
        high=90,
        width=2,
        suffix="years",
    )
    email = GovEmail(
        "Email address",
        required="Enter their email address",
        hint="We send them a link to a few questions. Use their work address if they have one.",
        autocomplete="off",
    )
    phone = GovTel("Phone number", required="Enter their phone number", autocomplete="off")
    postcode = PostcodeField(
        "Postcode of their home or work",
        required="Enter their postcode",
        autocomplete="off",
    )


class NamedForm(FlaskForm):
    """A form whose questions hold the volunteer's name; ``word_for`` puts it in."""

    heading: ClassVar[str] = ""

    def word_for(self, name: str) -> None:
        for field in self:
            field.label.text = field.label.text.replace("{name}", name)
            field.description = str(field.description).replace("{name}", name)

    def values(self) -> dict[str, Any]:
        """Return what was answered; an answer with a fault counts as none."""
        return {
            field.name: field.data
            for field in self
            if field.type != "CSRFTokenField" and not field.errors
        }


class KnowingForm(NamedForm):
    heading = "How you know {name}"
    known_how = GovTextarea(
        "How do you know {name}?",
        required="Say how you know them",
        hint="For example, what you did together and when.",
        max_length=1000,
        rows=4,
    )
    known_years = GovInteger(
        "For how many years have you known {name}?",
        required="Enter how many years you have known them",
        hint="If it is less than a year, enter 0.",
        high=90,
        width=2,
        suffix="years",
    )
    is_related = GovYesNo(
        "Are you related to {name}, or have you been their partner?",
        required="Choose yes if you are related, or have been partners",
    )
    lives_with = GovYesNo(
        "Do you live at the same address as {name}?",
        required="Choose yes if you live at the same address",
    )


class QualitiesForm(NamedForm):
    heading = "What {name} is like"
    reliable = GovRadio(
        "{name} does what they promise, and comes on time",
        choices=RATINGS,
        required="Choose how often",
    )
    listens = GovRadio(
        "{name} listens, and does not judge", choices=RATINGS, required="Choose how often"
    )
    keeps_limits = GovRadio(
        "{name} keeps to rules, and keeps private things private",
        choices=RATINGS,
        required="Choose how often",
    )
    strengths = GovTextarea(
        "What is {name} good at with people? Give an example if you can.",
        required="Say what they are good at",
        max_length=2000,
    )


class ChildrenForm(NamedForm):
    heading = "{name} and children"
    with_children = GovTextarea(
        "Have you seen {name} with children, or with families in hard times? (optional)",
        hint="Tell us what you saw.",
        max_length=2000,
    )
    has_concern = GovYesNo(
        "Do you know any reason why {name} should not be with children or families?",
        inline=False,
        required="Choose yes if you have a concern",
        hint="If a child is in danger now, call 999.",
    )
    concern = GovTextarea(
        "If yes, what is your concern?",
        hint="The coordinators and the safeguarding lead read this. {name} is not shown it.",
        max_length=4000,
    )


class ViewForm(NamedForm):
    heading = "Your view"
    recommends = GovRadio(
        "Would the role suit {name}?",
        choices=[
            ("yes", "Yes"),
            ("doubt", "I have some doubts"),
            ("no", "No"),
        ],
        required="Choose your view",
        hint="Volunteers visit one family for about two hours a week, mostly on their own.",
    )
    view_reason = GovTextarea(
        "If you have doubts, or say no: why do you think so?", max_length=2000, rows=4
    )
    position = GovString(
        "Your job or role, if you know {name} through it (optional)", max_length=160
    )


PAGES: dict[str, type[NamedForm]] = {
    "knowing": KnowingForm,
    "qualities": QualitiesForm,
    "children": ChildrenForm,
    "view": ViewForm,
}


class EnterForm(KnowingForm, QualitiesForm, ChildrenForm, ViewForm):
    """All pages of a referee at once, for staff who type in what a referee said or wrote."""

    given_how = GovRadio(
        "How did they give the answers?",
        choices=choices(GivenHow),
        required="Choose how they gave the answers",
    )
    given_by = GovString("Who gave them?", required="Enter who gave the answers", max_length=160)
    given_on = GovDate("On which day?", required="Enter the day", noun="The day")
    is_true = GovCheckbox(
        "These are the referee’s own words and choices, and none of mine",
        required="Confirm that the answers are the referee’s own",
    )


class SendForm(FlaskForm):
    is_true = GovCheckbox(
        "What I have written is true, and is my own view",
        required="Confirm that what you have written is true",
    )


class DeclineForm(FlaskForm):
    reason = GovTextarea(
        "Is there anything that you want to tell us? (optional)",
        hint="Only the people who run the scheme read this.",
        max_length=1000,
        rows=3,
    )


class VerifyForm(FlaskForm):
    how = GovRadio(
        "How did you check that it comes from them?",
        choices=choices(VerifiedHow),
        required="Choose how you checked it",
    )
    verified_on = GovDate("When?", required="Enter the day", noun="The day")
    note = GovTextarea(
        "Note (optional)",
        hint="For example, whom you spoke to at their work. The volunteer does not see it.",
        max_length=1000,
        rows=3,
    )
    confirmed = GovCheckbox(
        "I have read the reference, and found nothing that speaks of a relative, of a shared "
        "home, or of another writer",
        required="Confirm this before you verify the reference",
    )


class RejectForm(FlaskForm):
    reason = GovTextarea(
        "Why does it not count?",
        required="Give a reason",
        hint="Kept in the history. The volunteer is asked for another referee and not told why.",
        max_length=1000,
    )


class RevokeForm(FlaskForm):
    reason = GovTextarea("Why?", required="Give a reason", max_length=500, rows=3)
