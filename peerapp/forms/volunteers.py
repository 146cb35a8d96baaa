"""Finding a volunteer."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.forms.fields import GovString


class SearchForm(FlaskForm):
    search = GovString(
        "Name or reference",
        required="Enter a name or a reference",
        max_length=80,
        width=20,
        autocomplete="off",
    )
