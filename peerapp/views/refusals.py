"""Showing a rule's refusal on the form that met it."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.errors import Refused


def show_refusals(form: FlaskForm, refused: Refused) -> None:
    """Put each refusal beside the field that its code names, or above the form."""
    for refusal in refused.refusals:
        if refusal.code in form:
            field = form[refusal.code]
            field.errors = [*field.errors, refusal.message]
        else:
            form.form_errors.append(refusal.message)
