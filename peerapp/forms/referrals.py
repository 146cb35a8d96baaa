"""What staff do with a referral: send the form for it, accept it, or not."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm

from peerapp.enums import LevelColour, ReferralDecline
from peerapp.forms.fields import (
    GovCheckbox,
    GovEmail,
    GovRadio,
    GovSelect,
    GovString,
    GovTextarea,
    GovYesNo,
    PostcodeField,
)
from peerapp.vocabulary import choices


class AskForm(FlaskForm):
    """To whom the form for a professional goes."""

    email = GovEmail(
        "Their work email address",
        required="Enter their work email address",
        hint="Make sure that it is theirs, and official. The form is for one family.",
        autocomplete="off",
    )


class AcceptForm(FlaskForm):
    """What a coordinator decides when they accept a referral."""

    level = GovRadio("Level of need", required="Choose the level of need")
    lead_practitioner = GovString(
        "Lead practitioner (optional)",
        hint="At level 4 the family is not matched until one is named.",
        max_length=160,
        width=20,
        autocomplete="off",
    )
    section_47_open = GovYesNo(
        "Is a section 47 enquiry open?",
        required="Choose whether a section 47 enquiry is open",
        hint="Ask the front door of children’s services; the family may not know.",
    )
    child_protection_plan = GovYesNo(
        "Is there a child protection plan?",
        required="Choose whether there is a child protection plan",
    )
    postcode = PostcodeField(
        "Postcode",
        required="Enter the postcode where the family lives",
        autocomplete="off",
    )

    def offer(self, levels: Sequence[tuple[str, str]]) -> None:
        """Set what can be chosen."""
        self.level.choices = levels


class DeclineForm(FlaskForm):
    """Why a referral is not taken on."""

    reason = GovRadio(
        "Why is it not taken on?",
        choices=choices(ReferralDecline),
        required="Choose why it is not taken on",
    )
    note = GovTextarea(
        "Note (optional)",
        hint="Whom you told, and where the family gets help instead. Staff read it, nobody else.",
        max_length=1000,
        rows=3,
    )


class TakeOnForm(FlaskForm):
    """What a lead did about a danger."""

    note = GovTextarea(
        "What did you do?",
        required="Write down what you did, or what you found",
        max_length=2000,
        rows=4,
    )


class AskOverrideForm(FlaskForm):
    """Why a family on a child protection plan may have a coach all the same."""

    reason = GovTextarea(
        "Why may a coach help this family now?",
        required="Give the reasons",
        hint="What the plan’s core group says, what the risk is, and how it is held.",
        max_length=4000,
    )
    asked = GovCheckbox(
        "The family’s social worker knows of this and agrees",
        required="Talk with the family’s social worker first",
    )


class AgreeOverrideForm(FlaskForm):
    """The second person's yes."""

    note = GovTextarea(
        "Why do you agree?",
        required="Say why you agree",
        max_length=4000,
        rows=4,
    )


class EndOverrideForm(FlaskForm):
    """Why an override ends."""

    why = GovTextarea("Why does it end?", required="Give a reason", max_length=1000, rows=3)


class LevelsForm(FlaskForm):
    """The scheme's own words and colours for the four levels of need."""

    label_1 = GovString("Level 1", required="Enter a name for level 1", max_length=40, width=20)
    colour_1 = GovSelect("Colour of level 1", choices=choices(LevelColour))
    label_2 = GovString("Level 2", required="Enter a name for level 2", max_length=40, width=20)
    colour_2 = GovSelect("Colour of level 2", choices=choices(LevelColour))
    label_3 = GovString("Level 3", required="Enter a name for level 3", max_length=40, width=20)
    colour_3 = GovSelect("Colour of level 3", choices=choices(LevelColour))
    label_4 = GovString("Level 4", required="Enter a name for level 4", max_length=40, width=20)
    colour_4 = GovSelect("Colour of level 4", choices=choices(LevelColour))

    @property
    def labels(self) -> list[str]:
        return [str(self[f"label_{number}"].data) for number in range(1, 5)]

    @property
    def colours(self) -> list[str]:
        return [str(self[f"colour_{number}"].data) for number in range(1, 5)]
