"""A family's own answers on how it may be reached: one question to a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_wtf import FlaskForm

from peerapp.forms.families import Choice
from peerapp.forms.fields import GovCheckboxes, GovRadio, GovString, GovTextarea, SlotsField


class Question(FlaskForm):
    """One question; ``values`` are the answers as the service takes them."""

    TITLE: ClassVar[str]
    INTRO: ClassVar[str] = ""
    ONE_FIELD: ClassVar[bool] = True
    """The question is the label of its one field, and needs no heading beside it."""

    def values(self) -> dict[str, Any]:
        """Return the answers by field."""
        raise NotImplementedError


class TimesForm(Question):
    TITLE = "When is it safe to reach you?"
    INTRO = (
        "We write or call only at these times. A message that waits is held back until one comes."
    )
    ONE_FIELD = False
    safe_slots = SlotsField("Safe times", hint="Tick none if any time is safe.")
    times = GovString(
        "Is there anything else about times? (optional)",
        hint="For instance: not in the school holidays.",
        max_length=200,
    )

    def values(self) -> dict[str, Any]:
        return {"safe_slots": tuple(self.safe_slots.data or ()), "times": self.times.data or ""}


class NameForm(Question):
    TITLE = "Which name should we use for you?"
    INTRO = "If somebody else picks up the phone, we ask for this name. Your coach uses it too."
    ONE_FIELD = False
    alias = GovString(
        "Name (optional)",
        hint="Leave it empty if your first name is fine.",
        max_length=80,
        width=20,
        autocomplete="off",
    )

    def values(self) -> dict[str, Any]:
        return {"alias": self.alias.data or ""}


class _YesNo(Question):
    FIELD: ClassVar[str]

    def values(self) -> dict[str, Any]:
        return {self.FIELD: self[self.FIELD].data == "yes"}


class VoicemailForm(_YesNo):
    TITLE = "May we leave a voicemail?"
    FIELD = "no_voicemail"
    no_voicemail = GovRadio(
        TITLE,
        hint="It would say only that we called. Others may hear it.",
        choices=[("no", "Yes"), ("yes", "No, never")],
        required="Choose if we may leave a voicemail",
    )


class DeviceForm(_YesNo):
    TITLE = "Does anyone else use your phone or computer?"
    FIELD = "shared_device"
    shared_device = GovRadio(
        TITLE,
        hint="Think of people who know your passcode, too.",
        choices=[("yes", "Yes, or I am not sure"), ("no", "No, only I use it")],
        required="Choose if anyone else uses your phone or computer",
    )


class AddressForm(_YesNo):
    TITLE = "Must it stay secret where you live?"
    FIELD = "withheld_address"
    withheld_address = GovRadio(
        TITLE,
        hint="We never tell your coach where you live. This is about everyone else, too.",
        choices=[("yes", "Yes, or I am not sure"), ("no", "No")],
        required="Choose if it must stay secret where you live",
    )


class PeopleForm(Question):
    TITLE = "Who must not find out that you talk with us?"
    INTRO = (
        "Only your worker and people in the same team can read what you write here. This page "
        "never shows it again, not even to you. To take it back, tell your worker."
    )
    ONE_FIELD = False
    must_not_be_told = GovTextarea(
        "Who must not find out? (optional)",
        hint="For instance a name, or “my ex-partner”. Leave it empty if there is nobody.",
        max_length=2000,
        rows=3,
        autocomplete="off",
    )

    def values(self) -> dict[str, Any]:
        return {"must_not_be_told": self.must_not_be_told.data or ""}


class WaysForm(Question):
    TITLE = "How is it safe to reach you?"
    channels = GovCheckboxes(
        TITLE,
        hint="Tick only what nobody else sees or hears. We use nothing else.",
        required="Choose what is safe, or that nothing is",
        none_of_these="Nothing is safe",
    )

    def offer(self, ways: Sequence[Choice]) -> None:
        """Set what can be chosen."""
        self.channels.choices = ways

    def values(self) -> dict[str, Any]:
        return {"channels": tuple(self.channels.data or ())}


FORMS: dict[str, type[Question]] = {
    "times": TimesForm,
    "name": NameForm,
    "voicemail": VoicemailForm,
    "device": DeviceForm,
    "address": AddressForm,
    "people": PeopleForm,
    "ways": WaysForm,
}
"""By the name of the question."""
