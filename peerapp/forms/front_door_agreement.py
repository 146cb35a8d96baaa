"""Pages of the front door: the language, the support there is, and what the family agrees to."""

from __future__ import annotations

from peerapp.enums import AgreementMethod, ConsentPurpose
from peerapp.forms.fields import (
    GovCheckboxes,
    GovDate,
    GovRadio,
    GovSelect,
    GovString,
    GovYesNo,
)
from peerapp.forms.front_door_page import PageForm
from peerapp.vocabulary import LANGUAGES, choices

LANGUAGE_CHOICES = list(LANGUAGES.items())


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
    section_47_open = GovYesNo(
        "Is a section 47 enquiry open?",
        required="Choose whether a section 47 enquiry is open",
    )
    child_protection_plan = GovYesNo(
        "Is there a child protection plan?",
        required="Choose whether there is a child protection plan",
    )


class StepDownForm(PageForm):
    others_heading = heading = "Is the family stepping down from social care?"
    optional_dates = ("step_down_on",)
    is_step_down = GovYesNo(
        "Is the family stepping down?",
        required="Choose whether the family is stepping down",
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
    may_tell = GovYesNo(
        "Does the family agree that you are told how it goes?",
        hint="You learn whether they are accepted, waiting, matched or closed, and nothing else.",
    )
