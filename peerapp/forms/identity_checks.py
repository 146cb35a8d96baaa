"""Choosing documents by group, and what is looked at on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Form

from peerapp.enums import DocumentKind, SeenHow
from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovDate,
    GovRadio,
    GovTextarea,
)
from peerapp.vocabulary import choices, label


class DocumentsForm(Form):
    """Which kinds lie on the table; sent by GET, for it changes nothing and names nobody."""

    group_1 = GovCheckboxes("Group 1: primary documents", choices=[], small=True)
    group_2a = GovCheckboxes("Group 2a: trusted government documents", choices=[], small=True)
    group_2b = GovCheckboxes("Group 2b: financial and social history", choices=[], small=True)


class IdentityCheckForm(FlaskForm):
    """The check itself; ``form_for`` adds a date for each document that needs one."""

    seen_how = GovRadio(
        "How did you look at the originals?",
        choices=choices(SeenHow),
        required="Choose how you looked at them",
    )
    checked_on = GovDate("When?", required="Enter the day of the check", noun="The day")
    name_confirmed = GovCheckbox(
        "All documents show the current name, or I have seen proof of the change of name",
        required="Confirm the name",
    )
    birth_confirmed = GovCheckbox(
        "The date of birth is the one on the record", required="Confirm the date of birth"
    )
    address_confirmed = GovCheckbox(
        "I have confirmed the current address, by one of these documents or otherwise",
        required="Confirm the address",
    )


class ReasonedCheckForm(IdentityCheckForm):
    route_reason = GovTextarea(
        "Why are the earlier routes not possible for this volunteer?",
        required="Say why the earlier routes are not possible",
        hint="Say which documents they do not have. Write no document numbers.",
        max_length=1000,
        rows=3,
    )


class ExternalCheckForm(ReasonedCheckForm):
    external_check = GovCheckbox(
        "An external validation service has confirmed the identity",
        required="Route 2 needs the check by an external validation service",
    )


def form_for(base: type[IdentityCheckForm], dated: Sequence[tuple[DocumentKind, str]]) -> Any:
    """Return a form class that also asks for a date of each document.

    Parameters
    ----------
    dated
        Kind and question for each document with a date.
    """
    fields = {
        f"date_{kind.value}": GovDate(
            label(kind), hint=question, required="Enter the date on the document", noun="The date"
        )
        for kind, question in dated
    }
    return type("DatedCheckForm", (base,), fields)


class WithdrawCheckForm(FlaskForm):
    reason = GovTextarea(
        "Why does the check not hold?", required="Give a reason", max_length=500, rows=3
    )
