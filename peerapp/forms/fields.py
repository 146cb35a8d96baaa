"""The fields of our forms. A form imports from here and nowhere else.

Each takes the label first and then, by name, whatever it needs::

    name = GovString("What is your name?", required="Enter your name", autocomplete="name")
    plan = GovRadio("Pick", choices=[("a", "A"), ("b", "B", "A hint")], required="Pick one")

``required`` is the message shown when nothing was given; without it a field may stay empty.
"""

from __future__ import annotations

from peerapp.forms.choice_fields import (
    GovCheckbox,
    GovCheckboxes,
    GovRadio,
    GovSelect,
    GovYesNo,
    SlotsField,
)
from peerapp.forms.date_field import GovDate
from peerapp.forms.summary import error_items, error_summary, has_errors
from peerapp.forms.text_fields import (
    GovEmail,
    GovFile,
    GovInteger,
    GovPassword,
    GovString,
    GovSubmit,
    GovTel,
    GovTextarea,
    PostcodeField,
)

__all__ = [
    "GovCheckbox",
    "GovCheckboxes",
    "GovDate",
    "GovEmail",
    "GovFile",
    "GovInteger",
    "GovPassword",
    "GovRadio",
    "GovSelect",
    "GovString",
    "GovSubmit",
    "GovTel",
    "GovTextarea",
    "GovYesNo",
    "PostcodeField",
    "SlotsField",
    "error_items",
    "error_summary",
    "has_errors",
]
