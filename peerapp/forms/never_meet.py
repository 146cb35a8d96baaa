"""Keeping a family and a coach apart."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp import vocabulary
from peerapp.enums import ApartReason
from peerapp.forms.fields import GovRadio, GovString


class KeepApartForm(FlaskForm):
    reference = GovString(
        "Reference of the volunteer",
        hint="It stands at the top of their record, for example V1A2B3C4D.",
        required="Enter the reference of the volunteer",
        max_length=20,
        width=10,
        autocomplete="off",
    )
    reason = GovRadio(
        "Why must they never meet?",
        choices=vocabulary.choices(ApartReason),
        required="Say why they must never meet",
    )


class TakeBackForm(FlaskForm):
    """One button; the reference comes along."""

    reference = GovString("Reference of the volunteer", required="Enter it", max_length=20)
