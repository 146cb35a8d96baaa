"""What the pages on families share."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp import vocabulary
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.forms.families import add_fault
from peerapp.models import Family
from peerapp.permissions import current_account
from peerapp.services import families
from peerapp.services.families import Invalid
from peerapp.services.schemes import get_scheme

bp = Blueprint("families", __name__, url_prefix="/staff/families")

LANGUAGE_CHOICES = list(vocabulary.LANGUAGES.items())


def get_family(family_id: uuid.UUID) -> Family:
    """Return the family of a page for whoever is signed in; audited."""
    return families.get_family(get_session(), current_account(), family_id)


def back_to(family_id: uuid.UUID) -> ResponseReturnValue:
    """Return to the family's page after a change."""
    return redirect(url_for("families.show", family_id=family_id), code=303)


def page(template: str, form: FlaskForm, **values: Any) -> ResponseReturnValue:
    """Render a page with a form; one that was sent and is wrong answers 422."""
    status = 422 if form.errors else 200
    return render_template(f"families/{template}.html", form=form, **values), status


def tell(form: FlaskForm, error: Refused) -> None:
    """Put what the service refused on the form's fields."""
    if isinstance(error, Invalid):
        for fault in error.faults:
            add_fault(form, fault.field, fault.message)
        return
    form.form_errors.extend(refusal.message for refusal in error.refusals)


def level_choices() -> list[tuple[str, str]]:
    """Return the four levels with the scheme's own words for them."""
    words = get_scheme(get_session()).level_labels
    return [(str(number), f"{number} – {word}") for number, word in enumerate(words, start=1)]
