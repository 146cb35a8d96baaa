"""The pages of the front door: one question, or a few that belong together, on each.

Each form has two wordings: for the family itself, and for a professional who speaks of it.
"""

from __future__ import annotations

from typing import ClassVar

from flask_wtf import FlaskForm

from peerapp.enums import Danger, Need
from peerapp.forms.fields import (
    GovCheckboxes,
    GovEmail,
    GovInteger,
    GovRadio,
    GovString,
    GovTel,
    GovTextarea,
)
from peerapp.forms.front_door_agreement import (
    AgreeForm,
    AgreementForm,
    LanguageForm,
    StepDownForm,
    SupportForm,
)
from peerapp.forms.front_door_page import PageForm
from peerapp.forms.front_door_reach import CarefulForm, HomeForm, ReachForm, SafeForm
from peerapp.vocabulary import choices

NEEDS_IN_SHORT = {
    Need.ATTENDANCE: "Getting to school",
    Need.SEND: "A child who needs extra help to learn",
    Need.ROUTINES: "Bedtimes, meals and days that run well",
    Need.NEW_BABY: "A new baby",
    Need.ISOLATION: "Feeling alone",
    Need.CONFIDENCE: "Feeling sure of yourself as a parent",
    Need.MENTAL_HEALTH: "Feeling low or worried",
    Need.CO_PARENTING: "Bringing up a child with someone you do not live with",
    Need.BUDGETING: "Money and bills",
    Need.TENANCY: "Keeping your home",
    Need.BEREAVEMENT: "Someone has died",
    Need.YOUNG_CARER: "A child who looks after someone",
    Need.DIGITAL: "Getting online",
    Need.SUBSTANCE_USE: "Drink or drugs",
    Need.EXPLOITATION: "A child who is being used by others",
    Need.CRIME: "Trouble with the police",
    Need.DOMESTIC_ABUSE: "Someone at home, or an ex, who hurts or frightens you",
}
"""The needs in a family's words."""


class DangerForm(PageForm):
    heading = "Is anyone in danger now?"
    danger = GovRadio(
        "Is anyone in danger now?",
        choices=choices(Danger),
        required="Choose whether anyone is in danger now",
        hint="This means you, a child, or someone else at home.",
    )
    others: ClassVar = {
        "danger": ("Is anyone in danger now?", "This means a child, or anyone else in the family.")
    }


class ReferrerForm(PageForm):
    heading = others_heading = "About you"
    referrer_name = GovString("Your name", required="Enter your name", max_length=160, width=20)
    referrer_role = GovString(
        "Your job",
        required="Enter your job",
        max_length=160,
        width=20,
        autocomplete="organization-title",
    )
    referrer_organisation = GovString(
        "Where you work",
        required="Enter where you work",
        max_length=160,
        autocomplete="organization",
    )
    referrer_phone = GovTel("Your phone number", required="Enter your phone number")
    referrer_email = GovEmail(
        "Your work email address",
        required="Enter your work email address",
        hint="We send you a link behind which you can see how it goes.",
    )


class NameForm(PageForm):
    heading = "What is your name?"
    others_heading = "Who is the parent or carer?"
    first_name = GovString(
        "First name",
        required="Enter a first name",
        max_length=80,
        width=20,
        autocomplete="given-name",
    )
    last_name = GovString(
        "Last name",
        required="Enter a last name",
        max_length=80,
        width=20,
        autocomplete="family-name",
    )


class ChildForm(PageForm):
    """One child; the page lists those already there."""

    heading = "Your children"
    others_heading = "The children"
    lead = "Coaches are not told their names. They learn only if a child is, say, under 5."
    others_lead = "The names help to see whether the family is known here. Coaches are not told."
    child_name = GovString(
        "Child’s name",
        required="Enter the child’s name",
        hint="Add the last name if it is not the same as yours.",
        max_length=160,
        width=20,
        autocomplete="off",
    )
    child_age = GovInteger(
        "Age in years",
        required="Enter the child’s age",
        hint="0 if the child is a baby, or not born yet.",
        high=18,
        width=2,
    )
    others: ClassVar = {
        "child_name": (
            "Child’s name",
            "Add the last name if it is not that of the parent or carer.",
        )
    }

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed: no more child is to be added."""
        return not any(self[name].raw_data and self[name].raw_data[0].strip()
                       for name in ("child_name", "child_age"))  # fmt: skip


class HelpForm(PageForm):
    heading = "What would help?"
    others_heading = "What would help?"
    needs = GovCheckboxes(
        "Tick all that fit",
        choices=[(need.value, text) for need, text in NEEDS_IN_SHORT.items()],
        required="Choose at least one thing",
    )
    others: ClassVar = {"needs": ("Choose all that apply", "")}

    def speak_of_others(self) -> None:
        super().speak_of_others()
        self.needs.choices = choices(NEEDS_IN_SHORT)


class StoryForm(PageForm):
    heading = "In your own words"
    others_heading = "Why now?"
    story = GovTextarea(
        "What would you like to be better? (you can leave this out)",
        hint="Write as much or as little as you like. A coach does not see it.",
        max_length=4000,
        rows=7,
    )
    others: ClassVar = {
        "story": (
            "What does the family hope for, and what should we know? (optional)",
            "The family may ask to read it. Coaches do not see it.",
        )
    }


PAGES: dict[str, type[PageForm]] = {
    "danger": DangerForm,
    "referrer": ReferrerForm,
    "name": NameForm,
    "reach": ReachForm,
    "safe": SafeForm,
    "careful": CarefulForm,
    "home": HomeForm,
    "children": ChildForm,
    "help": HelpForm,
    "story": StoryForm,
    "language": LanguageForm,
    "support": SupportForm,
    "step_down": StepDownForm,
    "agree": AgreeForm,
    "agreement": AgreementForm,
}


class ButtonForm(FlaskForm):
    """Nothing but the token: a button that changes something."""
