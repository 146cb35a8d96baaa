"""The pages of a volunteer's profile, one form each; the service says what each may save."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_wtf import FlaskForm

from peerapp.enums import Gender, Household, Need, SharedContact
from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovDate,
    GovInteger,
    GovRadio,
    GovString,
    GovTel,
    GovTextarea,
    GovYesNo,
    PostcodeField,
    SlotsField,
)
from peerapp.vocabulary import LANGUAGES, choices

MOST_MILES = 60


class ProfilePage(FlaskForm):
    """What all pages share: a heading, words before the questions, values in and out."""

    heading: ClassVar[str]
    intro: ClassVar[tuple[str, ...]] = ()
    one_question: ClassVar[bool] = False

    @classmethod
    def starting(cls, values: dict[str, Any]) -> ProfilePage:
        """Return the form with what is known already."""
        return cls(data=values)

    def values(self) -> dict[str, Any]:
        """Return what to save."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}


class AboutPage(ProfilePage):
    heading = "About you"

    first_name = GovString(
        "First name", required="Enter your first name", max_length=80, autocomplete="given-name"
    )
    last_name = GovString(
        "Last name", required="Enter your last name", max_length=80, autocomplete="family-name"
    )
    date_of_birth = GovDate(
        "Date of birth",
        required="Enter your date of birth",
        noun="Date of birth",
        hint="For example, 27 3 1990",
        birthday=True,
    )
    phone = GovTel(
        "Phone number",
        required="Enter a phone number",
        hint="For your coordinator. Families only see it if you say so later.",
    )
    gender = GovRadio(
        "How do you describe yourself?",
        choices=[*choices([Gender.WOMAN, Gender.MAN]), ("other", "In another way")],
        required="Choose how you describe yourself",
        hint="Some families ask for a woman or a man as their coach. We use this for nothing else.",
    )


class TravelPage(ProfilePage):
    heading = "Where you live and travel"

    postcode = PostcodeField(
        "What is your postcode?",
        required="Enter your postcode",
        hint="Families never see it. We use it to find families near you.",
    )
    miles = GovInteger(
        "How far could you travel to a family?",
        required="Enter how many miles you could travel",
        hint="In miles, one way, in a straight line.",
        low=1,
        high=MOST_MILES,
        width=3,
        suffix="miles",
    )


class AvailabilityPage(ProfilePage):
    heading = "When are you free?"
    one_question = True

    slots = SlotsField(
        "When are you free?",
        required="Choose at least one time when you are free",
        hint="Choose every time of the week in which you could meet a family. A visit is about "
        "two hours.",
    )


class ExperiencePage(ProfilePage):
    heading = "What you know about"
    intro = (
        (
            "We ask so that a family can have a coach who understands what they go through. "
            "You do not have to answer. Only you and the scheme’s staff see which boxes you choose."
        ),
    )

    experience = GovCheckboxes(
        "What have you helped people with, at work or as a volunteer?",
        choices=choices(Need),
        hint="Choose all that apply, or none.",
    )
    lived_experience = GovCheckboxes(
        "What have you been through yourself, or in your family?",
        choices=choices(Need),
        hint="Choose only what you would be happy to support a family with.",
    )


class LanguagesPage(ProfilePage):
    heading = "Which languages do you speak?"
    one_question = True

    languages = GovCheckboxes(
        "Which languages do you speak?",
        choices=list(LANGUAGES.items()),
        required="Choose at least one language",
        hint="Choose those in which you could talk with a family.",
        small=True,
    )


class HelpingPage(ProfilePage):
    heading = "How you can help"

    offers_remote = GovYesNo(
        "Could you also meet a family by phone or video?",
        required="Choose yes if you could meet by phone or video",
    )
    avoids = GovCheckboxes(
        "Is there anything in a home that you need to avoid?",
        choices=choices(Household),
        none_of_these="No, none of these",
        hint="For example because of an allergy, or because you use a wheelchair.",
    )
    capacity = GovRadio(
        "How many families could you support at the same time?",
        choices=[("1", "1 family"), ("2", "2 families"), ("3", "3 families")],
        required="Choose how many families you could support",
        hint="Everybody starts with one. A family needs about two hours a week.",
    )

    @classmethod
    def starting(cls, values: dict[str, Any]) -> ProfilePage:
        remote = values["offers_remote"]
        given = {"offers_remote": None if remote is None else ("yes" if remote else "no")}
        return cls(data={**values, **given})

    def values(self) -> dict[str, Any]:
        given = super().values()
        remote, capacity = given["offers_remote"] == "yes", int(given["capacity"])
        return {**given, "offers_remote": remote, "capacity": capacity}


class SharingPage(ProfilePage):
    heading = "What may a family that you support see?"
    intro = (
        (
            "A family sees your first name and what you choose here. It sees it only when a "
            "coordinator has approved you for that family, and no longer than the match lasts."
        ),
    )

    shares = GovCheckboxes(
        "How may they reach you?",
        choices=[
            (
                SharedContact.SCHEME_PHONE.value,
                "A phone number from the scheme",
                "Best for you and for them. We give you a number before you start.",
            ),
            (SharedContact.PHONE.value, "My own phone number"),
            (SharedContact.EMAIL.value, "My own email address"),
        ],
        required="Choose at least one way to reach you",
    )


PAGES: dict[str, type[ProfilePage]] = {
    "about": AboutPage,
    "travel": TravelPage,
    "availability": AvailabilityPage,
    "experience": ExperiencePage,
    "languages": LanguagesPage,
    "helping": HelpingPage,
    "sharing": SharingPage,
}


class DeclarationForm(FlaskForm):
    """The end of an application."""

    is_true = GovCheckbox(
        "What I have told you is true, and you may make the checks that this role needs",
        required="Confirm that what you told us is true",
    )


OWN_REASONS = [
    ("no_time", "I do not have enough time"),
    ("work_or_study", "Work or study"),
    ("health", "My health"),
    ("family_reasons", "My family"),
    ("moved_away", "I am moving away"),
    ("took_too_long", "It took too long"),
    ("other_role", "I found something else to do"),
    ("not_as_expected", "It is not what I expected"),
    ("checks_too_much", "I do not want the checks"),
    ("other", "Something else"),
]
"""Reasons to withdraw (``enums.DropOutReason``) in the volunteer's words."""


class WithdrawForm(FlaskForm):
    """Both may stay empty."""

    drop_out = GovRadio("What is the main reason? (optional)", choices=OWN_REASONS)
    words = GovTextarea("Is there something we could do better? (optional)", max_length=1000)
