"""Showing a rule's refusal on the form that met it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf import FlaskForm

from peerapp.errors import Refused


def show_refusals(form: FlaskForm, refused: Refused) -> None:
    """Put each refusal beside the field that its code names, or above the form."""
    show_refusals_beside(form, refused, {})


def show_refusals_beside(form: FlaskForm, refused: Refused, fields: Mapping[str, str]) -> None:
    """Put each refusal beside the field that ``fields`` or its code names, or above the form."""
    for refusal in refused.refusals:
        name = fields.get(refusal.code, refusal.code)
        if name in form:
            form[name].errors = [*form[name].errors, refusal.message]
        else:
            form.form_errors.append(refusal.message)
