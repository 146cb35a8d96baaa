"""Forms on what happens with a family: agreement, safe contact, blocks, closing."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm

from peerapp.forms.families import Choice, VersionedForm
from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovDate,
    GovFile,
    GovRadio,
    GovSelect,
    GovString,
    GovTextarea,
    GovYesNo,
    SlotsField,
)


class AgreementForm(FlaskForm):
    """Who said yes to what, when, how, in which language."""

    purposes = GovCheckboxes(
        "What did the family agree to?",
        hint="Read each one to them, or let them read it. Tick only what they said yes to.",
        required="Choose what the family agreed to",
    )
    given_by = GovString(
        "Who agreed?", required="Enter who agreed", max_length=160, width=20, autocomplete="off"
    )
    given_on = GovDate(
        "When?", required="Enter the day of the agreement", noun="The day of the agreement"
    )
    method = GovRadio("How?", required="Choose how they agreed")
    language = GovSelect("In which language?", required="Choose the language")

    def offer(
        self, purposes: Sequence[Choice], methods: Sequence[Choice], languages: Sequence[Choice]
    ) -> None:
        """Set what can be chosen."""
        self.purposes.choices = purposes
        self.method.choices = [one for one in methods if one[0] != "on_site"]
        self.language.choices = languages


class SafeContactForm(FlaskForm):
    """The family's own answers on how it may be reached."""

    answered_on = GovDate(
        "When did the family tell you?",
        required="Enter the day on which the family answered",
        noun="The day of the answer",
    )
    channels = GovCheckboxes(
        "How may the family be reached?",
        hint="Tick only what the family itself called safe.",
        required="Choose what is safe, or that nothing is",
        none_of_these="Nothing is safe",
    )
    safe_slots = SlotsField(
        "When may a message arrive, or somebody call?",
        hint="Tick none if any time is safe. Emails that wait are held back until a safe time.",
    )
    times = GovString(
        "Anything else about times? (optional)",
        hint="For instance not in the school holidays.",
        max_length=200,
    )
    alias = GovString(
        "Which name should we use for them? (optional)",
        hint="If it is not safe to ask for them by their own first name. Their coach uses it too.",
        max_length=80,
        width=20,
    )
    no_voicemail = GovRadio(
        "May a voicemail be left?",
        choices=[("no", "Yes"), ("yes", "No, never")],
        required="Choose whether a voicemail may be left",
    )
    shared_device = GovYesNo(
        "Does anybody else use their phone or computer?",
        inline=False,
        required="Choose whether anybody else uses their phone or computer",
    )
    withheld_address = GovYesNo(
        "Must the address be kept secret?",
        inline=False,
        required="Choose whether the address must be kept secret",
    )
    must_not_be_told = GovTextarea(
        "Who must not learn that the family has contact with us? (optional)",
        max_length=2000,
        rows=3,
    )


class BlocksForm(VersionedForm):
    """What social care has open about the family."""

    section_47_open = GovYesNo(
        "Is a section 47 enquiry open?",
        required="Choose whether a section 47 enquiry is open",
    )
    child_protection_plan = GovYesNo(
        "Is there a child protection plan?",
        required="Choose whether there is a child protection plan",
    )


class CloseForm(VersionedForm):
    """Why the record is closed."""

    reason = GovRadio("Why do you close the record?", required="Choose why you close the record")


class UploadForm(FlaskForm):
    """A file of families."""

    file = GovFile("CSV file", accept=".csv,text/csv")


class LocalityForm(FlaskForm):
    """A locality and its postcode sectors."""

    name = GovString("Name", required="Enter a name", max_length=80, width=20, autocomplete="off")
    council = GovString("Council (optional)", max_length=80, width=20, autocomplete="off")
    sectors = GovTextarea(
        "Postcode sectors",
        hint="One to a line, or separated by commas. A sector is a postcode without its last two "
        "letters, like SN15 1.",
        max_length=8000,
        rows=12,
        count=False,
    )
    move = GovCheckbox("Take sectors out of other localities if they are there now")
