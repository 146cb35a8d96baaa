"""What staff record about a volunteer, and the reasons they give."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import GateItem
from peerapp.forms.fields import (
    GovCheckbox,
    GovDate,
    GovString,
    GovTel,
    GovTextarea,
)

REASON_HINT = "Kept in the history. The volunteer does not see it here, but may ask for it by law."


class ReasonForm(FlaskForm):
    """A step that must be explained."""

    reason = GovTextarea("Why?", required="Give a reason", hint=REASON_HINT, max_length=1000)


class NoteForm(FlaskForm):
    """A step that may be explained."""

    reason = GovTextarea("Note (optional)", hint=REASON_HINT, max_length=1000)


class GateForm(FlaskForm):
    """A fact towards a gate. ``confirmed`` is worded for each item by ``for_item``."""

    done_on = GovDate("When was it done?", required="Enter the date", noun="The date")
    confirmed = GovCheckbox("", required="Confirm this before you record it")
    note = GovTextarea("Note (optional)", max_length=1000, rows=3)

    def word_for(self, item: GateItem) -> None:
        """Ask to confirm what this item means."""
        self.confirmed.label.text = CONFIRMATIONS[item]


CONFIRMATIONS = {
    GateItem.AGREEMENT: "The agreement is signed by the volunteer and the scheme",
}


class IdentityForm(FlaskForm):
    first_name = GovString("First name", required="Enter the first name", max_length=80)
    last_name = GovString("Last name", required="Enter the last name", max_length=80)
    date_of_birth = GovDate(
        "Date of birth", required="Enter the date of birth", noun="Date of birth"
    )


class SchemePhoneForm(FlaskForm):
    scheme_phone = GovTel(
        "Phone number from the scheme",
        hint="Leave this empty to take the number away.",
        autocomplete="off",
    )


class MoveForm(FlaskForm):
    """A button with a state in a hidden value; the service decides whether it may be."""
