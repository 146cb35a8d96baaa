"""Claims for miles and money."""

from __future__ import annotations

import re

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from peerapp.enums import BY_THE_MILE, ExpenseKind
from peerapp.forms.fields import GovCheckbox, GovDate, GovRadio, GovString, GovTextarea
from peerapp.vocabulary import choices

MILES = re.compile(r"([0-9]{1,4})(?:\.([0-9]))?")
POUNDS = re.compile(r"£?([0-9]{1,5})(?:\.([0-9]{2}))?")


def tenths_of(text: str | None) -> int | None:
    """Return miles such as 12 or 12.4 in tenths, or None where it is no such number."""
    found = MILES.fullmatch((text or "").strip())
    return 10 * int(found[1]) + int(found[2] or 0) if found else None


def pence_of(text: str | None) -> int | None:
    """Return pounds such as 4, 4.50 or £4.50 in pence, or None where it is no such sum."""
    found = POUNDS.fullmatch((text or "").strip())
    return 100 * int(found[1]) + int(found[2] or 0) if found else None


class ClaimForm(FlaskForm):
    """Miles or pounds, as the kind asks for."""

    kind = GovRadio("What is it for?", choices=choices(ExpenseKind), required="Choose what it is")
    spent_on = GovDate("On which day?", required="Enter the day", noun="The day")
    miles = GovString(
        "Miles there and back",
        hint="For travel by car, motorcycle or bicycle. For example 12.4",
        suffix="miles",
        width=5,
        max_length=8,
        inputmode="decimal",
    )
    amount = GovString(
        "What you paid",
        hint="For anything else. Keep the receipt: your coordinator asks to see it.",
        prefix="£",
        width=5,
        max_length=10,
        inputmode="decimal",
    )
    purpose = GovString(
        "What was it for?",
        required="Say what it was for",
        hint="For example: visit, or training day. No names and no addresses.",
        max_length=200,
    )

    @property
    def by_mile(self) -> bool:
        return self.kind.data in {one.value for one in BY_THE_MILE}

    def validate_miles(self, field: Field) -> None:
        if self.by_mile and tenths_of(field.data) is None:
            raise ValidationError("Enter the miles there and back, like 12 or 12.4")

    def validate_amount(self, field: Field) -> None:
        if self.kind.data and not self.by_mile and pence_of(field.data) is None:
            raise ValidationError("Enter what you paid, like 4.50")


class ApproveClaimForm(FlaskForm):
    receipt_seen = GovCheckbox("I have seen the receipt")


class ReturnClaimForm(FlaskForm):
    reason = GovTextarea(
        "Why is it sent back?",
        required="Say why it is sent back",
        hint="The coach reads this.",
        max_length=300,
        rows=3,
    )
