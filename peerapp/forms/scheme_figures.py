"""The form of a group of figures: its fields come from the table of the domain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.forms.fields import GovCheckbox, GovInteger, GovRadio, GovTextarea


class AnyFigure(Protocol):
    """What the form reads of a figure."""

    @property
    def column(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def lowest(self) -> int: ...
    @property
    def highest(self) -> int: ...
    @property
    def help(self) -> str: ...
    @property
    def is_switch(self) -> bool: ...
    @property
    def stops_coaches(self) -> bool: ...


class FiguresForm(FlaskForm):
    """``edition`` is what the page was made from."""

    edition = HiddenField()
    reason = GovTextarea(
        "Why do you change this?",
        required="Say why",
        hint="Kept with the change. Name nobody.",
        max_length=500,
        rows=2,
    )
    confirmed = GovCheckbox(
        "I know that coaches whom the new figure leaves without clearance stop today"
    )


def figures_form(figures: Iterable[AnyFigure], **values: Any) -> FiguresForm:
    """Return a form with a field for each figure, named by its column."""
    given = list(figures)
    fields = {one.column: _field(one) for one in given}
    form: FiguresForm = type("GroupForm", (FiguresForm,), fields)(**values)
    if not any(one.stops_coaches for one in given):
        del form.confirmed
    return form


def _field(figure: AnyFigure) -> GovInteger | GovRadio:
    if figure.is_switch:
        choices = [("1", "Yes"), ("0", "No")]
        need = "Choose yes or no"
        return GovRadio(figure.label, choices=choices, required=need, hint=figure.help, inline=True)
    bounds = f"From {figure.lowest} to {figure.highest}."
    return GovInteger(
        figure.label,
        required=f"Enter a whole number from {figure.lowest} to {figure.highest}",
        hint=f"{figure.help} {bounds}".strip(),
        low=figure.lowest,
        high=figure.highest,
        width=max(3, len(str(figure.highest))),
        suffix=figure.unit,
    )
