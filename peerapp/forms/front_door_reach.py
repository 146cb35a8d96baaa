"""Pages of the front door: how the family may be reached, and what would put it in danger."""

from __future__ import annotations

from typing import ClassVar

from peerapp.enums import Channel
from peerapp.forms.fields import (
    GovCheckboxes,
    GovEmail,
    GovRadio,
    GovString,
    GovTel,
    GovTextarea,
    GovYesNo,
    PostcodeField,
)
from peerapp.forms.front_door_page import PageForm
from peerapp.vocabulary import choices


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
    shared_device = GovYesNo(
        "Does someone else use your phone or computer?",
        required="Choose whether someone else uses the phone or computer",
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
    withheld_address = GovYesNo(
        "Is there someone who must not find out where you live?",
        required="Choose whether the address must be kept secret",
    )
    others: ClassVar = {
        "address": ("Address (optional)", ""),
        "withheld_address": ("Is there someone who must not find out where they live?", ""),
    }
