"""Forms on what a family is and needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import Regexp

from peerapp.enums import Need
from peerapp.forms.fields import (
    GovCheckboxes,
    GovDate,
    GovEmail,
    GovRadio,
    GovSelect,
    GovString,
    GovTel,
    GovTextarea,
    PostcodeField,
    SlotsField,
)

Choice = tuple[str, str]
WEIGHTS = [("0", "Not a need"), ("1", "Some"), ("2", "A good deal"), ("3", "Most of all")]
MILES = Regexp(r"[0-9]{1,3}(\.[0-9]{1,4})?$", message="Enter a number of miles, like 0.5")


class VersionedForm(FlaskForm):
    """A form that knows which version of the record its reader saw."""

    version = HiddenField()

    @property
    def seen_version(self) -> int | None:
        """The version that was shown; None where the form tells none."""
        text = str(self.version.data or "")  # a number where a form was sent without it
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class FilterForm(FlaskForm):
    """What the list of families is narrowed to. Names never stand in an address: sent by POST."""

    class Meta:
        csrf = False  # the page puts the token into the form; a list by GET needs none

    search = GovString("Reference or name", max_length=80, autocomplete="off")
    state = GovSelect("Stage")
    locality = GovSelect("Locality")
    level = GovSelect("Level")

    def offer(
        self,
        states: Iterable[Choice],
        localities: Iterable[Choice],
        levels: Iterable[Choice],
    ) -> None:
        """Set what can be chosen; the first choice of each narrows nothing."""
        self.state.choices = [("", "Any stage"), *states]
        self.locality.choices = [("", "Any locality"), *localities]
        self.level.choices = [("", "Any level"), *levels]


class DetailsForm(VersionedForm):
    """Who the family is, how to reach it, where it lives, and who referred it."""

    first_name = GovString(
        "First name of the parent or carer",
        required="Enter the parent or carer’s first name",
        max_length=80,
        width=20,
        autocomplete="off",
    )
    last_name = GovString(
        "Last name",
        required="Enter the parent or carer’s last name",
        max_length=80,
        width=20,
        autocomplete="off",
    )
    phone = GovTel(
        "Phone number (optional)",
        hint="Nobody uses it until the family has said that it is safe.",
        autocomplete="off",
    )
    email = GovEmail(
        "Email address (optional)",
        hint="Needed for an account. Nothing is sent until the family has said that it is safe.",
        autocomplete="off",
    )
    postcode = PostcodeField(
        "Postcode", required="Enter the postcode where the family lives", autocomplete="off"
    )
    address = GovTextarea(
        "Address (optional)",
        hint="Never shown to a coach. Leave it out unless you need it.",
        max_length=500,
        rows=3,
        count=False,
        autocomplete="off",
    )
    children = GovCheckboxes(
        "Ages of the children", hint="Choose all that apply. Dates of birth are not needed."
    )
    source = GovRadio("Who referred the family?", required="Choose who referred the family")
    step_down_level = GovSelect("Level before the step-down")
    step_down_on = GovDate("Day of the step-down", noun="The day of the step-down")
    step_down_worker = GovString("Worker who stepped the family down", max_length=160, width=20)
    referred_on = GovDate(
        "Day of referral",
        required="Enter the day of referral",
        noun="The day of referral",
    )
    waiting_since = GovDate(
        "Waiting since (optional)",
        noun="The start of the wait",
        hint="Leave this empty if the wait began with the referral.",
    )
    level = GovRadio("Level of need", required="Choose the level of need")
    priority = GovSelect(
        "Priority in matching", hint="1 is matched first. By itself it follows from the level."
    )
    lead_practitioner = GovString(
        "Lead practitioner (optional)",
        hint="At level 4 the family is not matched until one is named.",
        max_length=160,
        width=20,
        autocomplete="off",
    )

    def offer(
        self, ages: Sequence[Choice], sources: Sequence[Choice], levels: Sequence[Choice]
    ) -> None:
        """Set what can be chosen."""
        self.children.choices = ages
        self.source.choices = sources
        self.level.choices = levels
        self.step_down_level.choices = [("", "Choose a level"), *levels]
        self.priority.choices = [("", "Follows from the level")] + [
            (str(number), str(number)) for number in range(1, 6)
        ]

    @property
    def step_down_open(self) -> bool:
        """Whether anything stands in the step-down's fields, or has to."""
        fields = (self.step_down_level, self.step_down_on, self.step_down_worker)
        return any(field.data or field.errors for field in fields)

    def show_date(self, day: date) -> None:
        """Start with a day of referral."""
        self.referred_on.process_data(day)


class NeedsForm(VersionedForm):
    """How much each need weighs: one field for every need, by the need's value."""

    def name_needs(self, words: Mapping[Need, str]) -> None:
        """Give each field the words for its need."""
        for need, text in words.items():
            self[need.value].label.text = text

    def weights(self) -> dict[Need, int]:
        """Return what was chosen."""
        return {need: int(self[need.value].data or 0) for need in Need if need.value in self}


for _need in Need:
    setattr(NeedsForm, _need.value, GovSelect(_need.value, choices=WEIGHTS, default="0"))


class WishesForm(VersionedForm):
    """When the family is free, and what it wishes of a coach."""

    slots = SlotsField("When is the family free?", hint="Choose every time that would suit.")
    languages = GovCheckboxes(
        "Languages in which the family wants to talk",
        hint="The coach must speak one of them. Choose none if English will do.",
        small=True,
    )
    coach_gender = GovRadio("Who should the coach be?", required="Choose who the coach should be")
    accepts_remote = GovRadio(
        "May coaching be by phone or video?",
        choices=[("yes", "Yes"), ("no", "No, only face to face")],
        required="Choose whether coaching may be by phone or video",
    )
    min_distance = GovString(
        "How far away should the coach live at least?",
        [MILES],
        hint="So that the coach is not somebody from the same street. Leave empty for any.",
        width=4,
        suffix="miles",
        inputmode="decimal",
    )
    household = GovCheckboxes(
        "In the home", hint="Things that some coaches have to avoid. Choose all that apply."
    )

    def offer(
        self,
        languages: Sequence[Choice],
        genders: Sequence[Choice],
        household: Sequence[Choice],
    ) -> None:
        """Set what can be chosen."""
        self.languages.choices = languages
        self.coach_gender.choices = genders
        self.household.choices = household


def add_fault(form: FlaskForm, name: str, message: str) -> None:
    """Put a message of the service on its field, or on the form where there is no such field."""
    if name in form:
        form[name].errors = [*form[name].errors, message]
    else:
        form.form_errors.append(message)
