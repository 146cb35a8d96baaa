"""The pages of the front door: one question, or a few that belong together, on each.

Each form has two wordings: for the family itself, and for a professional who speaks of it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask_wtf import FlaskForm

from peerapp.enums import AgreementMethod, Channel, ConsentPurpose, Danger, Need
from peerapp.forms.fields import (
    GovCheckboxes,
    GovDate,
    GovEmail,
    GovInteger,
    GovRadio,
    GovSelect,
    GovString,
    GovTel,
    GovTextarea,
    PostcodeField,
)
from peerapp.vocabulary import LANGUAGES, choices

YES_NO = [("yes", "Yes"), ("no", "No")]
LANGUAGE_CHOICES = list(LANGUAGES.items())
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


class PageForm(FlaskForm):
    """A page of the form; ``speak_of_others`` puts it into the words for a professional.

    Attributes
    ----------
    heading, lead
        The page's heading, and a sentence below it.
    others
        For a professional: the label, and the hint, of each field that is worded otherwise.
    """

    heading: ClassVar[str] = ""
    others_heading: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    others_lead: ClassVar[str] = ""
    others: ClassVar[dict[str, tuple[str, str]]] = {}
    optional_dates: ClassVar[tuple[str, ...]] = ()

    def speak_of_others(self) -> None:
        """Word the questions for somebody who tells of a family."""
        for name, (label, hint) in self.others.items():
            self[name].label.text = label
            self[name].description = hint

    def values(self) -> dict[str, Any]:
        """Return what was answered, fit to be stored; an answer with a fault counts as none."""
        return {
            field.name: _plain(field.data)
            for field in self
            if field.type != "CSRFTokenField" and not field.errors
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


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


class ReachForm(PageForm):
    heading = "How can we reach you?"
    others_heading = "How can the family be reached?"
    lead = "On the next page you tell us which of these are safe. We use no other."
    others_lead = "On the next page you say which of these are safe. We use no other."
    phone = GovTel("Phone number (if you have one)")
    email = GovEmail("Email address (if you have one)")
    others: ClassVar = {
        "phone": ("Phone number (if they have one)", ""),
        "email": ("Email address (if they have one)", ""),
    }


class SafeForm(PageForm):
    heading = "What is safe?"
    others_heading = "What is safe for the family?"
    lead = "Think of who may see or hear it. We only say: “You have a message.”"
    others_lead = "Ask the family. What they have not called safe, we do not use."
    channels = GovCheckboxes(
        "How may we get in touch?",
        choices=choices(Channel),
        required="Choose what is safe, or that nothing is",
        none_of_these="Nothing is safe. I will phone you",
    )
    times = GovString(
        "When is a good time? (you can leave this out)",
        hint="For example: weekdays before 2pm",
        max_length=200,
        autocomplete="off",
    )
    others: ClassVar = {
        "channels": (
            "How may we get in touch with them?",
            "Tick only what the family called safe.",
        ),
        "times": ("When is a good time? (optional)", "For example: weekdays before 2pm"),
    }


class CarefulForm(PageForm):
    heading = "Taking care"
    others_heading = "Taking care"
    no_voicemail = GovRadio(
        "May we leave a voicemail?",
        choices=[("no", "Yes"), ("yes", "No, never")],
        required="Choose whether a voicemail may be left",
        inline=True,
    )
    shared_device = GovRadio(
        "Does someone else use your phone or computer?",
        choices=YES_NO,
        required="Choose whether someone else uses the phone or computer",
        inline=True,
    )
    alias = GovString(
        "Shall we ask for you by another name? (you can leave this out)",
        hint="If your own name is not safe to say on the phone.",
        max_length=80,
        width=20,
        autocomplete="off",
    )
    must_not_be_told = GovTextarea(
        "Is there anyone who must not know? (you can leave this out)",
        hint="For example, an ex. We tell nobody. This helps us not to slip.",
        max_length=1000,
        rows=3,
    )
    others: ClassVar = {
        "shared_device": ("Does someone else use their phone or computer?", ""),
        "alias": (
            "Shall we ask for them by another name? (optional)",
            "If their own name is not safe to say on the phone.",
        ),
        "must_not_be_told": ("Is there anyone who must not know? (optional)", ""),
    }


class HomeForm(PageForm):
    heading = "Where do you live?"
    others_heading = "Where does the family live?"
    lead = "We use it to find a coach nearby. Coaches are never shown it."
    others_lead = "It is used to find a coach nearby. Coaches are never shown it."
    postcode = PostcodeField("Postcode", required="Enter the postcode")
    address = GovTextarea(
        "Address (you can leave this out)",
        max_length=500,
        rows=3,
        count=False,
        autocomplete="off",
    )
    withheld_address = GovRadio(
        "Is there someone who must not find out where you live?",
        choices=YES_NO,
        required="Choose whether the address must be kept secret",
        inline=True,
    )
    others: ClassVar = {
        "address": ("Address (optional)", ""),
        "withheld_address": ("Is there someone who must not find out where they live?", ""),
    }


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


class LanguageForm(PageForm):
    heading = "Which language shall we use with you?"
    others_heading = "Which language do they like to talk in?"
    language = GovSelect("Language", choices=LANGUAGE_CHOICES, required="Choose a language")


class SupportForm(PageForm):
    others_heading = heading = "What is in place now?"
    level = GovRadio("Level of need", required="Choose the level of need")
    lead_practitioner = GovString(
        "Lead practitioner", hint="Needed at level 4.", max_length=160, width=20, autocomplete="off"
    )
    section_47_open = GovRadio(
        "Is a section 47 enquiry open?",
        choices=YES_NO,
        required="Choose whether a section 47 enquiry is open",
        inline=True,
    )
    child_protection_plan = GovRadio(
        "Is there a child protection plan?",
        choices=YES_NO,
        required="Choose whether there is a child protection plan",
        inline=True,
    )


class StepDownForm(PageForm):
    others_heading = heading = "Is the family stepping down from social care?"
    optional_dates = ("step_down_on",)
    is_step_down = GovRadio(
        "Is the family stepping down?",
        choices=YES_NO,
        required="Choose whether the family is stepping down",
        inline=True,
    )
    step_down_level = GovSelect("If yes: the level before")
    step_down_on = GovDate("If yes: the day of the step-down", noun="The day of the step-down")
    step_down_worker = GovString(
        "If yes: the worker until then", max_length=160, width=20, autocomplete="off"
    )


class AgreeForm(PageForm):
    heading = "Is this all right with you?"
    lead = "You can change your mind at any time. Just tell us."
    agreed = GovCheckboxes(
        "Please tick both",
        choices=[
            (
                ConsentPurpose.TAKE_PART.value,
                "You may keep what I tell you, and look for a coach for us",
            ),
            (
                ConsentPurpose.SHARE_WITH_COACH.value,
                "You may tell a coach what would help us and when we are free",
                "No name, number or address until we have both said yes.",
            ),
        ],
        required="Tick both boxes if you want to go on",
    )


class AgreementForm(PageForm):
    others_heading = heading = "The family’s agreement"
    others_lead = (
        "The family must know of this referral and agree to it. If they do not yet, save this "
        "form and come back."
    )
    optional_dates = ("agreed_on",)
    knows = GovRadio(
        "Does the family know, and agree?",
        choices=[
            ("yes", "Yes", "To what you have told us here, and that we look for a coach for them."),
            ("no", "Not yet"),
        ],
        required="Choose whether the family knows and agrees",
    )
    agreed_by = GovString("If yes: who agreed?", max_length=160, width=20, autocomplete="off")
    agreed_on = GovDate("If yes: when?", noun="The day")
    agreed_how = GovRadio(
        "If yes: how?",
        choices=[one for one in choices(AgreementMethod) if one[0] != AgreementMethod.ON_SITE],
    )
    agreed_in = GovSelect("If yes: in which language?", choices=[("", "Choose"), *LANGUAGE_CHOICES])
    may_tell = GovRadio(
        "Does the family agree that you are told how it goes?",
        choices=YES_NO,
        hint="You learn whether they are accepted, waiting, matched or closed, and nothing else.",
        inline=True,
    )


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
